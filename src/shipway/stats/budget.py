# SPDX-License-Identifier: Apache-2.0
"""What confidence is left when one test set answers several times.

A reliability of 1 - delta is promised for all uses together, so each use gets a part of delta. What
part depends on what the developers learn from an answer:

`none`         they learn nothing until the end: delta / H for each of H uses
`firstChange`  the test set is spent when a model passes for the first time: delta / H as well,
               because until then the answer was always "no" and told nothing
`full`         each answer, one bit, may steer the next model: there are 2^H - 1 models that H
               answers can lead to, and each must be judged right: delta / 2^H

    effective_confidence(0.95, 8, "none")   # 0.99375
    effective_confidence(0.95, 8, "full")   # 0.9998

Source: C. Renggli et al., "Continuous integration of machine learning models with ease.ml/ci:
towards a rigorous yet practical treatment", MLSys 2019, sections 3.2 to 3.4.
"""

from math import floor, log, log2, nextafter
from typing import Literal

Adaptivity = Literal["none", "firstChange", "full"]

SMALLEST = 2.0**-50
"""The smallest delta at which 1 - delta, and 1 - delta / 2 too, is still a number of its own."""


def log_delta(delta: float, uses: int, adaptivity: Adaptivity = "none") -> float:
    """The natural logarithm of one use's share of `delta`; finite for any number of uses.

    ValueError unless 0 < delta < 1 and uses >= 1.
    """
    if not 0 < delta < 1:
        raise ValueError(f"an error probability lies in (0, 1), not {delta}")
    if uses < 1:
        raise ValueError(f"a test set is used at least once, not {uses} times")
    return log(delta) - (uses * log(2) if adaptivity == "full" else log(uses))


def effective_confidence(confidence: float, uses: int, adaptivity: Adaptivity = "none") -> float:
    """The confidence of each of `uses` decisions, so that `confidence` holds for all together.

    Rounded up where it must be rounded. ValueError unless 0 < confidence < 1 and uses >= 1, and
    when what is left of delta is below 2^-50, which no floating-point confidence can hold: the
    message says how many uses there can be.
    """
    delta = 1 - confidence
    share = log_delta(delta, uses, adaptivity)
    if share < log(SMALLEST):
        most = most_uses(confidence, adaptivity)
        raise ValueError(
            f"{uses} uses with adaptivity {adaptivity} leave each an error probability below "
            f"{SMALLEST:.1e}; at {confidence * 100:.6g}% there can be {most} at most"
        )
    part = delta * 2.0**-uses if adaptivity == "full" else delta / uses
    left = 1 - part
    return left if 1 - left <= part else nextafter(left, 1.0)


def most_uses(confidence: float, adaptivity: Adaptivity = "none") -> int:
    """The largest number of uses that `effective_confidence` has an answer for; 0 when none is."""
    times = (1 - confidence) / SMALLEST
    if times < 1:
        return 0
    return floor(log2(times)) if adaptivity == "full" else floor(times)
