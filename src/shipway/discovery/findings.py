# SPDX-License-Identifier: Apache-2.0
"""What was found in a repository: frozen values, each with its place and a reason in plain words.

Paths are relative to the folder that was looked at, with `/`; a path outside of it is absolute.
Lists are ranked, the likeliest first. An entry point knows the files that it runs
(`EntryPoint.files`); `RepositoryFindings.of` narrows any list to one entry point.
"""

from collections.abc import Iterable
from typing import Literal, Protocol, TypeVar

import msgspec

from shipway.discovery.running import (
    EntryPoint,
    EnvironmentVariable,
    GitState,
    Parameter,
    Place,
    PredictionCode,
    TestSuite,
    WebApplication,
)

Found = TypeVar("Found", bound="Located")


FileRole = Literal["train", "validation", "test", "all", ""]


class DataFile(msgspec.Struct, frozen=True):
    """A file that the code reads.

    `path` is where it lies: relative to the root, absolute, a URL, or for kind `library` the
    function that gives the data; `written` is what the code says. `folder` is where the script must
    run for `written` to mean `path`, empty when the root will do. `via` names where the path comes
    from when it does not stand in the call: `flag --data`, `env DATA_PATH`,
    `config.yaml: data.path`, `default of parameter path`.
    `configuration` marks what is read as settings, not as rows; `model` what is read as a model.
    """

    path: str
    written: str
    at: Place
    why: str
    kind: Literal["file", "absolute", "url", "library"] = "file"
    reader: str = ""
    format: str = ""
    exists: bool = False
    git: GitState = "untracked"
    role: FileRole = ""
    via: str = ""
    flag: str = ""
    variable: str = ""
    folder: str = ""
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    headless: bool = False
    configuration: bool = False
    model: bool = False
    pointer: bool = False
    anchored: bool = False


class TargetUse(msgspec.Struct, frozen=True):
    """A column that the code seems to predict; `column` is empty when only `position` is known."""

    column: str
    at: Place
    why: str
    position: int | None = None
    score: int = 0


class ModelFile(msgspec.Struct, frozen=True):
    """A file that the code writes as (a part of) the model.

    `git` is `tracked` when a training overwrites what Git keeps. `subject` is the expression that
    is saved; `fitted` whether something called `.fit` on it; `folder` as in `DataFile`.
    """

    path: str
    written: str
    at: Place
    why: str
    kind: Literal["file", "absolute"] = "file"
    writer: str = ""
    subject: str = ""
    pickle: bool = False
    flavour: str = ""
    git: GitState = "untracked"
    exists: bool = False
    fitted: bool = False
    via: str = ""
    flag: str = ""
    variable: str = ""
    folder: str = ""
    anchored: bool = False
    directory: bool = False


class FittedEstimator(msgspec.Struct, frozen=True):
    """A fitted estimator that can be taken from the code without a file.

    `returned`: the function `entry` returns it, `sole` when it returns nothing else. `global`: the
    module keeps it as `name` after it ran. `local`: it dies inside a function that returns
    something else.
    """

    kind: Literal["returned", "global", "local"]
    name: str
    at: Place
    why: str
    entry: str = ""
    estimator: str = ""
    parameters: tuple[Parameter, ...] = ()
    sole: bool = True


class SetApart(msgspec.Struct, frozen=True):
    """Where the code keeps rows away from its training; `why` is what does it."""

    at: Place
    why: str


class MetricReport(msgspec.Struct, frozen=True):
    """Where the code tells its metrics.

    `stdout`: `pattern` fits `train.metrics.stdout`, `metric` is the name in it. `report`: printed
    by scikit-learn's classification_report. `json` and `csv`: `path` is the file, `metrics` the
    names in it (dotted where nested). `mlflow`: logged under `metrics`. `map` pairs the name that
    Shipway knows with the one that the code uses, where they differ. A metric of the rows that the
    model was fitted on begins with `train_`, or is one of `training`. `model_score` is what an
    estimator's own `score()` says, so accuracy or R².
    """

    kind: Literal["stdout", "report", "json", "csv", "mlflow"]
    at: Place
    why: str
    metric: str = ""
    pattern: str = ""
    path: str = ""
    metrics: tuple[str, ...] = ()
    map: tuple[tuple[str, str], ...] = ()
    training: tuple[str, ...] = ()
    negated: bool = False
    folder: str = ""
    written: str = ""


