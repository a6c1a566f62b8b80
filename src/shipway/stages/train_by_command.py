# SPDX-License-Identifier: Apache-2.0
"""Training by the user's own commands, one after the other, without a shell."""

import json
import os

from shipway.spec.variables import resolve
from shipway.stages import mlflow_runs
from shipway.stages.commands import fill, split
from shipway.stages.training import Training
from shipway_runtime import formats


def by_command(job: Training) -> formats.Result:
    """Carry out the commands, and make a model directory of the files that they wrote."""
    where = job.ctx.document.where("train", "command")
    folder = job.space.inside(job.spec.folder)
    places = known_places(job)
    env = job.space.command_env(job.environment) | command_variables(job)
    for command in job.spec.command:
        words = [fill(word, places, where=where) for word in split(command, where=where)]
        job.process(words, folder, env)
    return job.finish()


def command_variables(job: Training) -> dict[str, str]:
    """What the user's own process is told besides: where MLflow keeps its runs, and `train.env`
    with the names of data, parameters and variables filled in.
    """
    metrics = job.spec.metrics
    found = mlflow_runs.variables(job.space.folder) if metrics and metrics.mlflow else {}
    places = known_places(job)
    for name, value in job.spec.env.items():
        place = job.ctx.document.where("train", "env", name)
        found[name] = fill(resolve(value, os.environ, place), places, where=place)
    return found


def known_places(job: Training) -> dict[str, str]:
    """What `{data.train}` and `{params.depth}` stand for."""
    data = {f"data.{name}": str(path) for name, path in job.paths.items()}
    return data | {f"params.{name}": _shown(value) for name, value in job.spec.params.items()}


def _shown(value: object) -> str:
    """A parameter as one word of a command line; what is no text stands there as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
