# SPDX-License-Identifier: Apache-2.0
"""The command line of a training as the spec writes it: with data, required flags and variables.

A file that the script finds by itself is left to it; one that it must be told comes as
`{data.train}`. What is required but can't be known gets a value that says so.
"""

import posixpath
import shlex

from shipway.discovery.compose_notes import Notes
from shipway.discovery.findings import DataFile, ModelFile, RepositoryFindings
from shipway.discovery.running import Argument, EntryPoint, Flag
from shipway.discovery.tables_choice import TableChoice, role_of

PLACEHOLDERS = {"int": "1", "float": "1.0", "bool": "true"}
MODEL = "model.joblib"
OURS = ("", ".", "src")


class CommandLine:
    """Builds the words for one entry point."""

    def __init__(
        self, entry: EntryPoint, findings: RepositoryFindings, choice: TableChoice, notes: Notes
    ) -> None:
        self.entry = entry
        self.read = findings.of(entry, findings.data)
        self.models = findings.of(entry, findings.models)
        self.choice = choice
        self.notes = notes

    def text(self) -> str:
        """The whole line."""
        words = [self.entry.command]
        arguments = sorted(self.entry.arguments, key=lambda one: one.position)
        words += [self._argument(one) for one in arguments if one.required]
        for flag in sorted(self.entry.flags, key=lambda one: not one.positional):
            words += self._flag(flag)
        return " ".join(words)

    def variables(self) -> dict[str, str]:
        """Variables that the training needs and that are known."""
        found: dict[str, str] = {}
        for variable in self.entry.environment:
            if variable.data and self.choice.paths:
                if variable.required or not self._exists(variable.default):
                    found[variable.name] = self._data(variable.name)
                    text = f"{variable.at} reads {variable.name}: it gets the table"
                    self.notes.guessed(text)
            elif variable.required:
                self.notes.unknown(
                    f"{variable.at} needs the environment variable {variable.name}; "
                    "set it where shipway runs, or in train.env"
                )
        if self.entry.pythonpath not in OURS and self.entry.pythonpath != self.entry.folder:
            found["PYTHONPATH"] = posixpath.relpath(self.entry.pythonpath, self.entry.folder)
        return found

    def _flag(self, flag: Flag) -> list[str]:
        known = not flag.required or f" {flag.name}" in f" {self.entry.command} "
        if flag.data and self.choice.paths:
            if not known or (not flag.required and not self._exists(flag.default)):
                self.notes.guessed(f"{flag.name} of {flag.at} gets the table")
                return self._named(flag, self._data(flag.name))
            return []
        if known or (flag.positional and not flag.required):
            return []
        if flag.output:
            return self._named(flag, self._model(flag))
        if flag.suggestion:
            self.notes.guessed(f"{flag.name} of {flag.at} is {flag.suggestion}")
            return self._named(flag, flag.suggestion)
        value = flag.choices[0] if flag.choices else PLACEHOLDERS.get(flag.type, "VALUE")
        self.notes.unknown(f"{flag.at} demands {flag.name}: {value} is only a placeholder")
        self.notes.on("train", "command", text=f"which {flag.name}?")
        return self._named(flag, value)

    def _named(self, flag: Flag, value: str) -> list[str]:
        if flag.switch:
            return [flag.name]
        return (
            [shlex.quote(value) if "{" not in value else value]
            if flag.positional
            else [
                flag.name,
                shlex.quote(value) if "{" not in value else value,
            ]
        )

    def _argument(self, argument: Argument) -> str:
        if argument.data and self.choice.paths:
            self.notes.guessed(f"argument {argument.position} of {argument.at} is the table")
            return self._data(argument.name)
        model = next((m for m in self.models if f"argument {argument.position}" in m.via), None)
        if model is not None:
            return MODEL
        if argument.suggestion:
            place = f"argument {argument.position} of {argument.at}"
            self.notes.guessed(f"{place} is {argument.suggestion}")
            return shlex.quote(argument.suggestion)
        self.notes.unknown(f"{argument.at} demands argument {argument.position}: which?")
        self.notes.on("train", "command", text=f"which argument {argument.position}?")
        return "VALUE"

    def _data(self, name: str) -> str:
        """`{data.train}`: the table that something of this name gets."""
        names = [known for known, _ in self.choice.paths]
        role = role_of(name)
        chosen = role if role in names else "train" if "train" in names else names[0]
        return f"{{data.{chosen}}}"

    def _model(self, flag: Flag) -> str:
        """Where the model goes, when the script must be told."""
        for model in self.models:
            if model.via == f"flag {flag.name}":
                return MODEL if posixpath.splitext(model.path)[1] else "models"
        return "out"

    def _exists(self, default: str | None) -> bool:
        """Whether a default leads to a file that is there."""
        if not default:
            return False
        path = posixpath.normpath(posixpath.join(self.entry.folder, default))
        return any(one.exists and path in (one.path, one.written) for one in self.read)


def written_path(path: str, written: str, folder: str, *, anchored: bool = False) -> str:
    """Where a script that runs in `folder` writes what it calls `written`.

    `path` is the answer for what does not depend on the folder: anchored at the script's own file.
    """
    if anchored or not written or folder in ("", ".") or posixpath.isabs(written):
        return path
    return posixpath.normpath(posixpath.join(folder, written))


def model_paths(models: tuple[ModelFile, ...], folder: str) -> tuple[str, ...]:
    """The paths of model files inside the repository, each once; training runs in `folder`."""
    paths = [
        written_path(model.path, model.written, folder, anchored=model.anchored)
        for model in models
        if model.path
    ]
    return tuple(
        dict.fromkeys(
            path for path in paths if not posixpath.isabs(path) and not path.startswith("..")
        )
    )


def needed_inputs(read: tuple[DataFile, ...], choice: TableChoice) -> tuple[str, ...]:
    """Files that the script reads, that Git ignores, and that are no declared table."""
    return tuple(
        dict.fromkeys(
            one.path
            for one in read
            if one.exists and one.kind == "file" and one.git == "ignored"
            if not one.model and not choice.name_of(one.path)
        )
    )
