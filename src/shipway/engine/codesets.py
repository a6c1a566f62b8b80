# SPDX-License-Identifier: Apache-2.0
"""The code sets of one run: files of the source are listed once, digests are asked for once."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shipway.records.source import Source
from shipway.spec.types import Spec
from shipway.stages import codeset
from shipway.stages.context import Files


class CodeSets:
    """Answers `digests(patterns, tests)`, for fingerprints and for exports alike."""

    def __init__(
        self, spec: Spec, source: Source, listing: Callable[[], Sequence[str]], files: Files
    ) -> None:
        self.exclude = _not_code(spec)
        self.folder = Path(source.folder)
        self.listing = listing
        self.files = files
        self.listed: Sequence[str] | None = None
        self.known: dict[tuple[tuple[str, ...] | None, bool], Mapping[str, str]] = {}

    def digests(self, patterns: Sequence[str] | None, tests: bool) -> Mapping[str, str]:
        """The code set as path → digest; InputError for a pattern that means no file."""
        key = (None if patterns is None else tuple(patterns), tests)
        if key not in self.known:
            if self.listed is None:
                self.listed = self.listing()
            chosen = codeset.select(self.listed, patterns, self.exclude, tests=tests)
            self.known[key] = codeset.digests(self.files, self.folder, chosen)
        return self.known[key]


def _not_code(spec: Spec) -> list[str]:
    """Declared data, outputs and model files: they reach a stage by their declaration."""
    found: list[str] = []
    if spec.data is not None:
        tables = (spec.data.all, spec.data.train, spec.data.validation, spec.data.test)
        found += [path for path in (*tables, *spec.data.extra.values()) if path]
    if spec.train is not None:
        found += [*spec.train.model, *spec.train.inputs]
        if spec.train.metrics is not None and spec.train.metrics.json:
            found.append(spec.train.metrics.json)
    for step in spec.steps.values():
        found += [*step.outputs, *step.inputs]
    if spec.tests is not None and spec.tests.junit:
        found.append(spec.tests.junit)
    return found
