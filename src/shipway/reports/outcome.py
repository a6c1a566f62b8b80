# SPDX-License-Identifier: Apache-2.0
"""How a run ended, in one sentence, and what to do next."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from shipway.records.base import Record
from shipway.records.delivery import Deployment
from shipway.records.run import RunRecord, StageRun

Tone = Literal["good", "bad", "unsure", "plain"]


class Outcome(msgspec.Struct, frozen=True):
    """The headline, how it feels, why, and the next steps (commands stand alone in a step)."""

    headline: str
    tone: Tone
    why: str = ""
    next: tuple[str, ...] = ()


def outcome(
    run: RunRecord, results: Mapping[str, Record], next_steps: Sequence[str] = ()
) -> Outcome:
    """What to say first about a run; `next_steps` replaces the advice made up here."""
    found = _outcome(run, results)
    return msgspec.structs.replace(found, next=tuple(next_steps)) if next_steps else found


def stopped_at(run: RunRecord) -> StageRun | None:
    """The stage that stopped the run, if one did."""
    return next((stage for stage in run.stages if stage.status == "failed"), None)


def _outcome(run: RunRecord, results: Mapping[str, Record]) -> Outcome:
    stage = stopped_at(run)
    match run.verdict:
        case "passed":
            return _passed(run, results)
        case "running":
            return Outcome("Still running", "plain", run.note)
        case "waiting":
            return Outcome("Waiting for an approval", "unsure", run.note or run.error)
        case "interrupted":
            again = "Run it again: finished stages are not repeated."
            return Outcome("Interrupted", "unsure", run.note or run.error, (again,))
        case "error":
            place = f"Something went wrong at {stage.stage}" if stage else "Something went wrong"
            return Outcome(place, "bad", _why(run, stage))
        case "inconclusive":
            place = f"Not enough evidence at {stage.stage}" if stage else "Not enough evidence"
            return Outcome(place, "unsure", _why(run, stage), _advice(run, stage))
        case _:
            place = f"Stopped at {stage.stage}" if stage else "Stopped"
            return Outcome(place, "bad", _why(run, stage), _advice(run, stage))


def _passed(run: RunRecord, results: Mapping[str, Record]) -> Outcome:
    live = [record for record in results.values() if isinstance(record, Deployment)]
    if not live:
        return Outcome("Passed, nothing deployed", "good", run.note)
    last = live[-1]
    verb = "Unchanged in" if all(record.unchanged for record in live) else "Live in"
    names = " and ".join(record.environment for record in live)
    why = run.note or f"Version {last.version} answers at {last.endpoint}"
    steps = (
        f"See every change: shipway history {last.environment}",
        f"Put the previous release back: shipway rollback {last.environment} --reason WHY",
        f"Take it down: shipway stop {last.environment}",
    )
    return Outcome(f"{verb} {names}", "good", why, steps)


def _why(run: RunRecord, stage: StageRun | None) -> str:
    return (stage.reason if stage else "") or run.error or run.note


def _advice(run: RunRecord, stage: StageRun | None) -> tuple[str, ...]:
    if stage is None:
        return ()
    advice = {
        "environment": "Correct the requirements, commit, and run again.",
        "validate": "Correct the data, or the check in shipway.yaml that it does not meet.",
        "test": "Make the failing test pass; training starts only then.",
        "train": f"See the whole output of the training: shipway logs {run.run}",
        "evaluate": "Improve the model. A gate should be changed only for a reason that would "
        "have convinced you before you saw this result.",
        "package": "The packaged model must predict what the trained one did.",
    }
    kind = stage.stage.split()[0]
    back = "What was live before still serves: a release that fails is taken back."
    found = advice.get(kind) or (back if kind in ("deploy", "verify") else "")
    return (found,) if found else ()