class RequirementsFile(msgspec.Struct, frozen=True):
    """A file that declares what the project needs; `trouble` says what can't be read as it is."""

    kind: Literal[
        "requirements",
        "constraints",
        "pyproject",
        "setup.py",
        "setup.cfg",
        "pipfile",
        "pipfile lock",
        "poetry",
        "poetry lock",
        "uv lock",
        "conda",
        "pip-tools",
    ]
    at: Place
    why: str
    names: tuple[str, ...] = ()
    trouble: str = ""
    development: bool = False


class PythonHint(msgspec.Struct, frozen=True):
    """A place that says which Python the project wants."""

    version: str
    at: Place
    why: str


class ImportUse(msgspec.Struct, frozen=True):
    """A third-party module that the code imports, at its first place."""

    module: str
    distribution: str
    at: Place
    optional: bool = False
    declared: bool = False


class Tool(msgspec.Struct, frozen=True):
    """Something else that the repository uses: DVC, MLflow, Kedro, ZenML, Docker, CI…"""

    kind: Literal[
        "dvc",
        "mlflow",
        "kedro",
        "zenml",
        "docker",
        "compose",
        "make",
        "ci",
        "git lfs",
        "submodule",
        "shallow clone",
        "pre-commit",
        "hydra",
        "wandb",
        "shipway",
    ]
    at: Place
    why: str
    detail: str = ""


class Hazard(msgspec.Struct, frozen=True):
    """Something in a script that hinders an unattended run, and its cure."""

    kind: Literal[
        "plot window",
        "standard input",
        "exits early",
        "shell",
        "absolute path",
        "download",
        "changes folder",
        "overwrites input",
        "overwrites tracked file",
        "background process",
        "secret",
        "lfs pointer",
        "submodule",
        "missing data",
        "renames columns",
    ]
    at: Place
    what: str
    cure: str


class Unreadable(msgspec.Struct, frozen=True):
    """A file that could not be looked at, and why."""

    at: Place
    why: str


class Located(Protocol):
    """Any finding: it has a place."""

    @property
    def at(self) -> Place:
        """Where it was found."""
        ...


class RepositoryFindings(msgspec.Struct, frozen=True):
    """Everything that was found. Empty lists mean: nothing of the kind."""

    name: str = ""
    entries: tuple[EntryPoint, ...] = ()
    data: tuple[DataFile, ...] = ()
    tables: tuple[str, ...] = ()
    targets: tuple[TargetUse, ...] = ()
    models: tuple[ModelFile, ...] = ()
    saved_models: tuple[str, ...] = ()
    estimators: tuple[FittedEstimator, ...] = ()
    metrics: tuple[MetricReport, ...] = ()
    set_apart: tuple[SetApart, ...] = ()
    predictions: tuple[PredictionCode, ...] = ()
    applications: tuple[WebApplication, ...] = ()
    requirements: tuple[RequirementsFile, ...] = ()
    pythons: tuple[PythonHint, ...] = ()
    imports: tuple[ImportUse, ...] = ()
    tests: tuple[TestSuite, ...] = ()
    tools: tuple[Tool, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    environment: tuple[EnvironmentVariable, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    git: bool = False
    files: int = 0
    left_out: int = 0

    @property
    def undeclared(self) -> tuple[ImportUse, ...]:
        """Imports that no requirements file declares and that are not optional."""
        return tuple(use for use in self.imports if not use.declared and not use.optional)

    def of(self, entry: EntryPoint, found: Iterable[Found]) -> tuple[Found, ...]:
        """Those of `found` that lie in the files that `entry` runs."""
        return tuple(one for one in found if one.at.path in entry.files)
