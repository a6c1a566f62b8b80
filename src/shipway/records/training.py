# SPDX-License-Identifier: Apache-2.0
"""Unit tests, training and evaluation."""

from typing import Any, Literal

from shipway.records.base import FORMAT, Record, Verdict
from shipway.records.comparison import Drawn, Flips


class TestCase(Record, frozen=True):
    """A unit test that did not pass."""

    __test__ = False

    name: str
    outcome: Literal["failed", "error"]
    message: str


class TestReport(Record, frozen=True, tag="tests"):
    """How many unit tests ran, and those that did not pass."""

    __test__ = False

    passed: int
    failed: int
    skipped: int
    failures: tuple[TestCase, ...] = ()

    def content(self) -> object:
        """That the tests passed; how many there are does not change what is trained."""
        return {"failed": self.failed}


class CurvePoint(Record, frozen=True):
    """A metric that the training reported at a step."""

    step: float
    value: float


class ChosenThreshold(Record, frozen=True):
    """The decision threshold that was chosen after training, on `rows` rows of `dataset`.

    There it gives the best value that there is of `metric`: `metric_value`. `low` and `high` bound
    the threshold at `confidence` (bootstrap over these rows). `model.json` holds `value` as well.
    """

    value: float
    metric: str
    metric_value: float
    low: float
    high: float
    rows: int
    dataset: str = "validation"
    confidence: float = 0.95


class TrainedModel(Record, frozen=True, tag="model"):
    """A trained model: the digest of its model directory (a tree in the object store).

    Golden predictions lie in it as `golden.json`. `code` is the digest of the tree with the code
    set that it was trained with; `reported` holds metrics that the user's own script reported.
    `notebook` is the key in the store of the notebook that trained it, with its outputs;
    `threshold` is set where the spec wants it chosen.
    """

    digest: str
    flavour: str
    params: dict[str, Any] = {}
    curves: dict[str, tuple[CurvePoint, ...]] = {}
    reported: dict[str, float] = {}
    golden_rows: int = 0
    features: tuple[str, ...] = ()
    code: str = ""
    notebook: str = ""
    threshold: ChosenThreshold | None = None

    def content(self) -> object:
        """The model's digest, the code it needs, and what its script reported."""
        return {"digest": self.digest, "code": self.code, "reported": self.reported}

    def objects(self) -> tuple[str, ...]:
        """The model directory, and the code that it is used with."""
        return (self.digest, self.code) if self.code else (self.digest,)


class Interval(Record, frozen=True):
    """A confidence interval: `low` and `high` at `confidence`, and the method it came from."""

    low: float
    high: float
    confidence: float
    method: str


class Metric(Record, frozen=True):
    """A measured value.

    `value` is None when the metric is not defined for these rows (`note` says why); `source` is
    `measured` or `reported`. `slice` is empty for the whole dataset, else `country=DE`.
    `difference` bounds challenger less champion, on the same rows; `p_value` is two-sided, that
    both are equal, corrected over slices (Holm).
    """

    name: str
    value: float | None
    rows: int
    slice: str = ""
    interval: Interval | None = None
    champion: float | None = None
    champion_interval: Interval | None = None
    difference: Interval | None = None
    p_value: float | None = None
    source: Literal["measured", "reported"] = "measured"
    note: str = ""


class GateResult(Record, frozen=True):
    """The verdict on one gate, with its evidence.

    `interval` holds the one-sided bounds that were compared: of the metric, or, where `champion` is
    set, of challenger less champion. `effect` is how far the estimate lies on the passing side of
    the bound (negative: on the other side), in the metric's unit. `p_value` is one-sided, of the
    hypothesis that the gate does not hold. `confidence` is the level that was asked for and
    `level` the one that was used, which is higher where a test-set budget is paid for.
    `rows_needed` counts rows still needed to settle it at 80 % power.
    """

    gate: str
    verdict: Verdict
    observed: float | None
    demanded: str
    reason: str
    on_fail: Literal["stop", "warn"] = "stop"
    metric: str = ""
    slice: str = ""
    bound: float | None = None
    interval: Interval | None = None
    method: str = ""
    rows: int = 0
    rows_needed: int | None = None
    champion: float | None = None
    p_value: float | None = None
    effect: float | None = None
    confidence: float | None = None
    level: float | None = None
    no_champion: bool = False
    line: int = 0


class Champion(Record, frozen=True):
    """The version that the challenger was compared with.

    Version 0 is none of the registry's: predictions in a file, whose digest is `digest`.
    """

    version: int
    digest: str


class BudgetUse(Record, frozen=True):
    """What the use of a test set cost: use `number` of `uses` (0: no limit was set), `left` more.

    Each gate was given delta / `divisor` of its error probability delta. `advisory` says that
    details of the test set were shown although only the verdict may leak, so that the promised
    confidence no longer holds. `related` names an earlier test set whose uses count, because its
    rows are among these. `recorded` is False where the store could not be written to.
    """

    number: int
    uses: int = 0
    adaptivity: str = "none"
    spent: bool = False
    advisory: bool = False
    related: str = ""
    divisor: int = 1
    left: int = 0
    recorded: bool = True


class Evaluation(Record, frozen=True, tag="evaluation"):
    """What was measured, and what the gates said.

    `predictions` is the digest of a Parquet object with the columns row, target, prediction,
    score; `test_set` is the order-free hash of the rows that were used, `budget` what that use
    cost. `details` names the dataset of `metrics`, `drawn` and `flips` where it is not the one that
    the gates were decided on (a budget under which only the verdict may leak). Where only the
    training's own numbers were judged there are no rows: `dataset` and `test_set` are empty.
    `valid_until` (ISO 8601) is when the verdict must be found anew.
    """

    model: str
    dataset: str
    test_set: str
    rows: int
    metrics: tuple[Metric, ...] = ()
    gates: tuple[GateResult, ...] = ()
    verdict: Verdict = "passed"
    champion: Champion | None = None
    no_champion: bool = False
    drawn: Drawn = Drawn()
    champion_drawn: Drawn | None = None
    flips: Flips | None = None
    predictions: str | None = None
    champion_predictions: str | None = None
    threshold: float | None = None
    budget: BudgetUse = BudgetUse(1)
    details: str = ""
    notes: tuple[str, ...] = ()
    valid_until: str | None = None
    format: int = FORMAT

    def content(self) -> object:
        """The gate record: model, test set, champion and each gate's verdict.

        A model that was compared with itself was compared with nobody.
        """
        champion = self.champion.digest if self.champion else None
        return {
            "model": self.model,
            "test_set": self.test_set,
            "champion": champion if champion != self.model else None,
            "gates": [[gate.gate, gate.slice, gate.verdict] for gate in self.gates],
        }

    def objects(self) -> tuple[str, ...]:
        """The predictions."""
        kept = (self.predictions, self.champion_predictions)
        return tuple(digest for digest in kept if digest)
