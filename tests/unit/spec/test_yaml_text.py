# SPDX-License-Identifier: Apache-2.0
"""Texts that YAML reads in its own way, or not at all."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.spec.mistakes import SpecError
from shipway.spec.reader import plain_value, read, read_text

HEAD = "shipway: 1\nproject: p\n"
RULES = "data:\n  train: a\n  rules:\n"


def error_of(text):
    with pytest.raises(SpecError) as caught:
        read_text(text, Path("shipway.yaml"))
    return caught.value


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", "1:1", "the file is empty"),
        ("# nothing but a comment\n", "1:1", "the file is empty"),
        ("- a\n", "1:1", "found a list, expected keys and values"),
        ("hello\n", "1:1", "found a text, expected keys and values"),
        (HEAD + "---\na: 1\n", "3:1", "a second document begins here"),
        (
            HEAD + "project: q\n",
            "3:1",
            "the key 'project' stands twice. The first one is on line 2",
        ),
        (HEAD + "<<: {store: x}\n", "3:1", "merge keys are not read here"),
        (HEAD + "store: &x a\n", "3:8", "found the anchor &x"),
        (HEAD + "store: *x\n", "3:8", "found the alias *x"),
        (HEAD + "store: !!str a\n", "3:8", "found the tag !!str"),
        (HEAD + "tests:\n\tcommand: x\n", "4:1", "a tab, expected blanks"),
        (HEAD + "tests:\n  command: x\n \tjunit: y\n", "5:2", "a tab, expected blanks"),
        (HEAD + "store: 'x\n", "3:8", "this quote is never closed"),
        (HEAD + "model: {name: m\n", "3:8", "The bracket on line 3 is not closed"),
        (HEAD + "? [a]\n: 1\n", "3:3", "a list stands for a key"),
        (HEAD + "store: a\x01b\n", "3:9", "U+0001 can't stand in a spec"),
        (HEAD + "store: a\ud800b\n", "3:9", "U+D800 can't stand in a spec"),
        (HEAD + "store: " + "[" * 60 + "]" * 60 + "\n", "3:47", "nested more than 40 levels"),
    ],
)
def test_texts_that_are_no_spec(text, place, says):
    error = error_of(text)
    assert str(error).startswith(f"shipway.yaml:{place}: ")
    assert says in str(error)


@pytest.mark.parametrize(
    ("text", "line", "proposed"),
    [
        (RULES + "    - 'paid' == status -> a > 0\n", 6, "- \"'paid' == status -> a > 0\""),
        (RULES + '    - "paid" == status -> a > 0\n', 6, "- '\"paid\" == status -> a > 0'"),
        (RULES + "    - `card type` != 'x'  # why\n", 6, "- \"`card type` != 'x'\"  # why"),
        (RULES + "    - *x > 1\n", 6, '- "*x > 1"'),
        (RULES + "    - *x\n", 6, '- "*x"'),
        (RULES + "    - !x > 1\n", 6, '- "!x > 1"'),
        (RULES + "    - @x > 1\n", 6, '- "@x > 1"'),
        (RULES + "    - %x > 1\n", 6, '- "%x > 1"'),
        (RULES + "    - {a} > 1\n", 6, '- "{a} > 1"'),
        (RULES + "    - [a] > 1\n", 6, '- "[a] > 1"'),
        ("train:\n  command: {python} x {data.train}\n", 4, 'command: "{python} x {data.train}"'),
        (
            "train: {command: x {data.train}, model: m}\n",
            3,
            '{command: "x {data.train}", model: m}',
        ),
        ("train: {\n  command: x {data.train},\n  model: m}\n", 4, 'command: "x {data.train}",'),
        ("train:\n  metrics: {stdout: AUC: {a}}\n", 4, 'metrics: {stdout: "AUC: {a}"}'),
        (
            "evaluate: {metrics: [f1]}\ngates: [recall[c=*] >= 0.6, 'f1 > 0']\n",
            4,
            "gates: [\"recall[c=*] >= 0.6\", 'f1 > 0']",
        ),
        ("model:\n  description: Fraud: found early\n", 4, 'description: "Fraud: found early"'),
    ],
)
def test_a_line_that_lacks_quotes_is_shown_with_them(text, line, proposed):
    said = str(error_of(HEAD + text))
    assert f"shipway.yaml:{line}:" in said
    assert proposed in said
    assert "quotes" in said or "meant as a text" in said


def test_not_utf8(tmp_path):
    path = tmp_path / "shipway.yaml"
    path.write_bytes("shipway: 1\nproject: p\nstore: ä".encode() + b"\xff\n")
    with pytest.raises(SpecError) as caught:
        read(path)
    assert str(caught.value).startswith("shipway.yaml:3:9: the byte 0xff is not UTF-8")


def test_not_a_file_and_too_large(tmp_path):
    with pytest.raises(InputError, match="can't be read"):
        read(tmp_path)
    path = tmp_path / "shipway.yaml"
    path.write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(InputError, match="larger than 1 MiB"):
        read(path)


def refused_or_read(text):
    for reads in (lambda: read_text(text, Path("shipway.yaml")), lambda: plain_value(text)):
        try:
            reads()
        except InputError as error:
            assert str(error)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text):
    refused_or_read(text)
    refused_or_read(HEAD + text)


PIECES = st.one_of(
    st.sampled_from(list("\n\t ,{}[]'\"`%@#?~aé\u2028")),
    st.sampled_from(["\n", "\n  ", "\n    ", "\n  - ", "- ", ": ", " #", "---", "...", "<<: "]),
    st.sampled_from(["*a", "&a ", "!t ", "null", "1", "1%", "-1", ".nan", "1e999", "a > ", "a"]),
    st.sampled_from(["shipway: 1", "project: p", "model:", "data:", "train:", "steps:", "deploy:"]),
    st.sampled_from(["name: m", "columns:", "c:", "min: 5", "max: x", "rules:", "gates:", "env:"]),
    st.sampled_from(["split:", "test: 20%", "after: [a]", "params:", "{data.train}", "tests: x"]),
)


@given(st.lists(PIECES, max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_anything_like_a_spec_is_read_or_refused(text):
    refused_or_read(text)
    refused_or_read(HEAD + text)


WORDS = ["1", "1%", "a", "'x", "", "null", "[]", "{}", "[a]", "{a: b}", "{a}", "-1", "5d", "a:b"]


@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from(WORDS)), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_spec_with_values_exchanged_is_read_or_refused(changes):
    path = Path(__file__).parent / "examples" / "complete.yaml"
    lines = path.read_text().splitlines()
    for number, word in changes:
        line = lines[number % len(lines)]
        key, colon, _ = line.partition(": ")
        lines[number % len(lines)] = f"{key}{colon}{word}" if colon else word
    refused_or_read("\n".join(lines))
