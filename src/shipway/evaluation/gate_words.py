# SPDX-License-Identifier: Apache-2.0
"""A gate in words, for `shipway explain` and the report."""

from collections.abc import Mapping
from math import log

from shipway.evaluation.gates import Gate, GateSlice, percent, shown
from shipway.evaluation.metrics import MetricKind, words_for
from shipway.spec.expressions import in_words as expression_in_words
from shipway.spec.expressions import parse

SHARE = "Wilson's score interval, exact where hits or misses are few"
DEMANDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
NO_CHAMPION = (
    "Until something has been live there is no champion, and the gate passes with that remark; "
    "afterwards a champion that can't be compared fails it."
)


def in_words(
    gate: Gate,
    kind: MetricKind | None = None,
    *,
    conditions: Mapping[str, str] | None = None,
    min_slice: int | None = None,
) -> str:
    """What `gate` demands and how it is decided, in one or more sentences.

    `kind` is its metric, where it is known: then the method is named. `conditions` are the
    expressions that have a name, `min_slice` the fewest rows of a slice that is judged.
    """
    demand = f"{_subject(gate, kind)}{_rows(gate, conditions or {})} must be {_demand(gate, kind)}."
    return " ".join((demand, *_how(gate, kind), *_slices(gate, min_slice)))


def method(gate: Gate, kind: MetricKind | None) -> str:
    """How the confidence bound of `gate` is found, in a few words; empty where that is not known.

    The words of the verdict may name a special case: two models that say the same of every row.
    """
    if gate.confidence is None:
        return ""
    if gate.form in ("increasing", "decreasing"):
        return SHARE
    if kind is None:
        return ""
    if gate.form != "metric":
        return "the bounds of all groups, taken together"
    if kind.family == "share":
        return _share(gate, kind)
    if kind.family == "area":
        few = "DeLong's method, widened where a class has few rows"
        return "DeLong's method, paired" if gate.bound.champion else few
    paired = " of both models together" if gate.bound.champion else ""
    few = "a bootstrap (BCa)"
    return {
        "cells": f"a bootstrap of the confusion table{paired}",
        "mean": f"{few} of few rows, influence values of many{paired}",
        "smooth": f"{few} of few rows, influence values of many{paired}",
        "sample": "a bound over the calls that were measured",
    }.get(kind.family, "")


def _share(gate: Gate, kind: MetricKind) -> str:
    if not gate.bound.champion:
        return SHARE
    if kind.base in ("precision", "npv"):
        return "a bootstrap of the answers of both models together"
    if gate.bound.relative:
        return "a score interval for the ratio of two shares of the same rows"
    return "Tango's score interval for two shares of the same rows, exact where few of them differ"


def _subject(gate: Gate, kind: MetricKind | None) -> str:
    words = f"{kind.words} ({gate.metric})" if kind is not None else words_for(gate.metric)
    groups = " and ".join(gate.columns)
    match gate.form:
        case "metric":
            return f"The {words}" if words != gate.metric else words
        case "difference":
            return (
                f"The {words} is measured for each group of rows with the same {groups}: the "
                "largest value less the smallest"
            )
        case "ratio":
            return (
                f"The {words} is measured for each group of rows with the same {groups}: the "
                "smallest value divided by the largest"
            )
        case "invariance":
            return f"The largest change of a row's score when only {groups} changes"
        case _:
            way = "falls" if gate.form == "increasing" else "rises"
            return f"The share of rows whose score never {way} as {groups} rises"


def _rows(gate: Gate, conditions: Mapping[str, str]) -> str:
    found = [_part(part, conditions) for part in gate.slices]
    together = f" of {' and '.join(found)}" if found else ""
    return f",{together}," if found and gate.form in ("difference", "ratio") else together


def _part(part: GateSlice, conditions: Mapping[str, str]) -> str:
    if part.named:
        where = conditions.get(part.source)
        if not where:
            return f"the rows of the slice named {part.source}"
        return f"the rows of {part.source} (where {expression_in_words(parse(where))})"
    if part.expression:
        return f"the rows where {expression_in_words(parse(part.source))}"
    if part.value is None:
        return f"each group of rows with the same {part.source}"
    return f"the rows where {part.source} is {part.value}"


def _demand(gate: Gate, kind: MetricKind | None) -> str:
    bound = gate.bound
    demand = DEMANDS[gate.operator]
    if not bound.champion:
        return f"{demand} {shown(bound.number)}"
    theirs = "the champion's" if kind is None or kind.family != "sample" else "the champion's own"
    if bound.number == 0:
        return f"{demand} {theirs} on the same rows"
    size = percent(abs(bound.number)) + " of it" if bound.relative else shown(abs(bound.number))
    return f"{demand} {theirs} on the same rows {'less' if bound.number < 0 else 'plus'} {size}"


def _how(gate: Gate, kind: MetricKind | None) -> tuple[str, ...]:
    needs_champion = gate.bound.champion or (kind is not None and kind.needs == "champion")
    extra = (NO_CHAMPION,) if needs_champion else ()
    if gate.confidence is None:
        return ("The measured values are compared as they are, without asking for chance.", *extra)
    level = percent(gate.confidence)
    if gate.form == "invariance":
        return (
            f"It passes when every row complies. With {level} the rows that were not seen are then "
            "nearly all like that: at most about "
            f"{-log(1 - gate.confidence):.2g} / n of them are not, where n rows were asked.",
        )
    side = "lower" if gate.upward else "upper"
    what = "of the paired difference" if gate.bound.champion else "of the measured value"
    by = method(gate, kind)
    return (
        f"It passes when the one-sided {side} {level} confidence bound {what} clears this"
        + (f" ({by})," if by else ","),
        "fails when the bound on the other side is clear of it,",
        "and is inconclusive in between: then more rows are needed, and nothing is released.",
        *extra,
    )


def _slices(gate: Gate, min_slice: int | None) -> tuple[str, ...]:
    """That each slice is judged for itself."""
    several = [p for p in gate.slices if p.value is None and not (p.expression or p.named)]
    found = ["Each such group is judged for itself, and all have to pass."] if several else []
    if gate.slices and min_slice is not None and min_slice > 1:
        found.append(f"With fewer than {min_slice} rows it is inconclusive.")
    return tuple(found)
