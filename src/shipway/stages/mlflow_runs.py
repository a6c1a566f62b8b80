# SPDX-License-Identifier: Apache-2.0
"""What a training logged to MLflow, read from the files that it left, without MLflow or a server.

MLflow keeps runs as files (`mlruns/EXPERIMENT/RUN/{meta.yaml,metrics,params,tags}`) or, from
version 3.7 on unless it is told otherwise, as SQLite (`mlflow.db`). Both are looked for wherever
the training wrote them in its workspace.

The run that counts is the newest one that finished and is nobody's child; of each metric the value
with the largest step.
"""

import contextlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = "mlruns"
DATABASE = "mlflow.db"
PARENT = "mlflow.parentRunId"
FINISHED = ("3", "FINISHED")


@dataclass(frozen=True)
class MlflowRun:
    """One run: when it ended (milliseconds), and what it logged."""

    name: str
    ended: int
    metrics: Mapping[str, float]
    params: Mapping[str, str]


@dataclass(frozen=True)
class MlflowRuns:
    """All runs of a training that count, the newest first; `unfinished` did not end well."""

    finished: tuple[MlflowRun, ...]
    unfinished: int = 0


def variables(workspace: Path) -> dict[str, str]:
    """What makes MLflow keep its runs as files of the workspace, in each of its versions."""
    return {
        "MLFLOW_TRACKING_URI": (workspace / FOLDER).as_uri(),
        "MLFLOW_ALLOW_FILE_STORE": "true",
    }


def find_runs(workspace: Path, since: int = 0) -> MlflowRuns:
    """The runs below `workspace` that began at `since` (milliseconds) or later."""
    found = [
        (status, run)
        for reader, name in ((_runs_in_folder, FOLDER), (_runs_in_database, DATABASE))
        for place in sorted(workspace.rglob(name))
        for began, status, run in reader(place)
        if began >= since
    ]
    good = [run for status, run in found if status in FINISHED]
    good.sort(key=lambda run: run.ended, reverse=True)
    return MlflowRuns(tuple(good), len(found) - len(good))


def _runs_in_folder(folder: Path) -> Iterator[tuple[int, str, MlflowRun]]:
    import yaml

    for place in sorted(folder.glob("*/*/meta.yaml")):
        run = place.parent
        about = yaml.safe_load(place.read_text(encoding="utf-8"))
        if not isinstance(about, dict) or "run_id" not in about:
            continue
        if about.get("lifecycle_stage") != "active" or (run / "tags" / PARENT).exists():
            continue
        metrics = {name: _last_value(path) for name, path in _files(run / "metrics")}
        params = {name: path.read_text(encoding="utf-8") for name, path in _files(run / "params")}
        name = str(about.get("run_name") or about["run_id"])
        ended = int(about.get("end_time") or 0)
        found = MlflowRun(name, ended, metrics, params)
        yield int(about.get("start_time") or 0), str(about.get("status")), found


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _last_value(path: Path) -> float:
    """The value at the largest step, in lines of `timestamp value step`."""
    best, value = (-1, -1), math.nan
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if len(words) < 2:
            continue
        at = (int(words[2]) if len(words) > 2 else 0, int(words[0]))
        if at >= best:
            best, value = at, float(words[1])
    return value


def _runs_in_database(path: Path) -> Iterator[tuple[int, str, MlflowRun]]:
    import sqlite3

    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "select run_uuid, name, status, start_time, end_time from runs"
            " where lifecycle_stage = 'active' and run_uuid not in"
            " (select run_uuid from tags where key = ?)",
            (PARENT,),
        ).fetchall()
        for run_id, name, status, began, ended in rows:
            values = database.execute(
                "select key, value, is_nan from latest_metrics where run_uuid = ?", (run_id,)
            )
            metrics = {key: math.nan if is_nan else float(value) for key, value, is_nan in values}
            params = dict(
                database.execute("select key, value from params where run_uuid = ?", (run_id,))
            )
            run = MlflowRun(str(name or run_id), int(ended or 0), metrics, params)
            yield int(began or 0), str(status), run
