# SPDX-License-Identifier: Apache-2.0
"""What a stage found, in one line for the table."""

from shipway.base.digests import short
from shipway.records.base import Record, Skipped
from shipway.records.data import ValidatedData
from shipway.records.delivery import Deployment, ModelVersion, Package, StoredModel, Verification
from shipway.records.source import PythonEnvironment, Source
from shipway.records.steps import StepResult
from shipway.records.training import Evaluation, TestReport, TrainedModel


def found(record: Record) -> str:
    """One line, at most about 70 characters."""
    match record:
        case Skipped():
            return record.reason
        case Source():
            state = "uncommitted changes on top of " if record.dirty else ""
            return f"{state}{record.commit[:10]} of {record.branch or 'no branch'}"
        case PythonEnvironment():
            return f"Python {record.python}, {len(record.packages)} packages"
        case ValidatedData():
            return _data(record)
        case TestReport():
            return _tests(record)
        case TrainedModel():
            chosen = f", threshold {record.threshold.value:.4g}" if record.threshold else ""
            return f"model {short(record.digest)}{chosen}"
        case Evaluation():
            return _evaluation(record)
        case StepResult():
            return f"{len(record.outputs)} outputs" if record.outputs else "done"
        case _:
            return _delivered(record)


def _delivered(record: Record) -> str:
    match record:
        case StoredModel():
            return f"signed, provenance {short(record.provenance)}"
        case ModelVersion():
            return f"{record.model}@{record.number}"
        case Package():
            return f"image {short(record.digest)}, {record.size / 1e6:.0f} MB"
        case Deployment():
            return f"{record.release} at {record.endpoint}"
        case Verification():
            good = sum(probe.verdict == "passed" for probe in record.probes)
            text = f"{good} of {len(record.probes)} probes passed"
            return f"{text}; WARNING: {record.note.partition(':')[0]}" if record.note else text
        case _:
            return ""


def _data(data: ValidatedData) -> str:
    rows = sum(dataset.rows for dataset in data.datasets.values())
    bad = sum(check.verdict != "passed" for check in data.checks)
    checks = f"{len(data.checks)} checks" + (f", {bad} not passed" if bad else " passed")
    return f"{rows:,} rows, {checks}"


def _tests(report: TestReport) -> str:
    parts = [f"{report.passed} passed"]
    parts += [f"{report.failed} failed"] if report.failed else []
    parts += [f"{report.skipped} skipped"] if report.skipped else []
    return ", ".join(parts)


def _evaluation(evaluation: Evaluation) -> str:
    metrics = [
        f"{metric.name} {metric.value:.4g}"
        for metric in evaluation.metrics
        if not metric.slice and metric.value is not None
    ][:2]
    passed = sum(gate.verdict == "passed" for gate in evaluation.gates)
    gates = f"{passed} of {len(evaluation.gates)} gates passed"
    if evaluation.details and metrics:
        metrics[-1] += f" on {evaluation.details}"
    said = [*metrics, gates] if evaluation.gates else metrics
    return ", ".join(said) + ("" if evaluation.test_set else " (as reported by the training)")
