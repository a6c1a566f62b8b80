# SPDX-License-Identifier: Apache-2.0
"""The grammar of `shipway.yaml` as types.

These Structs are declared once; the reader, the JSON Schema and the reference table in the
documentation are derived from them. Docstrings of classes become descriptions in the schema.
Where a field may be written in several ways (a string or a mapping), the reader turns all of them
into the one form that stands here.
"""

from typing import Any, Literal

import msgspec

from shipway.spec.demands import Amount as Amount
from shipway.spec.demands import ColumnSpec as ColumnSpec
from shipway.spec.demands import ColumnType as ColumnType
from shipway.spec.demands import (
    DuplicatesSpec,
    FeaturesSpec,
    FunctionSpec,
    OrderSpec,
    PanderaSpec,
    RuleSpec,
    TargetSpec,
)
from shipway.spec.demands import OutliersSpec as OutliersSpec
from shipway.spec.demands import OverlapSpec as OverlapSpec
from shipway.spec.demands import RowsSpec as RowsSpec
from shipway.spec.drift import DriftSpec as DriftSpec
from shipway.spec.evaluation import EvaluateSpec as EvaluateSpec
from shipway.spec.evaluation import GateSpec as GateSpec
from shipway.spec.evaluation import ThresholdSpec as ThresholdSpec
from shipway.spec.server import ServerSpec
from shipway.spec.written import (
    AtLeastOne,
    Base,
    Command,
    Demand,
    Duration,
    Entry,
    Name,
    NotNegative,
    OneOrMoreCommands,
    OneOrMoreWords,
    Percent,
    Rule,
    Words,
)

Scalar = str | int | float | bool | None
Task = Literal["binary", "multiclass", "regression"]


class ModelSpec(Base, frozen=True):
    """The model: its name, its task, and what it predicts."""

    name: Name
    task: Task
    target: Words
    positive: str | None = None
    threshold: float | ThresholdSpec | None = None
    trusted_types: tuple[Words, ...] = ()
    description: str = ""
    intended_use: str = ""
    owner: str = ""


class EnvironmentSpec(Base, frozen=True):
    """The project's Python environment."""

    requirements: OneOrMoreWords = ()
    conda: Words | None = None
    python: Words | None = None


class SplitSpec(Base, frozen=True):
    """How one table becomes train, validation and test."""

    test: Amount
    validation: Amount | None = None
    by: Words | None = None
    random: bool = False
    seed: NotNegative = 0
    stratify: bool = False


class TableSpec(Base, frozen=True):
    """A table whose text is written in a way that has to be said.

    Without `delimiter` the first lines of a CSV file tell it. `encoding` is UTF-8, or UTF-16 with a
    byte order mark, unless it is named: latin-1, cp1252… `decimal` is the mark in numbers.
    """

    path: Words
    delimiter: str | None = None
    encoding: Words | None = None
    decimal: Literal[".", ","] = "."


class DataSpec(Base, frozen=True):
    """The tables, each a path or a glob, and what must hold for them."""

    all: Words | TableSpec | None = None
    train: Words | TableSpec | None = None
    validation: Words | TableSpec | None = None
    test: Words | TableSpec | None = None
    split: SplitSpec | None = None
    extra: dict[Name, Words | TableSpec] = {}
    id: Words | None = None
    time: Words | None = None
    ignore: tuple[Words, ...] = ()
    nulls: tuple[str, ...] = ()
    columns: dict[str, ColumnSpec] = {}
    rules: tuple[Rule | RuleSpec, ...] = ()
    rows: RowsSpec | None = None
    duplicates: DuplicatesSpec | None = None
    overlap: OverlapSpec | None = None
    order: OrderSpec | None = None
    target: TargetSpec | None = None
    features: FeaturesSpec | None = None
    drift: DriftSpec | None = None
    pandera: PanderaSpec | None = None
    checks: tuple[Entry | FunctionSpec, ...] = ()
    snapshot: bool = False


class TestsSpec(Base, frozen=True):
    """The unit tests of the model's code."""

    __test__ = False

    command: Command
    junit: Words | None = None


class StepSpec(Base, frozen=True):
    """A step of the user's own."""

    command: OneOrMoreCommands
    inputs: tuple[Words, ...] = ()
    outputs: tuple[Words, ...] = ()
    code: tuple[Words, ...] | None = None
    after: tuple[Words, ...] = ()
    before: tuple[Words, ...] = ()
    env: dict[str, str] = {}
    folder: Words = "."
    timeout: Duration | None = None


class NoProgressSpec(Base, frozen=True):
    """Stop when a metric has not improved for so many steps."""

    no_progress: AtLeastOne
    metric: Words


