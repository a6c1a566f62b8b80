# SPDX-License-Identifier: Apache-2.0
"""A finished run as the one JSON document that `shipway run --json` prints."""

from typing import Any

from shipway.operations.run import RunResult
from shipway.records.delivery import Deployment, ModelVersion, Package
from shipway.records.training import TrainedModel


def run_document(result: RunResult) -> dict[str, Any]:
    """`{run, verdict, stages, model, package, endpoints, report}` and how it ended."""
    record = result.record
    return {
        "run": record.run,
        "verdict": record.verdict,
        "exit_code": record.exit_code,
        "stages": [
            {
                "name": stage.stage,
                "status": stage.status,
                "seconds": round(stage.seconds, 3),
                "cached": stage.cached,
                "reason": stage.reason,
            }
            for stage in record.stages
        ],
        "model": _model(result),
        "package": _package(result),
        "endpoints": endpoints(result),
        "report": str(result.report) if result.report else None,
        "note": record.note,
        "error": record.error,
    }


def endpoints(result: RunResult) -> dict[str, str]:
    """Where the environments of this run answer."""
    deployed = (r for r in result.outcome.results.values() if isinstance(r, Deployment))
    return {deployment.environment: deployment.endpoint for deployment in deployed}


def _model(result: RunResult) -> dict[str, Any] | None:
    version = result.outcome.results.get("register")
    if isinstance(version, ModelVersion):
        return {"name": version.model, "version": version.number, "digest": version.digest}
    trained = result.outcome.results.get("train")
    spec = result.project.spec.model
    if isinstance(trained, TrainedModel) and spec is not None:
        return {"name": spec.name, "version": None, "digest": trained.digest}
    return None


def _package(result: RunResult) -> dict[str, Any] | None:
    package = result.outcome.results.get("package")
    return {"digest": package.digest} if isinstance(package, Package) else None
