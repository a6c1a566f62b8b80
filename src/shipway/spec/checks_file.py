# SPDX-License-Identifier: Apache-2.0
"""Demands on tables in a file of their own, which needs no project around it:

    id: transaction_id
    columns:
      amount: {type: float, min: 0}
    rules: [settled_at >= created_at]
    rows: {min: 1000}
    table: {delimiter: ";", decimal: ","}
    report: {rows: values}

Its keys are those of `data` that demand something, and two more: `table` says how the text of the
table is written, `report` what may be shown of it. The table has no name here; one that it is
compared with is called `against`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import inspect

from shipway.base.errors import InputError
from shipway.spec.document import Document, KeyPath, Position
from shipway.spec.mistakes import Findings
from shipway.spec.nodes import Mapping as Node
from shipway.spec.python_values import Tree
from shipway.spec.review import Review
from shipway.spec.review_data import review_data
from shipway.spec.text import compose, load
from shipway.spec.types import DataSpec, ReportSpec, Spec
from shipway.spec.walker import FAILED, Walker
from shipway.spec.written import Base, Words

CHECKED, AGAINST, TABLE = "all", "against", "table"
# What says where tables are, and what becomes of them, demands nothing.
NOT_HERE = ("all", "train", "validation", "test", "split", "extra", "snapshot")
PAIR = (AGAINST, CHECKED)
_BETWEEN = "between"


def read_checks(path: Path) -> Document:
    """The demands in the file `path`, as the `data` of an otherwise empty spec.

    SpecError lists all mistakes; InputError says that the file can't be read.
    """
    if not path.exists():
        raise InputError("there is no such file", where=str(path), cure="Is the path right?")
    return read_checks_text(load(path), path)


def read_checks_text(text: str, path: Path) -> Document:
    """The demands in a YAML text that was found at `path`; SpecError lists all mistakes."""
    if not text.strip():
        raise InputError("the file is empty", where=path.name, cure="Say what must hold: columns…")
    findings = _Findings(path.name)
    return _document(compose(text, findings), findings, text, path)


def read_checks_values(values: Mapping[str, Any], name: str = "checks") -> Document:
    """The demands in a dict, without lines; SpecError lists all mistakes by their keys."""
    tree = Tree(name, values)
    document = _document(tree.root, tree, "", Path(name))
    return msgspec.structs.replace(document, positions={})


class Dialect(Base, frozen=True):
    """How the text of the table is written, where the text itself does not tell."""

    delimiter: str | None = None
    encoding: Words | None = None
    decimal: Literal[".", ","] = "."


class _Findings(Findings):
    """Tells keys as they stand in this file, which has no `data` around them."""

    def add(self, at: Position, what: str, *, expected: str = "", cure: str = "") -> None:
        what = what.replace(f"data.{CHECKED}.", f"{TABLE}.", 1).removeprefix("data.")
        super().add(at, what, expected=expected, cure=cure)


def _document(root: Node, findings: Findings, text: str, path: Path) -> Document:
    walker = Walker(findings, text.splitlines())
    values = walker.read(root, _kind(), ())
    positions: dict[KeyPath, Position] = {
        ("data", *keys): place for keys, place in walker.positions.items()
    }
    positions["data", CHECKED] = positions["data",]
    for (_, *keys), place in list(positions.items()):
        if keys[:1] == [TABLE]:
            positions["data", CHECKED, *keys[1:]] = place
    found = {} if values is FAILED else values
    for key in _compared():
        if key in found:
            # There are only these two, whatever they were called.
            found[key][_BETWEEN] = PAIR
    report = msgspec.convert(found.pop("report", {}), ReportSpec)
    table = {"path": path.name, **found.pop(TABLE, {})}
    data = msgspec.convert({CHECKED: table, **found}, DataSpec)
    spec = Spec(shipway=1, project="checks", data=data, report=report)
    review_data(Review(spec, positions, findings), tables=False)
    findings.stop()
    return Document(spec, path, text, positions)


@cache
def _kind() -> inspect.Type:
    """The type of such a file: `DataSpec` without what is not its business."""
    about = [(TABLE, Dialect, Dialect()), ("report", ReportSpec, ReportSpec())]
    fields = [*_demands(), *about]
    made = msgspec.defstruct("ChecksSpec", fields, bases=(Base,), module=__name__, frozen=True)
    return inspect.type_info(made)


def _demands() -> Iterator[tuple[str, Any, Any]]:
    """Name, type and default of each key of `data` that demands something."""
    for field in msgspec.structs.fields(DataSpec):
        if field.name in NOT_HERE:
            continue
        kind = _hints()[field.name]
        if field.name in _compared():
            kind = _without_names(field.name) | None
        empty = field.default_factory is not msgspec.NODEFAULT
        yield field.name, kind, msgspec.field(default_factory=dict) if empty else field.default


@cache
def _hints() -> dict[str, Any]:
    return get_type_hints(DataSpec, include_extras=True)


@cache
def _compared() -> tuple[str, ...]:
    """The keys whose demands compare two tables, `between` which they name."""
    return tuple(name for name in _hints() if name not in NOT_HERE and _pair_type(name) is not None)


def _pair_type(name: str) -> type[Base] | None:
    for kind in get_args(_hints()[name]):
        if isinstance(kind, type) and issubclass(kind, Base) and _BETWEEN in kind.__struct_fields__:
            return kind
    return None


def _without_names(name: str) -> Any:
    """The same type, but it need not say which tables."""
    kind = _pair_type(name)
    assert kind is not None  # noqa: S101 - narrows the type
    between = (_BETWEEN, get_type_hints(kind, include_extras=True)[_BETWEEN], PAIR)
    return msgspec.defstruct(kind.__name__, [between], bases=(kind,), frozen=True)