class MetricsSource(Base, frozen=True):
    """Where the metrics of a training command are found, and which way they are better.

    `stdout` has patterns of printed lines with the name of the metric where its number stands
    ("ROC AUC: {roc_auc}"), or the word classification_report. `map` is {our name: name or dotted
    path there}. `better` declares the direction of metrics whose names do not tell it.
    """

    stdout: OneOrMoreWords = ()
    json: Words | None = None
    csv: Words | None = None
    mlflow: bool = False
    map: dict[str, str] = {}
    better: dict[str, Literal["higher", "lower"]] = {}


class TrainSpec(Base, frozen=True):
    """How the model is trained: a function, a command or a notebook.

    A notebook is run in its own folder, or in `folder`. `params`, and the paths of the tables as
    `data_train`, `data_validation` and so on, are assigned behind the cell with the tag
    `parameters` (else in front of all). The model is its variable `model`, unless `model` names
    files that it writes; numbers in its variable `metrics` are reported.
    """

    function: Entry | None = None
    command: OneOrMoreCommands = ()
    notebook: Words | None = None
    folder: Words = "."
    env: dict[str, str] = {}
    inputs: tuple[Words, ...] = ()
    model: OneOrMoreWords = ()
    predict: Entry | None = None
    metrics: MetricsSource | None = None
    allow_pickle: bool = False
    params: dict[str, Any] = {}
    timeout: Duration | None = None
    code: tuple[Words, ...] | None = None
    require: tuple[Demand, ...] = ()
    stop_if: tuple[Literal["nan"] | NoProgressSpec, ...] = ("nan",)


class RegistrySpec(Base, frozen=True):
    """Which model registry keeps the versions."""

    kind: Words = "built-in"
    address: str = ""


class ReportSpec(Base, frozen=True):
    """What a report may show."""

    rows: Literal["values", "keys", "none"] = "keys"


class PackageSpec(Base, frozen=True):
    """The image."""

    push: Words | None = None
    base: Words = "scratch"
    builder: Literal["native", "docker", "dockerfile"] = "native"
    gates: tuple[Words, ...] = ()
    server: ServerSpec | None = None


class ApprovalsSpec(Base, frozen=True):
    """Who must agree before an environment is changed."""

    count: AtLeastOne = 1
    by: tuple[Words, ...] = ()
    author: bool = True


class RequireSpec(Base, frozen=True):
    """What must be proved before an environment is changed."""

    signed: bool = False


class CanarySpec(Base, frozen=True):
    """A growing share of the traffic."""

    steps: tuple[Percent, ...]
    step_time: Duration = 600.0
    max_worse: Percent = 0.05
    confidence: Percent = 0.95


class StrategySpec(Base, frozen=True):
    """How traffic moves to a new release: direct unless one of the others is named."""

    kind: Literal["direct", "blue-green", "canary", "shadow"] = "direct"
    canary: CanarySpec | None = None


class DeploySpec(Base, frozen=True):
    """One environment: where it is, and what a release must satisfy to go there.

    Keys beyond these are the target's own options; the target's file declares them and
    `engine/wiring` checks them at plan time.
    """

    target: Words
    from_: Words | None = msgspec.field(name="from", default=None)
    after: Words | None = None
    approvals: ApprovalsSpec | None = None
    require: RequireSpec | None = None
    unknown: Literal["refuse", "pass", "flag"] = "flag"
    strategy: StrategySpec = StrategySpec()
    options: dict[str, Any] = {}


class CaptureSpec(Base, frozen=True):
    """Which requests are kept."""

    sample: Percent = 1.0


class RetrainSpec(Base, frozen=True):
    """When a retraining starts, and how far it goes."""

    when: Words
    until: Words = "register"


class MonitorSpec(Base, frozen=True):
    """What is watched in one environment."""

    capture: CaptureSpec | None = None
    drift: DriftSpec | None = None
    window: Duration = 86400.0
    labels: Words | None = None
    notify: tuple[Words, ...] = ()
    retrain: RetrainSpec | None = None


class Spec(Base, frozen=True):
    """The whole of `shipway.yaml`."""

    shipway: int
    project: Name
    model: ModelSpec | None = None
    environment: EnvironmentSpec | None = None
    data: DataSpec | None = None
    tests: TestsSpec | None = None
    steps: dict[Name, StepSpec] = {}
    train: TrainSpec | None = None
    evaluate: EvaluateSpec | None = None
    store: Words = ".shipway/store"
    model_registry: RegistrySpec = RegistrySpec()
    report: ReportSpec = ReportSpec()
    package: PackageSpec = PackageSpec()
    deploy: dict[Name, DeploySpec] = {}
    monitor: dict[Name, MonitorSpec] = {}
