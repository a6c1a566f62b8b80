# SPDX-License-Identifier: Apache-2.0
"""What a test set's log says: how often it was used, what is left, and what the next use costs.

A gate `at 95%` may be wrong with probability delta = 5 %. Under a budget this holds for all
decisions on the test set together, so each gets a part of delta (see `stats.budget`): delta / H
for H uses when nobody chooses the next model by the answers (`none`) or the test set is given up
with the first pass (`firstChange`), delta / 2^H when everybody may (`full`).

A budget may change while it lasts, so this is kept as an account. A use that could have been any of
2^a models, after a answers that its maker knew, takes 2^a / divisor of delta. The next one gets no
more than its budget says, and no more than an equal part of what earlier uses left:

    none, 8 uses         each takes 1/8
    none, 8, then 16     after four: a half is left for twelve, so each takes 1/24
    full, 8 uses         1/256, 2/256, 4/256 … 128/256

Uses before there was a budget promised nothing together. They count as uses all the same, and
where only verdicts may be told they make the rest advisory: their details are known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import msgspec

from shipway.records.base import Verdict
from shipway.records.budget import Adaptivity, AnswerRecord, UseRecord
from shipway.spec.evaluation import BudgetSpec
from shipway.stats.budget import SMALLEST, effective_confidence

VERDICT_ONLY: frozenset[Adaptivity] = frozenset({"firstChange", "full"})
"""Where the next model depends on the answers, and so may on nothing but them."""


@dataclass(frozen=True)
class Question:
    """Whether a model passes a set of gates, compared with a champion: digests.

    `champion` is empty when no gate compares. An answer that was given without a budget is none
    under one (`paid`): it was found at another confidence.
    """

    model: str
    gates: str
    champion: str
    paid: bool


@dataclass(frozen=True)
class Use:
    """A use in entry `entry` of its log; the verdict is None where nobody got to know it."""

    entry: int
    said: UseRecord
    verdict: Verdict | None = None

    @property
    def question(self) -> Question:
        """What was asked."""
        said = self.said
        return Question(said.model, said.gates, said.champion, said.uses > 0)

    @property
    def spends(self) -> bool:
        """Whether the budget at that time ended with this use."""
        if not self.said.uses:
            return False
        first_pass = self.said.adaptivity == "firstChange" and self.verdict == "passed"
        return first_pass or self.said.number >= self.said.uses

    @property
    def share(self) -> Fraction:
        """The part of delta that it took; none without a budget."""
        return Fraction(2**self.said.answers, self.said.divisor) if self.said.uses else Fraction(0)


@dataclass(frozen=True)
class History:
    """The uses of one test set, oldest first; `name` is that of its log, of `length` entries."""

    name: str
    uses: tuple[Use, ...] = ()
    length: int = 0

    def find(self, question: Question) -> Use | None:
        """The use that asked the same."""
        return next((use for use in self.uses if use.question == question), None)


def fold(name: str, entries: Iterable[tuple[int, UseRecord | AnswerRecord]]) -> History:
    """The uses that a log's numbered entries speak of; of two answers to one use the first holds.

    Entries of versions that did not number uses are counted.
    """
    found: dict[int, Use] = {}
    length = 0
    for length, said in entries:
        if isinstance(said, AnswerRecord):
            use = found.get(said.use)
            if use is not None and use.verdict is None:
                found[said.use] = Use(use.entry, use.said, said.verdict)
        else:
            found[length] = Use(length, _numbered(said, len(found) + 1))
    return History(name, tuple(found.values()), length)


def _numbered(said: UseRecord, number: int) -> UseRecord:
    return said if said.number else msgspec.structs.replace(said, number=number)


@dataclass(frozen=True)
class Spent:
    """Why a test set gives no more answers: `number` of `uses`, and the use that was the last."""

    number: int
    uses: int
    adaptivity: Adaptivity
    last: Use | None

    @property
    def why(self) -> str:
        """The rule that ended it, in words."""
        if self.last is None:
            return "nothing is left of the error probability that its uses share"
        said = self.last.said
        if said.adaptivity == "firstChange" and self.last.verdict == "passed" and said.uses:
            return "a model passed, which under firstChange ends it"
        return f"{self.number} of {self.uses} uses are made"


@dataclass(frozen=True)
class Price:
    """What the next use costs: its number, and the part delta / `divisor` of each gate's delta.

    `tellable` says that all may be told of it: only the verdict where later models may depend on
    it; `known` that more was told before although only verdicts may be.
    """

    number: int
    divisor: int
    answers: int
    tellable: bool
    known: bool


def price(histories: Sequence[History], budget: BudgetSpec | None) -> Price | Spent:
    """The next use of a test set, by its own history and those of its relatives."""
    uses = [use for history in histories for use in history.uses]
    made = len(uses)
    if budget is None:
        return Price(made + 1, 1, 0, tellable=True, known=False)
    end = spent(histories, budget)
    if end is not None:
        return end
    answers = sum(_was_heard(use.said, budget.adaptivity) for use in uses)
    divisor = _divisor(uses, budget, answers)
    if divisor is None:
        return Spent(made, budget.uses, budget.adaptivity, None)
    silent = budget.adaptivity in VERDICT_ONLY
    return Price(
        made + 1,
        divisor,
        answers,
        tellable=not silent or made + 1 >= budget.uses,
        known=silent and any(use.said.told for use in uses),
    )


def spent(histories: Sequence[History], budget: BudgetSpec | None) -> Spent | None:
    """Why there is no next use; None when there is one.

    What was spent stays spent, whatever the budget says later: its details may be known.
    """
    uses = [use for history in histories for use in history.uses]
    last = next((use for use in uses if use.spends), None)
    if last is not None:
        return Spent(last.said.number, last.said.uses, last.said.adaptivity, last)
    if budget is not None and len(uses) >= budget.uses:
        newest = max(uses, key=lambda use: use.said.at)
        return Spent(len(uses), budget.uses, budget.adaptivity, newest)
    return None


def _was_heard(said: UseRecord, adaptivity: Adaptivity) -> bool:
    """Whether the next model may depend on that answer, by what this and that budget declare.

    Under firstChange all answers so far were "no", which tells nothing new.
    """
    if adaptivity == "full":
        return True
    if adaptivity == "firstChange":
        return said.adaptivity != "firstChange"
    return said.adaptivity == "full"


def _divisor(uses: Sequence[Use], budget: BudgetSpec, answers: int) -> int | None:
    """The next use takes delta / this; None when too little is left for any number."""
    left = 1 - sum((use.share for use in uses), Fraction(0))
    to_come = budget.uses - len(uses)
    if budget.adaptivity == "full":
        models = 2**answers * (2**to_come - 1)
        own = 2**budget.uses
    else:
        models = 2**answers * to_come
        own = 2**answers * budget.uses
    if left <= 0:
        return None
    divisor = max(own, ceil(models / left))
    return divisor if divisor * SMALLEST <= 1 else None


def level(confidence: float, divisor: int) -> float:
    """The confidence of one decision that gets delta / `divisor`.

    ValueError when no floating-point number can hold it.
    """
    return confidence if divisor == 1 else effective_confidence(confidence, divisor, "none")


def advisory(histories: Sequence[History], use: Use) -> bool:
    """Whether more than verdicts was told up to this use, where the promise rests on nothing else.

    The last use of a budget may be told: no answer comes after it.
    """
    said = use.said
    if not said.uses or said.adaptivity not in VERDICT_ONLY:
        return False
    earlier = (each for one in histories for each in one.uses if each.said.number < said.number)
    return any(each.said.told for each in earlier) or (said.told and said.number < said.uses)
