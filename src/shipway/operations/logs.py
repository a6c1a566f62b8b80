# SPDX-License-Identifier: Apache-2.0
"""`shipway logs`: what the stages of a run, or the workers of an endpoint, wrote."""

from collections.abc import Iterator
from pathlib import Path

from shipway.base.errors import InputError
from shipway.base.files import write_atomic
from shipway.base.names import did_you_mean
from shipway.engine.records import run_ids
from shipway.engine.wiring import Project, open_project
from shipway.stages.notebook import FILE as NOTEBOOK


def log_files(folder: Path, name: str, stage: str = "") -> list[Path]:
    """The log files of a run (`last`, an id or its beginning) or of an environment."""
    project = open_project(folder)
    found = _files(project, name)
    if not stage:
        return found
    wanted = stage.replace(" ", "-")
    chosen = [path for path in found if path.stem == wanted]
    if not chosen:
        known = [path.stem for path in found]
        raise InputError(f"{name} has no log {stage!r}", cure=did_you_mean(wanted, known))
    return chosen


def _files(project: Project, name: str) -> list[Path]:
    if name in project.spec.deploy:
        logs = project.paths.local / "endpoints" / name / "logs"
    else:
        logs = project.paths.logs / find_run(project, name)
    return sorted(path for path in logs.glob("*.log") if path.stat().st_size)


def notebook_file(folder: Path, name: str) -> Path | None:
    """The notebook that a run executed, with its outputs; None when it executed none here.

    It is taken from the store when this machine has no copy of it.
    """
    project = open_project(folder)
    if name in project.spec.deploy:
        return None
    run_id = find_run(project, name)
    path = project.paths.logs / run_id / NOTEBOOK
    if not path.exists():
        data = project.store.get(f"runs/{project.spec.project}/{run_id}/{NOTEBOOK}")
        if data is None:
            return None
        write_atomic(path, data)
    return path


def find_run(project: Project, name: str) -> str:
    """The run that `name` means: `last`, an id, or the beginning of exactly one id."""
    known = run_ids(project)
    if name == "last" and known:
        return known[-1]
    found = [run_id for run_id in known if run_id.startswith(name)] if name else []
    if len(found) == 1:
        return found[0]
    what = "names several runs" if found else "names no run"
    cure = "Give more of it." if found else did_you_mean(name, [*known[-20:], "last"])
    raise InputError(f"{name!r} {what}", cure=cure)


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a log, whatever bytes the process wrote."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            yield line.rstrip("\n")
