# SPDX-License-Identifier: Apache-2.0
"""Endpoints: does what should be live answer?"""

from collections.abc import Iterator

from shipway.base.errors import ShipwayError
from shipway.engine.wiring import Project
from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Each environment of the spec."""
    project = subject.project
    if project is not None:
        for environment in project.spec.deploy:
            yield _endpoint(project, environment)


def _endpoint(project: Project, environment: str) -> Finding:
    from shipway.delivery.releases import ReleaseLog

    try:
        observed = project.target(environment).observe()
    except ShipwayError as error:
        return Finding(f"endpoint {environment}", "trouble", error.what, error.cure)
    live = ReleaseLog(project.store, project.spec.project, environment).state().live
    if observed.running:
        return Finding(f"endpoint {environment}", "good", f"answers at {observed.endpoint}")
    if live is None:
        return Finding(f"endpoint {environment}", "good", "nothing is live")
    cure = "Bring it back: shipway run"
    return Finding(f"endpoint {environment}", "trouble", f"{live.release} does not run", cure)
