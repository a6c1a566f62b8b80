# SPDX-License-Identifier: Apache-2.0
"""Each kind of defect, planted in a small table, is found with its evidence; its neighbour that is
none is not."""

import datetime
import random
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shipway.data.suspicions import SUSPICIONS
from shipway.data.suspicions.misspelt import distance
from shipway.spec.checks_file import read_checks_text

sys.path.insert(0, str(Path(__file__).parent))
from inferred import clean, examined, look_at, written

CHANCE = np.random.default_rng(7)
ROWS = 1200


def numbers(low=10, high=90, rows=ROWS):
    return np.random.default_rng(3).integers(low, high, rows).tolist()


def words(*values, rows=ROWS):
    return random.Random(1).choices(values, k=rows)


def planted(values, *odd):
    """`values` with `odd` ones in the middle."""
    return [*values[: len(values) - len(odd) - 5], *odd, *values[-5:]]


def test_markers_of_missing_values(tmp_path):
    found = look_at(
        tmp_path,
        {
            "pm": planted([str(n) for n in numbers()], "NA", "NA"),
            "gear": planted(words("manual", "automatic"), *["UNKNOWN"] * 9),
            "market": planted(words("north", "south"), *["N/A"] * 7),
            "city": planted(words("Rome", "Paris"), "  ", "  "),
        },
    )
    assert found["disguised_missing", "pm"] == "'NA' in 2 rows (0.17%) stands for a missing value"
    assert found["disguised_missing", "gear"].endswith("(0.75%): does it mean missing?")
    assert "'N/A' in 7 rows" in found["disguised_missing", "market"]
    assert "stands for a missing value" in found["disguised_missing", "city"]
    assert len(found) == 4


@pytest.mark.parametrize("value", [99999999, -999, 999, -1])
def test_sentinels(tmp_path, value):
    found = look_at(tmp_path, {"x": planted(numbers(), *[value] * 6)})
    assert found["sentinel", "x"].startswith(f"{value} in 6 rows (0.5%), the next is ")


def test_dates_that_stand_for_unknown(tmp_path):
    day = datetime.date(2020, 1, 1)
    days = [day + datetime.timedelta(n) for n in numbers()]
    found = look_at(tmp_path, {"seen": planted(days, datetime.date(9999, 12, 31))})
    assert found["sentinel", "seen"].startswith("9999-12-31 in 1 row")


def test_negative_temperatures_and_tails_are_no_sentinels(tmp_path):
    chance = np.random.default_rng(0)
    columns = {
        "temp": chance.integers(-20, 40, ROWS),
        "tail": np.round(chance.normal(3, 1.3, ROWS)).astype(int),
        "label": chance.choice([-1, 1], ROWS),
    }
    assert look_at(tmp_path, columns) == {}


def test_codes_that_are_not_declared(tmp_path):
    found = look_at(tmp_path, {"home": planted(words(1, 2, 3), 0, 0), "job": words(0, 1, 2)})
    assert found == {
        ("code", "home"): "0 in 2 rows, the other codes are 1 to 3: does it mean unknown?"
    }


def test_categories_as_codes(tmp_path):
    chance = np.random.default_rng(1)
    columns = {
        "home": chance.choice([1, 2, 3, 4, 5], ROWS, p=[0.2, 0.4, 0.05, 0.25, 0.1]),
        "job": chance.choice([1, 2, 3, 4], ROWS, p=[0.6, 0.1, 0.25, 0.05]),
        "visits": chance.poisson(2, ROWS),
    }
    found = look_at(tmp_path, columns)
    assert found["coded_categories", ""].startswith("home, job are whole numbers")
    assert look_at(tmp_path, columns | {"name": words("a1", "b1")}) == {}


def test_defaults_and_values_that_were_cut_off(tmp_path):
    chance = np.random.default_rng(2)
    price = np.round(chance.lognormal(10, 0.5, 5000)).astype(int)
    inside = np.where(chance.uniform(0, 1, 5000) < 0.05, 20000, price)
    found = look_at(
        tmp_path,
        {
            "default": np.where(price < 12000, 12000, price),
            "capped": np.minimum(price, 40000),
            "inside": inside,
            "debt": np.where(chance.uniform(0, 1, 5000) < 0.5, 0, price),
        },
    )
    assert found["default", "default"].startswith("exactly 12000 in ")
    assert found["capped", "capped"].startswith("exactly 40000 in ")
    assert found["default", "inside"].endswith("a default value?")
    assert len(found) == 3


