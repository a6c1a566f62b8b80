# SPDX-License-Identifier: Apache-2.0
"""How the things in a repository are run: training, tests, prediction code, web applications.

Part of the findings; see `discovery.findings` for what holds for all of them.
"""

from typing import Literal

import msgspec

EntryKind = Literal[
    "script",  # python train.py, in the root
    "folder script",  # works only when started in its own folder
    "module",  # python -m package.module
    "console script",  # a command that installing the project makes
    "function",  # module:name, fits and returns an estimator
    "notebook",
    "kedro",
    "make",
    "dvc",
    "mlproject",
]

# How the reason begins for what only its name speaks for.
SOUNDS = "its name sounds like"

GitState = Literal["tracked", "ignored", "untracked", "absent", "outside", "no git"]


class Place(msgspec.Struct, frozen=True, order=True):
    """A file, and a line in it; line 0 means the whole file. In a notebook `cell` counts from 1."""

    path: str
    line: int = 0
    cell: int = 0

    def __str__(self) -> str:
        cell = f" (cell {self.cell})" if self.cell else ""
        return f"{self.path}:{self.line}{cell}" if self.line else self.path


class Flag(msgspec.Struct, frozen=True):
    """An argument of a command line: an option (`--data`) or a positional one (`data`).

    `data` and `output` say that it names data that is read, or a file that is written; `folder`
    that it is the folder of such files.
    `suggestion` is a configuration file of the repository that fits as its value.
    """

    name: str
    at: Place
    default: str | None = None
    required: bool = False
    positional: bool = False
    switch: bool = False
    type: str = ""
    choices: tuple[str, ...] = ()
    help: str = ""
    data: bool = False
    output: bool = False
    folder: bool = False
    why: str = ""
    suggestion: str = ""


class EnvironmentVariable(msgspec.Struct, frozen=True):
    """A variable that the code reads; `required` when it fails without."""

    name: str
    at: Place
    why: str
    default: str | None = None
    required: bool = False
    data: bool = False
    folder: bool = False
    secret: bool = False


class Argument(msgspec.Struct, frozen=True):
    """`sys.argv[position]`; `required` when nothing looks at the number of arguments first.

    `suggestion` is a configuration file of the repository that fits as its value.
    """

    position: int
    at: Place
    why: str
    required: bool = True
    data: bool = False
    folder: bool = False
    name: str = ""
    suggestion: str = ""


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a function; `default` is written as in the code, None when there is none."""

    name: str
    default: str | None = None
    data: bool = False


class EntryPoint(msgspec.Struct, frozen=True):
    """One way to train.

    `command` is complete apart from required flags without a value; it is empty for a function
    (`function` is `module:name`) and a notebook (`notebook` is its path). `folder` is where it must
    run, `pythonpath` what must be on PYTHONPATH, both relative to the root. `files` are the files
    that it runs, itself first, as far as imports tell.
    """

    kind: EntryKind
    name: str
    at: Place
    why: str
    command: str = ""
    folder: str = "."
    pythonpath: str = ""
    function: str = ""
    notebook: str = ""
    flags: tuple[Flag, ...] = ()
    arguments: tuple[Argument, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    environment: tuple[EnvironmentVariable, ...] = ()
    files: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    trains: bool = True
    score: int = 0


class PredictionCode(msgspec.Struct, frozen=True):
    """A function or class that predicts; `entry` is `module:name`, `load` whether it can load."""

    kind: Literal["function", "class"]
    entry: str
    at: Place
    why: str
    folder: str = "."
    load: bool = False
    parameters: tuple[Parameter, ...] = ()
    reads: tuple[str, ...] = ()
    score: int = 0


class Route(msgspec.Struct, frozen=True):
    """An address that an application answers to."""

    method: str
    path: str
    at: Place
    function: str = ""


class WebApplication(msgspec.Struct, frozen=True):
    """An application that serves; `command` starts it on `port`. `health` is a route without side
    effects that answers to GET, empty when there is none."""

    framework: Literal["fastapi", "flask", "starlette", "django", "streamlit", "gradio", "other"]
    at: Place
    why: str
    app: str = ""
    command: str = ""
    folder: str = "."
    port: int = 0
    routes: tuple[Route, ...] = ()
    health: str = ""
    predict: str = ""


class TestSuite(msgspec.Struct, frozen=True):
    """How the tests are run; `pythonpath` and `folder` are what they need, relative to the root.

    `needs_model` are model files that tests open; `written_by_training` those among them that only
    a training makes.
    """

    __test__ = False

    runner: Literal["pytest", "unittest", "tox", "nox", "make", "nose"]
    command: str
    at: Place
    why: str
    folder: str = "."
    tests: str = "tests"
    pythonpath: str = ""
    files: tuple[str, ...] = ()
    needs_model: tuple[str, ...] = ()
    written_by_training: tuple[str, ...] = ()
    needs_data: tuple[str, ...] = ()
