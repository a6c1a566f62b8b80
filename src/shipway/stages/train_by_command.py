# SPDX-License-Identifier: Apache-2.0
"""Training by the user's own commands, one after the other, without a shell."""

import os

from shipway.spec.variables import resolve
from shipway.stages.commands import fill, split
from shipway.stages.training import Training
from shipway_runtime import formats


def by_command(job: Training) -> formats.Result:
    """Carry out the commands, and make a model directory of the files that they wrote."""
    where = job.ctx.document.where("train", "command")
    folder = job.space.inside(job.spec.folder)
    env = job.space.command_env(job.environment) | command_variables(job)
    for command in job.spec.command:
        words = [fill(word, job.paths, where=where) for word in split(command, where=where)]
        ended = job.ctx.process(
            words,
            cwd=folder,
            env=env,
            timeout=job.deadline.left(),
            on_line=job.progress.line,
            cancelled=job.progress.stop,
        )
        job.check(ended)
    return job.finish()


def command_variables(job: Training) -> dict[str, str]:
    """`train.env`, with the names of data and of variables filled in."""
    found = {}
    for name, value in job.spec.env.items():
        place = job.ctx.document.where("train", "env", name)
        found[name] = fill(resolve(value, os.environ, place), job.paths, where=place)
    return found
