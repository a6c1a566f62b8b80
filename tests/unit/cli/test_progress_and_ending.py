# SPDX-License-Identifier: Apache-2.0
"""What a run shows while it goes, and its last lines."""

import io
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from shipway.base.events import Event
from shipway.cli.ending import print_ending
from shipway.cli.progress import Progress
from shipway.data.examples import redact
from shipway.engine.wiring import project_paths
from shipway.records.data import CheckResult, Example, ValidatedData
from shipway.records.run import RunRecord, StageRun
from shipway.records.training import Evaluation, GateResult, TestCase, TestReport


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(stream):
    progress = Progress(stream)
    details = {"status": "passed", "seconds": 1.25, "cached": False, "reason": ""}
    failed = {**details, "status": "failed", "reason": "loss is nan\nmore"}
    events = [
        Event("run-started", "", details={"run": "r", "stages": ["test", "train", "store"]}),
        Event("stage-started", "", "test"),
        Event("stage-progress", "", "test", "half way"),
        Event("stage-ended", "", "test", "3 passed", {**details, "cached": True}),
        Event("note", "", message="a [note]"),
        Event("stage-started", "", "train"),
        Event("stage-ended", "", "train", "", failed),
        Event("stage-ended", "", "store", "", {**details, "status": "not-run"}),
        Event("something-new", ""),
    ]
    for event in events:
        progress(event)
    progress.close()
    return stream.getvalue()


def test_plain_lines_for_what_is_no_terminal():
    assert shown(io.StringIO()).splitlines() == [
        "✓ test      1.25 s  cached  3 passed",
        "a [note]",
        "✗ train     1.25 s  run     loss is nan",
    ]


def test_a_live_table_on_a_terminal():
    text = shown(Terminal())
    assert "\x1b[" in text
    assert all(word in text for word in ("3 passed", "a [note]", "loss is nan", "store"))


def ending(capsys, stage, result=None, reason="", note="", kept=None):
    status = "failed" if reason else "passed"
    stages = (StageRun(stage, status, reason=reason, result=kept or result),)
    verdict, code = ("failed", 1) if reason else ("passed", 0)
    record = RunRecord("r1", "toy", verdict, code, "", "", None, stages, note)
    results = {} if result is None else {stage: result}
    print_ending(
        SimpleNamespace(
            record=record,
            outcome=SimpleNamespace(results=results, bug=""),
            report=Path("/p/report.html"),
            project=SimpleNamespace(paths=project_paths(Path("/p"))),
        )
    )
    lines = capsys.readouterr().out
    assert "report: /p/report.html" in lines
    return lines


GATE = GateResult("recall >= 0.9", "failed", 0.5, ">= 0.9", "too low", line=8)
CHECK = CheckResult("train", "amount", "min", "failed", "2 below", "0", 2, 9,
                    (Example(7, {"id": "x"}, -5.0), Example(8, shown=False)), line=6)  # fmt: skip
CASE = TestCase("tests/test_a.py::test_bad", "failed", "they differ\n1 != 2")


@pytest.mark.parametrize(
    ("stage", "result", "words"),
    [
        ("validate", ValidatedData({}, (CHECK,), "failed"),
         ("train.amount: min 0: 2 below (shipway.yaml:6)", "row 7, id x: -5.0", "row 8\n")),
        ("test", TestReport(3, 1, 0, (CASE,)), ("test_bad: they differ", "    1 != 2")),
        ("test", TestReport(0, 0, 0), ("0 tests passed",)),
        ("evaluate", Evaluation("m", "test", "t", 1, gates=(GATE,), verdict="failed"),
         ("recall >= 0.9: failed (shipway.yaml:8)", "observed 0.5, demanded >= 0.9", "too low")),
        ("deploy production", None, ("  it does not answer",)),
    ],
)  # fmt: skip
def test_why_a_run_stopped(capsys, stage, result, words):
    text = ending(capsys, stage, result, reason="it does not answer")
    assert all(word in text for word in words)
    assert text.startswith(f"\n{stage} stopped the run:\n")
    assert text.endswith(f"run r1 stopped at {stage} (exit code 1)\n")


def test_values_are_for_a_terminal_alone(capsys, monkeypatch):
    shown = ValidatedData({}, (CHECK,), "failed")
    kept = ValidatedData({}, redact((CHECK,), "keys", ()), "failed")
    written = ending(capsys, "validate", shown, reason="x", kept=kept)
    assert "row 7, id x\n" in written
    assert "-5.0" not in written
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "row 7, id x: -5.0" in ending(capsys, "validate", shown, reason="x", kept=kept)


def test_warnings_come_after_what_stopped_the_run(capsys):
    warning = msgspec.structs.replace(CHECK, column="b", examples=(), on_fail="warn")
    text = ending(capsys, "validate", ValidatedData({}, (warning, CHECK), "failed"), reason="x")
    assert text.index("train.amount: min 0") < text.index("warning: train.b: min 0: 2 below")


def test_a_run_that_may_not_deploy_says_why(capsys):
    text = ending(capsys, "evaluate", note="uncommitted changes")
    assert text.endswith("not deployed: uncommitted changes\n")
