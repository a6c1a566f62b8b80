# SPDX-License-Identifier: Apache-2.0
"""The account of a test set: what each use costs, and when nothing is left."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.evaluation.budget import (
    History,
    Price,
    Question,
    Spent,
    Use,
    advisory,
    fold,
    level,
    price,
    spent,
)
from shipway.records.budget import AnswerRecord, UseRecord
from shipway.spec.evaluation import BudgetSpec
from shipway.stats.budget import effective_confidence

NONE8, FIRST8, FULL8 = (BudgetSpec(8, adaptivity) for adaptivity in ("none", "firstChange", "full"))


class Account:
    """A test set that is used again and again; answers are "no" unless said."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, UseRecord | AnswerRecord]] = []

    @property
    def history(self) -> History:
        return fold("mine", self.entries)

    def next(self, budget: BudgetSpec | None) -> Price | Spent:
        return price([self.history], budget)

    def use(self, budget: BudgetSpec | None, verdict="failed", told=None) -> int:
        """One use; its divisor."""
        cost = self.next(budget)
        assert isinstance(cost, Price)
        number = len(self.entries) + 1
        told = cost.tellable if told is None else told
        said = UseRecord(
            f"model {number}", "gates", number=cost.number, divisor=cost.divisor,
            answers=cost.answers, told=told, at=f"{number:04d}",
            uses=budget.uses if budget else 0, adaptivity=budget.adaptivity if budget else "none",
        )  # fmt: skip
        self.entries.append((number, said))
        if verdict:
            self.entries.append((number + 1, AnswerRecord(number, verdict)))
        return cost.divisor

    def spend(self, budget: BudgetSpec | None, times: int) -> list[int]:
        return [self.use(budget) for _ in range(times)]

    @property
    def shares(self) -> Fraction:
        """How much of delta all uses took."""
        return sum((use.share for use in self.history.uses), Fraction(0))


@pytest.mark.parametrize(("budget", "divisor"), [(NONE8, 8), (FIRST8, 8), (FULL8, 256)], ids=str)
def test_each_use_of_a_budget_costs_the_same_and_after_the_last_it_is_spent(budget, divisor):
    account = Account()
    assert account.spend(budget, 8) == [divisor] * 8
    assert account.shares == (Fraction(255, 256) if budget is FULL8 else 1)
    end = account.next(budget)
    assert isinstance(end, Spent)
    assert (end.number, end.uses, end.why) == (8, 8, "8 of 8 uses are made")
    assert end.last.said.model == "model 15"
    for confidence in (0.8, 0.95, 0.99):
        expected = effective_confidence(confidence, 8, budget.adaptivity)
        assert level(confidence, divisor) == expected


def test_without_a_budget_uses_are_counted_and_cost_nothing():
    account = Account()
    assert account.spend(None, 30) == [1] * 30
    assert account.next(None) == Price(31, 1, 0, tellable=True, known=False)
    assert level(0.95, 1) == 0.95


@pytest.mark.parametrize(("budget", "ends"), [(NONE8, False), (FIRST8, True), (FULL8, False)])
def test_the_first_pass_ends_a_test_set_only_under_first_change(budget, ends):
    account = Account()
    account.use(budget)
    account.use(budget, "passed")
    end = account.next(budget)
    assert isinstance(end, Spent) == ends
    if isinstance(end, Spent):
        assert "a model passed" in end.why


def test_a_use_that_nobody_heard_an_answer_to_is_a_use_all_the_same():
    account = Account()
    for _ in range(3):
        account.use(FIRST8, verdict=None)
    assert account.next(FIRST8).number == 4


def test_a_use_before_the_pass_is_within_the_budget_whatever_comes_out():
    account = Account()
    account.use(FIRST8, verdict=None)
    account.use(FIRST8, verdict=None)
    account.entries.append((3, AnswerRecord(1, "passed")))
    account.entries.append((4, AnswerRecord(2, "passed")))
    assert [use.verdict for use in account.history.uses] == ["passed", "passed"]
    assert isinstance(account.next(FIRST8), Spent)


def test_of_two_answers_the_first_holds():
    entries = [(1, UseRecord("m", "g")), (2, AnswerRecord(1, "failed"))]
    entries += [(3, AnswerRecord(1, "passed")), (4, AnswerRecord(9, "passed"))]
    found = fold("x", entries)
    assert [use.verdict for use in found.uses] == ["failed"]
    assert found.length == 4


def test_the_same_question_is_found_and_one_without_a_budget_is_another():
    account = Account()
    account.use(None)
    account.use(NONE8)
    assert account.history.find(Question("model 1", "gates", "", paid=False)).entry == 1
    assert account.history.find(Question("model 1", "gates", "", paid=True)) is None
    assert account.history.find(Question("model 3", "gates", "", paid=True)).entry == 3
    assert account.history.find(Question("model 3", "gates", "champion", paid=True)) is None


