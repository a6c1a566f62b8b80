# SPDX-License-Identifier: Apache-2.0
"""Asks the live endpoint for the golden predictions; a release that answers otherwise goes back."""

from shipway.base.errors import InputError
from shipway.delivery.outcome import failure_of
from shipway.delivery.releases import ReleaseLog
from shipway.delivery.verification import verify_release
from shipway.records.delivery import Deployment, ModelVersion, Package, Verification
from shipway.stages.champions import final_environment
from shipway.stages.context import StageContext
from shipway.stages.deploy import release_files, rollout_of

MANY = 30
FEW = 3


def verify(
    ctx: StageContext, package: Package, version: ModelVersion, deployment: Deployment
) -> Verification:
    """What the endpoint answers. When it is wrong the release is rolled back, and the run stops."""
    files = release_files(ctx)
    golden = files.golden(package.bundle)
    verification = verify_release(
        deployment.endpoint,
        golden,
        environment=ctx.environment,
        release=deployment.release,
        requests=FEW if deployment.unchanged else MANY,
    )
    if verification.verdict == "passed":
        return _marked(verification, unchanged=deployment.unchanged)
    _go_back(ctx, version, failure_of(verification))
    return verification


def _go_back(ctx: StageContext, version: ModelVersion, reason: str) -> None:
    rollout = rollout_of(ctx, release_files(ctx))
    try:
        outcome = rollout.rollback(f"verification: {reason}")
    except InputError:
        ctx.tell("there is no earlier release: taking the endpoint down")
        rollout.stop(f"verification: {reason}")
        return
    back = ReleaseLog(ctx.store, ctx.spec.project, ctx.environment).state().live
    if back is not None and ctx.environment == final_environment(ctx.spec):
        ctx.registry.set_alias(version.model, "champion", back.version)
    ctx.tell(f"rolled back to {outcome.event.previous}")


def _marked(verification: Verification, *, unchanged: bool) -> Verification:
    import msgspec

    return msgspec.structs.replace(verification, unchanged=unchanged)
