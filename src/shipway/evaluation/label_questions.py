# SPDX-License-Identifier: Apache-2.0
"""What labels are counted for: a condition in the form that a test decides, and its promise.

In the canonical form of a clause a share (n, o or d) or a difference (n - o) is to be above a
limit; one that is to be below it is turned round. The mode says which error counts:

fp-free   at the limit nothing passes, and what lies twice the tolerance above it does
fn-free   at the limit nothing fails, and what lies twice the tolerance below it does
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from shipway.base.errors import InputError
from shipway.evaluation.label_conditions import Clause, Condition, Mode

Kind = Literal["labelled", "unlabelled", "paired"]
EQUAL = 1e-9
"""Limits this close are the same one; what lies between them would take all rows there are."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A clause as `a share or a difference is above limit`; `turned` when it said below."""

    kind: Kind
    limit: float
    tolerance: float
    turned: bool

    @property
    def floor(self) -> float:
        """The least that it can be; the most is 1."""
        return -1.0 if self.kind == "paired" else 0.0

    def opposite(self) -> "Subject":
        """The same question, put the other way round."""
        limit = -self.limit if self.kind == "paired" else 1 - self.limit
        return replace(self, limit=limit, turned=not self.turned)


@dataclass(frozen=True)
class Question:
    """What is asked: the condition, one step's ln(error probability), and the mode.

    `changed` is the largest share of predictions that changes from one model to the next, when
    the user knows one.
    """

    condition: Condition
    log_delta: float
    mode: Mode
    changed: float | None = None

    @cached_property
    def subjects(self) -> tuple[Subject | None, ...]:
        """The clauses in their canonical form; None for sums that have none."""
        return tuple(_subject(clause) for clause in self.condition.clauses)

    @cached_property
    def paired(self) -> tuple[Subject, ...]:
        """The clauses on n - o."""
        return tuple(each for each in self.subjects if each is not None and each.kind == "paired")

    @cached_property
    def compares(self) -> bool:
        """Whether a clause takes both models together, and so both on the same rows."""
        return any({"n", "o"} <= set(each.sum.parts) for each in self.condition.clauses)

    @cached_property
    def most_changed(self) -> float | None:
        """The bound on d: the user's, or that of a clause `d < …`; None without any."""
        if self.changed is not None:
            return self.changed
        # Under fn-free d < 0.1 +/- 0.01 lets pass what measures 0.11, and may be 0.12.
        spare = 2 if self.mode == "fn-free" else 0
        bounds = [
            1 - each.limit + spare * each.tolerance
            for each in self.subjects
            if each is not None and each.kind == "unlabelled" and each.turned
        ]
        return min((bound for bound in bounds if bound < 1), default=None)

    def check(self) -> None:
        """InputError where no answer is possible, or the bound on d is of no use."""
        if self.changed is not None and not self.paired:
            raise InputError(
                "a bound on the share of changed predictions helps with n - o alone",
                where="--changed",
                cure="Leave it out.",
            )
        for clause, subject in zip(self.condition.clauses, self.subjects, strict=True):
            if subject is not None:
                self._check_reach(clause, subject)
            if subject is not None and subject.kind == "paired":
                self._check_bound(clause, subject)

    def _check_reach(self, clause: Clause, subject: Subject) -> None:
        cure = "Take a smaller tolerance."
        if self.mode == "fp-free" and subject.limit + subject.tolerance > 1 - EQUAL:
            what = "no model could pass: within the tolerance none measures clear of the limit"
            raise InputError(what, where=clause.text, cure=cure)
        if self.mode == "fn-free" and subject.limit - subject.tolerance < subject.floor + EQUAL:
            what = "no model could fail: within the tolerance none measures clear of the limit"
            raise InputError(what, where=clause.text, cure=cure)

    def _check_bound(self, clause: Clause, subject: Subject) -> None:
        bound = self.most_changed
        if bound is None or abs(subject.limit) + subject.tolerance < bound - EQUAL:
            return
        raise InputError(
            f"accuracies don't differ by {abs(subject.limit):.6g} and a tolerance of "
            f"{subject.tolerance:.6g} when at most {bound:.6g} of the predictions change",
            where=clause.text,
            cure="Allow more changes, or ask for a smaller difference.",
        )


def _subject(clause: Clause) -> Subject | None:
    parts = clause.sum.parts
    if len(parts) == 1:
        ((name, factor),) = parts.items()
        kind: Kind = "unlabelled" if name == "d" else "labelled"
    elif set(parts) == {"n", "o"} and parts["n"] == -parts["o"]:
        kind, factor = "paired", parts["n"]
    else:
        return None
    found = Subject(kind, clause.limit / factor, clause.tolerance / abs(factor), turned=False)
    return found if clause.upward == (factor > 0) else found.opposite()
