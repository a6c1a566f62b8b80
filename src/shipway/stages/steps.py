# SPDX-License-Identifier: Apache-2.0
"""The user's own steps: commands with declared inputs and outputs."""

import os

import msgspec

from shipway.base.errors import StoppedError
from shipway.records.base import Skipped
from shipway.records.source import PythonEnvironment, Source
from shipway.records.steps import Output, StepResult
from shipway.spec.types import Spec, StepSpec
from shipway.spec.variables import resolve
from shipway.stages.commands import Deadline, split
from shipway.stages.context import StageContext
from shipway.stages.stage import Parts, Scope, Stage
from shipway.stages.variables import variable_digests
from shipway.stages.workspace import Workspace, input_digests, open_workspace
from shipway.storage.trees import put_tree


def user_steps(spec: Spec) -> dict[str, Stage]:
    """A stage for each entry of `steps:`."""
    return {name: _stage(name, step) for name, step in spec.steps.items()}


def _stage(name: str, step: StepSpec) -> Stage:
    def run(
        ctx: StageContext, source: Source, environment: PythonEnvironment | Skipped | None = None
    ) -> StepResult:
        interpreter = environment if isinstance(environment, PythonEnvironment) else None
        return _carry_out(ctx, source, interpreter, name, step)

    def depends(scope: Scope) -> Parts:
        known = variable_digests(step.env)
        return {
            "step": msgspec.to_builtins(step),
            "code": scope.code(step.code, False),
            "files": input_digests(scope, step.inputs),
            **({"variables": known} if known else {}),
        }

    return Stage(name, run, depends=depends)


def _carry_out(
    ctx: StageContext,
    source: Source,
    environment: PythonEnvironment | None,
    name: str,
    step: StepSpec,
) -> StepResult:
    where = ctx.document.where("steps", name)
    with open_workspace(
        ctx, source, step.code, inputs=step.inputs, outputs=step.outputs, where=where
    ) as space:
        env = space.command_env(environment)
        for variable, value in step.env.items():
            place = ctx.document.where("steps", name, "env", variable)
            env[variable] = resolve(value, os.environ, place)
        folder = space.inside(step.folder)
        deadline = Deadline(step.timeout)
        for command in step.command:
            ended = ctx.process(
                split(command, where=where), cwd=folder, env=env, timeout=deadline.left()
            )
            if ended.timed_out or ended.cancelled:
                how = "was cancelled" if ended.cancelled else f"took longer than {step.timeout:g} s"
                raise StoppedError(f"{name} {how}", where=where)
            if ended.returncode:
                raise StoppedError(
                    f"{command!r} ended with exit code {ended.returncode}",
                    where=where,
                    cure=space.explain(ended.tail),
                )
        space.check_inputs()
        return StepResult(name, _outputs(ctx, space, step, where))


def _outputs(ctx: StageContext, space: Workspace, step: StepSpec, where: str) -> tuple[Output, ...]:
    outputs = []
    for relative, path in zip(step.outputs, space.written(step.outputs, where=where), strict=True):
        if path.is_dir():
            outputs.append(Output(relative, put_tree(ctx.store.objects, path), "tree"))
        else:
            outputs.append(Output(relative, ctx.store.objects.put(path), "file"))
    return tuple(outputs)
