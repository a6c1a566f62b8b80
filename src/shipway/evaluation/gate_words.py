# SPDX-License-Identifier: Apache-2.0
"""A gate in words, for `shipway explain` and the report."""

from shipway.evaluation.gates import Gate, GateSlice, percent, shown
from shipway.evaluation.metrics import words_for
from shipway.spec.expressions import in_words as expression_in_words
from shipway.spec.expressions import parse

DEMANDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


def in_words(gate: Gate) -> str:
    """What `gate` demands and how it is decided, in one or more sentences."""
    subject = words_for(gate.metric)
    rows = " and".join(map(_rows, gate.slices))
    demand = f"The {subject}{rows} must be {DEMANDS[gate.operator]} {_bound(gate)}."
    return " ".join((demand, *_how(gate)))


def _rows(part: GateSlice) -> str:
    if part.expression:
        return f" of the rows where {expression_in_words(parse(part.source))}"
    if part.value is None:
        return f" of each group of rows with the same {part.source}"
    return f" of the rows where {part.source} is {part.value}"


def _bound(gate: Gate) -> str:
    bound = gate.bound
    if not bound.champion:
        return shown(bound.number)
    if bound.number == 0:
        return "the champion's on the same rows"
    size = percent(abs(bound.number)) + " of it" if bound.relative else shown(abs(bound.number))
    return f"the champion's on the same rows {'less' if bound.number < 0 else 'plus'} {size}"


def _how(gate: Gate) -> tuple[str, ...]:
    champion = (
        "Until something has been live there is no champion, and the gate passes with that remark."
    )
    extra = (champion,) if gate.bound.champion else ()
    if gate.confidence is None:
        return ("The measured values are compared as they are.", *extra)
    level = percent(gate.confidence)
    side = "lower" if gate.upward else "upper"
    what = "of the paired difference" if gate.bound.champion else "of the measured value"
    return (
        f"It passes when the one-sided {side} {level} confidence bound {what} clears this,",
        "fails when the bound on the other side is clear of it,",
        "and is inconclusive in between: then more rows are needed, and nothing is released.",
        *extra,
    )
