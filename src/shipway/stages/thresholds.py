# SPDX-License-Identifier: Apache-2.0
"""`model.threshold: {from: validation, maximise: f1}`: a decision threshold chosen after training.

The finished model is asked for scores on the validation split, never on the test set, and the
threshold that gives the best value of the metric there is written into the model directory, before
it has its digest: whatever asks the model from then on decides by it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from shipway.base.errors import InputError, ShipwayError, StoppedError
from shipway.base.names import did_you_mean
from shipway.records.data import Dataset
from shipway.records.training import ChosenThreshold
from shipway.spec.evaluation import ThresholdSpec
from shipway.spec.types import Spec
from shipway.stages.answers import Asked, Truth, predictions_of, usable
from shipway.stages.row_columns import row_weights
from shipway.stages.stage import Parts
from shipway.stages.training import Training
from shipway.stages.worker import call_worker
from shipway_runtime import formats, questions

if TYPE_CHECKING:
    from shipway.evaluation.metrics import MetricKind
    from shipway.evaluation.predictions import Predictions

WHERE = ("model", "threshold")
CONFIDENCE = 0.95
SEED = 0


def threshold_depends(spec: Spec) -> Parts:
    """What the choice depends on besides the model's own part of the spec."""
    if spec.model is None or not isinstance(spec.model.threshold, ThresholdSpec):
        return {}
    evaluate = spec.evaluate
    found: dict[str, object] = {}
    if evaluate is not None and evaluate.cost and _metric(spec.model.threshold) == "cost":
        found["cost"] = msgspec.to_builtins(evaluate.cost)
    if evaluate is not None and evaluate.weights:
        found["weights"] = evaluate.weights
    return {"threshold": found} if found else {}


def choose_threshold(job: Training, flavour: str) -> ChosenThreshold | None:
    """Choose it, and write it into the model directory; None where the spec has no such rule.

    StoppedError when the model gives no scores, or the validation split has no two classes;
    InputError when there is no such split.
    """
    rule = job.model.threshold
    if not isinstance(rule, ThresholdSpec):
        return None
    kind = _kind(job, rule)
    dataset = _dataset(job, rule)
    job.ctx.tell(f"choosing the threshold on {dataset.name}")
    predictions = _predictions(job, dataset, flavour)
    chosen = _best(job, kind, predictions, dataset)
    job.ctx.tell(
        f"threshold {chosen.value:.4g} ({chosen.low:.4g} to {chosen.high:.4g} with "
        f"{CONFIDENCE:.0%}): {chosen.metric} {chosen.metric_value:.4g} on {chosen.dataset}"
    )
    _write(job, chosen.value)
    return chosen


def _metric(rule: ThresholdSpec) -> str:
    return rule.maximise or rule.minimise or ""


def _kind(job: Training, rule: ThresholdSpec) -> "MetricKind":
    from shipway.evaluation.cost import parse_costs
    from shipway.evaluation.metrics import find

    evaluate, task = job.ctx.spec.evaluate, job.model.task
    where = job.ctx.document.where(*WHERE)
    costs = parse_costs(evaluate.cost, task) if evaluate is not None else None
    return find(_metric(rule), task, costs=costs, where=where)


def _dataset(job: Training, rule: ThresholdSpec) -> Dataset:
    dataset = job.tables.get(rule.from_)
    if dataset is None:
        raise InputError(
            f"the threshold is to be chosen on {rule.from_!r}, and there is no such table",
            where=job.ctx.document.where(*WHERE),
            cure=f"Add {rule.from_} under data, or a share of it to data.split. The test set is "
            "never used for it: a threshold that was chosen there would flatter the model.",
        )
    return dataset


def _predictions(job: Training, dataset: Dataset, flavour: str) -> "Predictions":
    """What the model says of the dataset's rows, beside their truth."""
    if flavour == formats.FILES_FLAVOUR:
        raise _no_scores(job, "only the application knows how to predict")
    assert job.ctx.spec.data is not None  # noqa: S101 - there is a dataset
    truth = _truth(job, dataset)
    output = job.ctx.scratch / "threshold-predictions.json"
    _call(
        job,
        formats.PredictRequest(
            model=str(job.output),
            output=str(output),
            result=str(job.ctx.scratch / "threshold-predictions-result.json"),
            data=job.files[dataset.name],
            **_trust(job),
        ),
    )
    asked, notes = usable(job.model, Asked(formats.read_predictions(output)))
    if asked.answers.scores is None:
        raise _no_scores(job, "; ".join(notes) or "it gives labels alone")
    try:
        return predictions_of(job.model, truth, asked)
    except InputError as error:
        raise _placed(job, error, dataset.name) from None


