# SPDX-License-Identifier: Apache-2.0
"""In CI, a store in the checkout is lost with the job: no champion, no versions, no history.

So a run that needs what earlier ones left (gates against the champion, deployments) is refused
when it is planned, with the line that puts the store elsewhere.
"""

import os
import re
from pathlib import Path

from shipway.adapters.sources.providers import is_job
from shipway.base.errors import InputError
from shipway.engine.plan import Plan
from shipway.engine.wiring import Project
from shipway.spec.types import Spec

CHAMPION = re.compile(r"\bchampion\b")
TOGETHER = "~/.local/share/shipway"
REMEMBERING = ("register", "deploy", "verify")


def check_store(project: Project, plan: Plan, until: str) -> None:
    """InputError in a CI job whose run needs a memory and whose store would forget."""
    if not is_job(os.environ):
        return
    reason = _reason(project.spec, {node.stage.name for node in plan}, until)
    place = project.store.location
    if not reason or "://" in place or not _in_checkout(Path(place), project.paths.folder):
        return
    raise InputError(
        f"{reason}, but this store is lost with the CI job: {place} lies in the checkout",
        where=project.document.where("store"),
        cure="Add to shipway.yaml a folder outside of the checkout:\n"
        f"  store: {outside(project.spec)}\n"
        "and keep that folder from job to job; `shipway ci init github` writes a workflow that"
        " does. (Stores in buckets are not available yet.)",
    )


def outside(spec: Spec) -> str:
    """A folder for the store that is good on a laptop and in CI alike."""
    return f"{TOGETHER}/{spec.project}"


def is_lost(project: Project) -> bool:
    """Whether a CI job would lose the store of this project, whatever its runs need."""
    place = project.store.location
    return "://" not in place and _in_checkout(Path(place), project.paths.folder)


def _reason(spec: Spec, stages: set[str], until: str) -> str:
    if spec.evaluate is not None and "evaluate" in stages:
        for gate in spec.evaluate.gates:
            if CHAMPION.search(gate.gate):
                return f"the gate {gate.gate!r} compares with what earlier runs made live"
    if spec.deploy and (not until or stages & set(REMEMBERING)):
        return f"deploy {next(iter(spec.deploy))} goes on from what earlier runs made live"
    return ""


def _in_checkout(store: Path, folder: Path) -> bool:
    """Whether `store` lies in the work tree that holds `folder`."""
    tops = (top for top in (folder, *folder.parents) if (top / ".git").exists())
    return store.resolve().is_relative_to(next(tops, folder))
