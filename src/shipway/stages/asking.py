# SPDX-License-Identifier: Apache-2.0
"""Asks a placed release whether it answers as it should, in the way that its server understands."""

from shipway.delivery.application import verify_application
from shipway.delivery.verification import verify_release
from shipway.records.delivery import Package, Verification
from shipway.stages.context import StageContext
from shipway.stages.placing import ReleaseFiles

SINGLE_ROWS = 30


def ask_release(
    ctx: StageContext,
    files: ReleaseFiles,
    package: Package,
    address: str,
    release: str,
    requests: int = SINGLE_ROWS,
) -> Verification:
    """Golden predictions from Shipway's server, golden requests from the user's own application."""
    application = files.application(package.bundle)
    if application is not None:
        return verify_application(
            address, application, environment=ctx.environment, release=release
        )
    golden = files.golden(package.bundle)
    return verify_release(
        address, golden, environment=ctx.environment, release=release, requests=requests
    )
