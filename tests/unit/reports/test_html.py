# SPDX-License-Identifier: Apache-2.0
import re
from html.parser import HTMLParser

import msgspec
import pytest
from made_up import (
    BAD_DATA,
    BAD_TESTS,
    EVALUATION,
    EVIL,
    RESULTS,
    poison,
    run_record,
    stopped,
)

from shipway.records.base import Record
from shipway.records.training import Evaluation, TrainedModel
from shipway.reports.html import render_run

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """What a reader would see, and a list of mistakes in the mark-up."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "title"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_run(run_record(), RESULTS))


def test_the_page_says_what_is_live(page: Page) -> None:
    assert "Live in production" in page.text
    assert "Version 5 answers at http://127.0.0.1:8123" in page.text
    assert "shipway rollback production --reason WHY" in page.text
    assert "Mina Okafor <mina@example.com>" in page.text
    assert "23 Nov 2026, 09:00 UTC" in page.text


def test_the_page_has_every_part(page: Page) -> None:
    assert page.ids == [
        "stages", "data", "tests", "training", "evaluation", "release", "lineage",
    ]  # fmt: skip
    for part in (
        "cached", "All 5 checks passed", "14 passed, none failed, 1 skipped", "max_iter", "61",
        "Shipway did not measure", "0.9402 – 0.9624", "95%, DeLong", "+0.0026", "p < 0.001",
        "lower bound ≥ 0.92", "about 120 more rows might settle it", "warns only", "country=LI",
        "no positive row", "used 3 times, this run included", "champion, version 4", "148 MB",
        "golden predictions", "p99 3.100 ms", "Model card",
    ):  # fmt: skip
        assert part in page.text, part
    assert page.tags.count("svg") == 4 + 5


def test_the_lineage_goes_from_deployment_to_rows(page: Page) -> None:
    lineage = page.text[page.text.index("Each thing was made from those below") :]
    words = ["Deployment", "Image", "Model version", "Code", "Rows", "Lock", "Gate decisions"]
    places = [lineage.index(word) for word in words]
    assert places == sorted(places)
    assert "sha256:" + "1" * 64 in lineage


def test_the_page_needs_nothing_else(page: Page) -> None:
    assert "script" not in page.tags
    assert not {"img", "link", "iframe", "object", "form"} & set(page.tags)
    for _, name, value in page.attributes:
        assert not name.startswith("on")
        assert name not in ("href", "src", "style")
        assert "url(" not in value
    html = render_run(run_record(), RESULTS)
    assert "@import" not in html
    assert "url(" not in html
    assert "default-src 'none'" in html


def test_the_page_can_be_read_aloud(page: Page) -> None:
    assert page.tags.count("h1") == 1
    assert page.tags.count("caption") == page.tags.count("table")
    assert ("html", "lang", "en") in page.attributes
    charts = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "role")]
    assert charts == ["img"] * page.tags.count("svg")
    assert page.tags.count("desc") == page.tags.count("svg")
    labelled = [v for tag, name, v in page.attributes if name == "aria-labelledby"]
    assert set(labelled) <= set(page.ids)


def test_light_and_dark_have_the_same_colours_defined() -> None:
    style = render_run(run_record()).partition("<style>")[2].partition("</style>")[0]
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    names = set(re.findall(r"(--[\w-]+):", dark))
    assert "prefers-color-scheme: dark" in style
    assert names == set(re.findall(r"(--[\w-]+):", light)) - {"--sans", "--mono"}
    for used in re.findall(r"var\((--[\w-]+)\)", style):
        assert used in light


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_has_enough_contrast_in_light_and_dark() -> None:
    style = render_run(run_record()).partition("<style>")[2].partition("</style>")[0]
    for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL):
        colours = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block))
        pairs = [(ink, ground) for ink in ("--ink", "--soft", "--link", "--good", "--bad",
                 "--unsure") for ground in ("--card", "--page", "--fill")]  # fmt: skip
        pairs += [(f"--{tone}", f"--{tone}-fill") for tone in ("good", "bad", "unsure")]
        for ink, ground in pairs:
            one, two = sorted((luminance(colours[ink]), luminance(colours[ground])))
            assert (two + 0.05) / (one + 0.05) >= 4.5, (ink, ground)


def test_failed_checks_come_first_with_their_rows() -> None:
    page = Page(render_run(*stopped("validate", "train.amount: 3 rows below 0", BAD_DATA)))
    assert "Stopped at validate" in page.text
    assert "train.amount: 3 rows below 0" in page.text
    for part in ("the smallest is −40.0", "row 4,502, transaction_id T04502 : -1.25",
                 "not shown here", "shipway.yaml:31", "12 of 29,800", "amount, status",
                 "5 checks passed"):  # fmt: skip
        assert part in page.text, part
    assert page.text.index("the smallest is") < page.text.index("0.31 … 8,912.40")
    assert page.text.count("not run") == 8
    assert "evaluation" not in page.ids


def test_a_failing_test_shows_its_name_and_message() -> None:
    page = Page(render_run(*stopped("test", "1 test failed", BAD_TESTS)))
    assert "tests.test_features::test_hour_wraps" in page.text
    assert "where 24 = hour_of" in page.text


def test_a_failed_gate_is_shown() -> None:
    gate = msgspec.structs.replace(EVALUATION.gates[0], verdict="failed", observed=0.87)
    bad = msgspec.structs.replace(EVALUATION, gates=(gate,), verdict="failed")
    page = Page(render_run(*stopped("evaluate", gate.reason, bad)))
    assert "✗ failed" in page.text
    assert "0.8700" in page.text
    assert "release" not in page.ids


def test_every_prefix_of_a_run_has_a_page() -> None:
    names = list(RESULTS)
    for count in range(len(names) + 1):
        results = {name: RESULTS[name] for name in names[:count]}
        assert "Stages" in Page(render_run(run_record(), results)).text


@pytest.mark.parametrize("name", list(RESULTS))
def test_every_record_alone_has_a_page(name: str) -> None:
    Page(render_run(run_record(), {name: RESULTS[name]}))


@pytest.mark.parametrize(
    "record",
    [
        Evaluation("sha256:" + "0" * 64, "test", "", 0),
        TrainedModel("sha256:" + "0" * 64, "python", curves={"loss": ()}),
    ],
)
def test_records_with_nothing_in_them_have_a_page(record: Record) -> None:
    Page(render_run(run_record(stages=()), {"x": record}))


@pytest.mark.parametrize(
    ("verdict", "headline"),
    [
        ("running", "Still running"), ("waiting", "Waiting for an approval"),
        ("interrupted", "Interrupted"), ("error", "Something went wrong"), ("failed", "Stopped"),
        ("inconclusive", "Not enough evidence"), ("passed", "Passed, nothing deployed"),
    ],
)  # fmt: skip
def test_every_verdict_has_its_headline(verdict: str, headline: str) -> None:
    note = "not deployed: uncommitted changes"
    page = Page(render_run(run_record(verdict=verdict, note=note)))
    assert headline in page.text
    assert note in page.text


def test_next_steps_can_be_given() -> None:
    page = Page(render_run(run_record(), next_steps=["shipway stop production --project /demo"]))
    assert "shipway stop production --project /demo" in page.text


def test_a_source_read_from_json_is_understood() -> None:
    source = msgspec.to_builtins(run_record().source)
    assert "Raise max_iter to 61" in Page(render_run(run_record(source=source))).text
    assert "Stages" in Page(render_run(run_record(source=None))).text


def test_hostile_text_stays_text() -> None:
    results = {name: poison(record) for name, record in RESULTS.items()}
    results["validate"] = poison(BAD_DATA)
    results["test"] = poison(BAD_TESTS)
    clean = Page(render_run(run_record(), RESULTS | {"validate": BAD_DATA, "test": BAD_TESTS}))
    html = render_run(poison(run_record()), results, next_steps=[EVIL])
    page = Page(html)

    assert not {"script", "img"} & set(page.tags)
    assert set(page.tags) == set(clean.tags)
    assert not any(name.startswith("on") for _, name, _ in page.attributes)
    assert page.text.count("alert('x')") > 100
    assert "{{7*7}}" in page.text
    assert "&49" not in page.text


def test_the_same_records_give_the_same_page() -> None:
    assert render_run(run_record(), RESULTS) == render_run(run_record(), RESULTS)
