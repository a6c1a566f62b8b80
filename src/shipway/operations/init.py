# SPDX-License-Identifier: Apache-2.0
"""`shipway init`: a first `shipway.yaml` for the repository in a folder, and what it rests on.

The repository is only looked at. Whatever can't be known is asked for through `ask`, where there is
somebody to answer; else the likeliest answer is taken, and that is said. One file is written, and
where they are wanted, starter tests; nothing that is there is ever replaced.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from shipway.base.errors import InputError
from shipway.base.files import create_only, disk_errors
from shipway.discovery.compose import Proposal, Wishes, propose
from shipway.discovery.compose_notes import Saying
from shipway.discovery.compose_project import project_name
from shipway.discovery.compose_train import spoken
from shipway.discovery.findings import RepositoryFindings
from shipway.engine.wiring import SPEC_NAME

__all__ = ["Initialised", "Question", "init", "project_name"]

Ask = Callable[["Question"], str]


class Question(msgspec.Struct, frozen=True):
    """Something to be asked: `options` with a word on each, the first of them is the guess.

    With `free`, another answer than one of the options is welcome too.
    """

    text: str
    options: tuple[tuple[str, str], ...]


class Initialised(msgspec.Struct, frozen=True):
    """What was written and why. `sayings` are in plain words, `asked` counts the questions.

    `tests` is the path of the starter tests, if some were written.
    """

    path: Path
    text: str
    sayings: tuple[Saying, ...]
    asked: int = 0
    target: str | None = None
    tests: Path | None = None
    live: bool = False


def init(
    folder: Path, *, target: str | None = None, ask: Ask | None = None, tests: bool = False
) -> Initialised:
    """Look at `folder` and write its first spec.

    `target` is the column to be predicted; `ask` answers what can't be known (None: nobody does);
    `tests` writes starter tests where there are none. InputError when there is a spec already, or
    `target` is no column.
    """
    path = folder / SPEC_NAME
    if not folder.is_dir():
        raise InputError("there is no such folder", where=str(folder))
    if path.exists():
        raise _there_already(path)
    return _Session(folder, path, ask).run(target, tests)


def _there_already(path: Path) -> InputError:
    return InputError("there is one already", where=str(path), cure="Edit it, or remove it first.")


class _Session:
    """One `init`, with its questions."""

    def __init__(self, folder: Path, path: Path, ask: Ask | None) -> None:
        self.folder = folder
        self.path = path
        self.answer = ask
        self.asked = 0

    def run(self, target: str | None, tests: bool) -> Initialised:
        """Look, ask, write."""
        from shipway.discovery.repository import look

        findings = look(self.folder)
        proposal = propose(self.folder, findings, Wishes(target=target))
        proposal = self._which_entry(findings, proposal)
        proposal = self._which_target(findings, proposal)
        written = self._starter_tests(findings, proposal, tests)
        if written is not None:
            # The tests that are there now belong into the spec.
            proposal = self._again(findings, proposal, starter_tests=True)
        if not create_only(self.path, proposal.text.encode()):
            raise _there_already(self.path)
        return Initialised(
            path=self.path,
            text=proposal.text,
            sayings=proposal.sayings,
            asked=self.asked,
            target=proposal.guess.target if proposal.guess else None,
            tests=written,
            live=proposal.live,
        )

    def _again(
        self, findings: RepositoryFindings, proposal: Proposal, **wished: object
    ) -> Proposal:
        wishes = msgspec.structs.replace(proposal.wishes, **wished)
        return propose(self.folder, findings, wishes, known=proposal)

    def _which_entry(self, findings: RepositoryFindings, proposal: Proposal) -> Proposal:
        """Among ways to train that are equally likely, one is asked for."""
        if self.answer is None or len(proposal.entries) < 2:
            return proposal
        options = tuple((each.name, f"{spoken(each)}: {each.why}") for each in proposal.entries)
        chosen = self._ask(Question("Which of these trains the model?", options))
        return self._again(findings, proposal, entry=chosen)

    def _which_target(self, findings: RepositoryFindings, proposal: Proposal) -> Proposal:
        """The target is asked for where neither code nor names tell it."""
        table = proposal.table
        if self.answer is None or table is None or (proposal.guess and proposal.guess.sure):
            return proposal
        likely = {each.column: "; ".join(each.why) for each in proposal.rivals}
        names = [*likely, *(name for name in table.names if name.strip() and name not in likely)]
        options = tuple((name, likely.get(name, "")) for name in names)
        if not options:
            return proposal
        question = Question(f"Which column of {table.path} shall be predicted?", options)
        return self._again(findings, proposal, target=self._ask(question))

    def _starter_tests(
        self, findings: RepositoryFindings, proposal: Proposal, wanted: bool
    ) -> Path | None:
        """Tests for a repository without any, where they are wanted and possible."""
        from shipway.discovery.starter_tests import STARTER, starter_tests

        if proposal.tested or (self.answer is None and not wanted):
            return None
        text = starter_tests(self.folder, findings, proposal)
        place = self.folder / STARTER
        if text is None or place.exists():
            return None
        if not wanted:
            options = (("no", "leave it"), ("yes", f"write {STARTER}"))
            if self._ask(Question("There are no unit tests. Write a few?", options)) != "yes":
                return None
        with disk_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            create_only(place, text.encode())
        return place

    def _ask(self, question: Question) -> str:
        assert self.answer is not None  # noqa: S101 - the caller looked
        self.asked += 1
        return self.answer(question)
