# SPDX-License-Identifier: Apache-2.0
"""The last lines of a run: what happened, and what to do next."""

from shipway.base.digests import short
from shipway.cli.checks import check_lines
from shipway.cli.colours import on_terminal
from shipway.cli.gates import gate_lines
from shipway.cli.output import command_line, print_lines
from shipway.operations.run import RunResult
from shipway.operations.sample import sample_command
from shipway.records.base import Record
from shipway.records.data import ValidatedData
from shipway.records.delivery import Deployment, ModelVersion, Verification
from shipway.records.run import StageRun
from shipway.records.training import Evaluation, TestReport


def print_ending(result: RunResult) -> None:
    """Say how the run ended, on standard output."""
    failed = _failed(result)
    lines = ["", *failure_lines(result)]
    if not failed:
        lines += _success(result)
    if result.report is not None:
        lines.append(f"report: {result.report}")
    lines.append(_verdict(result, failed))
    print_lines(lines)


def failure_lines(result: RunResult) -> list[str]:
    """Why a run stopped, in detail; nothing for one that did not."""
    lines = [line for stage in _failed(result) for line in _failure(stage, result)]
    if result.outcome.bug:
        lines += ["This is a bug in Shipway; please report it with these lines:"]
        lines += result.outcome.bug.splitlines()
    return lines


def _failed(result: RunResult) -> list[StageRun]:
    return [stage for stage in result.record.stages if stage.status == "failed"]


def _verdict(result: RunResult, failed: list[StageRun]) -> str:
    record = result.record
    if record.verdict == "interrupted":
        again = command_line(result.project.paths.folder, "run")
        return f"run {record.run} was interrupted; go on with: {again}"
    if failed:
        return f"run {record.run} stopped at {failed[0].stage} (exit code {record.exit_code})"
    if record.note:
        return f"not deployed: {record.note}"
    return f"run {record.run} is done"


def _failure(stage: StageRun, result: RunResult) -> list[str]:
    # What the stage keeps is what may be written; a terminal may show more.
    shown = result.outcome.results.get(stage.stage) if on_terminal() else stage.result
    record = shown if isinstance(shown, Record) else None
    details = _details(record) if record is not None else []
    if details:
        return [f"{stage.stage} stopped the run:", *details]
    return [f"{stage.stage} stopped the run:", *(f"  {x}" for x in stage.reason.splitlines())]


def _details(record: Record) -> list[str]:
    match record:
        case ValidatedData():
            return _checks(record)
        case TestReport():
            return _tests(record)
        case Evaluation():
            wrong = (g for g in record.gates if g.verdict != "passed")
            return [line for gate in wrong for line in gate_lines(gate)]
        case Verification():
            bad = (p for p in record.probes if p.verdict != "passed")
            return [f"  {p.name}: {p.observed}, expected {p.expected}" for p in bad]
        case _:
            return []


def _checks(record: ValidatedData) -> list[str]:
    """What failed, then what only warns."""
    wrong = [check for check in record.checks if check.verdict != "passed"]
    wrong.sort(key=lambda check: (check.on_fail == "warn", check.verdict != "failed"))
    return [line for check in wrong for line in check_lines(check)]


def _tests(report: TestReport) -> list[str]:
    if not report.failures:
        return [f"  {report.passed} tests passed, {report.failed} failed"]
    lines = []
    for case in report.failures:
        first, *rest = case.message.splitlines() or [""]
        lines.append(f"  {case.name}: {first}")
        lines += [f"    {line}" for line in rest[:8]]
    return lines


def _success(result: RunResult) -> list[str]:
    lines = _data_warnings(result)
    version = result.outcome.results.get("register")
    deployed = [r for r in result.outcome.results.values() if isinstance(r, Deployment)]
    if isinstance(version, ModelVersion):
        lines.append(f"{version.model}@{version.number} is model {short(version.digest)}")
    for deployment in deployed:
        lines += _live(deployment, result)
    return lines


def _data_warnings(result: RunResult) -> list[str]:
    """Checks that did not pass and only warn."""
    data = result.outcome.results.get("validate")
    checks = data.checks if isinstance(data, ValidatedData) else ()
    wrong = [check for check in checks if check.verdict != "passed"]
    return [f"WARNING: {check.reason()}" for check in wrong if check.on_fail == "warn"]


def _warnings(deployment: Deployment, result: RunResult) -> list[str]:
    """What the verification did not look at."""
    found = [r for r in result.outcome.results.values() if isinstance(r, Verification) and r.note]
    here = [each for each in found if each.environment == deployment.environment]
    return [f"WARNING: {each.release} is {each.note}" for each in here] + [""] * bool(here)


def _live(deployment: Deployment, result: RunResult) -> list[str]:
    folder = result.project.paths.folder
    environment = deployment.environment
    lines = [f"{environment}: {deployment.release} is live at {deployment.endpoint}", ""]
    lines += _warnings(deployment, result)
    ask = sample_command(result.project, deployment.endpoint, deployment.model_digest)
    if ask is not None:
        lines += ["ask it:", f"  {ask}"]
    return [
        *lines,
        "stop it:",
        f"  {command_line(folder, 'stop', environment)}",
        "next: change a training parameter, commit, and",
        f"  {command_line(folder, 'run', '--explain')}",
        "",
    ]
