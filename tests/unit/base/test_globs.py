# SPDX-License-Identifier: Apache-2.0
import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.base.globs import find, matcher, normal, parents


@pytest.mark.parametrize(
    ("pattern", "meant", "not_meant"),
    [
        ("a.py", ["a.py"], ["b/a.py", "a_py", "a.pyc"]),
        ("fraud", ["fraud", "fraud/a", "fraud/b/c"], ["fraud2", "x/fraud"]),
        ("fraud/*", ["fraud/a"], ["fraud/b/c", "fraud"]),
        ("fraud/**", ["fraud/a", "fraud/b/c"], ["fraud", "fraudulent/a"]),
        ("**/*.py", ["a.py", "b/a.py", "b/c/.py"], ["a.pyc"]),
        ("**", ["a", "a/b"], []),
        ("a/**/z", ["a/z", "a/b/z", "a/b/c/z", "a/z/below"], ["az", "b/z"]),
        ("?[ab]*", ["xa", "xbcd"], ["a", "xc", "xa/b"]),
        ("[!a]b", ["cb"], ["ab", "/b"]),
        ("a[b", ["a[b"], ["ab"]),
        ("[z-a]", ["[z-a]"], ["z"]),
        ("caf\u00e9 (1)+.txt", ["caf\u00e9 (1)+.txt"], ["caf\u00e9 1.txt"]),
    ],
)
def test_what_patterns_mean(pattern, meant, not_meant):
    matches = matcher([pattern])
    assert [path for path in meant if not matches(path)] == []
    assert [path for path in not_meant if matches(path)] == []


@given(st.text("ab*?[]!-.&~|\\", max_size=8), st.text("ab.-[]!&", max_size=6))
def test_one_part_is_what_the_standard_library_says(pattern, name):
    if "**" in pattern or "\\" in pattern or not pattern:
        return
    try:
        expected = re.fullmatch(fnmatch.translate(pattern), name) is not None
    except re.error:
        return
    if "[" in pattern and "-" in pattern:
        return  # odd ranges are read in their own way by each
    assert matcher([pattern])(name) == expected or not name


def test_nothing_matches_no_pattern():
    assert not matcher([])("a")


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../x", "a/../../b", "", ".", "a\\b"])
def test_patterns_that_leave_are_refused(pattern):
    with pytest.raises(InputError):
        normal(pattern, where="shipway.yaml:3:1")


def test_patterns_are_made_normal():
    assert normal("./a//b/") == "a/b"


@pytest.fixture
def tree(tmp_path):
    for path in ("a.csv", "d/b.csv", "d/e/c.csv", "d/e/x.txt", ".git/g.csv", ".shipway/s.csv"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "link").symlink_to("d")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a.csv", ["a.csv"]),
        ("*.csv", ["a.csv"]),
        ("d", ["d/b.csv", "d/e/c.csv", "d/e/x.txt"]),
        ("d/*.csv", ["d/b.csv"]),
        ("*/*.csv", ["d/b.csv"]),
        ("d/*/*", ["d/e/c.csv", "d/e/x.txt"]),
        ("**/*.csv", ["a.csv", "d/b.csv", "d/e/c.csv"]),
        ("link/*.csv", ["link/b.csv"]),
        ("gone", []),
        ("gone/*", []),
    ],
)
def test_finding_files(tree, pattern, found):
    assert find(tree, pattern) == found


def test_parents():
    assert parents("a/b/c.csv") == ["a", "a/b"]
    assert parents("a/b/*.csv") == ["a", "a/b"]
    assert parents("*.csv") == []
    assert parents("x") == []
