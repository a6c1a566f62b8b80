# SPDX-License-Identifier: Apache-2.0
"""Datasets, and what the checks found in them."""

from collections.abc import Iterable
from typing import Any, Literal

from shipway.records.base import Record, Verdict, worst


class DataFile(Record, frozen=True):
    """One file of a dataset: its path relative to the spec's folder, digest and size in bytes."""

    path: str
    digest: str
    size: int


class Dataset(Record, frozen=True):
    """A table: `train`, `validation`, `test`, `all` or the name of an extra one.

    `object` is the digest of a Parquet object in the store when Shipway made the table itself (a
    split) of one in the format `origin`; `files` are the user's own files otherwise. `digest` names
    the content either way.
    """

    name: str
    format: str
    digest: str
    rows: int
    columns: tuple[str, ...] = ()
    files: tuple[DataFile, ...] = ()
    object: str | None = None
    origin: str = ""


class Example(Record, frozen=True):
    """An offending row: its number from 0 in the dataset, its key columns, and the value.

    `shown` is False where the value was withheld (`report.rows`, `sensitive`).
    """

    row: int
    key: dict[str, Any] = {}
    value: Any = None
    shown: bool = True


class CheckResult(Record, frozen=True):
    """What one check found in one dataset.

    `failing` counts the offending rows out of `rows`; `line` is the line of the spec that
    demands the check. `columns` names all columns of a rule. `observed` never holds a cell's
    value; `detail` may, and is withheld with the examples. What does not pass stops the run, or
    with `on_fail: warn` is only told.
    """

    dataset: str
    column: str
    check: str
    verdict: Verdict
    observed: str
    expected: str
    failing: int = 0
    rows: int = 0
    examples: tuple[Example, ...] = ()
    line: int = 0
    columns: tuple[str, ...] = ()
    detail: str = ""
    on_fail: Literal["stop", "warn"] = "stop"

    def reason(self) -> str:
        """One line for a summary: dataset, column, rule, what was found."""
        place = f"{self.dataset}.{self.column}" if self.column else self.dataset
        rule = f"{self.check} {self.expected}".strip()
        return f"{place}: {rule}: {self.observed}"


def verdict_of(checks: Iterable[CheckResult]) -> Verdict:
    """The worst verdict of those checks that may stop something."""
    return worst([check.verdict for check in checks if check.on_fail == "stop"])


class CheckReport(Record, frozen=True, tag="check-report"):
    """What the checks found in one table, on its own; `checks` hold offending values.

    `file` says what was checked, `demands` which file the lines of the results point into; `notes`
    tell what was demanded but not decided. Only what went through `redacted` of `data.examples` may
    be written; `shows` and `sensitive` are what it goes by.
    """

    file: str
    demands: str
    rows: int
    checks: tuple[CheckResult, ...]
    verdict: Verdict
    valid_until: str | None = None
    notes: tuple[str, ...] = ()
    shows: Literal["values", "keys", "none"] = "keys"
    sensitive: tuple[str, ...] = ()
    checked: str = ""


class ValidatedData(Record, frozen=True, tag="data"):
    """The datasets by name, and the result of every check.

    `valid_until` is set by checks whose verdict depends on the time (freshness). `profiles` are
    the digests of stored profiles by the name of their dataset: that of the table to train on.
    """

    datasets: dict[str, Dataset]
    checks: tuple[CheckResult, ...] = ()
    verdict: Verdict = "passed"
    valid_until: str | None = None
    profiles: dict[str, str] = {}

    def content(self) -> object:
        """Digests of the datasets; what the checks said does not change what is trained."""
        return {name: dataset.digest for name, dataset in sorted(self.datasets.items())}

    def objects(self) -> tuple[str, ...]:
        """The tables that Shipway made itself, and the profiles."""
        made = tuple(d.object for d in self.datasets.values() if d.object is not None)
        return made + tuple(self.profiles.values())
