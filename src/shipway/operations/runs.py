# SPDX-License-Identifier: Apache-2.0
"""`shipway runs`: the runs of a project, newest first."""

from pathlib import Path

from shipway.engine.records import close_unfinished, read_run, run_ids
from shipway.engine.wiring import open_project
from shipway.records.run import RunRecord


def list_runs(folder: Path, limit: int = 20) -> list[RunRecord]:
    """The newest `limit` runs of the project in `folder`."""
    project = open_project(folder)
    close_unfinished(project)
    newest = list(reversed(run_ids(project)))[:limit]
    return [record for run_id in newest if (record := read_run(project, run_id)) is not None]
