# SPDX-License-Identifier: Apache-2.0
import gzip

import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.data.proposals import bounds, proposed_columns
from shipway.discovery.tables_look import look_at
from shipway.discovery.tables_target import guess
from shipway.spec.types import Amount


def table(tmp_path, text, name="data.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return look_at([path], name)


def column(header, values):
    return "\n".join([f"row,{header}", *(f"{n},{value}" for n, value in enumerate(values))]) + "\n"


def doubts(found):
    return {each.column: each.evidence for each in found.examined.suspicions}


def test_types_ranges_and_missing_cells(tmp_path):
    lines = ["n,share,flag,when,place,name,code"]
    for number in range(60):
        cells = [number * 3, number / 60, number % 2, f"2024-01-{number % 28 + 1:02}"]
        cells += [("DE", "FR", "NO")[number % 3], f"name {number}", f"{number:03}"]
        lines.append(",".join(map(str, cells)))
    lines[5] = lines[5].replace("DE", "").replace("FR", "").replace("NO", "")
    found = table(tmp_path, "\n".join(lines) + "\n")
    assert (found.rows, found.problem, found.examined.repeated) == (60, "", 0)
    checks = proposed_columns(found.examined)
    assert {name: check.type for name, check in checks.items()} == {
        "n": "integer",
        "share": "float",
        "flag": "integer",
        "when": "date",
        "place": "category",
        "name": "string",
        "code": "string",
    }
    assert (checks["share"].min, checks["share"].max) == (0, 1)
    assert checks["flag"].values == ("0", "1")
    assert checks["place"].values == ("DE", "FR", "NO")
    assert checks["place"].max_missing == Amount(0.05, share=True)
    assert checks["name"].unique and checks["name"].max_missing == Amount(0)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        (range(18, 69), 0, 100),
        (range(-40, 29), -80, 70),
        (range(991, 1047), 960, 1080),
        ([1, 1, 1], None, None),
        ([0.2, 0.4, 0.4], 0, 1),
        ([-5, -3, -1, -1], -7, 0),
        ([-105, -103, -101], -107, -99),
    ],
)
def test_a_range_has_room_on_both_sides(tmp_path, values, low, high):
    found = table(tmp_path, column("x", [*values, values[0], values[-1]]))
    assert bounds(found.examined.profile.column("x")) == (low, high)


def test_parts_of_dates_have_the_range_of_the_calendar(tmp_path):
    found = table(
        tmp_path,
        "month,hour,year\n"
        + "".join(f"{n % 11 + 1},{n % 20},{2000 + n // 2}\n" for n in range(40)),
    )
    assert bounds(found.examined.profile.column("month")) == (1, 12)
    assert bounds(found.examined.profile.column("hour")) == (0, 23)
    assert bounds(found.examined.profile.column("year")) == (1990, None)


def test_a_marker_among_numbers_means_missing(tmp_path):
    found = table(tmp_path, column("x", ["?", "1", "2", "NA", "3"]))
    assert set(found.nulls) == {"?", "NA"}
    assert (found.column("x").type, found.column("x").missing) == ("integer", 2)


def test_a_word_among_words_may_be_namibia(tmp_path):
    found = table(tmp_path, column("country", ["DE", "NA", "NO", "FR"]))
    assert found.nulls == ()
    assert "'NA' in 1 row (25%): does it mean missing?" in doubts(found)["country"]
    lines = "country,x\nDE,NA\nNA,1\nNO,2\n"
    found = table(tmp_path, lines)
    assert found.nulls == () and set(doubts(found)) == {"country", "x"}


def test_numbers_that_stand_for_unknown_are_told_and_kept(tmp_path):
    found = table(tmp_path, column("income", [*range(0, 900, 7), 99999999, 99999999]))
    assert doubts(found)["income"].startswith("99999999 in 2 rows (1.5%), the next is 896")
    check = proposed_columns(found.examined)["income"]
    assert (check.min, check.max) == (0, None)
    found = table(tmp_path, column("age", [*range(20, 60), -999]))
    assert "-999 in 1 row" in doubts(found)["age"]
    assert proposed_columns(found.examined)["age"].min is None
    found = table(tmp_path, column("mpg", [*range(10, 60), *range(10, 90), 354]))
    assert "a typing error?" in doubts(found)["mpg"]


def test_empty_constant_and_nameless_columns_are_told(tmp_path):
    found = table(tmp_path, ",x,same,empty\n0,5,a,\n1,6,a,\n2,8,a,\n")
    assert doubts(found)["empty"] == "holds no value at all"
    assert "one and the same value" in doubts(found)["same"]
    assert "no name" in doubts(found)[""]
    assert found.column("").counter
    assert "empty" not in proposed_columns(found.examined)


