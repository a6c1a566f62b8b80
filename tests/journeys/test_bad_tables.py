# SPDX-License-Identifier: Apache-2.0
"""Tables that can't carry a model: told by the first stage that can see it, and what to do."""

import pytest
from toy_project import SPEC, table

TRAIN, TEST = table(800, seed=1), table(600, seed=2)


def targets(text: str, value: str) -> str:
    """The table with `value` as each row's target."""
    head, *rows = text.splitlines()
    return "\n".join([head, *(row.rpartition(",")[0] + "," + value for row in rows)]) + "\n"


def without_header(text: str) -> str:
    return text.partition("\n")[2]


CASES = {
    "absent": (SPEC.replace("target: y", "target: label"), TRAIN, TEST, 1,
               ["train.label: presence: missing (shipway.yaml:3)"]),
    "constant": (SPEC, targets(TRAIN, "1"), TEST, 1,
                 ["train.y: target at least two different values: one value in 800 rows"]),
    "missing": (SPEC, targets(TRAIN, ""), TEST, 1, ["train.y: target", "no value in 800 rows"]),
    "one value to measure with": (SPEC, TRAIN, targets(TEST, "0"), 1,
                                  ["test.y: target", "one value in 600 rows"]),
    "no header": (SPEC, without_header(TRAIN), TEST, 1,
                  ["train.y: presence: missing", "does the file lack its header?"]),
    "Latin-1": (SPEC, TRAIN.replace("DE", "Zürich").encode("latin-1"), TEST, 2,
                ["data/train.csv:7: this line is not UTF-8 (byte 23 is 0xfc)"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_is_told_before_anything_is_trained(toy, case):
    spec, train, test, code, parts = CASES[case]
    toy.write("shipway.yaml", spec)
    toy.write("data/train.csv", train)
    toy.write("data/test.csv", test)
    toy.commit("worse data")
    ended = toy.run()
    assert ended.code == code
    ended.said("validate stopped the run", *parts)
    assert "✓ train" not in ended.out


def test_one_row_without_a_target_can_not_be_judged(toy):
    toy.replace("data/test.csv", TEST.splitlines()[8], TEST.splitlines()[8][:-1])
    toy.commit("a hole")
    ended = toy.run("--until", "evaluate")
    assert ended.code == 1
    ended.said("1 of 600 rows of test have no y, the target; the first is row 7", "max_missing: 0")


def test_forty_rows_are_too_few_to_be_sure(toy):
    toy.write("data/test.csv", "\n".join(TEST.splitlines()[:41]) + "\n")
    toy.replace("shipway.yaml", "roc_auc >= 0.70,", '"roc_auc >= 0.88 at 95%",')
    toy.commit("a small test set")
    ended = toy.run()
    assert ended.code == 1
    ended.said("inconclusive", "more rows", "40")


@pytest.mark.parametrize("name", ["index", "", "a b", "Größe"])
def test_columns_of_any_name(toy, name):
    for path in ("data/train.csv", "data/test.csv"):
        toy.replace(path, "id,a", f"{name},a")
    toy.replace("shipway.yaml", "  id: id\n", f"  id: {name}\n" if name else "")
    toy.commit("another name")
    assert toy.run("--until", "evaluate").code == 0
