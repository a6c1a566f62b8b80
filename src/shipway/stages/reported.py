# SPDX-License-Identifier: Apache-2.0
"""The metrics that the user's training reported, from wherever `train.metrics` says they are.

They are shown as reported and gated as plain values: an interval that nobody computed is never
given.
"""

from dataclasses import dataclass, field

from shipway.base.errors import InputError
from shipway.spec.document import Document
from shipway.spec.types import Spec
from shipway.stages import mlflow_runs
from shipway.stages.metric_files import from_json, read_csv, read_json, renamed
from shipway.stages.printed import Printed
from shipway.stages.training import Training


@dataclass(frozen=True)
class Reported:
    """Metrics by name, and the parameters that MLflow was told."""

    metrics: dict[str, float] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)


def printed_metrics(document: Document) -> Printed:
    """What looks for the patterns of `stdout:` in the output."""
    spec: Spec = document.spec
    source = spec.train.metrics if spec.train is not None else None
    patterns = source.stdout if source is not None else ()
    places = [document.where("train", "metrics", "stdout", n) for n in range(len(patterns))]
    return Printed(patterns, places, spec.model.positive if spec.model is not None else None)


def reported_metrics(job: Training) -> Reported:
    """What the training reported by file, by table or to MLflow.

    InputError when it is not where the spec says.
    """
    source = job.spec.metrics
    printed = job.progress.printed
    printed.check()
    if source is not None and source.json is not None:
        where = job.ctx.document.where("train", "metrics", "json")
        value = read_json(job.written([source.json], where)[0], source.json, where)
        return Reported(from_json(value, source.map, source.json, where))
    if source is not None and source.csv is not None:
        where = job.ctx.document.where("train", "metrics", "csv")
        found = read_csv(job.written([source.csv], where)[0], source.csv, where)
        return Reported(renamed(found, source.map, source.csv, where))
    if source is not None and source.mlflow:
        return _from_mlflow(job, source.map)
    return Reported(printed.table_values())


def _from_mlflow(job: Training, names: dict[str, str]) -> Reported:
    where = job.ctx.document.where("train", "metrics", "mlflow")
    found = mlflow_runs.find_runs(job.space.folder, job.began)
    if not found.finished:
        raise _no_run(found.unfinished, where)
    run = found.finished[0]
    if len(found.finished) > 1:
        job.ctx.tell(f"MLflow: {run.name}, the newest of {len(found.finished)} finished runs")
    metrics = renamed(run.metrics, names, f"MLflow's run {run.name}", where)
    return Reported(metrics, dict(run.params))


def _no_run(unfinished: int, where: str) -> InputError:
    if unfinished:
        return InputError(
            f"the training finished no run of MLflow's; {unfinished} did not end well",
            where=where,
            cure="End each with mlflow.end_run(), or use `with mlflow.start_run():`.",
        )
    return InputError(
        "the training logged no run to MLflow",
        where=where,
        cure="MLFLOW_TRACKING_URI names a folder of the workspace while it runs. Does the script "
        "set another one (mlflow.set_tracking_uri, train.env)? Runs on a server are not read.",
    )