def test_rows_that_repeat_are_counted(tmp_path):
    assert table(tmp_path, "a,b\n1,2\n1,2\n1,2\n3,4\n").examined.repeated == 2


@pytest.mark.parametrize(
    "text",
    [
        "5.1,3.5,1.4,setosa\n4.9,3.0,1.4,setosa\n4.7,3.2,1.3,virginica\n",
        "4,2,3\n4,5,6\n7,8,9\n",
        "red,small\nblue,small\nred,large\nblue,large\nred,small\n",
    ],
)
def test_a_table_without_header_is_noticed(tmp_path, text):
    found = table(tmp_path, text)
    assert found.problem.startswith("has no header") and "first line" in found.cure


@pytest.mark.parametrize("text", ["a,b\n1,2\n3,4\n", "0,1,2\n5,6,7\n8,9,1\n", "x\nu\nv\nw\n"])
def test_a_header_is_taken_as_one(tmp_path, text):
    assert table(tmp_path, text).problem == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,x\nJos\xe9,1\nAda,2\n".encode("latin-1"), "not UTF-8: byte 0xe9 in line 2"),
        ("", "empty"),
        ("a,a\n1,2\n", "more than once"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
        ("a,b\n1,2,3\n", "3 fields"),
        ("a,*\n1,2\n", "called '*'"),
        ("a,^x$\n1,2\n", "called '^x$'"),
    ],
)
def test_what_can_not_be_read_is_a_problem_not_an_error(tmp_path, text, says):
    assert says in table(tmp_path, text).problem


def test_tabs_gzip_and_parquet_are_read(tmp_path):
    assert table(tmp_path, "a\tb\n1\t2\n", "x.tsv").names == ("a", "b")
    assert table(tmp_path, gzip.compress(b"a,b\n1,2\n"), "x.csv.gz").names == ("a", "b")
    pl.DataFrame({"a": [1.0, 2.0], "b": [["x"], []]}).write_parquet(tmp_path / "x.parquet")
    assert look_at([tmp_path / "x.parquet"], "x.parquet").names == ("a",)


def target(tmp_path, text, used=None, wanted=None, task=None):
    return guess(table(tmp_path, text), used or {}, wanted, task)


CHURN = "id,age,Status,price\n" + "".join(
    f"c{n},{n},{'left' if n % 3 == 0 else 'stays'},{n * 1.5}\n" for n in range(40)
)


def test_what_the_code_predicts_is_the_target(tmp_path):
    found = target(tmp_path, CHURN, {"status": (10, "train.py:7: y = df['status']")})
    assert (found.target, found.task, found.positive) == ("Status", "binary", "left")
    assert found.sure and found.why == ("train.py:7: y = df['status']",)


def test_without_code_names_and_places_decide_and_a_doubt_is_told(tmp_path):
    assert target(tmp_path, CHURN.replace("Status", "target")).sure
    found = target(tmp_path, CHURN)
    assert not found.sure and {each.column for each in found.candidates} == {"Status", "price"}


def test_a_wanted_target_that_is_not_there_names_the_nearest(tmp_path):
    with pytest.raises(InputError, match="no column 'status'") as raised:
        target(tmp_path, CHURN, wanted="status")
    assert raised.value.cure == "Did you mean 'Status'?"
    with pytest.raises(InputError) as raised:
        target(tmp_path, CHURN, wanted="xyzzy")
    assert "id, age, Status, price" in raised.value.cure


@pytest.mark.parametrize(
    ("values", "task", "positive"),
    [
        ([0, 1], "binary", "1"),
        ([1, 2, 1], "binary", "2"),
        (["no", "yes", "yes"], "binary", "yes"),
        (["True", "False"], "binary", "true"),
        (["good", "bad", "bad"], "binary", "bad"),
        (["a", "b", "c"], "multiclass", None),
        ([3, 4, 5, 6], "multiclass", None),
        ([x / 7 for x in range(50)], "regression", None),
    ],
)
def test_the_task_follows_from_the_values(tmp_path, values, task, positive):
    found = target(tmp_path, column("y", list(values) * 20))
    assert (found.task, found.positive) == (task, positive)


def test_a_regressor_in_the_code_makes_it_regression(tmp_path):
    text = column("y", [3, 4, 5, 6] * 20)
    assert target(tmp_path, text, task="regression").task == "regression"


def test_one_row_of_a_third_class_is_told(tmp_path):
    found = target(tmp_path, column("y", [1] * 600 + [2] * 300 + [0]))
    assert (found.task, found.positive) == ("binary", "2")
    assert "'0' (1)" in found.notes[0]