def test_a_typing_error_and_a_wrong_sign(tmp_path):
    values = np.random.default_rng(4).normal(26, 5, ROWS).round().astype(int).tolist()
    found = look_at(tmp_path, {"mpg": planted(values, 354), "age": planted(numbers(18, 80), -44)})
    assert found["outlier", "mpg"].startswith("354 in 1 row, the next is 4")
    assert found["negative", "age"].startswith("below zero in 1 row, lowest -44")


def test_zeros_that_another_column_explains(tmp_path):
    fuel = words("petrol", "diesel") + ["electric"] * 50
    cylinders = words(4, 6, 8) + [0] * 50
    found = look_at(
        tmp_path, {"fuel": fuel, "cylinders": cylinders, "kind": words("a1", "b2", rows=ROWS + 50)}
    )
    assert found == {
        ("zero", "cylinders"): "0 in 50 rows, of which 50 where fuel is 'electric': does it mean "
        "that there is none?"
    }


def test_blanks_wrong_encodings_and_names(tmp_path):
    found = look_at(
        tmp_path,
        {
            " income": numbers(),
            "city": planted(words("Rome", "Paris", "Oslo"), *[" Bonn"] * 20),
            "street": planted(words("Hill", "Park"), *["Stra\u00c3\u009fe"] * 20),
        },
    )
    assert found["name", " income"] == "the name ' income' has blanks around it"
    assert found["blanks", "city"].startswith("20 rows")
    assert "wrong encoding, such as" in found["encoding", "street"]


def test_names_that_are_written_in_several_ways(tmp_path):
    columns = {"Engine Power": numbers(), "highway MPG": numbers(5, 50), "city mpg": numbers(3, 40)}
    found = look_at(tmp_path, columns | {"Driven_Wheels": words("all", "rear")})
    assert "MPG and mpg" in found["names", ""] and "3 with blanks" in found["names", ""]
    assert look_at(tmp_path, {"Sepal Length": numbers(), "Sepal Width": numbers(3, 40)}) == {}
    assert ("name", "AGE") in look_at(tmp_path, {"age": numbers(), "AGE": numbers(3, 40)})


def test_numbers_that_are_text(tmp_path):
    prices = [f"${n * 37:,}.50" for n in numbers()]
    assert "numbers" in look_at(tmp_path, {"price": prices})["text_numbers", "price"]
    found = look_at(tmp_path, {"n": [str(n) for n in numbers()]}, parquet=True)
    assert found == {("text_numbers", "n"): "is text, its values are numbers"}
    assert look_at(tmp_path, {"zip": [f"0{n}" for n in numbers()]}) == {}


def test_categories_that_are_the_same(tmp_path):
    cities = words("Berlin", "Munich", "Hamburg")
    found = look_at(tmp_path, {"city": planted(cities, *["Muinch"] * 7), "x": numbers()})
    assert found["misspelt", "city"].startswith("'Muinch' in 7 rows, 'Munich' in ")
    assert len(found) == 1
    assert ("misspelt", "c") in look_at(tmp_path, {"c": words("USA", "usa", "UK", "France")})
    assert look_at(tmp_path, {"c": words("size 10", "size 11", "size 12")}) == {}


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xbd", 2)],
)
def test_the_distance_of_words(one, other, steps):
    assert distance(one, other) == distance(other, one) == steps


def test_a_category_of_another_kind(tmp_path):
    found = look_at(tmp_path, {"wind": words("SE", "NW", "NE", "cv")})
    assert "'cv' in " in found["odd_category", "wind"]
    assert "in small letters, unlike" in found["odd_category", "wind"]


def test_rare_categories_and_classes(tmp_path):
    found = look_at(
        tmp_path,
        {
            "make": planted(words("Ford", "Dodge", "Kia"), *["Bugatti"] * 3),
            "status": planted(words(1, 2), 0),
            "x": numbers(),
        },
        target="status",
    )
    assert found["rare_category", "make"].endswith("no more than 5 rows: Bugatti (3)")
    assert found["rare_class", "status"].startswith("the class 0 is in 1 row")


def test_columns_that_tell_nothing_or_the_same(tmp_path):
    found = look_at(
        tmp_path,
        {"x": numbers(), "again": numbers(), "one": ["a"] * ROWS, "none": [None] * ROWS},
    )
    assert found["duplicate_column", "again"] == "is equal to x in every row"
    assert found["constant", "one"].startswith("has one and the same value in every row")
    assert found["empty", "none"] == "holds no value at all"
    assert len(found) == 3


