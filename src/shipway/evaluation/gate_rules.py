# SPDX-License-Identifier: Apache-2.0
"""What one gate must satisfy before it can be decided: all that is wrong with it, with the place.

faults(parse_gate("recall >= 60"), known)
[Fault("recall lies between 0 and 1: nothing reaches 60", "Did you mean 60%?", at=10)]
"""

from collections.abc import Iterator
from math import inf, isfinite
from typing import Literal

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.evaluation.directions import declaration
from shipway.evaluation.gates import Gate, percent, shown, unavailable
from shipway.evaluation.known import Known
from shipway.evaluation.metric_ranges import metric_range, subject_range
from shipway.evaluation.metrics import MetricKind

BARE = "Leave 'at' out to compare the measured values."
NUMBER = "Compare it with a number."
BEHAVIOURS = ("invariance", "increasing", "decreasing")


class Fault(msgspec.Struct, frozen=True):
    """What is wrong (or, `kind` not-yet, not available), the cure, and the offset in the text."""

    what: str
    cure: str = ""
    at: int = 0
    kind: Literal["mistake", "not-yet"] = "mistake"


def faults(gate: Gate, known: Known) -> list[Fault]:
    """Everything that keeps `gate` from being decided."""
    reason = unavailable(gate)
    if reason is not None:
        return [Fault(reason, kind="not-yet")]
    kind = None
    if gate.metric:
        try:
            kind = known.metric(gate.metric)
        except InputError as error:
            at = len(gate.form) + 1 if gate.form != "metric" else 0
            own = f"Is it one that the training reports? {declaration(gate.metric)}"
            unknown = known.trains and "there is no metric" in error.what
            cure = f"{error.cure}\n{own}" if unknown else error.cure
            return [Fault(error.what, cure.strip(), at), *_slices(gate, known)]
    found = [*_slices(gate, known), *_form(gate, kind, known), *_sample(gate, kind)]
    if gate.confidence is not None:
        found += _confidence(gate, kind)
    if gate.bound.champion:
        found += _champion(gate, kind, known)
    return found or _range(gate, kind, known)


def _slices(gate: Gate, known: Known) -> Iterator[Fault]:
    """Names of slices that `evaluate.slices` does not give."""
    for part in gate.slices:
        if part.named and part.source not in known.conditions:
            guess = did_you_mean(part.source, known.conditions)
            yield Fault(
                f"there is no slice named {part.source!r}",
                f"{guess}\nIs it a column? Then say which values: {part.source}=* or "
                f"{part.source}=….".strip(),
                max(gate.text.find(part.source, gate.slice_at), gate.slice_at),
            )


def _form(gate: Gate, kind: MetricKind | None, known: Known) -> Iterator[Fault]:
    """What can't stand inside a form."""
    if gate.form in ("increasing", "decreasing") and known.task == "multiclass":
        yield Fault(
            f"{gate.form} means nothing for multiclass models: the score of which class?",
            "Write invariance, or remove this gate.",
        )
    if gate.form == "ratio" and metric_range(kind, known.task)[0] < 0 and kind is not None:
        yield Fault(
            f"{gate.metric} can be negative: a ratio of its values says nothing",
            f"Write difference({gate.metric}, …).",
        )
    if gate.form in ("difference", "ratio") and kind is None:
        yield Fault(
            f"{gate.metric} is a number that the training reports: it has no groups",
            "Name a metric that Shipway measures.",
            len(gate.form) + 1,
        )
    twice = {part.source for part in gate.slices if not part.expression} & set(gate.columns)
    for column in sorted(twice) if gate.form in ("difference", "ratio") else ():
        yield Fault(
            f"in a slice of {column} there is only one group of it",
            "Remove the slice, or compare groups of another column.",
            gate.slice_at,
        )


def _sample(gate: Gate, kind: MetricKind | None) -> Iterator[Fault]:
    """Latency and size are not about rows."""
    if kind is None or kind.family != "sample":
        return
    if gate.form != "metric":
        yield Fault(f"{gate.metric} is not about rows: it has no groups", at=len(gate.form) + 1)
    elif gate.slices:
        yield Fault(
            f"{gate.metric} is not about rows: it has no slices",
            "Remove the slice.",
            gate.slice_at,
        )


def _confidence(gate: Gate, kind: MetricKind | None) -> Iterator[Fault]:
    """Where no bound can be had, and why."""
    level = f"'at {percent(gate.confidence or 0)}'"
    why = ""
    if gate.metric and kind is None:
        why = "a number that the training reports has no confidence bound"
    elif kind is not None and kind.family == "extreme":
        why = f"{gate.metric} is the value of one row, the worst: no resampling says how it varies"
    elif kind is not None and kind.base == "model_mb":
        why = "the size of a model is one number: there is nothing that varies"
    elif kind is not None and kind.options.get("statistic") == "max":
        why = "the slowest call is one call: no resampling says how it varies"
    if why:
        yield Fault(f"{level} can't stand here: {why}", BARE, gate.confidence_at)


