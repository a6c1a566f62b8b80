# SPDX-License-Identifier: Apache-2.0
"""`shipway budget`: what the logs say of a project's test sets, and what to do next."""

import json
from pathlib import Path

import msgspec
import pytest

from shipway.base.errors import InputError
from shipway.cli.main import run
from shipway.operations.budget import budget
from shipway.records.budget import AnswerRecord, UseRecord
from shipway.stages.test_sets import read_history, read_sketch
from shipway.storage.folder import FolderStore

SPEC = """\
shipway: 1
project: shop
model: {name: shop, task: binary, target: y, positive: 1}
data: {train: a.csv, test: b.csv}
train: {function: shop:train}
evaluate:
  test_set_budget: {uses: 3, adaptivity: full}
  gates: [roc_auc >= 0.9 at 95%]
"""
FROZEN = Path(__file__).parents[1] / "storage" / "frozen-1"
OLD, NEW = "0" * 40, "1" * 40


class Shop:
    """A project with a store that holds logs of test sets and nothing else."""

    def __init__(self, folder, spec=SPEC):
        self.folder = folder
        (folder / "shipway.yaml").write_text(spec)
        self.store = FolderStore(folder / ".shipway/store")

    def use(self, name, day, verdict="failed", **said):
        log = self.store.log(f"budgets/{name}")
        given = {
            "model": "sha256:" + "a" * 64, "name": "shop", "gates": "g", "project": "shop",
            "by": "ada", "run": f"run-{day}", "at": f"2026-11-{day:02d}T10:00:00.000000Z",
            "dataset": "test", "rows": 1200, "told": False, "divisor": 8, **said,
        }  # fmt: skip
        entry = log.append(msgspec.to_builtins(UseRecord(**given)))
        if verdict:
            log.append(msgspec.to_builtins(AnswerRecord(entry.number, verdict)))


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


FULL = {"uses": 3, "adaptivity": "full"}


def test_nothing_was_used_yet(shop, capsys):
    assert budget(shop.folder).test_sets == ()
    assert run(["budget", "--project", str(shop.folder)]) == 0
    assert capsys.readouterr().out == (
        "no test set was used yet: each run that evaluates a new model is one use\n"
    )


def test_what_is_left_and_at_which_confidence(shop):
    shop.use(OLD, 1, number=1, **FULL)
    shop.use(OLD, 2, verdict=None, number=2, answers=1, **FULL)
    (one,) = budget(shop.folder).test_sets
    assert (one.name, one.dataset, one.rows) == (OLD, "test", 1200)
    assert (one.used, one.uses, one.left, one.spent) == (2, 3, 1, "")
    assert one.confidence == pytest.approx(1 - 0.05 / 8)
    assert (one.last.by, one.last.run, one.last.verdict) == ("ada", "run-2", None)
    assert "gather new rows" in budget(shop.folder).next


def test_a_spent_one_and_a_new_one(shop, capsys):
    for number in (1, 2, 3):
        shop.use(OLD, number, number=number, answers=number - 1, **FULL)
    assert budget(shop.folder).next.startswith("000000000000 is spent: name new rows as test")
    shop.use(NEW, 9, "passed", number=1, **FULL)
    assert run(["budget", "--project", str(shop.folder)]) == 0
    assert capsys.readouterr().out == (
        "budget: 3 uses, adaptivity full\n"
        "TEST SET      DATASET  ROWS   USED    LEFT  AT 95%   LAST USE          BY   "
        "MODEL              SAID\n"
        "000000000000  test     1,200  3 of 3  0     –        2026-11-03 10:00  ada  "
        "shop aaaaaaaaaaaa  failed\n"
        "111111111111  test     1,200  1 of 3  2     99.375%  2026-11-09 10:00  ada  "
        "shop aaaaaaaaaaaa  passed\n"
        "000000000000 is spent: 3 of 3 uses are made\n"
        "2 more uses of 111111111111; `shipway run` makes the next one when the model or a gate "
        "changed\n"
    )


def test_relatives_count_in_both_directions(shop):
    shop.use(OLD, 1, number=1, **FULL)
    shop.use(NEW, 2, number=2, answers=1, related=(OLD, "f" * 40), **FULL)
    old, new = budget(shop.folder).test_sets
    assert (old.used, old.related) == (2, (NEW,))
    assert (new.used, new.related, new.left) == (2, (OLD,), 1)


def test_details_that_were_told_are_said(shop, capsys):
    shop.use(OLD, 1, number=1, told=True)
    shop.use(OLD, 2, number=2, answers=1, **FULL)
    assert budget(shop.folder).test_sets[0].advisory
    run(["budget", "--project", str(shop.folder)])
    assert "000000000000 is advisory: more than verdicts was told" in capsys.readouterr().out


def test_without_a_budget_uses_are_counted(tmp_path, capsys):
    shop = Shop(tmp_path, SPEC.replace("  test_set_budget: {uses: 3, adaptivity: full}\n", ""))
    for day in range(1, 13):
        shop.use(OLD, day, number=day, divisor=1, told=True)
    (one,) = budget(shop.folder).test_sets
    assert (one.used, one.uses, one.left, one.confidence) == (12, 0, None, 0.95)
    run(["budget", "--project", str(shop.folder)])
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "budget: none"
    assert "uses are only counted" in shown[-1]


def test_test_sets_of_other_projects_are_left_out(shop):
    shop.use(OLD, 1, project="another")
    assert budget(shop.folder).test_sets == ()
    shop.use(OLD, 2)
    assert budget(shop.folder).test_sets[0].used == 2


def test_one_document(shop, capsys):
    shop.use(OLD, 1, number=1, **FULL)
    assert run(["budget", "--json", "--project", str(shop.folder)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document.keys() == {"project", "uses", "adaptivity", "test_sets", "next"}
    assert document["test_sets"][0]["last"]["model"] == "shop"


def test_a_folder_without_a_project(tmp_path):
    with pytest.raises(InputError):
        budget(tmp_path)


def test_entries_of_the_first_format_are_read():
    (use,) = read_history(FolderStore(FROZEN), "a" * 64).uses
    assert (use.said.number, use.said.run, use.verdict) == (1, "run-1", None)
    assert read_sketch(FolderStore(FROZEN), "a" * 64) is None