def test_uses_before_there_was_a_budget_are_uses():
    account = Account()
    account.spend(None, 3)
    cost = account.next(NONE8)
    assert (cost.number, cost.divisor) == (4, 8)
    assert isinstance(account.next(BudgetSpec(3)), Spent)
    account.spend(NONE8, 5)
    assert isinstance(account.next(NONE8), Spent)


@pytest.mark.parametrize(("budget", "known"), [(NONE8, False), (FIRST8, True), (FULL8, True)])
def test_details_that_were_told_before_make_verdicts_alone_advisory(budget, known):
    account = Account()
    account.use(None)
    assert account.next(budget).known == known
    account.use(budget)
    assert advisory([account.history], account.history.uses[-1]) == known
    assert not advisory([account.history], account.history.uses[0])


def test_without_a_validation_split_a_use_is_advisory_itself_and_those_after_it():
    account = Account()
    account.use(FULL8)
    account.use(FULL8, told=True)
    account.use(FULL8)
    uses = account.history.uses
    assert [advisory([account.history], use) for use in uses] == [False, True, True]


def test_the_last_use_may_be_told_and_is_not_advisory():
    account = Account()
    account.spend(BudgetSpec(2, "full"), 2)
    last = account.history.uses[-1]
    assert last.said.told
    assert not advisory([account.history], last)


def test_more_uses_midway_share_what_is_left():
    account = Account()
    account.spend(NONE8, 4)
    assert account.use(BudgetSpec(16)) == 24
    account.spend(BudgetSpec(16), 11)
    assert account.shares == 1
    assert isinstance(account.next(BudgetSpec(16)), Spent)


def test_fewer_uses_midway():
    account = Account()
    account.spend(NONE8, 4)
    assert account.use(BudgetSpec(6)) == 6
    assert isinstance(account.next(BudgetSpec(5)), Spent)
    assert isinstance(account.next(BudgetSpec(6)), Price)


def test_what_is_spent_stays_spent_whatever_is_written_later():
    account = Account()
    account.spend(BudgetSpec(2, "full"), 2)
    for budget in (BudgetSpec(100), BudgetSpec(40, "full"), BudgetSpec(9, "firstChange")):
        assert isinstance(account.next(budget), Spent)
    assert isinstance(account.next(None), Price)
    account.use(None)
    assert isinstance(account.next(BudgetSpec(100)), Spent)


def test_a_looser_promise_midway_pays_for_the_answers_that_were_heard():
    account = Account()
    account.spend(FULL8, 3)
    cost = account.next(NONE8)
    assert cost.answers == 3
    assert cost.divisor == 8 * 2**3
    account.spend(NONE8, 5)
    assert account.shares <= 1


def test_a_stricter_promise_midway_counts_all_answers():
    account = Account()
    account.spend(NONE8, 4)
    cost = account.next(FULL8)
    assert cost.answers == 4
    assert cost.divisor == max(256, (2**8 - 2**4) * 2)
    account.spend(FULL8, 4)
    assert account.shares == 1


BUDGETS = st.builds(
    BudgetSpec, st.integers(1, 12), st.sampled_from(["none", "firstChange", "full"])
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.one_of(st.none(), BUDGETS), st.booleans()), max_size=30))
def test_whatever_is_changed_no_more_than_delta_is_given_away(steps):
    account = Account()
    ended = False
    for budget, passes in steps:
        cost = account.next(budget)
        ended = ended or any(use.spends for use in account.history.uses)
        if budget is not None and ended:
            assert isinstance(cost, Spent)
        if isinstance(cost, Price):
            account.use(budget, "passed" if passes else "failed")
            if budget is not None:
                own = 2**budget.uses if budget.adaptivity == "full" else budget.uses
                assert cost.divisor >= own
                assert cost.number <= budget.uses
    assert account.shares <= 1


def test_relatives_count_and_end_together():
    one, other = Account(), Account()
    one.spend(NONE8, 3)
    cost = price([other.history, one.history], NONE8)
    assert (cost.number, cost.divisor) == (4, 8)
    one.spend(NONE8, 5)
    assert isinstance(price([other.history, one.history], NONE8), Spent)
    assert isinstance(spent([one.history, other.history], None), Spent)
    assert spent([other.history], NONE8) is None


def test_entries_without_numbers_are_counted():
    found = fold("x", [(1, UseRecord("a", "g")), (2, UseRecord("b", "g"))])
    assert [use.said.number for use in found.uses] == [1, 2]
    assert found.uses[0] == Use(1, found.uses[0].said)


def test_a_budget_that_no_number_can_hold_has_no_uses():
    """A plan refuses it for gates with a confidence; others have nothing to pay."""
    end = Account().next(BudgetSpec(60, "full"))
    assert isinstance(end, Spent)
    assert "nothing is left" in end.why
