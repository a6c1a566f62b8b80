# SPDX-License-Identifier: Apache-2.0
"""Runs the project's unit tests in the project's environment, and reads their JUnit report.

For pytest the report is asked for, and pytest itself is brought along when the project does not
list it; any other command names the report that it writes.
"""

from pathlib import Path

import msgspec

from shipway.base.errors import InputError, StoppedError
from shipway.base.processes import Completed
from shipway.records.base import Skipped
from shipway.records.source import PythonEnvironment, Source
from shipway.records.training import TestReport
from shipway.reports.junit import read_junit
from shipway.spec.types import TestsSpec
from shipway.stages.commands import split
from shipway.stages.context import StageContext
from shipway.stages.missing import explain_missing
from shipway.stages.stage import Parts, Scope
from shipway.stages.workspace import Workspace, input_digests, open_workspace

NO_TESTS_COLLECTED = 5


def test(ctx: StageContext, source: Source, environment: PythonEnvironment) -> TestReport | Skipped:
    """How the tests went. StoppedError when the command fails without a report."""
    spec = ctx.spec.tests
    assert spec is not None  # noqa: S101 - the plan has this stage only with its key
    where = ctx.document.where("tests")
    words = split(spec.command, where=where)
    outputs = [spec.junit] if spec.junit else []
    with open_workspace(ctx, source, None, tests=True, outputs=outputs) as space:
        arguments = pytest_arguments(words)
        if arguments is not None:
            report = ctx.scratch / "junit.xml"
            # Else pytest looks for its root, and names tests, from a folder above the workspace.
            ours = [f"--rootdir={space.folder}", f"--junitxml={report}"]
            words = [environment.interpreter, "-m", "pytest", *arguments, *ours]
        else:
            report = _named_report(spec, space, where)
        env = space.command_env(environment, tools=arguments is not None)
        ended = ctx.process(words, cwd=space.folder, env=env)
        return _read(report, ended, space, where)


def pytest_arguments(words: list[str]) -> list[str] | None:
    """The arguments after `pytest` or `python -m pytest`; None for any other command."""
    if words[0] in ("pytest", "py.test"):
        return words[1:]
    if words[0] in ("python", "python3") and words[1:3] == ["-m", "pytest"]:
        return words[3:]
    return None


def _named_report(spec: TestsSpec, space: Workspace, where: str) -> Path:
    if spec.junit is None:
        raise InputError(
            f"which report does {spec.command!r} write?",
            where=where,
            cure="Write it as: tests: {command: …, junit: path/of/junit.xml}",
        )
    return space.inside(spec.junit)


def _read(report: Path, ended: Completed, space: Workspace, where: str) -> TestReport:
    if ended.cancelled:
        raise StoppedError("the tests were cancelled")
    if not report.is_file():
        raise StoppedError(
            f"the tests ended with exit code {ended.returncode} and wrote no report",
            where=where,
            cure=space.explain(ended.tail),
        )
    found = read_junit(report.read_bytes())
    failed_elsewhere = ended.returncode not in (0, NO_TESTS_COLLECTED) and not found.failed
    if failed_elsewhere:
        raise StoppedError(
            f"the tests ended with exit code {ended.returncode}, though none is reported as failed",
            where=where,
            cure=space.explain(ended.tail),
        )
    return _with_hint(found, space)


def _with_hint(found: TestReport, space: Workspace) -> TestReport:
    """Add to the first failure what it says about a file that the tests lack and the user has."""
    said = "\n".join(case.message for case in found.failures)
    hint = explain_missing(said, space.original, space.folder)
    if not hint:
        return found
    first, *others = found.failures
    told = msgspec.structs.replace(first, message=f"{first.message}\n{hint}")
    return msgspec.structs.replace(found, failures=(told, *others))


def depends(scope: Scope) -> Parts:
    """The command, the code with its tests, and the data that lie in the repository."""
    return {
        "tests": scope.spec.tests,
        "code": scope.code(None, True),
        "files": input_digests(scope, ()),
    }
