# SPDX-License-Identifier: Apache-2.0
"""Records of runs that never were, for the tests of reports; also hostile ones."""

import math
from typing import Any

import msgspec

from shipway.records.base import Record
from shipway.records.comparison import Confusion, Curve, Drawn
from shipway.records.data import CheckResult, Dataset, Example, ValidatedData
from shipway.records.delivery import (
    Deployment,
    ModelVersion,
    Package,
    Probe,
    StoredModel,
    Verification,
)
from shipway.records.run import RunRecord, StageRun
from shipway.records.source import LockedPackage, PythonEnvironment, Source
from shipway.records.training import (
    BudgetUse,
    Champion,
    CurvePoint,
    Evaluation,
    GateResult,
    Interval,
    Metric,
    TestCase,
    TestReport,
    TrainedModel,
)

EVIL = """<script>alert('x')</script>"><img src=x onerror=alert(1)>&{{7*7}}"""


def digest(letter: str) -> str:
    return "sha256:" + letter * 64


def fill(kind: type, **fields: Any) -> Any:
    """A record whose required texts are filled in when they are not given."""
    needed = {f.name: "" for f in msgspec.structs.fields(kind) if f.required}
    return kind(**(needed | fields))


SOURCE = Source(
    commit="8f3c2d1e0b9a8877665544332211ffeeddccbbaa",
    branch="main",
    default_branch="main",
    author="Mina Okafor <mina@example.com>",
    committed_at="2026-11-23T08:58:00Z",
    subject="Raise max_iter to 61",
    dirty=False,
    folder="/project",
    root="/project",
)
ENVIRONMENT = fill(
    PythonEnvironment, digest=digest("e"), python="3.11.7", platform="linux-x86_64",
    packages=(LockedPackage("numpy", "2.3.0"), LockedPackage("scikit-learn", "1.7.2")),
)  # fmt: skip
CHECKS = (
    CheckResult("train", "amount", "missing", "passed", "0 missing", "at most 0", 0, 70200, line=9),
    CheckResult("train", "amount", "range", "passed", "0.31 … 8,912.40", "0 … 50000", 0, 70200),
    CheckResult("train", "country", "values", "passed", "22 values", "one of 22", 0, 70200),
    CheckResult("test", "transaction_id", "unique", "passed", "no duplicates", "unique", 0, 29800),
    CheckResult("train, test", "", "overlap", "passed", "0 rows", "at most 0", 0, 29800),
)
DATA = ValidatedData(
    datasets={
        name: Dataset(name, "parquet", digest(letter), rows, tuple("abcdefghijklmnopqr"))
        for name, letter, rows in (("train", "1", 70200), ("test", "2", 29800))
    },
    checks=CHECKS,
)
BAD_DATA = msgspec.structs.replace(
    DATA,
    verdict="failed",
    checks=(
        *CHECKS,
        CheckResult(
            "train", "amount", "range", "failed", "3 rows below 0", "at least 0",
            3, 70200, line=31, detail="the smallest is −40.0",
            examples=(
                Example(118, {"transaction_id": "T00118"}, -40.0),
                Example(4502, {"transaction_id": "T04502"}, -1.25),
                Example(69001, {"transaction_id": "T69001"}, None, shown=False),
            ),
        ),
        CheckResult(
            "test", "country", "values", "failed", "1 unknown value: 'XX'", "one of 22 values",
            12, 29800, line=32, examples=(Example(7, {"transaction_id": "T70207"}, "XX"),),
        ),
        CheckResult("test", "", "amount > 0 -> status == 'paid'", "inconclusive", "84 rows "
                    "lack status", "true for every row", 84, 29800, line=40,
                    columns=("amount", "status")),
    ),
)  # fmt: skip
TESTS = TestReport(passed=14, failed=0, skipped=1)
BAD_TESTS = TestReport(
    passed=13, failed=1, skipped=1,
    failures=(TestCase("tests.test_features::test_hour_wraps", "failed",
                       "AssertionError: assert 24 == 0\n +  where 24 = hour_of('23:59:59.9')"),),
)  # fmt: skip