def _champion(gate: Gate, kind: MetricKind | None, known: Known) -> Iterator[Fault]:
    """A comparison with the champion means something only if one knows which way is better."""
    if gate.form in BEHAVIOURS:
        why = "only the challenger is asked how it behaves"
        yield Fault(f"{gate.subject} can't be compared with the champion: {why}", NUMBER,
                    gate.bound_at)  # fmt: skip
    elif kind is not None and kind.needs in ("champion", "sample"):
        why = "it compares with the champion already"
        if kind.needs == "sample":
            why = "only the challenger is measured, on the machine that runs this"
        yield Fault(f"{gate.metric} can't be compared with the champion: {why}", NUMBER,
                    gate.bound_at)  # fmt: skip
    else:
        yield from _direction(gate, kind, known)


def _direction(gate: Gate, kind: MetricKind | None, known: Known) -> Iterator[Fault]:
    way = known.way(gate)
    if way is None and kind is not None:
        yield Fault(
            f"neither more nor less {gate.metric} is better, so no champion can be beaten in it",
            NUMBER,
            gate.bound_at,
        )
    elif way is None:
        yield Fault(unknown_way(gate.metric), declaration(gate.metric))
    elif gate.upward != (way == "higher"):
        operator = ">=" if way == "higher" else "<="
        yield Fault(
            f"{gate.subject} is better when {way}: this passes when the model is worse",
            f"Write {gate.subject} {operator} …",
            gate.bound_at,
        )


def unknown_way(metric: str) -> str:
    """That nobody knows which way a reported metric is better."""
    return f"whether {metric} is better when higher or lower is not known"


def _range(gate: Gate, kind: MetricKind | None, known: Known) -> list[Fault]:
    """A demand that no value meets, or that every value does."""
    low, high = subject_range(gate.form, kind, known.task)
    if gate.bound.champion:
        return list(_margin(gate, low, high))
    return list(_number(gate, low, high))


def _number(gate: Gate, low: float, high: float) -> Iterator[Fault]:
    bound = gate.bound.number
    within = _within(gate, low, high)
    meant = f"Did you mean {shown(bound)}%?" if high == 1 and 2 <= bound <= 100 else ""
    end = high if gate.upward else low
    beyond = bound > high if gate.upward else bound < low
    if beyond or (bound == end and gate.operator in (">", "<")):
        reaches = "reaches" if gate.operator in (">=", "<=") else "goes beyond"
        yield Fault(f"{within}: nothing {reaches} {shown(bound)}", meant, gate.bound_at)
    elif bound == end and gate.confidence is not None:
        yield Fault(
            f"{within}: no number of rows shows with confidence that it is at the very end",
            f"{BARE} Or demand a little less than {shown(bound)}.",
            gate.bound_at,
        )
    elif (bound < low if gate.upward else bound > high) and isfinite(bound):
        yield Fault(f"{within}: this demands nothing", meant, gate.bound_at)


def _margin(gate: Gate, low: float, high: float) -> Iterator[Fault]:
    size = gate.bound.number if gate.upward else -gate.bound.number
    span = high - low
    if gate.bound.relative:
        # Of a size that can't be negative, less than nothing can't be left.
        below = low >= 0 and gate.bound.number < -1
        if below and gate.upward:
            yield Fault("more than all of the champion's value: this demands nothing", "",
                        gate.bound_at)  # fmt: skip
        elif below:
            yield Fault("more than all of the champion's value: nothing is that small", "",
                        gate.bound_at)  # fmt: skip
        return
    shown_size = shown(abs(gate.bound.number))
    meant = f"Did you mean {shown_size}% of the champion's value?" if span < inf else ""
    if size > span:
        what = f"{_within(gate, low, high)}: no model is {shown_size} better than another"
        yield Fault(what, meant, gate.bound_at)
    elif size < -span:
        what = f"{_within(gate, low, high)}: a margin of {shown_size} demands nothing"
        yield Fault(what, meant, gate.bound_at)


def _within(gate: Gate, low: float, high: float) -> str:
    if low == -inf:
        return f"{gate.subject} is at most {shown(high)}"
    if high == inf:
        return f"{gate.subject} is at least {shown(low)}"
    return f"{gate.subject} lies between {shown(low)} and {shown(high)}"
