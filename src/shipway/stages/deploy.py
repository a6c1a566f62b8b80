# SPDX-License-Identifier: Apache-2.0
"""Brings a package to one environment: placed at 0 %, verified there, then routed."""

from shipway.delivery.outcome import Outcome
from shipway.delivery.permission import check_permission
from shipway.delivery.releases import ReleaseLog
from shipway.delivery.rollout import Rollout
from shipway.delivery.state import Facts
from shipway.delivery.steps import Steps
from shipway.records.delivery import Deployment, ModelVersion, Package, ReleaseEvent
from shipway.records.training import Evaluation
from shipway.stages.asking import ask_release
from shipway.stages.champions import final_environment
from shipway.stages.context import StageContext
from shipway.stages.placing import ReleaseFiles


def deploy(
    ctx: StageContext, package: Package, version: ModelVersion, evaluation: Evaluation
) -> Deployment:
    """Make the package live. StoppedError without a passed gate record for exactly this model,
    when the release does not verify, or when it was rejected before.
    """
    return make_live(ctx, package, version)


def make_live(
    ctx: StageContext, package: Package, version: ModelVersion, *, promote: bool = False
) -> Deployment:
    """The same for any version; with `promote` a rejected release is given another chance."""
    permission = check_permission(ctx.registry, ctx.store, version)
    files = release_files(ctx)
    rollout = rollout_of(ctx, files)
    outcome = rollout.deploy(
        facts_of(ctx, package, version),
        permission,
        lambda placed: ask_release(ctx, files, package, placed.address, placed.release),
        promote=promote,
    )
    mirror_champion(ctx, outcome.event)
    return _deployment(ctx, outcome)


def release_files(ctx: StageContext) -> ReleaseFiles:
    """Where bundles lie on this machine."""
    return ReleaseFiles(ctx.store, ctx.environments, ctx.paths.local / "bundles", ctx.tell)


def rollout_of(ctx: StageContext, files: ReleaseFiles) -> Rollout:
    """The rollout of this run in its environment."""
    steps = Steps(
        log=ReleaseLog(ctx.store, ctx.spec.project, ctx.environment),
        target=ctx.targets(ctx.environment),
        ensure_release=files,
        tell=ctx.tell,
        by=ctx.by,
        run=ctx.run_id,
    )
    return Rollout(steps)


def facts_of(ctx: StageContext, package: Package, version: ModelVersion) -> Facts:
    """What the release log keeps of this deployment."""
    spec = ctx.spec.deploy[ctx.environment]
    return Facts(
        package=package.digest,
        bundle=package.bundle,
        environment_digest=version.environment,
        model=version.model,
        version=version.number,
        model_digest=version.digest,
        commit=version.commit,
        settings=spec.options,
    )


def mirror_champion(ctx: StageContext, live: ReleaseEvent) -> None:
    """Let the registry's alias follow the release log of the final environment."""
    if ctx.environment != final_environment(ctx.spec):
        return
    if ctx.registry.aliases(live.model).get("champion") != live.version:
        ctx.registry.set_alias(live.model, "champion", live.version)


def _deployment(ctx: StageContext, outcome: Outcome) -> Deployment:
    event = outcome.event
    return Deployment(
        environment=ctx.environment,
        release=event.release,
        endpoint=outcome.endpoint,
        version=event.version,
        model_digest=event.model_digest,
        package=event.package,
        previous=event.previous,
        unchanged=outcome.unchanged,
    )
