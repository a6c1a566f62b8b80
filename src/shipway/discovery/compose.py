# SPDX-License-Identifier: Apache-2.0
"""From what was found in a repository to the text of its first `shipway.yaml`.

    proposal = propose(folder, look(folder), Wishes(target="churned"))
    proposal.text, proposal.sayings, proposal.target

The text always reads back without a mistake, and its checks hold for the data that they were
inferred from: they are carried out before it is shown, and what does not hold is left out.
"""

from pathlib import Path

import msgspec

from shipway.discovery.compose_data import Handling, compose_data
from shipway.discovery.compose_evaluate import Measured, compose_evaluate
from shipway.discovery.compose_notes import Notes, Saying
from shipway.discovery.compose_project import (
    compose_environment,
    compose_tests,
    mention_tools,
    project_name,
    reads_parquet,
    suggest_application,
)
from shipway.discovery.compose_text import write
from shipway.discovery.compose_train import TrainPart, compose_train
from shipway.discovery.findings import RepositoryFindings
from shipway.discovery.running import EntryPoint
from shipway.discovery.tables import TableFinding
from shipway.discovery.tables_choice import TableChoice, choose_tables
from shipway.discovery.tables_target import Candidate, Guess, guess
from shipway.discovery.target_changes import TargetChange, target_change
from shipway.spec.types import (
    DeploySpec,
    ModelSpec,
    Spec,
    StepSpec,
    Task,
    TestsSpec,
)

SPEC_NAME = "shipway.yaml"


class Wishes(msgspec.Struct, frozen=True):
    """What the user said: the target column, the entry point by its name, starter tests."""

    target: str | None = None
    entry: str | None = None
    starter_tests: bool = False


class Proposal(msgspec.Struct, frozen=True):
    """A first spec and what is to be said about it.

    `guess` is the target with its rivals (None: no table); `entries` are equally likely ways to
    train, the chosen one first.
    """

    text: str
    sayings: tuple[Saying, ...]
    spec: Spec
    wishes: Wishes
    choice: TableChoice
    guess: Guess | None = None
    entries: tuple[EntryPoint, ...] = ()

    @property
    def entry(self) -> EntryPoint | None:
        """The way to train that was chosen."""
        return self.entries[0] if self.entries else None

    @property
    def table(self) -> TableFinding | None:
        """What the tables hold."""
        return self.choice.finding

    @property
    def tested(self) -> bool:
        """Whether there are unit tests."""
        return self.spec.tests is not None

    @property
    def live(self) -> bool:
        """Whether the road can lead to an endpoint."""
        return bool(self.spec.deploy)

    @property
    def rivals(self) -> tuple[Candidate, ...]:
        """Columns that may be the target as well; empty when the guess is sure."""
        return () if self.guess is None or self.guess.sure else self.guess.candidates[:8]


def propose(
    folder: Path,
    findings: RepositoryFindings,
    wishes: Wishes,
    *,
    known: Proposal | None = None,
) -> Proposal:
    """A first spec for `folder`. InputError when a wish can't be met.

    `known` is an earlier proposal, whose tables need not be looked at again.
    """
    from shipway.discovery.compose_verify import verified

    notes = Notes()
    entries = likely_entries(findings, wishes.entry)
    entry = entries[0] if entries else None
    if known is not None and known.entry == entry:
        choice = known.choice
    else:
        choice = choose_tables(folder, findings, entry)
    found = guess_target(findings, entry, choice, wishes.target)
    spec = _Composer(folder, findings, choice, found, notes).spec(entry)
    if wishes.starter_tests:
        spec = msgspec.structs.replace(spec, tests=TestsSpec("pytest -q tests"))
    spec = verified(folder, spec, notes)
    return Proposal(
        text=write(spec, notes.notes, notes.tails, _head(notes)),
        sayings=tuple(notes.sayings),
        spec=spec,
        wishes=wishes,
        choice=choice,
        guess=found,
        entries=entries,
    )


def likely_entries(
    findings: RepositoryFindings, wanted: str | None = None
) -> tuple[EntryPoint, ...]:
    """Ways to train that are as likely as the likeliest; the `wanted` one comes first."""
    training = [entry for entry in findings.entries if entry.trains]
    best = [entry for entry in training if entry.score >= training[0].score]
    return tuple(sorted(best, key=lambda entry: entry.name != wanted))


def guess_target(
    findings: RepositoryFindings,
    entry: EntryPoint | None,
    choice: TableChoice,
    wanted: str | None,
) -> Guess | None:
    """The target in the chosen table: what the code predicts counts before the names."""
    table = choice.finding
    if table is None:
        return None
    uses = findings.of(entry, findings.targets) if entry is not None else ()
    used: dict[str, tuple[int, str]] = {}
    for use in uses or findings.targets:
        column = use.column
        if not column and use.position is not None and -len(table.names) <= use.position:
            column = table.names[use.position] if use.position < len(table.names) else ""
        if column:
            used.setdefault(column, (use.score, f"{use.at}: {use.why}"))
    return guess(table, used, wanted, task_by_code(findings, entry))


