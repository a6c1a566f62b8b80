# SPDX-License-Identifier: Apache-2.0
"""The metrics that a training reports by itself, as `train.metrics` names them."""

from shipway.discovery.compose_command import written_path
from shipway.discovery.compose_notes import Notes
from shipway.discovery.findings import MetricReport
from shipway.spec.types import MetricsSource

REPORT = "classification_report"
ORDER = ("json", "csv", "stdout", "mlflow", "report")


def compose_metrics(
    reports: tuple[MetricReport, ...], folder: str, notes: Notes
) -> MetricsSource | None:
    """Where the metrics are; one source, the most exact one; None without any.

    Training runs in `folder`.
    """
    for kind in ORDER:
        found = [report for report in reports if report.kind == kind]
        if found:
            notes.found(f"metrics: {found[0].at} {found[0].why}")
            for report in found:
                if report.negated:
                    notes.unknown(f"{report.at}: {report.metric} is logged with its sign turned")
            return _source(kind, found, folder)
    return None


def _source(kind: str, found: list[MetricReport], folder: str) -> MetricsSource | None:
    first = found[0]
    names = dict(pair for report in found for pair in report.map)
    path = written_path(first.path, first.written, folder)
    if kind == "json":
        return MetricsSource(json=path, map=names)
    if kind == "csv":
        return MetricsSource(csv=path, map=names)
    if kind == "mlflow":
        return MetricsSource(mlflow=True, map=names)
    if kind == "report":
        return MetricsSource(stdout=(REPORT,))
    patterns = tuple(dict.fromkeys(report.pattern for report in found if report.pattern))
    return MetricsSource(stdout=patterns) if patterns else None
