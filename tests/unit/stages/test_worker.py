# SPDX-License-Identifier: Apache-2.0
"""What the worker reports becomes an error with an exit code."""

import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import INPUT, STOPPED, InputError, StoppedError
from shipway.stages.worker import call_worker, failure
from shipway_runtime import formats


def request(road, scratch):
    return formats.PredictRequest(
        model=str(scratch / "no-model"),
        output=str(scratch / "out.json"),
        result=str(scratch / "result.json"),
    )


def call(road, python, **more):
    """Call a worker whose Python is the script `python`."""
    ctx = road.context()
    program = ctx.scratch / "python"
    program.write_text(f"#!{sys.executable}\n{python}\n")
    program.chmod(0o755)
    environment = msgspec.structs.replace(road.environment, interpreter=str(program))
    return call_worker(ctx, environment, request(road, ctx.scratch), ctx.scratch, **more)


RESULT = """
import json, os, sys
path = json.load(open(sys.argv[3]))["result"]
def end(**result):
    json.dump(result, open(path, "w"))
def event(line):
    os.write(int(os.environ["SHIPWAY_EVENTS"]), line + b"\\n")
"""


@given(st.text(min_size=1), st.text())
def test_kinds_of_failure_decide_the_exit_code(kind, text):
    made = failure(formats.Failure(kind, text, "frames\n", "cure"))
    assert made.exit_code == (STOPPED if kind in formats.STOPPED_KINDS else INPUT)
    assert (made.what, made.cure) == (text, "frames\ncure")


def test_there_are_kinds_that_stop():
    kind = sorted(formats.STOPPED_KINDS)[0]
    assert isinstance(failure(formats.Failure(kind, "x")), StoppedError)
    assert failure(formats.Failure(kind, "x")).cure == ""


def test_a_real_worker_reports_its_mistake(road):
    ctx = road.context()
    with pytest.raises((InputError, StoppedError), match="no-model"):
        call_worker(ctx, road.environment, request(road, ctx.scratch), ctx.scratch)


def test_results_events_and_lines_come_back(road):
    lines, events = [], []
    variable = f'"{formats.EVENTS_VARIABLE}"'
    script = RESULT.replace('"SHIPWAY_EVENTS"', variable) + (
        'event(b\'{"event": "metric", "name": "loss", "value": "nan"}\')\n'
        "event(b'no event at all')\n"
        'print("a line")\nend(rows=7, flavour="x")'
    )
    result, ended = call(road, script, on_line=lines.append, on_event=events.append)
    assert (result.rows, result.flavour, ended.returncode) == (7, "x", 0)
    assert lines == ["a line"]
    assert [event.name for event in events] == ["loss"]
    assert events[0].value != events[0].value


@pytest.mark.parametrize(
    ("script", "what", "cure"),
    [
        ("import os; print('bye', flush=True); os.kill(os.getpid(), 9)",
         r"signal 9 \(out of memory\?\)", "Its last lines:\nbye"),
        ("import os; os.kill(os.getpid(), 11)", "signal 11", "It wrote nothing."),
        ("raise SystemExit(5)", "exit code 5", "It wrote nothing."),
    ],
)  # fmt: skip
def test_a_worker_that_dies_stops_the_run(road, script, what, cure):
    with pytest.raises(StoppedError, match=what) as caught:
        call(road, script)
    assert caught.value.cure == cure


def test_a_broken_result_is_a_crash(road):
    with pytest.raises(StoppedError, match="exit code 0"):
        call(road, RESULT + 'open(path, "w").write("{")')


def test_time_runs_out_without_an_error_of_the_workers(road):
    result, ended = call(road, "import time; time.sleep(60)", timeout=0.2)
    assert ended.timed_out
    assert result == formats.Result()


def test_variables_reach_the_worker(road):
    lines = []
    call(road, RESULT + 'print(os.environ["MINE"])\nend()', env={"MINE": "yes"},
         on_line=lines.append)  # fmt: skip
    assert lines == ["yes"]