def curve(rate: float, low: float, noise: float) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(i, low + math.exp(-i * rate) * 0.55 + noise * math.sin(i * 1.7) / (i + 3))
        for i in range(61)
    )


MODEL = fill(
    TrainedModel, digest=digest("a"), flavour="sklearn",
    params={"max_iter": 61, "learning_rate": 0.1, "class_weight": {"0": 1, "1": 12}, "seed": 42},
    curves={"train_loss": curve(0.12, 0.055, 0.01), "validation_loss": curve(0.1, 0.083, 0.05)},
    reported={"train_roc_auc": 0.97312}, golden_rows=100,
    features=("amount", "hour", "country", "distance_km", "velocity_1h"),
)  # fmt: skip


def roc_curve(power: float) -> Curve:
    xs = tuple(i / 60 for i in range(61))
    return Curve(xs, tuple(x ** (1 / power) for x in xs))


def wilson(low: float, high: float) -> Interval:
    return Interval(low, high, 0.95, "Wilson")


EVALUATION = Evaluation(
    model=digest("a"), dataset="test", test_set=digest("7"), rows=29800, budget=BudgetUse(3),
    champion=Champion(4, digest("9")),
    metrics=(
        Metric("roc_auc", 0.9513, 29800, interval=Interval(0.9402, 0.9624, 0.95, "DeLong"),
               champion=0.9487, p_value=0.021),
        Metric("recall", 0.8120, 29800, interval=wilson(0.774, 0.8451), champion=0.8142),
        Metric("average_precision", 0.6234, 29800, champion=0.6101),
        Metric("brier", 0.00871, 29800, champion=0.00893),
        Metric("recall", 0.8344, 5120, "country=DE", wilson(0.7512, 0.8931), 0.81),
        Metric("recall", 0.7931, 4470, "country=FR", wilson(0.7012, 0.8602), 0.80),
        Metric("recall", 0.8011, 3991, "country=NO", wilson(0.6711, 0.8905), 0.82),
        Metric("recall", None, 12, "country=LI", note="no positive row"),
        Metric("recall", 0.9122, 2210, "amount >= 1000", wilson(0.8412, 0.9534), 0.9011),
    ),
    gates=(
        GateResult("roc_auc >= 0.92 at 95%", "passed", 0.9513, "lower bound ≥ 0.92",
                   "the lower bound 0.9420 clears 0.92", bound=0.9420, method="DeLong",
                   rows=29800, line=44, interval=Interval(0.942, 1.0, 0.95, "DeLong")),
        GateResult("roc_auc >= champion - 0.02 at 95%", "passed", 0.0026,
                   "difference > −0.02", "paired lower bound −0.0031 clears −0.02", bound=-0.0031,
                   method="paired DeLong", rows=29800, champion=0.9487, p_value=0.0001),
        GateResult("recall[country=*] >= 0.60 at 80%", "inconclusive", 0.71, "lower bound ≥ 0.60",
                   "country=LI: 0.71 is above 0.60, but 41 rows do not prove it", on_fail="warn",
                   slice="country=LI", bound=0.581, method="Wilson", rows=41, rows_needed=120),
    ),
    drawn=Drawn(
        roc=roc_curve(18),
        precision_recall=Curve(tuple(i / 60 for i in range(61)),
                               tuple(1 - (i / 60) ** 3.2 * 0.93 for i in range(61))),
        confusion=Confusion(("0", "1"), ((28911, 371), (97, 421))),
    ),
    champion_drawn=Drawn(
        roc=roc_curve(14),
        precision_recall=Curve(tuple(i / 60 for i in range(61)),
                               tuple(1 - (i / 60) ** 2.6 * 0.93 for i in range(61))),
    ),
    predictions=digest("6"),
)  # fmt: skip
VERSION = fill(
    ModelVersion, model="fraud-detector", number=5, digest=digest("a"), verdict="passed",
    flavour="sklearn", project="fraud-detection", commit=SOURCE.commit, branch="main",
    author=SOURCE.author, created="2026-11-23T09:01:40Z", run="20261123-090012-8f3c2d",
    environment=digest("e"), data={"train": digest("1"), "test": digest("2")},
    params=MODEL.params, metrics={"roc_auc": 0.9513, "recall": 0.812},
    card="# fraud-detector, version 5\n\nProbability that a card transaction is fraudulent.\n",
)  # fmt: skip
RESULTS: dict[str, Record] = {
    "checkout": SOURCE,
    "environment": ENVIRONMENT,
    "validate": DATA,
    "test": TESTS,
    "train": MODEL,
    "evaluate": EVALUATION,
    "store": fill(StoredModel, digest=digest("a"), provenance=digest("b")),
    "register": VERSION,
    "package": Package(
        digest("c"), digest("d"), digest("f"), (digest("3"), digest("4"), digest("5"), digest("8")),
        148_220_113, digest("a"), digest("e"),
    ),
    "deploy production": Deployment(
        "production", "r12-cccccccccccc", "http://127.0.0.1:8123", 5, digest("a"), digest("c"),
        "r11-999999999999",
    ),
    "verify production": Verification(
        "production", "r12-cccccccccccc", "passed",
        (Probe("health", "passed", "200 in 2 ms", "200"),
         Probe("golden predictions", "passed", "100 of 100 equal", "all equal"),
         Probe("latency p99", "passed", "3.1 ms", "≤ 50 ms")),
        {"p50": 0.91, "p90": 1.62, "p99": 3.1},
    ),
}  # fmt: skip
FOUND = {
    "checkout": "8f3c2d1e0b of main", "environment": "Python 3.11.7, 2 packages",
    "validate": "100,000 rows, 5 checks passed", "test": "14 passed, 1 skipped",
    "train": "model aaaaaaaaaaaa", "evaluate": "roc_auc 0.9513, recall 0.812, 2 of 3 gates passed",
    "store": "signed, provenance bbbbbbbbbbbb", "register": "fraud-detector@5",
    "package": "image cccccccccccc, 148 MB",
    "deploy production": "r12-cccccccccccc at http://127.0.0.1:8123",
    "verify production": "3 of 3 probes passed",
}  # fmt: skip
SECONDS = dict(
    zip(RESULTS, (0.08, 6.2, 0.4, 1.9, 8.71, 1.21, 0.2, 0.05, 4.4, 2.6, 0.7), strict=True)
)


