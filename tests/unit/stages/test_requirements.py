# SPDX-License-Identifier: Apache-2.0
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import InputError, StoppedError
from shipway.spec.document import Document, Position
from shipway.spec.types import Spec, TrainSpec
from shipway.stages.requirements import check_requirements

DOCUMENT = Document(
    Spec(shipway=1, project="p"), Path("shipway.yaml"), "",
    {("train", "require", 1): Position(9, 5)},
)  # fmt: skip


def check(reported, *rules):
    check_requirements(TrainSpec(require=rules), reported, DOCUMENT)


@pytest.mark.parametrize("rule", ["a <= 0.3", "a>=0.3", "a < 3.1e-1", "  a  >  -1 "])
def test_demands_that_are_met(rule):
    check({"a": 0.3}, rule)


@pytest.mark.parametrize("rule", ["a <= 0.29", "a >= 0.31", "a < 0.3", "a > 0.3"])
def test_demands_that_are_not_met(rule):
    with pytest.raises(StoppedError) as caught:
        check({"a": 0.3}, rule)
    assert caught.value.what == f"{rule}: a is 0.3"


def test_the_line_of_the_first_that_fails_is_named():
    with pytest.raises(StoppedError) as caught:
        check({"a": 1.0, "b": 1.0}, "a <= 1", "b <= 0", "a <= 0")
    assert caught.value.where == "shipway.yaml:9:5"


@pytest.mark.parametrize("rule", ["a <= 1", "a >= 1", "a < 1", "a > 1"])
def test_nan_meets_nothing(rule):
    with pytest.raises(StoppedError, match="a is nan"):
        check({"a": math.nan}, rule)


def test_a_metric_that_nobody_reported_has_a_neighbour():
    with pytest.raises(StoppedError, match="reported no 'los'") as caught:
        check({"loss": 1.0}, "los <= 1")
    assert caught.value.cure == "Did you mean 'loss'?"
    with pytest.raises(StoppedError) as caught:
        check({}, "loss <= 1")
    assert "shipway_runtime.log" in caught.value.cure


@given(st.text(), st.floats())
def test_any_demand_is_decided_or_refused(rule, value):
    try:
        check({"a": value}, rule)
    except (InputError, StoppedError) as error:
        assert rule in error.what or repr(rule) in error.what
