# SPDX-License-Identifier: Apache-2.0
"""Runs as MLflow leaves them: its files and its SQLite, as version 3.17 writes them."""

import math
import sqlite3

import pytest

from shipway.stages.mlflow_runs import PARENT, find_runs, variables

TABLES = """
create table runs (run_uuid, name, status, start_time, end_time, lifecycle_stage);
create table latest_metrics (key, value, timestamp, step, is_nan, run_uuid);
create table params (key, value, run_uuid);
create table tags (key, value, run_uuid);
"""


def write_files(folder, run, *, ended, status=3, metrics=(), params=(), tags=(), stage="active"):
    place = folder / "mlruns/0" / run
    for kind, values in (("metrics", metrics), ("params", params), ("tags", tags)):
        for name, text in dict(values).items():
            path = place / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    place.mkdir(parents=True, exist_ok=True)
    (place / "meta.yaml").write_text(
        f"run_id: {run}\nrun_name: named-{run}\nstatus: {status}\nlifecycle_stage: {stage}\n"
        f"start_time: {ended - 10}\nend_time: {ended}\n"
    )


def write_database(folder, run, *, ended, status="FINISHED", metrics=(), params=(), tags=()):
    database = sqlite3.connect(folder / "mlflow.db")
    if not database.execute("select name from sqlite_master").fetchall():
        database.executescript(TABLES)
    database.execute(
        "insert into runs values (?, ?, ?, ?, ?, 'active')",
        (run, f"named-{run}", status, ended - 10, ended),
    )
    for name, value in dict(metrics).items():
        number = float(str(value).split()[1])
        database.execute(
            "insert into latest_metrics values (?, ?, 0, 0, ?, ?)",
            (name, 0 if math.isnan(number) else number, math.isnan(number), run),
        )
    for table, values in (("params", params), ("tags", tags)):
        for name, value in dict(values).items():
            database.execute(f"insert into {table} values (?, ?, ?)", (name, value, run))
    database.commit()
    database.close()


@pytest.mark.parametrize("write", [write_files, write_database])
def test_the_newest_run_that_finished_and_is_nobodys_child(tmp_path, write):
    write(tmp_path, "old", ended=1000, metrics={"auc": "1 0.5 0\n"})
    write(tmp_path, "child", ended=3000, tags={PARENT: "new"}, metrics={"auc": "1 0.1 0\n"})
    write(tmp_path, "new", ended=2000, params={"depth": "3"}, metrics={"auc": "1 0.9 0\n"})
    write(tmp_path, "bad", ended=4000, status=4 if write is write_files else "FAILED")
    found = find_runs(tmp_path)
    assert [run.name for run in found.finished] == ["named-new", "named-old"]
    assert found.unfinished == 1
    assert found.finished[0].metrics == {"auc": 0.9}
    assert found.finished[0].params == {"depth": "3"}


@pytest.mark.parametrize("write", [write_files, write_database])
def test_runs_from_before_this_training_do_not_count(tmp_path, write):
    write(tmp_path, "old", ended=1000)
    assert find_runs(tmp_path, since=991).finished == ()
    assert len(find_runs(tmp_path, since=990).finished) == 1


@pytest.mark.parametrize("write", [write_files, write_database])
def test_nan(tmp_path, write):
    write(tmp_path, "run", ended=1000, metrics={"loss": "1 nan 0\n"})
    assert math.isnan(find_runs(tmp_path).finished[0].metrics["loss"])


def test_of_a_metric_with_steps_the_largest_step_counts(tmp_path):
    lines = "10 0.5 0\n30 0.7 2\n20 0.6 1\n"
    write_files(tmp_path, "run", ended=1000, metrics={"val/auc": lines, "f1": "1 0.25\n"})
    assert find_runs(tmp_path).finished[0].metrics == {"val/auc": 0.7, "f1": 0.25}


def test_deleted_runs_and_other_files_do_not_count(tmp_path):
    write_files(tmp_path, "run", ended=1000, stage="deleted")
    place = tmp_path / "mlruns/0/models/m-1"
    place.mkdir(parents=True)
    (place.parent / "meta.yaml").write_text("model_id: m-1\n")
    assert find_runs(tmp_path) == find_runs(tmp_path / "nothing")


def test_mlflow_is_told_where_to_keep_its_files(tmp_path):
    found = variables(tmp_path / "a b")
    assert found["MLFLOW_TRACKING_URI"] == f"file://{tmp_path}/a%20b/mlruns"
