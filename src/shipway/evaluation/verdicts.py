# SPDX-License-Identifier: Apache-2.0
"""From what was found of a gate's subject to its verdict, with the evidence in plain words.

Without `at` measured values are compared. With it the bound on the passing side must be clear of
the limit (passed) or the other one (failed); else the verdict is `inconclusive` and says how many
more rows would settle it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from shipway.evaluation.estimates import Estimate
from shipway.evaluation.gates import Gate, percent, shown
from shipway.records.base import Verdict
from shipway.records.training import GateResult, Interval
from shipway.stats.bounds import Alternative, Bounds

Level = Callable[[float], float]
"""The confidence that is used where one was asked for: higher when a test-set budget is paid."""


@dataclass(frozen=True)
class Found:
    """What was found of the subject of a gate.

    `place` names it, `observed` is its value, from `rows` rows (or other `unit`). `estimate` makes
    what is compared with confidence, when that is asked for: the subject itself or, with a
    `champion` value, challenger less champion (times a factor, for a relative margin); None where
    nothing bounds it, `unbounded` says why. `more` are words that belong to the reason.
    """

    place: str
    observed: float
    rows: int
    estimate: Callable[[], Estimate | None]
    unbounded: str = ""
    champion: float | None = None
    unit: str = "row"
    more: str = ""


def judged(gate: Gate, found: Found, level: Level | None = None) -> GateResult:
    """The verdict on what was found."""
    limit = gate.bound.number
    if found.champion is not None:
        limit = gate.bound.against(found.champion)
    if gate.confidence is None:
        return _compared(gate, found, limit)
    estimate = found.estimate()
    if estimate is None:
        return failed(gate, found.unbounded, observed=found.observed, rows=found.rows)
    used = gate.confidence if level is None else level(gate.confidence)
    return _with_confidence(gate, found, limit, estimate, used)


def failed(gate: Gate, reason: str, *, observed: float | None = None, rows: int = 0) -> GateResult:
    """Something is missing, so that nothing can be compared."""
    return _result(gate, "failed", reason, observed, rows)


def waiting(
    gate: Gate, reason: str, needed: int, *, observed: float | None = None, rows: int = 0
) -> GateResult:
    """Too few rows to be judged at all."""
    result = _result(gate, "inconclusive", reason, observed, rows)
    return _with(result, rows_needed=needed)


def without_champion(
    gate: Gate, because: str, *, ever_live: bool, observed: float | None, rows: int
) -> GateResult:
    """There is nothing to compare with: fine only as long as nothing was ever live."""
    if because:
        reason = f"not compared with the champion: {because}"
        return failed(gate, reason, observed=observed, rows=rows)
    if ever_live:
        reason = "a release has been live, but its model could not be compared on these rows"
        return failed(gate, reason, observed=observed, rows=rows)
    reason = "no champion yet: nothing has been live, so there is nothing to compare with"
    return _with(_result(gate, "passed", reason, observed, rows), no_champion=True)


def clears(gate: Gate, value: float, limit: float) -> bool:
    """Whether `value` satisfies the gate's operator; equal up to rounding counts as equal."""
    if isfinite(value) and abs(value - limit) <= 1e-12 * max(1.0, abs(value), abs(limit)):
        return gate.operator in (">=", "<=")
    return value > limit if gate.upward else value < limit


def too_few(present: str, rows: int, wanted: int) -> str:
    """That a slice or a group is too small to be judged."""
    return (
        f"{present} has {rows:,} row{'s' if rows != 1 else ''}, and fewer than {wanted:,} are not "
        f"judged; {wanted - rows:,} more are needed"
    )


def interval(bounds: Bounds | None, shift: float = 0.0) -> Interval | None:
    """`bounds`, moved by `shift`, as a record; None where they are infinite.

    One-sided bounds say so in their method.
    """
    if bounds is None or not (isfinite(bounds.low) and isfinite(bounds.high)):
        return None
    method = bounds.method if bounds.sides == 2 else f"{bounds.method}, one-sided"
    return Interval(bounds.low + shift, bounds.high + shift, bounds.confidence, method)


