# SPDX-License-Identifier: Apache-2.0
"""How a model answers when one column of a row changes, and nothing else.

    invariance(gender) <= 0.01     the score of no row moves by more than 0.01
    increasing(amount) >= 99%      of 99 % of the rows the score never falls as amount rises

Invariance is a demand on every row, so its value is the largest shift, which has no confidence
bound. What N rows without exception do show is how rare exceptions are: at 95 % fewer than
1 - 0.05^(1/N) of all rows, about 3 / N; `at N%` adds that to the reason.
"""

from typing import TYPE_CHECKING

from shipway.evaluation.estimates import Estimate, Share
from shipway.evaluation.evidence import Evidence
from shipway.evaluation.gates import Gate, percent, shown
from shipway.evaluation.verdicts import Found, Level, clears, failed, judged
from shipway.records.training import GateResult
from shipway.stats.proportions import clopper_pearson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def judge_behaviour(
    gate: Gate, evidence: Evidence, place: str, level: Level | None = None
) -> GateResult:
    """The verdict on an invariance or a monotony; failed, with the reason, without answers."""
    import numpy as np

    question = gate.subject
    if question in evidence.unanswered:
        return failed(gate, f"{place} is not known: {evidence.unanswered[question]}")
    answers = evidence.behaviours.get(question)
    if answers is None:
        return failed(gate, f"{place} is not known: the model was not asked")
    asked = answers[~np.isnan(answers)]
    if not len(asked):
        return failed(gate, f"{place} is not known: no row was asked about")
    if gate.bound.champion:
        return failed(gate, f"only the challenger was asked about {question}", rows=len(asked))
    if gate.form == "invariance":
        return _of_all(gate, asked, place, level)
    kept = int((asked == 1).sum())

    def share() -> Estimate:
        return Share(kept, len(asked), len(asked))

    return judged(gate, Found(place, kept / len(asked), len(asked), share), level)


def _of_all(
    gate: Gate, shifts: "NDArray[np.float64]", place: str, level: Level | None
) -> GateResult:
    """A demand that every row must meet, whatever the confidence."""
    from msgspec.structs import replace

    rows = len(shifts)
    beyond = sum(not clears(gate, float(each), gate.bound.number) for each in shifts)
    more = f"; {beyond:,} of {rows:,} rows do not comply" if beyond else ""
    used = None
    if gate.confidence is not None:
        used = gate.confidence if level is None else level(gate.confidence)
        if not beyond:
            most = clopper_pearson(0, rows, used, 1).high
            more = (
                f"; with {rows:,} rows and none beyond, at most {shown(most * 100)}% of all rows "
                f"can be, with {percent(used)}"
            )
    worst = float(shifts.max() if not gate.upward else shifts.min())
    found = Found(place, worst, rows, lambda: None, more=more)
    result = judged(replace(gate, confidence=None), found)
    return replace(
        result, demanded=gate.demand, confidence=gate.confidence, level=used, method="every row"
    )
