# SPDX-License-Identifier: Apache-2.0
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.records.comparison import Confusion, Curve
from shipway.records.training import CurvePoint, Interval, Metric
from shipway.reports.charts import lines, matrix
from shipway.reports.charts.axes import Scale, bounds, ticks
from shipway.reports.charts.forest import forest
from shipway.reports.charts.svg import element, picture

ANY = st.floats(allow_nan=True, allow_infinity=True)
FINITE = st.floats(-1e12, 1e12)


def parse(picture: str) -> ElementTree.Element:
    """The picture, which must be well-formed and hold no number that is none."""
    assert not re.search(r'"[^"]*\b(nan|inf)\b[^"]*"', re.sub(r'aria-label="[^"]*"', "", picture))
    return ElementTree.fromstring(picture)


def places(root: ElementTree.Element, kind: str) -> list[tuple[float, float]]:
    found = []
    for line in root.iter("polyline"):
        if line.get("class") == f"line {kind}":
            for pair in line.get("points", "").split():
                x, y = pair.split(",")
                found.append((float(x), float(y)))
    return found


def test_values_and_names_are_escaped() -> None:
    made = element("text", "<script>", class_='"><b>')
    assert made == '<text class="&#34;&gt;&lt;b&gt;">&lt;script&gt;</text>'
    root = parse(picture(10, 10, "<a>", '"&'))
    assert root.find("title").text == "<a>"
    assert root.get("viewBox") == "0 0 10 10"


def test_a_roc_curve_runs_from_corner_to_corner() -> None:
    figure = lines.roc(Curve((0.0, 0.1, 1.0), (0.0, 0.8, 1.0)))
    points = places(parse(figure.picture), "a")
    assert points[0] == (52.0, 270.0)
    assert points[-1] == (408.0, 34.0)
    assert points[1][1] < 100
    assert [line.name for line in figure.lines] == ["this model", "guessing"]


def test_the_champion_is_the_other_line() -> None:
    curve = Curve((0.0, 1.0), (1.0, 0.1))
    figure = lines.precision_recall(curve, Curve((0.0, 1.0), (0.9, 0.1)))
    root = parse(figure.picture)
    assert places(root, "a")
    assert places(root, "b")
    assert [line.kind for line in figure.lines] == ["a", "b"]
    assert "this model and champion" in root.find("desc").text


def test_curves_of_one_metric_share_a_chart() -> None:
    point = (CurvePoint(1, 0.5),)
    curves = {
        "train_loss": point,
        "validation_loss": point,
        "auc": point,
        "empty": (),
        "val": point,
    }
    groups = lines.grouped(curves)
    assert {name: list(group) for name, group in groups.items()} == {
        "loss": ["train_loss", "validation_loss"], "auc": ["auc"], "val": ["val"],
    }  # fmt: skip


def test_a_line_breaks_where_a_value_is_missing() -> None:
    values = [0.5, 0.4, math.nan, 0.3, 0.2, math.inf, 0.1]
    points = tuple(CurvePoint(i, value) for i, value in enumerate(values))
    root = parse(lines.training("loss", {"loss": points}).picture)
    assert len(root.findall(".//polyline")) == 2
    assert len(root.findall(".//circle")) == 1


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=30))
def test_any_training_curve_has_a_picture(pairs: list) -> None:
    points = tuple(CurvePoint(step, value) for step, value in pairs)
    for x, y in places(parse(lines.training("loss", {"a": points}).picture), "a"):
        assert 51 <= x <= 409
        assert 33 <= y <= 271


@given(FINITE, FINITE)
def test_ticks_are_round_and_inside(one: float, two: float) -> None:
    low, high = sorted((one, two))
    if high - low < 1e-6 * max(abs(low), abs(high), 1e-6):
        return
    found = ticks(low, high)
    slack = (high - low) * 1e-6
    assert 1 <= len(found) <= 7
    assert all(low - slack <= tick <= high + slack for tick in found)
    assert found == sorted(set(found))


@given(st.lists(ANY))
def test_bounds_hold_all_finite_values(values: list[float]) -> None:
    low, high = bounds(values)
    assert low < high
    assert all(low <= v <= high for v in values if math.isfinite(v) and abs(v) < 1e100)


def test_a_scale_keeps_values_inside() -> None:
    scale = Scale(0, 10, 100, 200)
    assert [scale.at(value) for value in (-5, 0, 5, 10, 99)] == [100, 100, 150, 200, 200]


def test_a_confusion_matrix_shows_counts_and_shares() -> None:
    figure = matrix.confusion(Confusion(("no", "yes"), ((90, 10), (5, 15))))
    root = parse(figure.picture)
    words = [text.text for text in root.iter("text")]
    for word in ("90", "10", "5", "15", "90%", "10%", "25%", "75%", "no", "yes", "Predicted"):
        assert word in words
    assert "105 of 120 rows" in root.find("desc").text


@pytest.mark.parametrize(
    "labels", [(), tuple(str(i) for i in range(13)), ("a", "b")], ids=["none", "many", "uneven"]
)
def test_a_matrix_that_can_not_be_drawn_is_none(labels: tuple) -> None:
    assert matrix.confusion(Confusion(labels, ())) is None


def test_a_matrix_with_an_empty_class_and_long_names_is_drawn() -> None:
    labels = ("a very long name of a class", "b" * 80, "c")
    parse(matrix.confusion(Confusion(labels, ((0, 0, 0), (1, 2, 3), (0, 0, 1)))).picture)


def test_a_forest_has_one_scale() -> None:
    metrics = [
        Metric("recall", 0.8, 100, "a", Interval(0.7, 0.9, 0.95, "Wilson")),
        Metric("recall", 0.6, 100, "b", Interval(0.5, 0.7, 0.95, "Wilson")),
        Metric("recall", None, 3, "c"),
    ]
    first, second, third = (parse(row) for row in forest(metrics, 0.7))
    right, left = (float(row.find("circle").get("cx")) for row in (first, second))
    assert right > left
    whole = [row.find("line[@class='guess']").get("x1") for row in (first, second, third)]
    assert len(set(whole)) == 1
    assert third.find("circle") is None
    assert "from 0.7000 to 0.9000" in first.find("desc").text


def test_a_forest_of_nothing_is_drawn() -> None:
    assert forest([], None) == []
    parse(forest([Metric("recall", None, 0, "x")], None)[0])
