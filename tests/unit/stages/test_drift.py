# SPDX-License-Identifier: Apache-2.0
"""Drift in the validate stage: against a file, the champion's profile, or nobody yet."""

import dataclasses
from types import SimpleNamespace

import msgspec
import pytest

from shipway.base.errors import InputError
from shipway.records.data import ValidatedData
from shipway.stages.champions import Champions
from shipway.stages.validate import depends, validate

HEAD = "shipway: 1\nproject: toy\nmodel: {name: toy, task: binary, target: y, positive: 1}\n"
DATA = "data:\n  train: data/train.csv\n  test: data/test.csv\n  id: id\n  drift: {{{}}}\n"


def table(rows, shift=0.0):
    lines = ["id,amount,country,y"]
    for number in range(rows):
        amount = (number * 7 % 100) / 10 + shift
        lines.append(f"{number},{amount},{('DE', 'FR')[number % 2]},{number % 3 // 2}")
    return "\n".join(lines) + "\n"


FILES = {
    "data/train.csv": table(300),
    "data/test.csv": table(200, 0.05),
    "data/old.csv": table(400),
    "data/far.csv": table(400, 20),
}


@pytest.fixture
def road_with(make):
    def build(drift, **files):
        return make(HEAD + DATA.format(drift), {**FILES, **files})

    return build


def validated(road, champion=None):
    context = dataclasses.replace(road.context(), champions=SimpleNamespace(live=champion))
    found = validate(context, road.source)
    assert isinstance(found, ValidatedData)
    return found


def drift_of(found):
    return [check for check in found.checks if check.check == "drift"]


def test_tables_are_compared_with_a_file(road_with):
    found = validated(road_with("against: data/old.csv"))
    assert found.verdict == "passed"
    said = {(check.dataset, check.column): check for check in drift_of(found)}
    assert set(said) == {
        (t, c) for t in ("train", "test") for c in ("id", "amount", "country", "y")
    }
    assert said["test", "amount"].expected == "PSI at most 0.2"
    assert said["test", "amount"].line == 8
    assert said["test", "id"].observed == "not compared: it names the row"


def test_a_shift_stops_the_run_and_a_warning_does_not(road_with):
    found = validated(road_with("against: data/far.csv, method: auto"))
    assert found.verdict == "failed"
    failed = [check for check in drift_of(found) if check.verdict == "failed"]
    assert [(check.dataset, check.column) for check in failed] == [
        ("train", "amount"), ("test", "amount"),
    ]  # fmt: skip
    assert failed[0].observed.startswith("1.000 (p < 0.000001)")
    assert failed[0].expected == "KS distance at most 0.2"
    assert validated(road_with("against: data/far.csv, on_fail: warn")).verdict == "passed"


def test_only_named_columns_are_compared(road_with):
    found = validated(road_with("against: data/far.csv, columns: [country]"))
    assert {check.column for check in drift_of(found)} == {"country"}
    assert found.verdict == "passed"


def test_before_there_is_a_champion_the_check_passes_and_says_so(road_with):
    found = validated(road_with("against: champion"))
    (check,) = drift_of(found)
    assert (check.verdict, check.observed, check.line) == ("passed", "no champion yet", 8)


def test_a_champion_without_a_profile_is_told(road_with):
    road = road_with("against: champion")
    champion = msgspec.structs.replace(road.version("a"), profile="")
    (check,) = drift_of(validated(road, champion))
    assert check.verdict == "passed"
    assert check.observed.startswith("toy@1 has no profile")


@pytest.mark.parametrize(("drift", "verdict"), [("", "passed"), ("+20", "failed")])
def test_tables_are_compared_with_the_profile_of_the_champion(road_with, drift, verdict):
    road = road_with("against: champion")
    profile = validated(road).profiles["train"]
    champion = msgspec.structs.replace(road.version("a"), profile=profile)
    (road.folder / "data/test.csv").write_text(table(200, float(drift or 0)))
    found = validated(road, champion)
    assert found.verdict == verdict
    amount = next(c for c in drift_of(found) if (c.dataset, c.column) == ("test", "amount"))
    assert amount.verdict == verdict


def test_the_whole_table_is_compared_before_its_split(make):
    spec = HEAD + "data:\n  all: data/old.csv\n  split: {test: 20%, by: id}\n"
    road = make(spec + "  drift: {against: data/far.csv}\n", FILES)
    found = validated(road)
    assert {check.dataset for check in drift_of(found)} == {"all"}
    assert found.verdict == "failed"
    assert set(found.datasets) == {"all"} or not any(d.object for d in found.datasets.values())


@pytest.mark.parametrize(
    ("drift", "files", "words"),
    [
        ("against: data/none.csv", {}, "does not exist"),
        ("against: data/bad.json", {"data/bad.json": "{}"}, "no profile"),
    ],
)
def test_a_reference_that_can_not_be_read_is_an_error(road_with, drift, files, words):
    with pytest.raises(InputError, match=words):
        validated(road_with(drift, **files))


def test_the_fingerprint_follows_the_reference(road_with):
    road = road_with("against: data/old.csv")
    before = depends(road.scope())["reference"]
    (road.folder / "data/old.csv").write_text(table(399))
    assert depends(road.scope())["reference"] != before
    asked = road_with("against: champion")
    with_profile = dataclasses.replace(asked.scope(), champion_profile=lambda: "sha256:p")
    assert depends(with_profile)["reference"] == "sha256:p"
    assert "reference" not in depends(dataclasses.replace(asked.scope(), document=_plain(asked)))


def test_the_fingerprint_tells_a_champion_without_a_profile_from_none(road_with):
    road = road_with("against: champion")
    version = road.version("a")
    said = set()
    for live in (None, version, msgspec.structs.replace(version, profile="")):
        champions = Champions(road.spec, road.store, road.registry)
        champions.__dict__["live"] = live
        said.add(champions.profile())
    assert len(said) == 3
    assert {"", version.profile} < said


def _plain(road):
    spec = msgspec.structs.replace(
        road.spec, data=msgspec.structs.replace(road.spec.data, drift=None)
    )
    return msgspec.structs.replace(road.document, spec=spec)


def test_what_tables_are_compared_with_is_no_code(road_with):
    road = road_with("against: data/old.csv", **{"train.py": "x = 1\n"})
    assert "data/far.csv" in road.code().digests(None, False)
    assert "data/old.csv" not in road.code().digests(None, False)
