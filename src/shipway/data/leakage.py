# SPDX-License-Identifier: Apache-2.0
"""Does one feature alone give the class of a row away?

How much it gives is the part of the errors that knowing it saves, against always naming the most
frequent class (the lambda of Goodman and Kruskal, 1954). A row's class is guessed by the majority
of the *other* rows with the same value, so that an identifier, which has no other rows, gives
nothing. Floats, and what has more than ten thousand different values, are asked another question:
is there a threshold with one of two classes below it and the other one above?
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import polars as pl

from shipway.data.check import Check, Measure, Measured, Outcome, ReadColumn
from shipway.data.columns import View
from shipway.data.merging import Counts
from shipway.spec.demands import LeakageSpec

KEYS = ("data", "features", "leakage")
KINDS = ("integer", "string", "category", "boolean", "float")
NUMBERS = ("integer", "float")
BETWEEN = "\x1f"
FEWEST = 10


def leakage_check(view: View, target: View, demand: LeakageSpec) -> Iterator[Check]:
    """The check of one feature, where both have values that can be told apart."""
    if view.type not in KINDS or target.type not in KINDS or target.type == "float":
        return
    feature, label = pl.col(view.name), pl.col(target.name)
    both = feature.is_not_null() & label.is_not_null()
    pair = pl.concat_str(label.cast(pl.String), pl.lit(BETWEEN), feature.cast(pl.String))
    measures = {"classes": Measure(label.filter(both), "counts")}
    if view.type != "float":
        measures["pairs"] = Measure(pair, "counts")

    def judge(measured: Measured, rows: int) -> Outcome:
        pairs = measured.get("pairs")
        if pairs is None or pairs.values is None or len(measured["classes"].values or ()) < 2:
            return Outcome("passed", "nothing")
        return _judged(given_away(pairs.values), target.name, demand)

    def look_again(measured: Measured, read: ReadColumn) -> Check | None:
        classes: Counts = measured["classes"]
        found = classes.values or {}
        counted = "pairs" in measured and measured["pairs"].values is not None
        if counted or view.type not in NUMBERS or len(found) != 2:
            return None
        return _threshold_check(check, feature, label, list(found), found)

    check = Check(
        column=view.name,
        name="leakage",
        expected=f"at most {demand.at_most * 100:g}%",
        keys=KEYS,
        judge=judge,
        measures=measures,
        columns=(view.name, target.name),
        look_again=look_again,
        on_fail=demand.on_fail,
    )
    yield check


def _judged(given: float, target: str, demand: LeakageSpec) -> Outcome:
    passed = given <= demand.at_most
    return Outcome("passed" if passed else "failed", f"gives {given:.1%} of {target}")


def given_away(pairs: Mapping[str, int]) -> float:
    """The share of errors that knowing the feature saves, of counts of `class BETWEEN value`."""
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    totals: dict[str, int] = defaultdict(int)
    for pair, number in pairs.items():
        label, _, value = pair.partition(BETWEEN)
        groups[value].append((number, label))
        totals[label] += number
    rows, most = sum(totals.values()), max(totals.values())
    usual = min(label for label, number in totals.items() if number == most)
    right = sum(_right(sorted(group, reverse=True), usual) for group in groups.values())
    return max(0.0, (right - most) / (rows - most)) if rows > most else 0.0


def _right(group: list[tuple[int, str]], usual: str) -> int:
    """How many rows of a group the majority of its other rows names rightly."""
    first, label = group[0]
    if sum(number for number, _ in group) == 1:
        return int(label == usual)
    second = group[1][0] if len(group) > 1 else 0
    return first if first - 1 > second else 0


def _threshold_check(
    check: Check,
    feature: pl.Expr,
    label: pl.Expr,
    classes: list[object],
    found: Mapping[object, int],
) -> Check:
    """One class below a threshold and the other above it: smallest and largest value tell."""
    value = feature.cast(pl.Float64)
    measures: dict[str, Measure] = {}
    for number, each in enumerate(classes):
        side = value.filter(label.eq(each))
        measures[f"low{number}"] = Measure(side.min(), "min")
        measures[f"high{number}"] = Measure(side.max(), "max")

    def judge(measured: Measured, rows: int) -> Outcome:
        low, high = measured["low0"], measured["high0"]
        # Neither is null: both classes were counted where the feature has a value.
        apart = high < measured["low1"] or low > measured["high1"]
        leaks = apart and min(found.values()) >= FEWEST
        observed = "a threshold gives all of it" if leaks else "no threshold gives all of it"
        return Outcome("failed" if leaks else "passed", observed)

    return Check(
        column=check.column,
        name=check.name,
        expected=check.expected,
        keys=check.keys,
        judge=judge,
        measures=measures,
        columns=check.columns,
        on_fail=check.on_fail,
    )
