# SPDX-License-Identifier: Apache-2.0
"""The data plane's worker: `python -m shipway_runtime.worker REQUEST.json`.

It runs in the project's own environment, next to the user's code, and writes files: a model
directory or predictions, and the result that the request names. A user's mistake is a result too
(exit code 1); when there is no result, the worker crashed or was killed.

    train     call the user's function or run the notebook, save the model that it returns
    finish    take over the model files that the user's own command wrote
    predict   predict a table with a model directory
    batch     predict pieces of a large table, one after the other
    threshold, latency, metrics    see `questions`
"""

from __future__ import annotations

import functools
import json
import os
import sys
from pathlib import Path
from typing import Sequence

from shipway_runtime import (
    assemble,
    batch,
    calls,
    datasets,
    formats,
    kept_files,
    latency,
    notebook,
    own_metrics,
    questions,
    takeover,
    thresholds,
)
from shipway_runtime.errors import UserError
from shipway_runtime.fitting import find_trainer, what_was_returned
from shipway_runtime.formats import (
    BatchRequest,
    Failure,
    FinishRequest,
    PredictRequest,
    Result,
    TrainRequest,
)
from shipway_runtime.predictor import extend_path, load_predictor
from shipway_runtime.questions import LatencyRequest, MetricsRequest, ThresholdRequest


def main(arguments: Sequence[str]) -> int:
    """Carry out the request in the file that `arguments` names; the exit code."""
    request = questions.read_request(Path(arguments[0]))
    folders = [os.path.abspath(folder) for folder in request.sys_path]  # noqa: PTH100
    extend_path(folders)
    try:
        result = _run(request)
    except UserError as error:
        result = Result(error=Failure(error.kind, error.message, cure=error.cure))
    except calls.RaisedError as error:
        result = Result(error=_raised(error, [*folders, str(Path.cwd())]))
    sys.stdout.flush()
    formats.write(Path(request.result), result)
    return 0 if result.error is None else 1


def _raised(raised: calls.RaisedError, folders: Sequence[str]) -> Failure:
    error = raised.error
    text = " ".join(str(error).split("\n")[:1])
    message = f"{raised.where} raised {type(error).__name__}" + (f": {text}" if text else "")
    return Failure("raised", message, calls.user_traceback(error, folders), takeover.hint(error))


def _run(request: questions.Request) -> Result:
    if isinstance(request, TrainRequest):
        return train(request)
    if isinstance(request, FinishRequest):
        return finish(request)
    if isinstance(request, BatchRequest):
        return batch.serve(request)
    if isinstance(request, ThresholdRequest):
        return thresholds.set_threshold(request)
    if isinstance(request, LatencyRequest):
        return latency.measure(request)
    if isinstance(request, MetricsRequest):
        return own_metrics.evaluate(request)
    return predict(request)


def train(request: TrainRequest) -> Result:
    """Call the user's function, or run the notebook; make a model directory of what it returns."""
    from shipway_runtime.flavours.sklearn import Estimator

    if request.notebook is not None:
        return notebook.train(request)
    function = calls.call(f"importing {request.function}", find_trainer, request.function)
    bound = calls.bind(function, request.data, request.params)
    columns = assemble.describe(request, bound.arguments)
    calls.seed_generators()
    returned = calls.call(request.function, function, *bound.args, **bound.kwargs)
    model, metrics = what_was_returned(request.function, returned)
    _make_output(request.output)
    info = assemble.save_estimator(request, model, columns)
    original = None if request.predict else Estimator(model)
    info, golden = assemble.complete(request, info, original)
    names = tuple(feature.name for feature in info.features)
    return Result(info.flavour, names, golden, metrics)


def finish(request: FinishRequest) -> Result:
    """Make a model directory of the files that the user's command wrote."""
    taken = takeover.take(request.model_files)
    describe = kept_files.describe if request.application else assemble.describe
    columns = describe(request)
    _make_output(request.output)
    if request.predict:
        takeover.refuse_pickles(taken, assemble.trust_of(request))
        info = assemble.save_files(request, taken.files, taken.entries, columns)
        info, golden = assemble.complete(request, info)
    elif request.application:
        estimator = functools.partial(_estimator, request, taken, columns)
        info, golden = kept_files.keep(request, taken, columns, estimator)
    else:
        info, golden = _estimator(request, taken, columns)
    return Result(info.flavour, tuple(feature.name for feature in info.features), golden)


def _estimator(
    request: FinishRequest, taken: takeover.Taken, columns: assemble.Columns
) -> tuple[formats.ModelInfo, int]:
    trust = assemble.trust_of(request)
    model = calls.call("reading the model", takeover.read_estimator, taken, trust)
    return assemble.complete(request, assemble.save_estimator(request, model, columns))


def _make_output(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)


def predict(request: PredictRequest) -> Result:
    """Predict a table, or a file of rows, with a model directory."""
    trust = {"trusted_types": request.trusted_types, "allow_pickle": request.allow_pickle}
    predictor = calls.call("loading the model", load_predictor, Path(request.model), **trust)
    if request.data is not None:
        table = datasets.read_for(predictor.model.frame, "the data", request.data)
        found = calls.call("predict", predictor.predict_frame, table)
    else:
        rows = json.loads(Path(request.rows or os.devnull).read_bytes())
        found = calls.call("predict", predictor.predict, rows)
    formats.write_predictions(Path(request.output), found)
    return Result(predictor.model.flavour, rows=len(found.predictions))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
