# SPDX-License-Identifier: Apache-2.0
"""Checking a table in a folder that is no project: neither Git nor shipway.yaml."""

import json
import xml.etree.ElementTree as ET

import pytest

TABLE = "id,amount,iban\n1,5.5,DE01\n2,-3,DE02\n3,,secret\n"
CHECKS = """id: id
columns:
  amount: {type: float, min: 0, max_missing: {value: 0, on_fail: warn}}
  iban: {pattern: "[A-Z0-9]+", sensitive: true}
"""


@pytest.fixture
def folder(project):
    project.write("data.csv", TABLE)
    project.write("checks.yaml", CHECKS)
    return project


def test_every_form_says_the_same(folder):
    forms = [
        word for form in ("html", "markdown", "junit") for word in (f"--{form}", f"out/{form}")
    ]
    ended = folder.shipway("check", "data.csv", "--checks", "checks.yaml", *forms)
    assert ended.code == 1
    ended.said("✗ amount", "min 0: 1 of 3 rows (33.33%)  (checks.yaml:3)", "row 1, id 2\n")
    ended.said("! amount", "failed: 4 of 7 checks passed, 1 warning")
    assert "secret" not in ended.text
    for form in ("html", "markdown", "junit"):
        text = folder.read(f"out/{form}")
        assert "1 of 3 rows (33.33%)" in text
        assert "secret" not in text
    suite = ET.fromstring(folder.read("out/junit"))
    assert (suite.get("tests"), suite.get("failures")) == ("7", "2")


def test_one_document_for_programs(folder):
    ended = folder.shipway("check", "data.csv", "--checks", "checks.yaml", "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["verdict"], document["rows"]) == (1, "failed", 3)
    failed = [c for c in document["checks"] if c["verdict"] == "failed"]
    assert [(c["column"], c["check"], c["failing"], c["on_fail"]) for c in failed] == [
        ("amount", "max_missing", 1, "warn"),
        ("amount", "min", 1, "stop"),
        ("iban", "pattern", 1, "stop"),
    ]
    assert failed[1]["examples"] == [{"row": 1, "key": {"id": "2"}, "value": None, "shown": False}]


def test_what_passes_and_what_can_not_be_decided(folder):
    folder.write("good.yaml", "columns: {id: {unique: true}}\n")
    assert folder.shipway("check", "data.csv", "--checks", "good.yaml").code == 0
    for words, said in (
        (["data.csv"], "--checks FILE"),
        (["none.csv", "--checks", "good.yaml"], "data.csv"),
        (["data.csv", "--checks", "bad.yaml"], "no such file"),
        (["data.csv", "--checks", "good.yaml", "--html", "."], "can't be written"),
    ):
        ended = folder.shipway("check", *words)
        assert ended.code == 2, words
        ended.said(said)
        assert "Traceback" not in ended.text