def _no_scores(job: Training, why: str) -> ShipwayError:
    return StoppedError(
        f"the model gives no scores to choose a threshold by: {why}",
        where=job.ctx.document.where(*WHERE),
        cure="Let predict return probabilities of the positive class, or a pair of labels and "
        "probabilities; or remove threshold.",
    )


def _truth(job: Training, dataset: Dataset) -> Truth:
    from shipway.adapters.tables import table_format
    from shipway.data.datasets import scan_dataset

    ctx, target = job.ctx, job.model.target
    assert ctx.spec.data is not None  # noqa: S101 - there is a dataset
    folder = Path(job.source.folder)
    frame = scan_dataset(
        dataset, folder, ctx.store.objects, ctx.scratch, ctx.spec.data, table_format
    )
    names = frame.collect_schema().names()
    if target not in names:
        raise StoppedError(
            f"{dataset.name} has no column {target!r}, the target",
            where=ctx.document.where("model", "target"),
            cure=did_you_mean(target, names),
        )
    weights = ctx.spec.evaluate.weights if ctx.spec.evaluate is not None else None
    wanted = dict.fromkeys(name for name in (target, weights) if name in names)
    found = frame.select(*wanted).collect()
    return Truth(found[target].to_numpy(), weight=row_weights(ctx, found) if weights else None)


def _placed(job: Training, error: InputError, dataset: str) -> StoppedError:
    """What is wrong with the dataset, as something that stops this choice."""
    return StoppedError(
        f"no threshold can be chosen on {dataset}: {error.what}",
        where=job.ctx.document.where(*WHERE),
        cure=error.cure,
    )


def _best(
    job: Training, kind: "MetricKind", predictions: "Predictions", dataset: Dataset
) -> ChosenThreshold:
    from shipway.evaluation.thresholds import choose

    positive = predictions.target == 1
    if positive.all() or not positive.any():
        which = "positive" if positive.any() else "negative"
        raise StoppedError(
            f"no threshold can be chosen on {dataset.name}: all of its {len(positive):,} rows are "
            f"{which}",
            where=job.ctx.document.where(*WHERE),
            cure="It needs rows of both classes: make it larger, or split with stratify: true.",
        )
    assert predictions.score is not None  # noqa: S101 - asked for above
    try:
        found = choose(
            positive,
            predictions.score,
            kind,
            costs=kind.costs,
            weight=predictions.weight,
            seed=SEED,
        )
    except InputError as error:
        raise _placed(job, error, dataset.name) from None
    return ChosenThreshold(
        value=float(found.value),
        metric=kind.name,
        metric_value=float(found.metric_value),
        low=float(found.low),
        high=float(found.high),
        rows=len(positive),
        dataset=dataset.name,
        confidence=CONFIDENCE,
    )


def _write(job: Training, value: float) -> None:
    """Into `model.json`, with golden predictions that agree with it."""
    _call(
        job,
        questions.ThresholdRequest(
            model=str(job.output),
            result=str(job.ctx.scratch / "threshold-result.json"),
            threshold=value,
            **_trust(job),
        ),
    )


def _trust(job: Training) -> dict[str, Any]:
    return {
        "sys_path": job.space.import_folders(job.spec.folder),
        "trusted_types": job.model.trusted_types,
        "allow_pickle": job.spec.allow_pickle,
    }


def _call(job: Training, request: questions.Request) -> None:
    """Ask the worker as training did; what it prints now is no progress of the training."""
    _, ended = call_worker(
        job.ctx,
        job.environment,
        request,
        job.space.folder,
        env=job.space.command_env(job.environment),
        timeout=job.deadline.left(),
        cancelled=job.progress.stop,
    )
    job.check(ended)
