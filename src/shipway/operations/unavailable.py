# SPDX-License-Identifier: Apache-2.0
"""What a spec asks for that this version only reads, said before anything is done."""

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
    from shipway.evaluation.gates import parse_gate
    from shipway.evaluation.gates import unavailable as gate_unavailable

    lines = []
    for number, gate in enumerate(spec.evaluate.gates):
        where = project.document.where("evaluate", "gates", number)
        reason = gate_unavailable(parse_gate(gate.gate), spec.model.task)
        if reason is not None:
            lines.append(f"{where}: {gate.gate}: {reason}")
    return lines
