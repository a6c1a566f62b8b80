# SPDX-License-Identifier: Apache-2.0
"""What a spec asks for that is wrong or not available yet, said before anything is done."""

from shipway.engine.wiring import Project


def unavailable_in(project: Project) -> list[str]:
    """A line for each such key and gate, with its place."""
    from shipway.spec.availability import unavailable

    lines = [str(mistake) for mistake in unavailable(project.document)]
    return lines + _gates(project)


def _gates(project: Project) -> list[str]:
    spec = project.spec
    if spec.evaluate is None or spec.model is None:
        return []
    from shipway.evaluation.plan import problems

    reports = spec.train is not None and spec.train.metrics is not None
    return [
        "\n".join(filter(None, [f"{project.document.where(*p.keys)}: {p.what}", p.cure]))
        for p in problems(spec.evaluate, spec.model.task, may_report=reports)
    ]
