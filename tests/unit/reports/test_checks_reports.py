# SPDX-License-Identifier: Apache-2.0
"""What `shipway check` writes: page, fragment, Markdown, JUnit XML; also of hostile tables."""

import re
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import EVIL
from test_html import Page

from shipway.records.data import CheckReport, CheckResult, Example, verdict_of
from shipway.reports.check_groups import TABLE, examples_told, grouped
from shipway.reports.checks_junit import checks_junit
from shipway.reports.checks_markdown import checks_markdown
from shipway.reports.checks_page import render_checks, render_fragment
from shipway.reports.junit import read_junit


def result(column="a", check="min", verdict="failed", **fields):
    known = {
        "dataset": "t.csv",
        "observed": "2 of 9 rows (22.22%)",
        "expected": "0",
        "failing": 2 if verdict == "failed" else 0,
        "rows": 9,
    }
    return CheckResult(column=column, check=check, verdict=verdict, **(known | fields))


CHECKS = (
    result("a", "presence", "passed", observed="present", expected=""),
    result("b", "max", examples=(Example(3, {"id": 17}, -5.5), Example(4, {"id": 18}, None))),
    result("", "rule", "inconclusive", columns=("a", "b"), expected="a < b", line=7),
    result("b", "pattern", line=9, detail="first 'x'", on_fail="warn"),
    result("b", "min", line=4, examples=(Example(1, shown=False), Example(8, shown=False))),
    result("", "rows", observed="9 rows", expected="at least 10", failing=0),
)


def report(*checks, **fields):
    checks = checks or CHECKS
    known = {
        "file": "t.csv",
        "demands": "checks.yaml",
        "rows": 9,
        "checks": checks,
        "verdict": verdict_of(checks),
        "checked": "2026-11-23T09:00:00Z",
        "notes": ("drift is not checked: it compares two tables, this is one",),
    }
    return CheckReport(**(known | fields))


def test_failed_comes_first_then_warnings_each_column_by_column():
    groups = grouped(CHECKS, "checks.yaml")
    assert [(g.name, len(g.checks)) for g in groups.failed] == [("b", 2), (TABLE, 1), ("a, b", 1)]
    assert [g.name for g in groups.warned] == ["b"]
    assert [g.name for g in groups.passed] == ["a"]
    assert groups.headline == "4 of 6 checks failed, 1 warning"
    assert (groups.tone, groups.several) == ("bad", False)


@pytest.mark.parametrize(
    ("verdicts", "headline", "tone"),
    [
        ([], "No checks", "good"),
        ([("passed", "stop")], "The only check passed", "good"),
        ([("passed", "stop")] * 3, "All 3 checks passed", "good"),
        ([("passed", "stop"), ("failed", "warn")], "1 of 2 checks passed, 1 warning", "good"),
        ([("inconclusive", "stop")], "1 of 1 check undecided", "unsure"),
        ([("failed", "stop"), ("failed", "stop")], "2 of 2 checks failed", "bad"),
    ],
)
def test_the_headline(verdicts, headline, tone):
    groups = grouped([result(verdict=v, on_fail=f) for v, f in verdicts])
    assert (groups.headline, groups.tone) == (headline, tone)


def test_what_is_told_of_rows():
    assert examples_told(CHECKS[1]) == ["row 3, id 17: -5.5", "row 4, id 18: (missing)"]
    assert examples_told(CHECKS[4]) == ["rows 1; 8"]
    partly = result(examples=(Example(1200, {}, {"a": 1}, shown=False),))
    assert examples_told(partly) == ["row 1,200: a = 1, …"]


def test_the_page_has_it_all():
    page = Page(render_checks(report(), "9.9"))
    for part in ("t.csv", "4 of 6 checks failed, 1 warning", "In b, the whole table, a, b",
                 "checks.yaml:4", "row 3, id 17 : -5.5", "rows 1; 8", "not shown here",
                 "drift is not checked", "23 Nov 2026, 09:00 UTC", "Shipway 9.9",
                 "2 of 9 rows (22.22%); first 'x'"):  # fmt: skip
        assert part in page.text, part
    assert page.ids == ["failed", "warnings", "passed"]
    assert page.tags.count("svg") == 3