def task_by_code(findings: RepositoryFindings, entry: EntryPoint | None) -> Task | None:
    """What the names of the estimators say: a regressor, or some classifier."""
    found = findings.estimators if entry is None else findings.of(entry, findings.estimators)
    for each in found:
        name = each.estimator.rsplit(".", 1)[-1]
        if "Classif" in name or name.startswith("Logistic") or name.endswith(("NB", "SVC")):
            return "multiclass"
        if "Regress" in name or name in ("Ridge", "Lasso", "ElasticNet", "SVR"):
            return "regression"
    return None


class _Composer:
    """Puts the parts of one spec together."""

    def __init__(
        self,
        folder: Path,
        findings: RepositoryFindings,
        choice: TableChoice,
        found: Guess | None,
        notes: Notes,
    ) -> None:
        self.folder = folder
        self.findings = findings
        self.choice = choice
        self.guess = found
        self.notes = notes
        self.change: TargetChange | None = None

    def spec(self, entry: EntryPoint | None) -> Spec:
        """The whole of it."""
        notes, name = self.notes, project_name(self.folder)
        part = compose_train(entry, self.findings, self.choice, notes)
        by_function = part.spec is not None and part.spec.function is not None
        handed = by_function and part.spec is not None and not part.spec.params
        handling = Handling(handed, reads_parquet(self.findings), self._unused())
        data = compose_data(self.choice, self.guess, handling, notes)
        train = part.spec if self.guess is not None else None
        if part.spec is not None and train is None:
            part = self._without_table(part)
        evaluate = None
        if train is not None and data is not None and entry is not None and self.guess is not None:
            if train.predict is None:
                self.change = target_change(self.folder, entry.files, self.guess.target)
            subject = Measured(self.guess, self.choice, self.change, part.scores)
            evaluate = compose_evaluate(data, subject, notes)
        notes.after(lines=part.advice)
        spec = Spec(
            shipway=1,
            project=name,
            model=self._model(name),
            environment=compose_environment(self.findings, entry, notes),
            data=data,
            tests=compose_tests(self.folder, self.findings, notes),
            train=train,
            evaluate=evaluate,
            deploy={"production": DeploySpec(target="local")} if evaluate else {},
        )
        suggest_application(self.findings, notes)
        mention_tools(self.findings, notes)
        if spec.data is None and spec.tests is None and spec.train is None:
            hello = StepSpec(command=("python3 --version",))
            spec = msgspec.structs.replace(spec, steps={"hello": hello})
        return spec

    def _unused(self) -> frozenset[str]:
        """Columns that the code names beside the target, so not as features."""
        target = self.guess.target if self.guess else ""
        return frozenset(use.column for use in self.findings.targets if use.column != target)

    def _model(self, name: str) -> ModelSpec | None:
        found = self.guess
        if found is None:
            return None
        why = f" ({'; '.join(found.why)})" if found.why else ""
        self.notes.guessed(f"{found.target} is what the model predicts{why}: {found.task}")
        if not found.sure:
            self.notes.on("model", text="the target is a guess: is it the right column?")
        positive = found.positive
        if self.change is not None and self.change.positive is not None:
            positive = self.change.positive
            self.notes.on("model", text=f"{self.change.at}: {self.change.text}")
        if positive is not None:
            self.notes.guessed(f"{positive!r} is the positive class of {found.target}")
        for note in found.notes:
            self.notes.unknown(note)
            self.notes.on("model", text=note)
        return ModelSpec(name=name, task=found.task, target=found.target, positive=positive)

    def _without_table(self, part: TrainPart) -> TrainPart:
        """Training can't be described before the target is known, which takes a table."""
        self.notes.unknown("no table that can be read here, so the target is not known")
        assert part.spec is not None  # noqa: S101 - the caller looked
        text = write(Spec(1, "x", train=part.spec)).split("\n", 2)[2].rstrip()
        return TrainPart(
            advice=(
                "Training is known, its data are not. Once they are, remove the marks below:",
                "model: {name: NAME, task: binary, target: COLUMN, positive: 1}",
                "data: {all: FILE.csv}",
                *text.splitlines(),
            )
        )


def _head(notes: Notes) -> tuple[str, ...]:
    """The first lines of the file."""
    open_ = sum(saying.kind == "unknown" for saying in notes.sayings)
    asks = f"; {open_} to look at" if open_ else ""
    return (f"Written by `shipway init` from what it found{asks}. Read it, change it, commit it.",)
