# SPDX-License-Identifier: Apache-2.0
"""What a spec asks for that is wrong or not available yet, said before anything is done."""

from typing import TYPE_CHECKING

from shipway.engine.wiring import Project

if TYPE_CHECKING:
    from shipway.evaluation.plan import Problem


def unavailable_in(project: Project) -> list[str]:
    """A line for each such key and gate, with its place."""
    from shipway.spec.availability import unavailable

    lines = [str(mistake) for mistake in unavailable(project.document)]
    return lines + _stops(project) + _gates(project)


def _stops(project: Project) -> list[str]:
    train = project.spec.train
    if train is None or all(rule == "nan" for rule in train.stop_if):
        return []
    from shipway.evaluation.plan import stop_problems

    return [_line(project, problem) for problem in stop_problems(train)]


def _gates(project: Project) -> list[str]:
    spec = project.spec
    if spec.evaluate is None or spec.model is None:
        return []
    from shipway.evaluation.plan import problems

    metrics = spec.train.metrics if spec.train is not None else None
    found = problems(
        spec.evaluate,
        spec.model.task,
        may_report=metrics is not None,
        better=metrics.better if metrics is not None else None,
        model=spec.model,
        data=spec.data,
    )
    in_order = sorted(found, key=lambda problem: project.document.line_of(*problem.keys))
    return [_line(project, problem) for problem in in_order]


def _line(project: Project, problem: "Problem") -> str:
    place = project.document.where(*problem.keys)
    return "\n".join(filter(None, [f"{place}: {problem.what}", problem.cure]))
