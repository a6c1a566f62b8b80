# SPDX-License-Identifier: Apache-2.0
"""A table is a path, or a path with how its text is written."""

from pathlib import Path

import pytest

from shipway.spec.mistakes import SpecError
from shipway.spec.reader import read_text
from shipway.spec.types import TableSpec

HEAD = "shipway: 1\nproject: p\ndata:\n  "


def read(text):
    return read_text(HEAD + text + "\n", Path("shipway.yaml")).spec.data


def test_a_path_stays_a_path():
    assert read("train: data/a.csv").train == "data/a.csv"
    assert read("extra: {a: 2024}").extra == {"a": "2024"}


def test_a_dialect_stands_beside_it():
    found = read(r'all: {path: a.csv, delimiter: "\t", encoding: latin-1, decimal: ","}').all
    assert found == TableSpec("a.csv", "\t", "latin-1", ",")
    assert read("extra: {m: {path: m.csv, delimiter: ;}}").extra["m"].delimiter == ";"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("train: {delimiter: ;}", "data.train: the key 'path' is missing"),
        ("train: {path: a.csv, sep: ;}", "unknown key 'sep'"),
        ("train: {path: a.csv, delimiter: ab}", "data.train.delimiter: found 'ab'"),
        ("train: {path: a.csv, delimiter: '\"'}", "one character"),
        ("train: {path: a.csv, decimal: ';'}", "expected one of: ,, ."),
        ("train: {path: a.csv, delimiter: ',', decimal: ','}", "is the delimiter already"),
        ("train: {path: a.csv, encoding: utf9}", "Did you mean 'utf-8'?"),
        ("extra: {m: {path: a.csv, encoding: base64}}", "data.extra.m.encoding: there is no"),
        ("train: [a.csv]", "found a list"),
    ],
)
def test_mistakes(text, words):
    with pytest.raises(SpecError, match=r"shipway\.yaml:4:") as caught:
        read(text)
    assert words in str(caught.value)
