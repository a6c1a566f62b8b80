# SPDX-License-Identifier: Apache-2.0
"""`shipway budget`: how often each test set was used, and what is left of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from shipway.engine.wiring import open_project
from shipway.evaluation.budget import History, Price, Spent, Use, advisory, level, price
from shipway.records.base import Verdict
from shipway.records.budget import Adaptivity
from shipway.spec.evaluation import BudgetSpec
from shipway.stages.test_sets import LOGS, read_history
from shipway.storage.interface import Store

SHOWN_AT = 0.95


class LastUse(msgspec.Struct, frozen=True):
    """Who asked last, about which model; the verdict is None where nobody got to know it."""

    at: str
    by: str
    run: str
    model: str
    model_digest: str
    verdict: Verdict | None


class BudgetRow(msgspec.Struct, frozen=True):
    """One test set: `used` of `uses` (0: there is no limit), and how many are `left`.

    `confidence` is at which a gate `at 95%` would be decided next, None when none will be, for the
    reason `spent`. `used` counts the uses of the `related` ones too, whose rows it shares.
    `advisory` says that more than verdicts was told where only they may be.
    """

    name: str
    dataset: str
    rows: int
    used: int
    uses: int
    left: int | None
    confidence: float | None
    spent: str
    advisory: bool
    related: tuple[str, ...]
    last: LastUse


class BudgetReport(msgspec.Struct, frozen=True):
    """The test sets that a project used, the one used last at the end, and what to do `next`."""

    project: str
    uses: int
    adaptivity: Adaptivity
    test_sets: tuple[BudgetRow, ...]
    next: str


def budget(folder: Path) -> BudgetReport:
    """What the logs say of the test sets that the project in `folder` used."""
    project = open_project(folder)
    evaluate = project.spec.evaluate
    terms = evaluate.test_set_budget if evaluate is not None else None
    histories = _histories(project.store)
    related = _related(histories.values())
    found = [
        _test_set(history, [histories[name] for name in related[history.name]], terms)
        for history in histories.values()
        if any(use.said.project == project.spec.project for use in history.uses)
    ]
    found.sort(key=lambda each: each.last.at)
    return BudgetReport(
        project=project.spec.project,
        uses=terms.uses if terms else 0,
        adaptivity=terms.adaptivity if terms else "none",
        test_sets=tuple(found),
        next=_next(found[-1] if found else None, terms),
    )


def _histories(store: Store) -> dict[str, History]:
    names = [path.removeprefix(f"{LOGS}/") for path in store.logs(LOGS)]
    return {name: read_history(store, name) for name in names}


def _related(histories: Iterable[History]) -> Mapping[str, list[str]]:
    """For each test set those that share rows with it: whichever came later says so."""
    found: dict[str, set[str]] = {history.name: set() for history in histories}
    for history in histories:
        for use in history.uses:
            for other in set(use.said.related) & found.keys():
                found[history.name].add(other)
                found[other].add(history.name)
    return {name: sorted(others) for name, others in found.items()}


def _test_set(history: History, related: list[History], terms: BudgetSpec | None) -> BudgetRow:
    together = [history, *related]
    last = max(history.uses, key=lambda use: (use.said.at, use.entry))
    used = sum(len(each.uses) for each in together)
    cost = price(together, terms)
    return BudgetRow(
        name=history.name,
        dataset=last.said.dataset,
        rows=last.said.rows,
        used=used,
        uses=terms.uses if terms else 0,
        left=_left(cost, used, terms),
        confidence=level(SHOWN_AT, cost.divisor) if isinstance(cost, Price) else None,
        spent=cost.why if isinstance(cost, Spent) else "",
        advisory=any(advisory(together, use) for use in history.uses),
        related=tuple(each.name for each in related),
        last=_last(last),
    )


def _left(cost: Price | Spent, used: int, terms: BudgetSpec | None) -> int | None:
    if terms is None:
        return None
    return terms.uses - used if isinstance(cost, Price) else 0


def _last(use: Use) -> LastUse:
    said = use.said
    return LastUse(said.at, said.by, said.run, said.name, said.model, use.verdict)


def _next(newest: BudgetRow | None, terms: BudgetSpec | None) -> str:
    """What to do, by the test set that was used last."""
    if newest is None:
        return "no test set was used yet: each run that evaluates a new model is one use"
    if terms is None:
        return (
            "uses are only counted; with `test_set_budget: {uses: 8}` under `evaluate` the "
            "confidence of the gates pays for them"
        )
    name = newest.name[:12]
    if newest.spent:
        return (
            f"{name} is spent: name new rows as {newest.dataset or 'the test set'} under `data`; "
            "the old ones may become a validation or training set"
        )
    left = f"{newest.left} more use{'s' if newest.left != 1 else ''} of {name}"
    if newest.left == 1:
        left += ", so gather new rows for a test set now"
    return f"{left}; `shipway run` makes the next one when the model or a gate changed"