def _compared(gate: Gate, found: Found, limit: float) -> GateResult:
    verdict: Verdict = "passed" if clears(gate, found.observed, limit) else "failed"
    reason = f"{found.place} is {shown(found.observed)}; demanded {gate.operator} {shown(limit)}"
    if found.champion is not None:
        reason += f" (the champion has {shown(found.champion)})"
    result = _result(gate, verdict, reason + found.more, found.observed, found.rows)
    return _with_limit(gate, result, limit, found, "measured values")


def _with_confidence(
    gate: Gate, found: Found, limit: float, estimate: Estimate, used: float
) -> GateResult:
    bounds = estimate.bounds(used, 1)
    apart, shift = _scale(gate, found)
    ahead, behind = (bounds.low, bounds.high) if gate.upward else (bounds.high, bounds.low)
    verdict: Verdict = "passed"
    if not clears(gate, ahead, apart):
        verdict = "inconclusive" if clears(gate, behind, apart) else "failed"
    # The bound that decided: of a failed gate, even the better end misses the limit.
    end = behind if verdict == "failed" else ahead
    below = gate.upward != (verdict == "failed")
    reason = _reason(gate, found, limit, ("at least" if below else "at most", end + shift), used)
    needed = None
    if verdict == "inconclusive":
        needed = estimate.more(apart, used)
        reason += f"; {_still_needed(needed, found.unit)}"
    alternative: Alternative = "greater" if gate.upward else "less"
    result = _result(gate, verdict, reason + found.more, found.observed, found.rows, used)
    return _with(
        _with_limit(gate, result, limit, found, bounds.method),
        interval=interval(bounds, shift),
        rows_needed=needed,
        p_value=estimate.p_value(apart, alternative),
    )


def _scale(gate: Gate, found: Found) -> tuple[float, float]:
    """The limit in the estimate's terms, and what makes of its bounds challenger less champion."""
    bound = gate.bound
    if found.champion is None or not bound.relative:
        return bound.number, 0.0
    return 0.0, bound.against(found.champion) - found.champion


def _reason(gate: Gate, found: Found, limit: float, decided: tuple[str, float], used: float) -> str:
    side, end = decided
    level = percent(used)
    demanded = f"demanded {gate.operator} {shown(limit)}"
    if gate.confidence is not None and used > gate.confidence:
        demanded += f" at {percent(gate.confidence)} for all uses of the test set together"
    start = f"{found.place} is {shown(found.observed)}"
    if found.champion is not None:
        change = f"{found.observed - found.champion:+.4f}"
        start += f", the champion's {shown(found.champion)}: a difference of {change}"
    if not isfinite(end):
        return f"{start}, with no bound at {level}; {demanded}"
    bound = shown(end) if found.champion is None else f"{end:+.4f}"
    return f"{start}, {side} {bound} with {level}; {demanded}"


def _still_needed(more: int | None, unit: str) -> str:
    if more is None:
        return f"no number of {unit}s would settle it while the estimate lies on the bound"
    return f"about {more:,} more {unit}{'s' if more > 1 else ''} would settle it"


def _result(
    gate: Gate,
    verdict: Verdict,
    reason: str,
    observed: float | None,
    rows: int,
    used: float | None = None,
) -> GateResult:
    demanded = gate.demand
    if used is not None and gate.confidence is not None and used > gate.confidence:
        demanded += f" ({percent(used)} under the test-set budget)"
    return GateResult(
        gate=gate.text,
        verdict=verdict,
        observed=observed,
        demanded=demanded,
        reason=reason,
        metric=gate.metric,
        rows=rows,
        confidence=gate.confidence,
        level=used,
    )


def _with_limit(
    gate: Gate, result: GateResult, limit: float, found: Found, method: str
) -> GateResult:
    effect = found.observed - limit if gate.upward else limit - found.observed
    demanded = result.demanded
    if gate.bound.champion:
        demanded += f" = {shown(limit)}"
    return _with(
        result,
        demanded=demanded,
        bound=limit,
        method=method,
        effect=effect,
        champion=found.champion,
    )


def _with(result: GateResult, **changes: object) -> GateResult:
    from msgspec.structs import replace

    return replace(result, **changes)
