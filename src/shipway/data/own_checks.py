# SPDX-License-Identifier: Apache-2.0
"""What the project's own Python found, as results beside all others: functions of `data.checks`,
and what of a pandera schema is no demand of ours.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from shipway.data.check import amount, count
from shipway.data.pandera import Translated, joined, translate, unexpected
from shipway.data.table_checks import LineOf
from shipway.data.wording import listed, plain
from shipway.records.data import CheckResult, Example
from shipway.spec.demands import FunctionSpec
from shipway.spec.document import KeyPath
from shipway.spec.types import DataSpec

PANDERA: KeyPath = ("data", "pandera")


class FoundRow(msgspec.Struct, frozen=True):
    """A row for which an expression is false."""

    row: int
    key: dict[str, Any] = {}
    value: dict[str, Any] = {}


class FoundByFunction(msgspec.Struct, frozen=True):
    """What one expression of a function came to in one table."""

    table: str
    function: str
    name: str
    description: str
    rows: int
    failing: int
    missing: int
    columns: tuple[str, ...]
    examples: tuple[FoundRow, ...]


class OwnAnswers(msgspec.Struct, frozen=True):
    """What the project's Python wrote: its schema, and what its functions found."""

    functions: tuple[FoundByFunction, ...] = ()
    schema: dict[str, Any] | None = None


class OwnChecks:
    """The project's own checks of one set of tables, joined with those of the spec."""

    def __init__(
        self, answers: OwnAnswers, data: DataSpec, tables: Mapping[str, Collection[str]]
    ) -> None:
        self.answers = answers
        self.tables = tables
        self.given = data
        self.names = list(dict.fromkeys(name for names in tables.values() for name in names))
        self.found = Translated()
        if answers.schema is not None:
            self.found = translate(answers.schema, self.names)
        self.data = joined(data, self.found, self.names)

    def line_of(self, line_of: LineOf) -> LineOf:
        """Where a demand stands: those of the schema stand where it is named."""

        def place(*keys: str | int) -> int:
            return line_of(*(PANDERA if self._theirs(keys) else keys))

        return place

    def _theirs(self, keys: KeyPath) -> bool:
        match keys:
            case ("data", "columns", str(name), *rest):
                ours = self.given.columns.get(name)
                theirs = self.found.columns.get(name)
                if theirs is None or (ours is not None and not rest):
                    return False
                return ours is None or getattr(ours, str(rest[0])) != getattr(
                    self.data.columns[name], str(rest[0])
                )
            case ("data", "rules", int(number)):
                return number >= len(self.given.rules)
            case ("data", "duplicates"):
                return self.given.duplicates is None
        return False

    def results(self, line_of: LineOf) -> Iterator[CheckResult]:
        """What the functions found, and what of the schema nobody checked."""
        demands = {}
        for number, written in enumerate(self.given.checks):
            demand = written if isinstance(written, FunctionSpec) else FunctionSpec(written)
            demands[demand.function] = (demand, line_of("data", "checks", number))
        for found in self.answers.functions:
            yield _by_function(found, *demands[found.function])
        if self.given.pandera is not None:
            yield from self._closed(line_of(*PANDERA))
            yield from self._untranslated(self.given.pandera.untranslated, line_of(*PANDERA))

    def _closed(self, line: int) -> Iterator[CheckResult]:
        for table, names in self.tables.items() if self.found.closed else ():
            others = unexpected(self.found, names)
            yield CheckResult(
                dataset=table,
                column="",
                check="strict",
                verdict="failed" if others else "passed",
                observed=f"also {listed(others)}" if others else "no other column",
                expected="no column that the schema does not know",
                line=line,
                columns=others,
            )

    def _untranslated(self, on_fail: Any, line: int) -> Iterator[CheckResult]:
        for column, what, why in self.found.untranslated:
            yield CheckResult(
                dataset="+".join(self.tables),
                column=column,
                check="pandera",
                verdict="inconclusive",
                observed=f"not checked: {why}",
                expected=what,
                line=line,
                columns=(column,) if column else (),
                on_fail=on_fail,
            )


def _by_function(found: FoundByFunction, demand: FunctionSpec, line: int) -> CheckResult:
    passed = found.failing <= demand.at_most.of(found.rows) + 1e-9
    observed = count(found.failing, found.rows)
    if found.missing:
        observed += f"; {found.missing:,} not decided, values are missing"
    name = f"{found.function}[{found.name}]" if found.name else found.function
    few = f", at most {amount(demand.at_most)}" if demand.at_most.value else ""
    described = f" ({found.description})" if found.description else ""
    return CheckResult(
        dataset=found.table,
        column=found.columns[0] if len(found.columns) == 1 else "",
        check="function",
        verdict="passed" if passed else "failed",
        observed=observed,
        expected=f"{name}{described}{few}",
        failing=found.failing,
        rows=found.rows,
        examples=() if passed else tuple(_example(each) for each in found.examples),
        line=line,
        columns=found.columns,
        on_fail=demand.on_fail,
    )


def _example(found: FoundRow) -> Example:
    value = {name: plain(cell) for name, cell in found.value.items()}
    shown = next(iter(value.values())) if len(value) == 1 else value
    return Example(found.row, {name: plain(cell) for name, cell in found.key.items()}, shown)
