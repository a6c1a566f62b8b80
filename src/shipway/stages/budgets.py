# SPDX-License-Identifier: Apache-2.0
"""One use of a test set, from the question to its answer, through the log of its rows.

    account = Account(ctx, model, dataset, details=True)
    use = account.charge(rows, champion)        in the log, before anything is decided
    found = account.settle(found)               in the log too, before anybody sees it

The log is named after the rows (`logs/budgets/<name>`). What counts is the place in it: whoever
finds that somebody was faster looks again and pays what is asked then. The same question is never
charged twice, on whichever machine and however often it is asked.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base import clock
from shipway.base.digests import digest_of
from shipway.base.errors import OutsideError, StoppedError
from shipway.evaluation.budget import (
    History,
    Question,
    Spent,
    Use,
    advisory,
    level,
    price,
    spent,
)
from shipway.records.budget import AnswerRecord, UseRecord
from shipway.records.source import PythonEnvironment
from shipway.records.training import BudgetUse, Champion, Evaluation, TrainedModel
from shipway.spec.types import Spec
from shipway.stages.context import StageContext
from shipway.stages.register import code_answers
from shipway.stages.test_sets import Relative, log_name, log_path, read_history, relatives
from shipway.storage.interface import ConflictError, CorruptedError

if TYPE_CHECKING:
    from shipway.data.rowsketch import Rows
    from shipway.data.tableset import RowSet

WHERE = ("evaluate", "test_set_budget")
NEW_ONE = (
    "Name a new test set under 'data': rows that no model was judged or trained on. The old one "
    "may become a validation or training set. `shipway budget` shows all uses."
)

ADVISORY = (
    "the budget of this test set is advisory: details of it are known, though only verdicts may "
    "be. With a validation split (data.validation) they come from there, from the first use on"
)


class Account:
    """The use that one run makes of a test set; nothing is known before `charge`.

    `silent` says that only the verdict may be told of these rows; it can end with `settle`.
    """

    def __init__(
        self,
        ctx: StageContext,
        model: TrainedModel,
        environment: PythonEnvironment,
        dataset: str,
        *,
        details: bool,
    ) -> None:
        """`details` says that there is a validation split whose details can be told instead."""
        evaluate = ctx.spec.evaluate
        self.ctx = ctx
        self.model = model
        self.environment = environment
        self.dataset = dataset
        self.details = details
        self.budget = None if evaluate is None else evaluate.test_set_budget
        self.silent = False
        self._name = ""
        self._relatives: tuple[Relative, ...] = ()
        self._use: Use | None = None
        self._held: dict[str, Path] = {}

    def charge(self, rows: "RowSet", champion: Champion | None) -> BudgetUse:
        """Enter the use, unless the same was asked before; what it costs.

        `champion` is what the model is compared with. StoppedError when nothing is left;
        OutsideError when a use that must be paid can't be written down.
        """
        from shipway.data.rowsketch import Rows

        self._name = log_name(rows.name)
        known = Rows(rows.hashes)
        self._relatives = relatives(self.ctx.store, self._name, known)
        question = Question(
            self.model.digest,
            self._gates(),
            champion.digest if champion is not None and compares(self.ctx.spec) else "",
            paid=self.budget is not None,
        )
        self._use = self._find_or_enter(question, known)
        use = self._shown()
        if use.advisory:
            self.ctx.note(ADVISORY)
        return use

    def level(self, confidence: float) -> float:
        """The confidence of a decision that was asked for at `confidence`."""
        assert self._use is not None  # noqa: S101 - called after `charge`
        return level(confidence, self._use.said.divisor)

    def keep(self, name: str, file: Path) -> str | None:
        """Put what tells details into the store, if it may be told by now; else hold it back."""
        if self.silent:
            self._held[name] = file
            return None
        return self.ctx.store.objects.put(file)

    def settle(self, found: Evaluation) -> Evaluation:
        """Enter the verdict, unless there is one; what was found, with what may be said by now."""
        assert self._use is not None  # noqa: S101 - there is no answer without a question
        verdict = found.verdict
        if self.silent and verdict != "passed":
            verdict = "failed"
        if self._use.entry and self._use.verdict is None:
            answer = AnswerRecord(self._use.entry, verdict, clock.stamp())
            self.ctx.store.log(log_path(self._name)).append(_body(answer))
        use = self._shown()
        kept = {name: self.ctx.store.objects.put(file) for name, file in self._told().items()}
        return msgspec.structs.replace(found, verdict=verdict, budget=use, **kept)

    def _gates(self) -> str:
        """Names all that a verdict depends on besides model, champion and rows."""
        ctx, evaluate = self.ctx, self.ctx.spec.evaluate
        assert evaluate is not None  # noqa: S101 - something is evaluated
        code: list[object] = []
        if code_answers(ctx.spec):
            code += [self.model.code, self.environment.digest]
        if evaluate.functions:
            code.append(sorted(ctx.code(None, False).items()))
        return gates_digest(ctx.spec, code)

    def _told(self) -> dict[str, Path]:
        """What was held back and need not be any more."""
        return {} if self.silent else self._held

    def _find_or_enter(self, question: Question, rows: "Rows") -> Use:
        log = self.ctx.store.log(log_path(self._name))
        while True:
            own = read_history(self.ctx.store, self._name)
            known = own.find(question)
            if known is not None:
                return known
            said = self._next(own, question, rows)
            try:
                log.append_at(own.length + 1, _body(said))
            except ConflictError:
                continue
            except CorruptedError:
                raise
            except OutsideError as error:
                return self._not_written(said, error)
            self._look_again()
            return Use(own.length + 1, said)

    def _next(self, own: History, question: Question, rows: "Rows") -> UseRecord:
        """The entry of this use, at the price that it has now."""
        histories = self._histories(own)
        cost = price(histories, self.budget)
        if isinstance(cost, Spent):
            raise self._stop(cost)
        ctx, budget = self.ctx, self.budget
        sketched = any(use.said.sketch is not None for use in own.uses)
        return UseRecord(
            model=question.model,
            gates=question.gates,
            champion=question.champion,
            name=ctx.spec.model.name if ctx.spec.model else "",
            number=cost.number,
            uses=budget.uses if budget else 0,
            adaptivity=budget.adaptivity if budget else "none",
            divisor=cost.divisor,
            answers=cost.answers,
            told=cost.tellable or not self.details,
            related=tuple(history.name for history in histories[1:]),
            dataset=self.dataset,
            rows=rows.count,
            project=ctx.spec.project,
            run=ctx.run_id,
            by=ctx.by,
            at=clock.stamp(),
            sketch=None if sketched else rows.sketch(),
        )

    def _not_written(self, said: UseRecord, error: OutsideError) -> Use:
        """Without a budget a use that can't be counted is said; with one nothing is told."""
        if self.budget is not None:
            raise OutsideError(
                "the use of the test set can't be written down, so nothing was decided: an answer "
                f"that nobody pays for would break the promise of its budget ({error.what})",
                where=error.where,
                cure="Run it where the store can be written to: a pull request from a fork is "
                "judged by whoever takes it over.",
            ) from error
        self.ctx.note(f"this use of the test set is not counted: {error.what} ({error.where})")
        return Use(0, said)

    def _look_again(self) -> None:
        """A related test set may have been used between our look at it and our own entry."""
        if self.budget is None or not self._relatives:
            return
        histories = self._histories(read_history(self.ctx.store, self._name))
        made = sum(len(history.uses) for history in histories)
        if made > self.budget.uses:
            end = spent(histories, self.budget)
            assert end is not None  # noqa: S101 - there are more uses than there may be
            raise self._stop(end)

    def _histories(self, own: History) -> list[History]:
        store = self.ctx.store
        return [own, *(read_history(store, each.history.name) for each in self._relatives)]

    def _shown(self) -> BudgetUse:
        """What may be said of the use now; whether more than the verdict may be told with it."""
        assert self._use is not None  # noqa: S101 - called after `charge`
        said = self._use.said
        histories = self._histories(read_history(self.ctx.store, self._name))
        end = spent(histories, self.budget)
        made = sum(len(history.uses) for history in histories)
        self.silent = not said.told and spent(histories, None) is None
        return BudgetUse(
            number=said.number,
            uses=said.uses,
            adaptivity=said.adaptivity,
            spent=end is not None and said.uses > 0,
            advisory=advisory(histories, self._use),
            related=self._relatives[0].history.name if self._relatives else "",
            divisor=said.divisor,
            left=max(said.uses - made, 0) if end is None else 0,
            recorded=self._use.entry > 0,
        )

    def _stop(self, end: Spent) -> StoppedError:
        last = end.last
        since = (
            f" since {last.said.at[:10]} (run {last.said.run} by {last.said.by})" if last else ""
        )
        text = f"the budget of this test set is spent{since}: {end.why}; nothing was decided"
        if self._relatives:
            nearest = self._relatives[0]
            text += (
                f". Its rows were used before, as test set {nearest.history.name[:12]}: "
                f"{nearest.share:.0%} of the smaller one are in both"
            )
        return StoppedError(text, where=self.ctx.document.where(*WHERE), cure=NEW_ONE)


def compares(spec: Spec) -> bool:
    """Whether any gate compares with the champion."""
    from shipway.evaluation.gate_parser import parse_gate

    gates = spec.evaluate.gates if spec.evaluate is not None else ()
    read = [parse_gate(gate.gate) for gate in gates]
    return any(gate.bound.champion or gate.metric.startswith("churn") for gate in read)


def gates_digest(spec: Spec, code: Sequence[object] = ()) -> str:
    """Names a set of gates with all that decides what they mean; `code` is what they call."""
    evaluate, model = spec.evaluate, spec.model
    assert evaluate is not None and model is not None  # noqa: S101 - something is evaluated
    return digest_of(
        {
            "gates": sorted([" ".join(each.gate.split()), each.on_fail] for each in evaluate.gates),
            "slices": sorted([each.name, each.where] for each in evaluate.slices if each.name),
            "min_slice": evaluate.min_slice,
            "weights": evaluate.weights,
            "cost": evaluate.cost,
            "functions": evaluate.functions,
            "model": [model.task, model.target, model.positive, model.threshold],
            "code": code,
        }
    )


def _body(said: UseRecord | AnswerRecord) -> dict[str, object]:
    body: dict[str, object] = msgspec.to_builtins(said)
    return body