def test_the_page_needs_nothing_else_and_can_be_read_aloud():
    html = render_checks(report())
    page = Page(html)
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(page.tags)
    assert all(name not in ("href", "src", "style") for _, name, _ in page.attributes)
    assert "default-src 'none'" in html
    assert "url(" not in html
    assert page.tags.count("h1") == 1
    assert page.tags.count("caption") == page.tags.count("table")
    assert page.tags.count("desc") == page.tags.count("svg")
    labelled = [value for _, name, value in page.attributes if name == "aria-labelledby"]
    assert set(labelled) <= set(page.ids)
    for used in re.findall(r"var\((--[\w-]+)\)", html):
        assert f"{used}:" in html


def test_a_fragment_leaves_the_style_of_the_notebook_alone():
    html = render_fragment(report())
    page = Page(html)
    assert not {"script", "style", "html", "body"} & set(page.tags)
    assert "class" not in {name for _, name, _ in page.attributes}
    assert "rows 1; 8" in page.text
    assert page.text.index("✗ undecided") < page.text.index("! warning")


def test_markdown():
    text = checks_markdown(report())
    assert text.startswith("### ❌ t.csv: 4 of 6 checks failed, 1 warning\n")
    assert "| **b** | max | `0` | 2 of 9 rows (22.22%) |  |" in text
    assert "- **b** max: `row 3, id 17: -5.5`; `row 4, id 18: (missing)`" in text
    assert text.index("**Warnings**") > text.index("undecided")
    assert text.rstrip().endswith("1 check passed.")


def test_markdown_is_bounded():
    text = checks_markdown(report(*(result(f"c{n}") for n in range(500))))
    assert "And 400 more." in text
    assert len(text) < 20_000


def test_junit_counts_what_stops():
    text = checks_junit(report())
    read = read_junit(text.encode())
    assert (read.passed, read.failed) == (2, 4)
    assert read.failures[0].name == "b::max 0"
    root = ElementTree.fromstring(text)
    warned = root.find(".//system-out")
    assert warned is not None
    assert warned.text.startswith("warning: observed: 2 of 9")
    case = next(case for case in root.iter("testcase") if case.get("line") == "4")
    assert (case.get("file"), case.get("classname")) == ("checks.yaml", "b")


def test_several_tables_are_told_apart():
    both = report(result(), result(dataset="other.csv"))
    for text in (checks_markdown(both), checks_junit(both), Page(render_checks(both)).text):
        assert "other.csv" in text


@pytest.mark.parametrize("render", [render_checks, render_fragment])
def test_hostile_text_stays_text(render):
    # fmt: off
    evil = result(EVIL, EVIL, observed=EVIL, expected=EVIL, detail=EVIL, line=1,
                  examples=(Example(1, {EVIL: EVIL}, EVIL), Example(2, {}, {EVIL: EVIL})))
    # fmt: on
    page = Page(render(report(evil, file=EVIL, demands=EVIL, notes=(EVIL,))))
    assert not {"script", "img"} & set(page.tags)
    assert "{{7*7}}" in page.text


TEXT = st.text(max_size=30)
RESULTS = st.builds(
    result,
    TEXT,
    TEXT,
    st.sampled_from(["passed", "failed", "inconclusive"]),
    observed=TEXT,
    expected=TEXT,
    detail=TEXT,
    columns=st.lists(TEXT, max_size=2).map(tuple),
    on_fail=st.sampled_from(["stop", "warn"]),
    failing=st.integers(0, 10**9),
    rows=st.integers(0, 10**9),
    line=st.integers(0, 99),
    examples=st.lists(
        st.builds(
            Example,
            st.integers(0, 10**9),
            st.dictionaries(TEXT, TEXT, max_size=1),
            st.one_of(st.none(), TEXT, st.floats(), st.dictionaries(TEXT, TEXT, max_size=2)),
            st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
)


@given(st.lists(RESULTS, max_size=4), TEXT)
def test_whatever_is_found_can_be_written(checks, name):
    found = report(*checks, file=name, demands=name) if checks else report()
    Page(render_checks(found))
    Page(render_fragment(found))
    assert checks_markdown(found).startswith("### ")
    read = read_junit(checks_junit(found).encode())
    stops = [c for c in found.checks if c.verdict != "passed" and c.on_fail == "stop"]
    assert read.failed == len(stops)
    msgspec.json.encode(found)
