# SPDX-License-Identifier: Apache-2.0
"""Every value that a stage can give, as one tagged union: written and read back by its tag."""

import msgspec

from shipway.records.base import Record, Skipped, Verdict
from shipway.records.data import ValidatedData
from shipway.records.delivery import (
    Deployment,
    ModelVersion,
    Package,
    StoredModel,
    Verification,
)
from shipway.records.source import PythonEnvironment, Source
from shipway.records.steps import StepResult
from shipway.records.training import Evaluation, TestReport, TrainedModel

Result = (
    Skipped
    | Source
    | PythonEnvironment
    | ValidatedData
    | TestReport
    | TrainedModel
    | Evaluation
    | StoredModel
    | ModelVersion
    | Package
    | Deployment
    | Verification
    | StepResult
)


def decode(value: object) -> Record:
    """A record from its JSON-like form; msgspec.ValidationError when it is none."""
    return msgspec.convert(value, Result)  # type: ignore[no-any-return]


def verdict_of(record: Record) -> Verdict:
    """The verdict that a record carries; `passed` for one that judges nothing.

    A version tells the verdict of its evaluation, which has had its say by then.
    """
    if isinstance(record, TestReport):
        return "passed" if record.passed and not record.failed else "failed"
    if isinstance(record, ModelVersion):
        return "passed"
    verdict: Verdict = getattr(record, "verdict", "passed")
    return verdict


def reason_of(record: Record) -> str:
    """Why a record is not `passed`: the first check, test, gate or probe that says so."""
    match record:
        case ValidatedData():
            wrong = (c for c in record.checks if c.verdict != "passed" and c.on_fail == "stop")
            return next((check.reason() for check in wrong), "")
        case TestReport():
            return _test_reason(record)
        case Evaluation():
            return _gate_reason(record)
        case Verification():
            found_probes = (p for p in record.probes if p.verdict != "passed")
            return next(
                (f"{p.name}: {p.observed}, expected {p.expected}" for p in found_probes), ""
            )
        case _:
            return ""


def _gate_reason(evaluation: Evaluation) -> str:
    """Where only the verdict may be told, no gate is named that it could be."""
    found = (g for g in evaluation.gates if g.verdict != "passed" and g.on_fail == "stop")
    gate = next(found, None)
    if gate is None:
        return ""
    return gate.reason if evaluation.details else f"{gate.gate}: {gate.reason}"


def _test_reason(report: TestReport) -> str:
    if report.failures:
        first = report.failures[0]
        return f"{first.name}: {first.message}"
    return "" if report.passed else "no test ran"
