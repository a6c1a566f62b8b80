# SPDX-License-Identifier: Apache-2.0
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.stats.bounds import quantile
from shipway.stats.budget import effective_confidence, log_delta, most_uses

ADAPTIVITIES = st.sampled_from(("none", "firstChange", "full"))


@pytest.mark.parametrize(
    ("uses", "adaptivity", "level"),
    [
        (1, "none", 0.95),
        (1, "full", 0.975),
        (8, "none", 1 - 0.05 / 8),
        (8, "firstChange", 1 - 0.05 / 8),
        (8, "full", 1 - 0.05 / 256),
        (32, "full", 1 - 0.05 / 2**32),
    ],
)
def test_each_use_pays_its_part(uses, adaptivity, level):
    assert effective_confidence(0.95, uses, adaptivity) == pytest.approx(level, abs=1e-15)


@given(st.floats(0.5, 0.9999), st.integers(1, 45), ADAPTIVITIES)
def test_a_level_is_usable_and_never_below_what_was_promised(confidence, uses, adaptivity):
    if uses > most_uses(confidence, adaptivity):
        with pytest.raises(ValueError, match="at most"):
            effective_confidence(confidence, uses, adaptivity)
        return
    level = effective_confidence(confidence, uses, adaptivity)
    divisor = 2**uses if adaptivity == "full" else uses
    assert confidence <= level < 1
    assert (1 - level) * divisor <= 1 - confidence
    assert quantile(level, 2) > 0


def test_too_many_uses_are_refused_with_what_there_can_be():
    assert most_uses(0.95, "full") == 45
    assert effective_confidence(0.95, 45, "full") < 1
    with pytest.raises(ValueError, match="at 95% there can be 45 at most"):
        effective_confidence(0.95, 46, "full")
    with pytest.raises(ValueError, match="45 at most"):
        effective_confidence(0.95, 100_000, "full")


def test_a_share_of_delta_stays_finite():
    assert log_delta(0.05, 100_000, "full") == pytest.approx(log(0.05) - 100_000 * log(2))


@pytest.mark.parametrize(("confidence", "uses"), [(0.95, 0), (0.95, -1), (1.0, 3), (0.0, 3)])
def test_what_makes_no_sense_is_refused(confidence, uses):
    with pytest.raises(ValueError, match=r"lies in|at least once"):
        effective_confidence(confidence, uses)