def run_record(**changes: Any) -> RunRecord:
    stages = tuple(
        StageRun(name, "passed", SECONDS[name], name in ("environment", "validate"), FOUND[name])
        for name in RESULTS
    )
    whole = RunRecord(
        run="20261123-090012-8f3c2d", project="fraud-detection", verdict="passed", exit_code=0,
        started="2026-11-23T09:00:12.000000Z", finished="2026-11-23T09:00:38.500000Z",
        source=SOURCE, stages=stages, shipway="0.1.0",
    )  # fmt: skip
    return msgspec.structs.replace(whole, **changes)


def stopped(at: str, reason: str, result: Record, **changes: Any) -> tuple[RunRecord, dict]:
    """A run that went well until `at`, and the results that it has."""
    names = list(RESULTS)
    place = names.index(at)
    stages = [
        msgspec.structs.replace(stage, status="failed", reason=reason)
        if stage.stage == at
        else stage
        if names.index(stage.stage) < place
        else StageRun(stage.stage, "not-run")
        for stage in run_record().stages
    ]
    results = {name: RESULTS[name] for name in names[:place]} | {at: result}
    record = run_record(verdict="failed", exit_code=1, stages=tuple(stages), **changes)
    return record, results


def poison(thing: Any) -> Any:
    """The same record with hostile text in every field that holds free text."""
    if isinstance(thing, msgspec.Struct):
        changed = {name: poison(getattr(thing, name)) for name in thing.__struct_fields__}
        for kept in ("verdict", "status", "outcome", "on_fail", "source", "format"):
            if kept in changed and not isinstance(changed[kept], msgspec.Struct):
                changed[kept] = getattr(thing, kept)
        return type(thing)(**changed)
    if isinstance(thing, str):
        return thing and thing + EVIL
    if isinstance(thing, tuple | list):
        return type(thing)(poison(item) for item in thing)
    if isinstance(thing, dict):
        return {poison(key): poison(item) for key, item in thing.items()}
    return thing
