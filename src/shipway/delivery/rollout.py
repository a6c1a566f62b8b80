# SPDX-License-Identifier: Apache-2.0
"""How a release goes live and comes back: the direct strategy, written against a target's verbs.

Every transition is an entry of the release log before it is carried out, and what to do next is
read from the log alone. So a deployer that died at any point is continued by the next command,
and one that was overtaken notices it. All verbs may be repeated.

    rollout = Rollout(Steps(log, target, ensure_release, tell, by="ada"))
    rollout.deploy(facts, permission, verify)       # place at 0 % → verify → route → live
    rollout.rollback("wrong prices")                # one route call to the release before it
"""

from collections.abc import Callable

from shipway.adapters.targets.interface import Placed
from shipway.base.errors import OutsideError, ShipwayError, StoppedError
from shipway.delivery import outcome
from shipway.delivery.outcome import Outcome, RejectedError
from shipway.delivery.permission import Permission
from shipway.delivery.state import EnvironmentState, Facts, as_kept, first_event
from shipway.delivery.steps import Steps
from shipway.records.delivery import ReleaseEvent, Verification
from shipway.storage.interface import ConflictError

Verify = Callable[[Placed], Verification]


class Rollout:
    """One command's work on one environment."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._log = steps.log

    def deploy(
        self, facts: Facts, permission: Permission, verify: Verify, *, promote: bool = False
    ) -> Outcome:
        """Make this package live, first ending what an earlier command left unfinished.

        RejectedError when its verification does not pass; StoppedError when it was rejected
        before, unless `promote`; OutsideError when the target fails (the next call goes on).
        """
        if (facts.model, facts.model_digest) != (permission.model, permission.model_digest):
            raise StoppedError(f"the permission is about another model than {facts.model}")
        facts = as_kept(facts)
        while True:
            state = self._log.state()
            release = state.release_of(facts) or state.new_release(facts)
            todo = state.unfinished
            try:
                if todo is None:
                    if state.live is not None and self._steps.is_live(state, release):
                        self._steps.tidy()
                        endpoint = self._steps.target.observe().endpoint
                        return Outcome(state.live, endpoint, unchanged=True)
                    self._begin(state, facts, release, promote=promote)
                elif todo.release != release or todo.action == "rolling-back":
                    self._end_other(state, todo, verify, same=todo.release == release)
                    continue
            except ConflictError:
                continue
            return self._drive(release, verify)

    def resume(self, verify: Verify) -> Outcome | None:
        """End what an earlier command left unfinished; None when nothing is."""
        todo = self._log.state().unfinished
        return None if todo is None else self._drive(todo.release, verify)

    def rollback(self, reason: str) -> Outcome:
        """Put the release before the champion back and mark the champion rejected.

        One `route` call: the earlier release is placed again only if it is gone. The rejected one
        stays placed until `tidy` or the next deployment: coming back must be quick. InputError
        when there is nothing to go back to.
        """
        while True:
            state = self._log.state()
            todo = state.unfinished
            try:
                if todo is None or todo.action == "routing":
                    todo = self._begin_rollback(state, reason)
                elif todo.action != "rolling-back":
                    self._give_up(state, todo, "given up for a rollback")
                    continue
            except ConflictError:
                continue
            return self._drive(todo.release, None)

    def stop(self, reason: str = "") -> ReleaseEvent | None:
        """Take the endpoint down; the champion stays. None when by the log nothing was up."""
        while True:
            state = self._log.state()
            about = state.live or state.unfinished
            try:
                event = self._steps.write("stopped", about, reason) if about else None
            except ConflictError:
                continue
            self._steps.stop()
            return event

    def tidy(self) -> None:
        """Retire what is placed but neither live nor the release to go back to."""
        self._steps.tidy()

    def _drive(self, release: str, verify: Verify | None) -> Outcome:
        """Carry out what the log says comes next for `release`, until its transition has ended.

        Without `verify` only a rollback is carried out.
        """
        verification: Verification | None = None
        while True:
            state = self._log.state()
            todo = state.unfinished
            if todo is None or todo.release != release:
                return self._ended_by_another(state, release, verify is None, verification)
            try:
                if todo.action == "rolling-back":
                    return self._carry_out_rollback(state, todo)
                if verify is None:
                    return self._ended_by_another(state, release, True, verification)
                if todo.action == "routing":
                    endpoint = self._steps.route(todo)
                    event = self._steps.write("live", todo, previous=todo.previous)
                    self._steps.tidy()
                    return Outcome(event, endpoint, verification)
                verification = self._place_or_verify(state, todo, verify)
            except ConflictError:
                continue

    def _place_or_verify(
        self, state: EnvironmentState, todo: ReleaseEvent, verify: Verify
    ) -> Verification | None:
        """One step before the traffic moves: what is `placing` gets placed, then verified."""
        try:
            placed = self._steps.place(todo)
            if todo.action == "placing":
                self._steps.write("placed", todo)
                return None
            self._steps.tell(f"verifying {todo.release}")
            verification = verify(placed)
        except ShipwayError as error:
            self._give_up(state, todo, f"{todo.action} failed: {error.what}")
            raise
        if verification.verdict != "passed":
            raise self._reject(state, todo, verification)
        champion = state.champion.release if state.champion else ""
        previous = champion if champion != todo.release else ""
        self._steps.write("routing", todo, previous=previous)
        return verification

    def _begin(self, state: EnvironmentState, facts: Facts, release: str, *, promote: bool) -> None:
        rejected = state.rejection(facts)
        if rejected is not None and not promote:
            raise outcome.rejected_before(self._log.environment, rejected)
        self._steps.write("placing", first_event(facts, release), "promoted" if promote else "")

    def _begin_rollback(self, state: EnvironmentState, reason: str) -> ReleaseEvent:
        routing, champion = state.unfinished, state.champion
        if routing is not None and champion is not None and routing.release != champion.release:
            current, back = routing, champion
        elif champion is not None and state.previous:
            current, back = champion, state.previous[0]
        else:
            raise outcome.nothing_before(self._log.environment)
        return self._steps.write("rolling-back", current, reason, previous=back.release)

    def _carry_out_rollback(self, state: EnvironmentState, todo: ReleaseEvent) -> Outcome:
        endpoint = self._steps.route(state.releases[todo.previous])
        event = self._steps.write("rolled-back", todo, todo.reason, previous=todo.previous)
        return Outcome(event, endpoint)

    def _reject(
        self, state: EnvironmentState, todo: ReleaseEvent, verification: Verification
    ) -> RejectedError:
        """Take the release out of the way and mark it; the error that ends the command."""
        reason = outcome.failure_of(verification)
        champion = state.champion
        if champion is not None and champion.release == todo.release and state.previous:
            self._steps.write("rolling-back", todo, reason, previous=state.previous[0].release)
            self._drive(todo.release, None)
        else:
            self._steps.write("rejected", todo, reason)
        self._steps.retire(todo.release)
        environment, state = self._log.environment, self._log.state()
        return outcome.not_verified(environment, todo.release, verification, state)

    def _end_other(
        self, state: EnvironmentState, todo: ReleaseEvent, verify: Verify, *, same: bool
    ) -> None:
        """End what stands in the way: finished when traffic may be on it, else given up."""
        if todo.action == "rolling-back":
            try:
                self._drive(todo.release, None)
            except OutsideError as error:
                # A release that can't come back must not keep a better one from going live.
                if same:
                    raise
                self._give_up(state, todo, f"the rollback failed: {error.what}")
        elif todo.action == "routing" and self._steps.is_placed(todo.release):
            self._drive(todo.release, verify)
        else:
            self._give_up(state, todo, "given up for a newer release")

    def _give_up(self, state: EnvironmentState, todo: ReleaseEvent, reason: str) -> None:
        self._steps.write("retired", todo, reason)
        if state.live is None or state.live.release != todo.release:
            self._steps.retire(todo.release)

    def _ended_by_another(
        self,
        state: EnvironmentState,
        release: str,
        is_rollback: bool,
        verification: Verification | None,
    ) -> Outcome:
        """Fine when another command made the same release live; an error otherwise."""
        if not is_rollback and state.live is not None and state.live.release == release:
            return Outcome(state.live, self._steps.target.observe().endpoint, verification)
        history = self._log.history()
        last = history[-1] if history else None
        raise outcome.overtaken(self._log.environment, release, last)
