# SPDX-License-Identifier: Apache-2.0
"""The ways in which a condition on n, o and d can be decided, each with the labels that it takes.

Every clause gets its share of the error probability, and is decided by the method where that
fits, by Hoeffding's inequality for the whole sum where it does not. The largest sample serves all
clauses. All bounds are one-sided: the mode says which error counts, and the other one is bounded
as well, each with the same probability.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log

from shipway.evaluation.label_conditions import Clause
from shipway.evaluation.label_questions import EQUAL, Question, Subject
from shipway.stats.exact_labels import (
    ExactTest,
    binomial_rows,
    binomial_rows_beyond,
    paired_rows,
    paired_rows_beyond,
)
from shipway.stats.labels import (
    bennett,
    coarse_then_fine,
    hoeffding,
    hoeffding_of_sum,
    zero_error,
)

NEAR = 0.9
"""From this accuracy on its small variance is worth a coarse look first."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to decide a condition.

    `rows` are those of the test set, `labels` how many of them need one; with `each_step` these
    are the labels of one step, at rows that may differ from step to step (at most `rows` in all).
    `complete` is False where only the first half of the promise is kept: a model that deserves
    to pass may well be refused.
    """

    method: str
    rows: int
    labels: int
    each_step: bool
    complete: bool
    assumes: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One clause of a question, with its share of ln(error probability)."""

    question: Question
    clause: Clause
    subject: Subject | None
    share: float

    @property
    def bound(self) -> float | None:
        """The bound on d where it helps: for a clause on n - o."""
        paired = self.subject is not None and self.subject.kind == "paired"
        return self.question.most_changed if paired else None

    @property
    def labelled(self) -> bool:
        """Whether its rows need labels: all but those for d."""
        return self.subject is None or self.subject.kind != "unlabelled"


@dataclass(frozen=True, slots=True)
class Method:
    """How clauses are decided: `rows` says how many it takes, None where it does not fit.

    `checks` says that the bound on d is checked first, `exact` that this is an exact test, `some`
    that only rows on which the models differ are labelled. `of_one` is what it assumes of a
    condition that takes no two models together, where that is something else.
    """

    name: str
    assumes: str
    rows: Callable[[Asked], int | None]
    checks: bool = False
    some: bool = False
    exact: bool = False
    complete: bool = True
    of_one: str = ""


def alternatives(question: Question) -> tuple[Alternative, ...]:
    """Every way that fits, fewest labels first; there is always one.

    InputError where no answer is possible, or the bound on d is of no use.
    """
    question.check()
    found = [each for method in METHODS if (each := _with(method, question)) is not None]
    # What takes the same rows and labels is the same: the first in METHODS has the plainer name.
    unique = {(each.rows, each.labels, each.each_step): each for each in reversed(found)}
    return tuple(sorted(unique.values(), key=lambda each: (each.labels, each.rows)))


def _with(method: Method, question: Question) -> Alternative | None:
    bound = question.most_changed
    if method.checks and (bound is None or not question.paired):
        return None
    extra = method.checks and question.changed is not None
    share = question.log_delta - log(len(question.condition.clauses) + extra)
    pairs = zip(question.condition.clauses, question.subjects, strict=True)
    asked = [Asked(question, clause, subject, share) for clause, subject in pairs]
    fitting = [method.rows(each) for each in asked]
    if not any(fitting) or not (method.complete or all(fitting)):
        return None
    needed = [rows or _whole(each) for each, rows in zip(asked, fitting, strict=True)]
    labels = [_labels(method, each, rows) for each, rows in zip(asked, needed, strict=True)]
    if extra:
        needed.append(_check_of_changes(question, share, exact=method.exact))
    words = method.assumes if question.compares else method.of_one or method.assumes
    return Alternative(
        method.name,
        max(needed),
        max(labels),
        method.some,
        method.complete,
        words.format(changed=f"{(bound or 0) * 100:.6g}%"),
    )


