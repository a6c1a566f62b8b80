# SPDX-License-Identifier: Apache-2.0
"""Asks the live endpoint for the golden predictions; a release that answers otherwise goes back."""

import msgspec

from shipway.base.errors import InputError
from shipway.delivery.outcome import failure_of
from shipway.delivery.releases import ReleaseLog
from shipway.records.delivery import Deployment, Package, Verification
from shipway.stages.asking import SINGLE_ROWS, ask_release
from shipway.stages.context import StageContext
from shipway.stages.deploy import mirror_champion, release_files, rollout_of


def verify(ctx: StageContext, package: Package, deployment: Deployment) -> Verification:
    """What the endpoint answers. When it is wrong the release is rolled back, and the run stops.

    Of a deployment that did not change all golden rows are asked in one request; its latency was
    measured when it was placed.
    """
    files = release_files(ctx)
    requests = 0 if deployment.unchanged else SINGLE_ROWS
    verification = ask_release(
        ctx, files, package, deployment.endpoint, deployment.release, requests
    )
    if verification.note and not deployment.unchanged:
        ctx.tell(f"WARNING: {deployment.release} was only {verification.note}")
    if verification.verdict == "passed":
        return _marked(verification, unchanged=deployment.unchanged)
    _go_back(ctx, failure_of(verification))
    return verification


def _go_back(ctx: StageContext, reason: str) -> None:
    """To the release before this one; without one, to nothing: a wrong answer is worse."""
    reason = f"verification: {reason}"
    rollout = rollout_of(ctx, release_files(ctx))
    log = ReleaseLog(ctx.store, ctx.spec.project, ctx.environment)
    live = log.state().live
    try:
        rollout.rollback(reason)
    except InputError:
        ctx.tell("there is no earlier release: taking the endpoint down")
        if live is not None:
            log.append(msgspec.structs.replace(live, action="rejected", reason=reason, by=ctx.by))
        rollout.stop(reason)
        return
    back = log.state().live
    if back is not None:
        mirror_champion(ctx, back)
        ctx.tell(f"rolled back to {back.release}")


def _marked(verification: Verification, *, unchanged: bool) -> Verification:
    return msgspec.structs.replace(verification, unchanged=unchanged)
