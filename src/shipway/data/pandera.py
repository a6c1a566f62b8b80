# SPDX-License-Identifier: Apache-2.0
"""A schema of pandera as demands of ours, as far as that goes.

    translate(schema, names)     what `shipway_runtime.pandera_schema` wrote, for a table of `names`

What has no counterpart (functions of the user's own, statistics of whole columns, the index) is
listed with its reason, and so is a demand that the spec itself makes in another way: the spec's own
counts. Nothing is left out in silence.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from shipway.data.pandera_checks import Demanded, demanded
from shipway.data.wording import listed
from shipway.spec.demands import (
    Amount,
    ColumnSpec,
    ColumnType,
    DuplicatesSpec,
    RuleSpec,
    Terms,
)
from shipway.spec.types import DataSpec

TYPES: tuple[tuple[str, ColumnType], ...] = (
    (r"u?int\d*", "integer"),
    (r"(float|decimal)\d*(\(.*\))?", "float"),
    (r"str|string(\[.*\])?|utf8", "string"),
    (r"bool(ean)?", "boolean"),
    (r"category|categorical(\(.*\))?|enum(\(.*\))?", "category"),
    (r"date", "date"),
    (r"datetime.*|timestamp.*", "datetime"),
)


class Untranslated(NamedTuple):
    """A demand of the schema that is none of ours, and why."""

    column: str
    what: str
    why: str


@dataclass
class Translated:
    """The demands of a schema on columns and tables; `optional` columns need not be there."""

    columns: dict[str, ColumnSpec] = field(default_factory=dict)
    rules: list[RuleSpec] = field(default_factory=list)
    duplicates: DuplicatesSpec | None = None
    optional: set[str] = field(default_factory=set)
    closed: bool = False
    untranslated: list[Untranslated] = field(default_factory=list)


def translate(schema: Mapping[str, Any], names: Collection[str]) -> Translated:
    """The demands of `schema`; columns that are named by a pattern are looked up in `names`."""
    found = Translated(closed=schema["strict"] == "true")
    for column in schema["columns"]:
        _column(found, column, names)
    if schema["unique"]:
        found.duplicates = DuplicatesSpec(tuple(schema["unique"]))
    for check in schema["checks"]:
        what = check["says"] or check["name"]
        found.untranslated.append(Untranslated("", what, "a check of the whole table"))
    others = [*schema["others"], *(["strict: filter"] if schema["strict"] == "filter" else [])]
    found.untranslated += [Untranslated("", what, "nothing here demands it") for what in others]
    return found


def _column(found: Translated, column: Mapping[str, Any], names: Collection[str]) -> None:
    name = column["name"]
    here = [each for each in names if re.fullmatch(name, each)] if column["regex"] else [name]
    if column["regex"] and not here and column["required"]:
        found.untranslated.append(Untranslated(name, "a column of this pattern", "there is none"))
    for each in here:
        demands = _demands(found, each, column)
        found.columns[each] = _spec(demands, column)
        found.rules += [RuleSpec(text, on_fail=on_fail) for text, on_fail in demands.rules]
        if not column["required"]:
            found.optional.add(each)


def _demands(found: Translated, name: str, column: Mapping[str, Any]) -> Demanded:
    """What the checks of the column come to; the others are noted."""
    demands = Demanded()
    kind = type_of(column["type"])
    if column["type"] is not None and kind is None:
        what = f"the type {column['type']}"
        found.untranslated.append(Untranslated(name, what, "there is no such type here"))
    for check in column["checks"]:
        why = demanded(demands, name, check, nullable=column["nullable"])
        if why:
            found.untranslated.append(Untranslated(name, check["says"] or check["name"], why))
    for what in column["others"]:
        found.untranslated.append(Untranslated(name, what, "nothing here demands it"))
    return demands


def _spec(demands: Demanded, column: Mapping[str, Any]) -> ColumnSpec:
    return ColumnSpec(
        type=type_of(column["type"]),
        unique=column["unique"],
        max_missing=None if column["nullable"] else Amount(0),
        terms={key: Terms(on_fail=on_fail) for key, on_fail in demands.warns.items()},
        **demands.fields,
    )


def type_of(dtype: str | None) -> ColumnType | None:
    """The type of ours that pandera calls so; None where there is none."""
    lower = (dtype or "").lower()
    return next((kind for pattern, kind in TYPES if re.fullmatch(pattern, lower)), None)


def joined(data: DataSpec, found: Translated, names: Collection[str]) -> DataSpec:
    """`data` with the demands of the schema; what it demands in another way itself stays its own.

    `found.untranslated` grows by what it overrules.
    """
    columns = dict(data.columns)
    for name, theirs in found.columns.items():
        if name in names or name not in found.optional:
            ours = columns.get(name, ColumnSpec())
            columns[name] = msgspec.structs.replace(ours, **dict(_added(found, name, ours, theirs)))
    duplicates = data.duplicates or found.duplicates
    if found.duplicates is not None and duplicates != found.duplicates:
        what = f"unique {', '.join(found.duplicates.columns)}"
        found.untranslated.append(Untranslated("", what, "data.duplicates says something else"))
    rules = (*data.rules, *found.rules)
    return msgspec.structs.replace(data, columns=columns, rules=rules, duplicates=duplicates)


def _added(
    found: Translated, name: str, ours: ColumnSpec, theirs: ColumnSpec
) -> Iterator[tuple[str, Any]]:
    """What the schema adds to a column of the spec."""
    empty = ColumnSpec()
    terms: dict[str, Terms] = dict(ours.terms)
    for key in ColumnSpec.__struct_fields__:
        own, other = getattr(ours, key), getattr(theirs, key)
        if key == "terms" or other == getattr(empty, key) or own == other:
            continue
        if own == getattr(empty, key):
            yield key, other
            if key in theirs.terms:
                terms[key] = theirs.terms[key]
        else:
            why = f"data.columns.{name}.{key} says something else, which counts"
            what = f"{key} {_shown(other)}".strip()
            found.untranslated.append(Untranslated(name, what, why))
    yield "terms", terms


def _shown(value: object) -> str:
    """A demand's value where it is short to say."""
    if isinstance(value, tuple):
        return listed([str(each) for each in value])
    return f"{value:g}" if isinstance(value, float) else value if isinstance(value, str) else ""


def unexpected(found: Translated, names: Collection[str]) -> tuple[str, ...]:
    """The columns of a table that a closed (`strict`) schema does not know."""
    known = set(found.columns)
    return tuple(name for name in names if name not in known) if found.closed else ()