def _labels(method: Method, asked: Asked, rows: int) -> int:
    if method.some and asked.bound is not None:
        return ceil(rows * asked.bound)
    return rows if asked.labelled else 0


def _check_of_changes(question: Question, share: float, *, exact: bool) -> int:
    """Rows on which it is made sure that no more change than the user says."""
    bound = question.changed or 0.0
    tolerance = min(bound / 2, *(each.tolerance for each in question.paired))
    test = binomial_rows(1 - bound, 1 - bound + 2 * tolerance, share) if exact else None
    return hoeffding(1, tolerance, share) if test is None else test.rows


def _whole(asked: Asked) -> int:
    low, high = asked.clause.sum.extent
    return hoeffding(high - low, asked.clause.tolerance, asked.share)


def _apart(asked: Asked) -> int:
    spans = [abs(factor) for factor in asked.clause.sum.parts.values()]
    return hoeffding_of_sum(spans, asked.clause.tolerance, asked.share)


def _near(asked: Asked) -> int | None:
    subject = asked.subject
    if subject is None or subject.kind == "paired" or subject.limit < NEAR:
        return None
    return coarse_then_fine(1 - subject.limit, subject.tolerance, asked.share)


def _bennett(asked: Asked) -> int | None:
    if asked.subject is None or asked.bound is None:
        return None
    return bennett(asked.bound, asked.subject.tolerance, asked.share)


def _exact(asked: Asked) -> int | None:
    return None if asked.subject is None else _exact_rows(asked, asked.subject, 1.0)


def _exact_bounded(asked: Asked) -> int | None:
    return None if asked.subject is None else _exact_rows(asked, asked.subject, asked.bound or 1.0)


def _exact_rows(asked: Asked, subject: Subject, changed: float) -> int | None:
    # Under fn-free the question is put the other way round: what is at the limit may not fail.
    put = subject if asked.question.mode == "fp-free" else subject.opposite()
    beyond, high = put.limit + put.tolerance, put.limit + 2 * put.tolerance
    test: ExactTest | None
    if put.kind == "paired" and high < changed - EQUAL:
        test = paired_rows(changed, put.limit, high, asked.share)
    elif put.kind == "paired":
        test = paired_rows_beyond(changed, put.limit, beyond, asked.share)
    elif high < 1 - EQUAL:
        test = binomial_rows(put.limit, high, asked.share)
    else:
        test = binomial_rows_beyond(put.limit, beyond, asked.share)
    return None if test is None else test.rows


def _none_lost(asked: Asked) -> int | None:
    subject = asked.subject
    if subject is None or asked.question.mode == "fn-free":
        return None
    missing = -subject.limit if subject.kind == "paired" else 1 - subject.limit
    return zero_error(missing, asked.share) if 0 < missing < 1 else None


SAME = "both models predict the same rows"
CHECKED = "at most {changed} change: checked first, without labels"
WHERE_DIFFERENT = "labels where models differ"
METHODS = (
    Method("Hoeffding", SAME, _whole, of_one="nothing"),
    Method("Hoeffding, each variable on its own", "nothing", _apart),
    Method("Hoeffding coarsely, then Bennett", "nothing", _near),
    Method("Bennett", CHECKED, _bennett, checks=True),
    Method(f"Bennett, {WHERE_DIFFERENT}", CHECKED, _bennett, checks=True, some=True),
    Method("exact test", SAME, _exact, exact=True, of_one="nothing"),
    Method("exact test, few changes", CHECKED, _exact_bounded, checks=True, exact=True),
    Method(
        f"exact test, {WHERE_DIFFERENT}",
        CHECKED,
        _exact_bounded,
        checks=True,
        some=True,
        exact=True,
    ),
    Method(
        "none lost",
        "one row that the old model alone gets right refuses the new one",
        _none_lost,
        complete=False,
        of_one="one row that counts against the model refuses it",
    ),
)
