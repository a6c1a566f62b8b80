# SPDX-License-Identifier: Apache-2.0
"""How many rows a promise costs when the test is exact: fewer than any inequality asks for.

Two shares or differences `low` < `high` are to be told apart: at `low` the test may say "high"
with a probability of at most delta, and at `high` it may say "low" with at most delta. A test that
counts to a critical number has both errors from the distribution itself.

    binomial_rows(0.90, 0.92, log(0.001))       # 7,803 rows; Hoeffding asks for 34,539
    paired_rows(0.1, 0.02, 0.04, log(0.001))    # 9,460 rows, of which a tenth changed

Where `high` would lie beyond what can be, the second demand is on the measured value instead:
from `beyond` on it must pass.

The smallest sample is looked for by halves, and then, because counts are coarse and one row more
can just miss, among all smaller sizes in reach; above SCANNED rows that would not be worth it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, inf, log, sqrt

from shipway.stats.binomial import log_at_least, log_at_most
from shipway.stats.labels import hoeffding

MOST_ROWS = 5_000_000
"""Where Hoeffding asks for more than that, an exact test is not worth its computing."""

SCANNED = 20_000

ErrorLog = Callable[[int, int], float]
"""ln P of an error, for a critical count and a number of rows."""


@dataclass(frozen=True, slots=True)
class ExactTest:
    """The test that says "high" when at least `critical` of `rows` are counted."""

    rows: int
    critical: int


def binomial_rows(low: float, high: float, log_delta: float) -> ExactTest | None:
    """The smallest test that tells a share `high` from `low`, both in [0, 1].

    It counts hits, which are binomial. None where it would take more than MOST_ROWS rows.
    ValueError unless 0 <= low < high <= 1.
    """
    if not 0 <= low < high <= 1:
        raise ValueError(f"no shares to tell apart: {low} and {high}")
    return _smallest(
        lambda critical, rows: log_at_least(critical, rows, low),
        lambda critical, rows: log_at_most(critical - 1, rows, high),
        (low, high, 1.0),
        log_delta,
    )


def binomial_rows_beyond(share: float, beyond: float, log_delta: float) -> ExactTest | None:
    """The smallest test that passes `share` with at most delta, and all that measure `beyond`.

    None where it would take more than MOST_ROWS rows. ValueError unless 0 <= share < beyond <= 1.
    """
    if not 0 <= share < beyond <= 1:
        raise ValueError(f"no shares to tell apart: {share} and {beyond}")
    return _smallest(
        lambda critical, rows: log_at_least(critical, rows, share),
        _measured(beyond),
        (share, 2 * beyond - share, 1.0),
        log_delta,
    )


def paired_rows(changed: float, low: float, high: float, log_delta: float) -> ExactTest | None:
    """The smallest test that tells a difference `high` of two paired accuracies from `low`.

    It counts rows that only the first model gets right, less those that only the second does.
    `changed` is the largest share of rows on which one of them alone is right; the errors are
    those at this share, where the difference varies most. None where it would take more than
    MOST_ROWS rows. ValueError unless -changed <= low < high <= changed <= 1.
    """
    if not -changed <= low < high <= changed <= 1:
        raise ValueError(f"no differences to tell apart: {low} and {high}, {changed} changed")
    if changed == 1:
        # Steps of +1 and -1 alone are hits and misses.
        of_hits = binomial_rows((1 + low) / 2, (1 + high) / 2, log_delta)
        return of_hits and ExactTest(of_hits.rows, 2 * of_hits.critical - of_hits.rows)
    up, down = _parts(changed, low), _parts(changed, -high)
    return _smallest(
        lambda critical, rows: log_sum_at_least(critical, rows, *up),
        lambda critical, rows: log_sum_at_least(1 - critical, rows, *down),
        (low, high, 2.0),
        log_delta,
    )


def paired_rows_beyond(
    changed: float, difference: float, beyond: float, log_delta: float
) -> ExactTest | None:
    """As `binomial_rows_beyond`, of a difference as `paired_rows` counts it.

    ValueError unless -changed <= difference < beyond <= changed <= 1.
    """
    if not -changed <= difference < beyond <= changed <= 1:
        raise ValueError(f"no differences to tell apart: {difference} and {beyond}")
    parts = _parts(changed, difference)
    return _smallest(
        lambda critical, rows: log_sum_at_least(critical, rows, *parts),
        _measured(beyond),
        (difference, 2 * beyond - difference, 2.0),
        log_delta,
    )


def _measured(beyond: float) -> ErrorLog:
    """No error while the critical count is within reach of a measured value of `beyond`."""
    return lambda critical, rows: -inf if critical <= rows * beyond + 1e-9 else 0.0


def _parts(changed: float, mean: float) -> tuple[float, float]:
    return (changed + mean) / 2, (changed - mean) / 2


def log_sum_at_least(least: int, rows: int, plus: float, minus: float) -> float:
    """ln P(S >= least), S a sum of `rows` steps: +1 with probability plus, -1 with minus, else 0.

    The distribution is tilted until `least` is its mean and then summed by a Fourier transform,
    so that far tails keep their digits (an error of about 1e-11, relative).
    """
    import numpy as np

    if least > rows or (plus == 0 and least > 0):
        return -inf
    if least <= -rows:
        return 0.0
    if least == rows:
        return rows * log(plus)
    tilt = max(_tilt(least / rows, plus, minus), 1.0) if plus > 0 else 1.0
    mass = plus * tilt + (1 - plus - minus) + minus / tilt
    up, down = plus * tilt / mass, minus / tilt / mass
    deviation = sqrt(rows * (up + down - (up - down) ** 2))
    size = 1 << ceil(log(min(2.0 * rows + 2, 16 * deviation + 120), 2))
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    transform = 1 - up - down + up * turn + down * turn.conj()
    shares = np.fft.irfft(transform**rows, size)
    # The window holds all that counts; where it begins depends on the mean of the tilted sum.
    begin = max(least, floor(rows * (up - down)) - size // 2)
    end = min(rows, floor(rows * (up - down)) + size // 2 - 1)
    places = np.arange(begin, end + 1)
    total = float(shares[places % size] @ np.exp(-(places - least) * log(tilt)))
    return rows * log(mass) - least * log(tilt) + log(total) if total > 0 else -inf


def _tilt(mean: float, plus: float, minus: float) -> float:
    """The factor x at which steps weighted by x, 1 and 1 / x have this mean, below 1."""
    still = 1 - plus - minus
    root = sqrt((mean * still) ** 2 + 4 * plus * minus * (1 - mean**2))
    return (mean * still + root) / (2 * plus * (1 - mean))


def _smallest(
    says_high: ErrorLog, says_low: ErrorLog, of: tuple[float, float, float], log_delta: float
) -> ExactTest | None:
    """The smallest test of both errors; `of` holds low, high and the span of a row's value."""
    low, high, span = of
    above = hoeffding(span, (high - low) / 2, log_delta)
    if above > MOST_ROWS:
        return None
    below = 0
    while above - below > 1:
        rows = (above + below) // 2
        if says_low(_critical(says_high, rows, low, high, log_delta), rows) <= log_delta:
            above = rows
        else:
            below = rows
    critical = _critical(says_high, above, low, high, log_delta)
    best = ExactTest(above, critical)
    reach = ceil(4 * span / (high - low)) if above <= SCANNED else 0
    for rows in range(above - 1, max(0, above - 1 - reach), -1):
        # One row less moves the critical count by one at most, up or down.
        critical -= 1
        while says_high(critical, rows) > log_delta:
            critical += 1
        if says_low(critical, rows) <= log_delta:
            best = ExactTest(rows, critical)
    return best


def _critical(says_high: ErrorLog, rows: int, low: float, high: float, log_delta: float) -> int:
    """The smallest count whose error at `low` is small enough."""
    begin, end = floor(rows * low) - 1, rows + 1
    stride = ceil(sqrt(rows))
    while begin + stride < end and says_high(begin + stride, rows) > log_delta:
        begin += stride
    end = min(end, begin + stride)
    while end - begin > 1:
        middle = (begin + end) // 2
        if says_high(middle, rows) <= log_delta:
            end = middle
        else:
            begin = middle
    return end
