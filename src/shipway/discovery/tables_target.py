# SPDX-License-Identifier: Apache-2.0
"""Which column is to be predicted, and what kind of prediction that is.

What the code does with a column counts most, then its name, then its place and its values. Every
guess carries its reasons, and whether it is sure enough not to ask.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import nearest
from shipway.discovery.tables import ColumnFinding, TableFinding
from shipway.spec.types import Task

NAMES = {
    "target": 60,
    "label": 60,
    "labels": 55,
    "y": 55,
    "class": 55,
    "outcome": 50,
    "churn": 50,
    "churned": 50,
    "exited": 50,
    "default": 45,
    "defaulted": 50,
    "survived": 55,
    "fraud": 50,
    "species": 45,
    "diagnosis": 50,
    "response": 40,
    "converted": 50,
    "attrition": 50,
    "saleprice": 50,
    "price": 30,
    "status": 25,
    "quality": 40,
    "sales": 30,
    "msrp": 35,
    "category": 15,
    "rating": 20,
}
PARTS = {"target": 40, "label": 40, "churn": 35, "fraud": 35, "default": 25, "price": 15}
CODE, FLAG, LAST, FIRST = 100, 25, 12, 3
SURE, AHEAD = 45, 15
MOST_CLASSES = 20
ROWS_PER_CLASS = 5
RARE = 0.001
POSITIVE = frozenset(["true", "yes", "y", "t", "+", "positive", "pos", "malignant", "bad", "spam"])
POSITIVE |= {"fraud", "churn", "churned", "default", "exited", "survived", "converted", ">50k"}
NEGATIVE = frozenset(["0", "-1", "false", "no", "n", "f", "negative", "neg", "-"])


class Candidate(msgspec.Struct, frozen=True):
    """A column that may be the target, the points for it, and why."""

    column: str
    score: int
    why: tuple[str, ...]


class Guess(msgspec.Struct, frozen=True):
    """The target, the task and the positive class; `sure` when nobody needs to be asked.

    `notes` are what is odd about it, in plain words.
    """

    target: str
    task: Task
    positive: str | None
    why: tuple[str, ...]
    sure: bool = True
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()


def rank(table: TableFinding, used: Mapping[str, tuple[int, str]]) -> tuple[Candidate, ...]:
    """The columns that may be the target, the likeliest first.

    `used` are columns that the code predicts, with points and the place that tells.
    """
    names = list(table.names)
    by_code = _by_code(names, used)
    found = []
    for number, column in enumerate(table.columns):
        if column.type is None or not column.name.strip():
            continue
        if column.constant and column.name not in by_code:
            continue
        reasons = list(_reasons(column, number, len(names), by_code.get(column.name)))
        points = sum(score for score, _ in reasons)
        if points > 0 or column.name in by_code:
            found.append(Candidate(column.name, points, tuple(why for _, why in reasons if why)))
    return tuple(sorted(found, key=lambda each: -each.score))


def _by_code(
    names: Sequence[str], used: Mapping[str, tuple[int, str]]
) -> dict[str, tuple[int, str]]:
    """The code's columns by the table's names: scripts like to lower and to join them."""
    simple = {_simple(name): name for name in names}
    found: dict[str, tuple[int, str]] = {}
    for name, said in used.items():
        known = name if name in names else simple.get(_simple(name))
        if known is not None:
            found.setdefault(known, said)
    return found


def _simple(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _reasons(
    column: ColumnFinding, number: int, total: int, code: tuple[int, str] | None
) -> Iterable[tuple[int, str]]:
    if code is not None:
        yield CODE + code[0], code[1]
    elif column.counter or (column.unique and column.type in ("string", "date", "datetime")):
        yield -100, ""
    if column.type in ("date", "datetime") or (column.type == "string" and not _is_few(column)):
        yield -60, ""
    name = _simple(column.name)
    say = "" if code is not None else "its name"
    if name in NAMES:
        yield NAMES[name], say
    elif points := max((PARTS[part] for part in name.split("_") if part in PARTS), default=0):
        yield points, say
    elif re.match(r"(is|has|will|did|was)_", name) and column.distinct <= 2:
        yield FLAG, say
    if number == total - 1:
        yield LAST, "" if code is not None else "it is the last column"
    elif number == 0:
        yield FIRST, ""


def _is_few(column: ColumnFinding) -> bool:
    return 0 < column.distinct <= MOST_CLASSES


def guess(
    table: TableFinding,
    used: Mapping[str, tuple[int, str]],
    wanted: str | None = None,
    task: Task | None = None,
) -> Guess | None:
    """The target of `table`: `wanted` if given, else the likeliest; None when nothing is likely.

    `task` is what the code says about it (a regressor, a classifier). InputError for a wanted
    column that is not there.
    """
    ranked = rank(table, used)
    if wanted is not None:
        if wanted not in table.names:
            raise InputError(
                f"{table.path} has no column {wanted!r}", cure=_nearest(wanted, table.names)
            )
        return describe(table.column(wanted), ("you said so",), ranked, task)
    if not ranked:
        return None
    best = ranked[0]
    ahead = best.score - (ranked[1].score if len(ranked) > 1 else 0)
    sure = best.score >= SURE and ahead >= AHEAD
    found = describe(table.column(best.column), best.why, ranked, task)
    return msgspec.structs.replace(found, sure=sure)


def _nearest(wanted: str, names: Sequence[str]) -> str:
    by_simple = {_simple(name): name for name in names}
    likely = by_simple.get(_simple(wanted)) or nearest(wanted, names)
    near = by_simple.get(nearest(_simple(wanted), by_simple) or "")
    if likely or near:
        return f"Did you mean {(likely or near)!r}?"
    return "It has: " + ", ".join(names[:30]) + (", …" if len(names) > 30 else "") + "."


def describe(
    column: ColumnFinding,
    why: tuple[str, ...],
    candidates: tuple[Candidate, ...] = (),
    task: Task | None = None,
) -> Guess:
    """What predicting `column` means."""
    found, notes = _task(column, task)
    positive = None
    if found == "binary":
        positive = _positive(column)
        if positive is None:
            found = "multiclass" if column.distinct > 1 else "regression"
    if column.missing:
        notes.append(f"{column.name} is missing in {column.missing:,} of {column.rows:,} rows")
    if column.constant:
        notes.append(f"{column.name} has one and the same value in every row: nothing to learn")
    return Guess(column.name, found, positive, why, True, candidates, tuple(notes))


def _task(column: ColumnFinding, said: Task | None) -> tuple[Task, list[str]]:
    """The task by the number of different values; of the code, only regression or not is taken."""
    if column.type == "float" and said != "multiclass" and column.distinct > 2:
        return "regression", []
    if said == "regression":
        return "regression", []
    classes = _frequent(column)
    if len(classes) == 2:
        rare = [f"{value!r} ({rows})" for value, rows in column.values if value not in classes]
        notes = []
        if rare:
            notes.append(
                f"{column.name} is {' or '.join(classes)}, but for a few rows: {', '.join(rare)}; "
                "training and checks should leave them out"
            )
        return "binary", notes
    few = _is_few(column) and column.distinct * ROWS_PER_CLASS <= column.rows
    if column.type in ("string", "boolean") or few or said == "multiclass":
        return "multiclass", []
    return "regression", []


def _frequent(column: ColumnFinding) -> list[str]:
    """The values that are more than a slip; all of them where there are just two."""
    values = column.values
    if column.distinct == 2 or len(values) < 3 or column.distinct > MOST_CLASSES:
        return [value for value, _ in values] if column.distinct <= 2 else []
    least = max(2.0, RARE * column.rows)
    return [value for value, rows in values if rows >= least]


def _positive(column: ColumnFinding) -> str | None:
    """The class whose probability is asked for: a word like yes, the number 1, else the rarer."""
    classes = _frequent(column)
    if len(classes) != 2:
        return None
    likely = [value for value in classes if value.lower() in POSITIVE]
    other = [value for value in classes if value.lower() not in NEGATIVE]
    for group in (likely, other):
        if len(group) == 1:
            return group[0]
    return classes[-1]