def test_rows_that_repeat_where_chance_does_not_explain_it(tmp_path):
    frame = clean(1).drop("order_id")
    path = written(tmp_path, pl.concat([frame, frame.head(3)]))
    (found,) = examined(path).suspicions
    assert (found.kind, found.evidence) == (
        "duplicate_rows", "3 rows are there more than once: is that meant?",
    )  # fmt: skip
    assert look_at(tmp_path, {"a": words("x1", "y1"), "b": numbers(0, 20)}) == {}


def test_row_counters_but_no_ids(tmp_path):
    count = list(range(ROWS))
    assert ("row_counter", "No") in look_at(tmp_path, {"No": count, "x": numbers()})
    assert ("row_counter", "Unnamed: 0") in look_at(tmp_path, {"Unnamed: 0": count, "x": numbers()})
    assert ("no_name", "") in look_at(tmp_path, {"": count, "x": numbers()})
    assert look_at(tmp_path, {"user_id": count, "x": numbers()}) == {}


def test_what_gives_the_target_away_and_what_names_rows(tmp_path):
    target = words("yes", "no")
    columns = {
        "name": [f"person {n}" for n in range(ROWS)],
        "outcome": [{"yes": "paid", "no": "open"}[each] for each in target],
        "y": target,
        "x": numbers(),
    }
    found = look_at(tmp_path, columns, target="y")
    assert "alone tells y nearly for certain" in found["leakage", "outcome"]
    assert ("identifier", "name") in found and len(found) == 2
    assert look_at(tmp_path, {name: columns[name] for name in ("name", "y", "x")}) == {}


def test_what_shows_in_the_order_of_rows(tmp_path):
    wind, total = [], 0.0
    for step in np.random.default_rng(5).exponential(2, ROWS):
        total = step if CHANCE.uniform() < 0.1 else total + step
        wind.append(round(float(total), 2))
    day = datetime.datetime(2010, 1, 1)
    times = [day + datetime.timedelta(hours=17 * n) for n in range(ROWS)]
    columns = {part: [getattr(t, part) for t in times] for part in ("year", "month", "day", "hour")}
    found = look_at(tmp_path, columns | {"wind": wind, "pm": [None] * 24 + numbers(rows=ROWS - 24)})
    assert found["leading_gap", "pm"] == "the first 24 rows have no value"
    assert found["cumulative", "wind"].endswith("a sum that runs on?")
    assert found["time_parts", ""].startswith("year, month, day, hour together say when")
    assert len(found) == 3


def test_personal_columns(tmp_path):
    rows = range(200)
    frame = pl.DataFrame(
        {
            "mail": [f"user{n}@example.com" for n in rows],
            "phone": [f"+49 170 {n:07}" for n in rows],
            "account": [f"DE{n % 90 + 10}37040044{n:010}" for n in rows],
            "sku": [f"AB{n:04}" for n in rows],
            "day": [f"2024-{n % 12 + 1:02}-03" for n in rows],
        }
    )
    assert examined(written(tmp_path, frame)).sensitive == {"mail", "phone", "account"}


def test_every_suggestion_can_be_read_as_checks(tmp_path):
    """Whatever the kind: the line stands in a file of checks."""
    chance = np.random.default_rng(2)
    price = np.minimum(np.round(chance.lognormal(10, 0.5, ROWS)).astype(int), 30000)
    frame = pl.DataFrame(
        {
            "No": range(ROWS),
            " income": planted(numbers(), *[99999999] * 4),
            "Engine Power": price,
            "engine power": numbers(),
            "city: a": planted(words("Berlin", "Munich"), *["Muinch"] * 7, " Rom", "?", "NA"),
            "street": planted(words("Hill", "Park"), *["Stra\u00c3\u009fe"] * 20),
            "same": ["a, b"] * ROWS,
            "year": words(2019, 2020),
            "month": words(1, 5, 12),
            "home": planted(words(1, 2, 3), 0, 0),
            "price": [f"${n}" for n in numbers()],
            "wind": words("SE", "NW", "NE", "cv"),
        },
        strict=False,
    )
    found = examined(written(tmp_path, frame)).suspicions
    assert len({each.kind for each in found}) >= 13
    for each in found:
        assert each.suggestion, each
        read_checks_text(each.suggestion, Path("checks.yaml"))


def test_all_suspicions_are_listed_once():
    assert len(set(SUSPICIONS)) == len(SUSPICIONS) > 20
