# SPDX-License-Identifier: Apache-2.0
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import (
    BAD_DATA,
    BAD_TESTS,
    DATA,
    EVALUATION,
    RESULTS,
    VERSION,
    poison,
    run_record,
    stopped,
)
from markdown_it import MarkdownIt

from shipway.reports.markdown import code, model_card, plain, run_summary
from shipway.spec.types import ModelSpec

MODEL = ModelSpec(
    name="fraud-detector", task="binary", target="is_fraud", positive="1",
    description="Probability that a card transaction is fraudulent.",
    intended_use="Rank transactions for manual review.", owner="payments-ml",
)  # fmt: skip


def render(text: str) -> str:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)


def shown(text: str) -> str:
    """What a reader sees of inline Markdown."""
    from html import unescape

    html = render(f"| a |\n| --- |\n| x{text}x |")
    cell = html.rpartition("<td>x")[2].partition("x</td>")[0]
    return unescape(cell.removeprefix("<code>").removesuffix("</code>"))


def test_a_summary_says_what_is_live_and_how_good_it_is() -> None:
    text = run_summary(run_record(), RESULTS)
    assert text.startswith("### ✅ fraud-detection: Live in production\n")
    assert "http://127.0.0.1:8123" in text
    assert "`8f3c2d1e0b9a` of `main`" in text
    assert "| roc_auc | 0.9513 | 0.9402 to 0.9624 (95%, DeLong) | 0.9487 | +0.0026 |" in text
    assert "| environment | ✅ | cached | Python 3.11.7, 2 packages |" in text


def test_a_stopped_run_says_why() -> None:
    text = run_summary(*stopped("validate", "train.amount: 3 rows below 0", BAD_DATA))
    assert "### ❌ fraud-detection: Stopped at validate" in text
    assert "train.amount: 3 rows below 0" in text
    assert "- train.amount: range at least 0: 3 rows below 0" in text
    assert "| train | not run | – |" in text


def test_a_failing_test_is_named() -> None:
    text = run_summary(*stopped("test", "1 test failed", BAD_TESTS))
    assert "`tests.test_features::test_hour_wraps` AssertionError: assert 24 == 0" in text


def test_many_failures_are_cut() -> None:
    bad = BAD_TESTS.failures[0]
    many = msgspec.structs.replace(BAD_DATA, checks=BAD_DATA.checks * 4)
    text = run_summary(*stopped("validate", "x", many))
    assert text.count("\n- ") == 6
    assert "- and 7 more" in text
    assert bad.name not in text


def test_a_card_tells_purpose_owner_data_metrics_and_lineage() -> None:
    card = model_card(VERSION, MODEL, EVALUATION, DATA)
    assert card.startswith("# fraud-detector, version 5\n")
    for part in (
        "Probability that a card transaction is fraudulent.", "Rank transactions for manual review",
        "Owner: payments-ml", "predicts `is_fraud`, positive class `1`", "| test | 29,800 |",
        "5 of 5 checks passed", "| country=LI | 12 | recall | – | – |", "- Commit: `8f3c2d1e0b9a",
        "`recall[country=*] >= 0.60 at 80%`", "| max_iter | `61` |", "Compared with: version 4",
    ):  # fmt: skip
        assert part in card, part


def test_a_card_of_what_is_known() -> None:
    version = msgspec.structs.replace(VERSION, number=0, data={}, params={}, metrics={})
    card = model_card(version)
    assert card.startswith("# fraud-detector\n")
    assert "_No description._" in card
    assert "_Not measured._" in card
    assert "_No declared data._" in card


def test_the_same_facts_give_the_same_card() -> None:
    other = msgspec.structs.replace(VERSION, params=dict(reversed(VERSION.params.items())))
    assert model_card(VERSION, MODEL, EVALUATION) == model_card(other, MODEL, EVALUATION)


@pytest.mark.parametrize("hostile", ["<img src=x onerror=1>", "[a](http://evil)", "**b**", "~~c~~"])
def test_hostile_text_stays_text(hostile: str) -> None:
    version = msgspec.structs.replace(VERSION, branch=hostile, author=hostile, model=hostile)
    spec = msgspec.structs.replace(MODEL, description=hostile, owner=hostile)
    html = render(model_card(version, spec, EVALUATION, DATA))
    for tag in ("<img", "<a ", "<strong", "<s>", "<script"):
        assert tag not in html


def test_a_poisoned_run_stays_text() -> None:
    results = {name: poison(record) for name, record in RESULTS.items()}
    html = render(run_summary(poison(run_record()), results))
    for tag in ("<img", "<script", "<a "):
        assert tag not in html
    rows = [line for line in html.splitlines() if line.startswith("<tr")]
    assert len(rows) == 2 + len(RESULTS) + 4


@given(st.text(max_size=60))
def test_plain_shows_any_text_as_it_is(text: str) -> None:
    flat = " ".join(text.replace("\x00", "").split())
    assert shown(plain(text.replace("\x00", ""))).replace("\u200b", "") == flat.replace(
        "\u200b", ""
    )


@given(st.text("`a| \\<", min_size=1, max_size=20).filter(lambda text: text.strip()))
def test_code_shows_any_text_as_it_is(text: str) -> None:
    flat = " ".join(text.split()).replace("|", "¦")
    assert (
        shown(" " + code(text) + " ").strip().removeprefix("<code>").removesuffix("</code>") == flat
    )


def test_nobody_is_notified() -> None:
    assert "@octocat" not in plain("thanks @octocat")
    assert plain("mina@example.com") == "mina@example.com"
