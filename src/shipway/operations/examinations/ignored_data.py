# SPDX-License-Identifier: Apache-2.0
"""Data that Git ignores: there on this machine, missing in every other clone."""

from collections.abc import Iterator

from shipway.base.errors import ShipwayError
from shipway.data.locate import locate_tables
from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Each declared table that is ignored."""
    spec = subject.spec
    if spec is None or spec.data is None:
        return
    try:
        located = locate_tables(subject.folder, spec.data, subject.where)
    except ShipwayError as error:
        yield Finding("data", "trouble", error.what, error.cure, error.where)
        return
    for name, files in located.items():
        ignored = [path for path in files.values() if subject.git("check-ignore", "-q", path) == ""]
        if ignored:
            yield Finding(
                "data",
                "warning",
                f"{ignored[0]} is ignored by Git: another clone, such as CI, does not have it",
                "Bring it there before a run, or read it from a place that both can reach.",
                subject.where("data", name),
            )
