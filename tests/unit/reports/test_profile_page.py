# SPDX-License-Identifier: Apache-2.0
"""The page of a profile: whole, harmless, and silent about what is sensitive."""

import datetime
import re
from html.parser import HTMLParser

import polars as pl
import pytest

from shipway.data.profile import profile_table
from shipway.records.profile import ColumnProfile, Profile
from shipway.reports.profile_page import render_profile
from shipway.reports.profile_text import blocks, distinct, place, share

EVIL = "<script>alert(1)</script>"
VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """Text, tags and places; complains about tags that do not close."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags, self.ids, self.links, self._open = [], [], [], [], []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def profile(**columns):
    frame = pl.DataFrame(columns)
    return profile_table(frame.lazy(), name="data.parquet", target=frame.columns[-1])


@pytest.fixture
def made():
    return profile(
        amount=[1.0, 2.0, 2.5, None, float("inf"), 1e9],
        day=[datetime.date(2024, 1, n) for n in range(1, 7)],
        country=["DE", "DE", EVIL, "NO", None, "DE"],
        nested=[{"a": 1}] * 6,
        constant=[7] * 6,
        y=[True, False] * 3,
    )


def test_every_column_is_there_and_can_be_reached(made):
    page = Page(render_profile(made))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(page.links) == 6
    assert page.tags.count("svg") == 3
    for said in ("2024-01-06", "DE", "50%", "infinite", "same value in every row", "not profiled"):
        assert said in page.text
    assert "None" not in page.text


def test_nothing_comes_from_elsewhere_and_nothing_runs(made):
    html = render_profile(made)
    assert "default-src 'none'" in html
    assert EVIL not in html
    assert not re.search(r"(src|url)\s*[=(]", html)
    assert "script" not in Page(html).tags


def test_names_are_only_names():
    html = render_profile(profile(**{EVIL: [1, 2, 3], '"><b>': ["x", "y", "z"]}))
    page = Page(html)
    assert "script" not in page.tags
    assert "b" not in page.tags


def test_sensitive_values_are_nowhere(made):
    html = render_profile(made.without_values({"country", "amount"}))
    page = Page(html)
    assert "DE" not in page.text.split()
    assert "1,000,000,000" not in html
    assert page.text.count("sensitive: its values are not shown") == 2


def test_pages_of_nothing():
    assert "no columns" in render_profile(Profile("x", 0, ()))
    empty = ColumnProfile("a", "string", 0, 0)
    assert "a" in render_profile(Profile("x", 0, (empty,)))


def test_numbers_as_they_are_read():
    assert [share(*pair) for pair in ((0, 5), (1, 3), (1, 10**6), (10**6 - 1, 10**6), (5, 5))] == [
        "0", "33.3%", "< 0.01%", "> 99.9%", "100%",
    ]  # fmt: skip
    column = ColumnProfile("x", "date", 10, 0, distinct=372_446, distinct_exact=False)
    assert distinct(column) == "~372,000"
    assert place(column, 86_400.0) == "1970-01-02"
    assert blocks(None) == ""
