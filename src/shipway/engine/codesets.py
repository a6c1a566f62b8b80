# SPDX-License-Identifier: Apache-2.0
"""The code sets of one run: files of the source are listed once, digests are asked for once."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shipway.data.locate import declared_tables
from shipway.records.source import Source
from shipway.spec.document import Document, KeyPath
from shipway.spec.types import Spec
from shipway.stages import codeset, shared_code
from shipway.stages.context import Files
from shipway.stages.metric_files import declared_files

Key = tuple[tuple[str, ...] | None, bool]


class CodeSets:
    """Answers `digests(patterns, tests)`, for fingerprints and for exports alike.

    `listing(whole)` lists the files of the source's folder, or of the whole repository.
    """

    def __init__(
        self,
        document: Document,
        source: Source,
        listing: Callable[[bool], Sequence[str]],
        files: Files,
    ) -> None:
        self.document = document
        self.exclude = _not_code(document.spec)
        self.source = source
        self.folder = Path(source.folder)
        self.listing = listing
        self.files = files
        self.listed: dict[bool, Sequence[str]] = {}
        self.known: dict[Key, Mapping[str, str]] = {}

    def digests(self, patterns: Sequence[str] | None, tests: bool) -> Mapping[str, str]:
        """The code set as path → digest; InputError for a pattern that means no file.

        The tests see, besides their folder, what training shares with other projects.
        """
        key = (None if patterns is None else tuple(patterns), tests)
        if key not in self.known:
            self.known[key] = codeset.digests(self.files, self.folder, self._select(*key))
        return self.known[key]

    def _select(self, patterns: tuple[str, ...] | None, tests: bool) -> list[str]:
        where = self._where(patterns)
        own, shared = shared_code.divide(patterns)
        chosen = codeset.select(self._list(False), own, self.exclude, tests=tests, where=where)
        if tests:
            shared = tuple(shared_patterns(self.document.spec))
        if not shared:
            return chosen
        where = where or self._where_shared()
        above = shared_code.select(
            self._list(True), shared, self.exclude, self.source.prefix, where
        )
        shared_code.check_places([*chosen, *above], where)
        return [*chosen, *above]

    def _list(self, whole: bool) -> Sequence[str]:
        if whole not in self.listed:
            self.listed[whole] = self.listing(whole)
        return self.listed[whole]

    def _where(self, patterns: tuple[str, ...] | None) -> str:
        """The place of these patterns in the spec; nothing for the default."""
        found = (keys for keys, code in _code_keys(self.document.spec) if code == patterns)
        keys = None if patterns is None else next(found, None)
        return "" if keys is None else self.document.where(*keys)

    def _where_shared(self) -> str:
        """The place of the first code set that leads above the folder."""
        found = (k for k, code in _code_keys(self.document.spec) if shared_code.divide(code)[1])
        return self.document.where(*next(found))


def shared_patterns(spec: Spec) -> list[str]:
    """Every pattern of the spec's code sets that leads above its folder, each once."""
    shared = (shared_code.divide(code)[1] for _, code in _code_keys(spec))
    return list(dict.fromkeys(pattern for patterns in shared for pattern in patterns))


def _code_keys(spec: Spec) -> list[tuple[KeyPath, tuple[str, ...] | None]]:
    found: list[tuple[KeyPath, tuple[str, ...] | None]] = []
    if spec.train is not None:
        found.append((("train", "code"), spec.train.code))
    found += [(("steps", name, "code"), step.code) for name, step in spec.steps.items()]
    return found


def declared_above(spec: Spec) -> list[str]:
    """Paths above the spec's folder that its runs depend on: shared code, data, requirements."""
    paths = shared_code.tops(shared_patterns(spec))
    paths += shared_code.tops([*_tables(spec), *_reference(spec)])
    if spec.environment is not None:
        paths += shared_code.tops(spec.environment.requirements)
    return paths


def _tables(spec: Spec) -> list[str]:
    if spec.data is None:
        return []
    return list(declared_tables(spec.data).values())


def _reference(spec: Spec) -> list[str]:
    """The files that tables and models are compared with."""
    drift = spec.data.drift if spec.data is not None else None
    champion = spec.evaluate.champion if spec.evaluate is not None else None
    found = [drift.path] if drift is not None and drift.path is not None else []
    return found if champion is None else [*found, champion.predictions]


def _not_code(spec: Spec) -> list[str]:
    """Declared data, outputs and model files: they reach a stage by their declaration."""
    found = [*_tables(spec), *_reference(spec)]
    if spec.train is not None:
        found += [*spec.train.model, *spec.train.inputs]
        found += declared_files(spec.train)
    for step in spec.steps.values():
        found += [*step.outputs, *step.inputs]
    if spec.tests is not None and spec.tests.junit:
        found.append(spec.tests.junit)
    return found
