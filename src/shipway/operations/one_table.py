# SPDX-License-Identifier: Apache-2.0
"""What one table can be held to of all that is demanded, with or without another one beside it.

Demands name tables of the project; here there are only two, whatever they were called: the table
under check, and the one that it is compared with. What can't be decided without the other one is a
mistake in a file of checks, and left out with a note of a project's spec, which speaks of more than
this table.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from shipway.base.errors import InputError
from shipway.records.data import CheckResult
from shipway.spec.checks_file import CHECKED
from shipway.spec.document import Document, KeyPath
from shipway.spec.target import with_target
from shipway.spec.types import DataSpec

T = TypeVar("T")
COMPARED = ("overlap", "order")
CURE = "Name the other table: --against FILE."


@dataclass(frozen=True)
class Demands:
    """What is demanded of the table `checked`, compared with `against` (empty: with none).

    `target` is the column that is predicted, where a demand asks for it.
    """

    data: DataSpec
    checked: str
    against: str
    target: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def sensitive(self) -> tuple[str, ...]:
        """The columns whose values are shown nowhere outside a terminal."""
        return tuple(sorted(n for n, column in self.data.columns.items() if column.sensitive))

    def tables(self, checked: T, other: T | None) -> dict[str, T]:
        """The tables by all the names that the demands have for them."""
        beside = {} if other is None else {self.checked: checked, self.against: other}
        return {CHECKED: checked, **beside}

    def named(self, result: CheckResult) -> CheckResult:
        """`result` with the name that the user knows for the table under check."""
        ours = result.dataset in (CHECKED, f"{self.against}+{self.checked}")
        return msgspec.structs.replace(result, dataset=self.checked if ours else result.dataset)


def one_table(
    document: Document, *, checked: str, against: str, strict: bool, profile: bool = False
) -> Demands:
    """The demands of `document` on the table `checked`.

    `profile` says that `against` is one, which has no rows and is good for drift alone. With
    `strict`, a demand that needs another table than there is raises InputError.
    """
    spec = document.spec
    against = f"{against} itself" if against == checked else against
    found = Demands(
        data=with_target(msgspec.structs.replace(spec.data or DataSpec(), split=None), spec.model),
        checked=checked,
        against=against,
    )
    model = spec.model.target if spec.model is not None else None
    asks = found.data.target is not None or found.data.features is not None
    found = replace(found, target=model if asks else None)
    paired = against and not profile
    found = _paired(found) if paired else _alone(found, document, strict=strict)
    return found if strict else _counted(found)


def _paired(found: Demands) -> Demands:
    """Whatever two tables a demand names are these."""
    data, pair = found.data, (found.against, found.checked)
    for key in COMPARED:
        demand = getattr(data, key)
        if demand is not None:
            demand = msgspec.structs.replace(demand, between=pair)
            data = msgspec.structs.replace(data, **{key: demand})
    columns = {
        name: msgspec.structs.replace(column, seen_in=found.against) if column.seen_in else column
        for name, column in data.columns.items()
    }
    return replace(found, data=msgspec.structs.replace(data, columns=columns))


def _alone(found: Demands, document: Document, *, strict: bool) -> Demands:
    """Without what only a second table decides."""
    data, notes = found.data, list(found.notes)
    why = f"and {found.against} is a profile" if found.against else "this is one"
    comparing = list(_comparing(data))
    if data.drift is not None and data.drift.path is None and not found.against:
        comparing.append(("data", "drift"))
        data = msgspec.structs.replace(data, drift=None)
    for keys in comparing:
        name = ".".join(str(key) for key in keys[1:])
        if strict:
            what = f"{name} compares two tables, {why}"
            raise InputError(what, where=document.where(*keys), cure=CURE)
        notes.append(f"{name} is not checked: it compares two tables, {why}")
    columns = {
        name: msgspec.structs.replace(column, seen_in=None) for name, column in data.columns.items()
    }
    data = msgspec.structs.replace(data, columns=columns, **dict.fromkeys(COMPARED))
    return replace(found, data=data, notes=tuple(notes))


def _comparing(data: DataSpec) -> Iterator[KeyPath]:
    """The places of demands that nothing decides without the rows of another table."""
    for key in COMPARED:
        if getattr(data, key) is not None:
            yield "data", key
    for name, column in data.columns.items():
        if column.seen_in is not None:
            yield "data", "columns", name, "seen_in"


def _counted(found: Demands) -> Demands:
    """A project's `rows` counts its parts together, of which this is one."""
    data = found.data
    if data.all is not None or data.rows is None:
        return found
    note = "rows is not checked: it counts all tables together, this is one"
    data = msgspec.structs.replace(data, rows=None)
    return replace(found, data=data, notes=(*found.notes, note))
