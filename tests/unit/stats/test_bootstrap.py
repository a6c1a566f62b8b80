# SPDX-License-Identifier: Apache-2.0
"""Intervals from replicates, against R's boot 1.3-28 and scipy; the resampling itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap as scipy_bootstrap

from shipway.stats.bootstrap import (
    CHUNK,
    bca,
    bca_p_value,
    multinomial,
    percentile,
    percentile_p_value,
    weights,
)
from shipway.stats.influence import cell_influence

X = np.array([0.5, 1.25, 0.75, 3.5, 2, 0.25, 8, 1.5, 0.125, 5])
X = np.append(X, [2.5, 0.375, 1, 0.625, 12, 4, 0.875, 3, 1.75, 6])


def draws(resamples, rows):
    """Row numbers from a congruential generator that R has reproduced."""
    state, drawn = 12345, []
    for _ in range(resamples * rows):
        state = (state * 1103 + 12849) % 1048573
        drawn.append(state % rows)
    return np.array(drawn).reshape(resamples, rows)


SAMPLES = X[draws(999, 20)]
MEANS, DEVIATIONS = SAMPLES.mean(axis=1), SAMPLES.std(axis=1)
MEAN, DEVIATION = X.mean(), X.std()
OF_MEAN = X - MEAN
OF_DEVIATION = (OF_MEAN**2 - DEVIATION**2) / (2 * DEVIATION)


def ends(bounds):
    return bounds.low, bounds.high


# From R: boot.ci of these replicates with type "perc" or "bca" and L the influence values.
@pytest.mark.parametrize(
    ("confidence", "of_mean", "of_deviation"),
    [
        (0.90, (1.76250, 4.00625), (1.590204389379, 3.982240850011)),
        (0.95, (1.60000, 4.18125), (1.381744820870, 4.125733836241)),
        (0.99, (1.35000, 4.64375), (1.162500000000, 4.458011573280)),
    ],
)
def test_percentile_as_boot(confidence, of_mean, of_deviation):
    assert ends(percentile(MEANS, confidence)) == pytest.approx(of_mean, abs=1e-9)
    assert ends(percentile(DEVIATIONS, confidence)) == pytest.approx(of_deviation, abs=1e-9)


@pytest.mark.parametrize(
    ("confidence", "of_mean", "of_deviation"),
    [
        (0.90, (1.823647135587, 4.086352453611), (1.902957744905, 4.416049300451)),
        (0.95, (1.678131476830, 4.332879088433), (1.776219272283, 4.694197910417)),
    ],
)
def test_bca_as_boot(confidence, of_mean, of_deviation):
    mean = bca(MEANS, MEAN, OF_MEAN, confidence)
    # Here 4 of the 999 replicates equal the mean; we count ties half, boot not at all.
    assert ends(mean) == pytest.approx(of_mean, abs=0.02)
    deviation = bca(DEVIATIONS, DEVIATION, OF_DEVIATION, confidence)
    assert ends(deviation) == pytest.approx(of_deviation, abs=1e-9)
    assert deviation.method == "BCa bootstrap"


def test_beyond_the_largest_replicate_boot_stops_and_we_go_on():
    bounds = bca(DEVIATIONS, DEVIATION, OF_DEVIATION, 0.99)
    assert bounds.low == pytest.approx(1.482271983518, abs=1e-9)
    assert bounds.high > DEVIATIONS.max() == pytest.approx(4.707108985354)
    assert bounds.method == "BCa bootstrap, extrapolated"


def test_one_sided_bounds_are_the_ends_of_the_90_percent_interval():
    one, two = (bca(DEVIATIONS, DEVIATION, OF_DEVIATION, *how) for how in ((0.95, 1), (0.9, 2)))
    assert ends(one) == pytest.approx(ends(two))


def test_bca_as_scipy():
    found = scipy_bootstrap(
        (X,), np.mean, n_resamples=200_000, method="BCa", rng=np.random.default_rng(3)
    )
    bounds = bca(found.bootstrap_distribution, MEAN, OF_MEAN)
    # scipy takes plain quantiles, which at so many resamples are the same ones.
    assert ends(bounds) == pytest.approx(tuple(found.confidence_interval), abs=1e-4)


def f1(tables):
    hits, misses, alarms = tables[..., 0, 0], tables[..., 0, 1], tables[..., 1, 0]
    with np.errstate(invalid="ignore"):
        return 2 * hits / (2 * hits + misses + alarms)


TABLE = np.array([[40, 10], [20, 930]])


def test_resampled_tables_are_those_of_resampled_rows():
    replicates = multinomial(TABLE, f1, seed=1)
    cells = np.repeat(np.arange(4), TABLE.ravel())
    rows = np.concatenate(
        [
            f1((chunk @ np.eye(4)[cells]).reshape(-1, 2, 2))
            for chunk in weights(TABLE.sum(), 10_000, seed=2)
        ]
    )
    assert replicates.shape == rows.shape == (10_000,)
    assert replicates.mean() == pytest.approx(rows.mean(), abs=0.003)
    assert replicates.std() == pytest.approx(rows.std(), rel=0.05)
    by_cells = bca(replicates, 40 / 55, cell_influence(TABLE, f1), counts=TABLE)
    by_rows = bca(rows, 40 / 55, cell_influence(TABLE, f1).ravel()[cells])
    assert ends(by_cells) == pytest.approx(ends(by_rows), abs=0.01)


def test_the_same_seed_gives_the_same_replicates_in_chunks_of_any_size(monkeypatch):
    tables = multinomial(TABLE, f1, 500, seed=4)
    counts = np.concatenate(list(weights(7, 500, seed=4)))
    monkeypatch.setattr("shipway.stats.bootstrap.CHUNK", 60)
    chunks = list(weights(7, 500, seed=4))
    assert {len(chunk) for chunk in chunks} == {8, 4}
    assert np.array_equal(np.concatenate(chunks), counts)
    assert np.array_equal(multinomial(TABLE, f1, 500, seed=4), tables)
    assert not np.array_equal(multinomial(TABLE, f1, 500, seed=5), tables)


def test_a_resample_holds_as_many_rows_as_the_sample():
    for chunk in weights(3000, 1000, seed=0):
        assert chunk.size <= CHUNK
        assert (chunk.sum(axis=1) == 3000).all()


@pytest.mark.parametrize("counts", [[], [0, 0], [3, -1]])
def test_a_table_without_rows_is_refused(counts):
    with pytest.raises(ValueError, match="counts are whole numbers"):
        multinomial(np.array(counts, dtype=int), f1)


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no rows"):
        weights(0, 10)


@pytest.mark.parametrize(
    "replicates",
    [
        np.full(1000, 0.9),
        np.full(1000, np.nan),
        np.array([]),
        np.r_[np.arange(985.0), [np.nan] * 15],
    ],
)
def test_where_resampling_has_no_answer_there_is_none(replicates):
    assert percentile(replicates) is None
    assert percentile_p_value(replicates, 0.5) is None
    assert bca(replicates, 0.9, OF_MEAN) is None
    assert bca_p_value(replicates, 0.9, OF_MEAN, 0.5) is None


def test_a_few_undefined_resamples_are_left_out():
    replicates = np.r_[MEANS, np.nan, np.inf]
    assert ends(percentile(replicates)) == ends(percentile(MEANS))


@pytest.mark.parametrize("value", [0.5, 20.0])
def test_a_value_outside_its_replicates_gets_a_wide_interval(value):
    bounds = bca(MEANS, value, OF_MEAN)
    plain = percentile(MEANS)
    assert bounds.low <= min(value, plain.low) and bounds.high >= max(value, plain.high)
    assert bounds.method == "percentile bootstrap, mirrored"
    assert bca_p_value(MEANS, value, OF_MEAN, plain.high) >= 0.5


@given(
    st.floats(-3, 3), st.floats(0.55, 0.9999999), st.sampled_from((MEAN, 2.0, 4.0)), st.booleans()
)
def test_p_values_belong_to_the_bounds(moved, confidence, value, upward):
    alternative = "greater" if upward else "less"
    plain, corrected = percentile(MEANS, confidence, 1), bca(MEANS, value, OF_MEAN, confidence, 1)
    for bounds, p_value in (
        (plain, percentile_p_value(MEANS, MEAN + moved, alternative)),
        (corrected, bca_p_value(MEANS, value, OF_MEAN, MEAN + moved, alternative)),
    ):
        bound = bounds.low if upward else bounds.high
        clear = bound > MEAN + moved if upward else bound < MEAN + moved
        if abs(p_value - (1 - confidence)) > 1e-9:
            assert clear == (p_value < 1 - confidence)


def test_a_small_p_value_goes_beyond_the_resamples():
    p_value = percentile_p_value(MEANS, -0.5)
    assert 0 < p_value < 1 / 1000
    level = 1 - p_value
    assert percentile(MEANS, level, 1).low == pytest.approx(-0.5, abs=1e-6)
