# SPDX-License-Identifier: Apache-2.0
"""A shell of IPython's for a run: nobody is there to answer, and what cells show is recorded.

Imported only when a notebook is run, since IPython comes with the project or from beside it.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import importlib.metadata
import io
import linecache
import os
import re
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Sequence

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from shipway_runtime.errors import UserError
from shipway_runtime.notebook_file import Cell

MOST_TEXT = 1_000_000
INSTALL = re.compile(
    r"^\s*(?:\S*python[\d.]*\s+-m\s+)?(?:pip[\d.]*|conda|mamba|uv\s+pip)\s+(install|uninstall)\s*(.*)$"
)
CODE_NAME = re.compile(r"<ipython-input-(\d+)-")
CUT = "\n… the rest of this output is not kept\n"


class Failure(NamedTuple):
    """A cell that failed: the error, and (execution count, line, code) of each of its frames."""

    error: BaseException
    frames: Sequence[tuple[int, int, str]]


class _Recorder:
    """The outputs of the cell that is running, in nbformat's words."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.kept = 0
        self.clear_next = False

    def begin(self, outputs: list[dict[str, Any]]) -> None:
        self.outputs, self.kept, self.clear_next = outputs, 0, False

    def add(self, output: dict[str, Any]) -> None:
        if self.clear_next:
            self.clear()
        self.outputs.append(output)

    def clear(self, wait: bool = False) -> None:
        self.clear_next = wait
        if not wait:
            self.outputs.clear()

    def text(self, name: str, text: str) -> None:
        if self.kept >= MOST_TEXT:
            return
        left = MOST_TEXT - self.kept
        self.kept += len(text)
        if self.kept >= MOST_TEXT:
            text = text[:left] + CUT
        last = self.outputs[-1] if self.outputs and not self.clear_next else {}
        if last.get("name") == name and last.get("output_type") == "stream":
            last["text"] += text
        else:
            self.add({"output_type": "stream", "name": name, "text": text})


RECORDER = _Recorder()


class _Tee(io.TextIOBase):
    """A standard stream that is recorded, and goes where it went before."""

    encoding = "utf-8"

    def __init__(self, name: str, real: Any) -> None:
        self.name = name
        self.real = real

    def write(self, text: str) -> int:
        self.real.write(text)
        RECORDER.text(self.name, text)
        return len(text)

    def flush(self) -> None:
        self.real.flush()

    def fileno(self) -> int:
        return int(self.real.fileno())

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    def publish(self, data: Any, metadata: Any = None, *rest: Any, **more: Any) -> None:
        RECORDER.add(
            {"output_type": "display_data", "data": _plain(data), "metadata": metadata or {}}
        )

    def clear_output(self, wait: bool = False) -> None:
        RECORDER.clear(wait)


class _Hook(DisplayHook):  # type: ignore[misc]
    """What the last line of a cell is worth."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        RECORDER.add(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": _plain(format_dict),
                "metadata": md_dict or {},
            }
        )

    def finish_displayhook(self) -> None:
        pass


def _plain(data: Any) -> dict[str, Any]:
    return {
        kind: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for kind, value in data.items()
    }


class RunShell(InteractiveShell):  # type: ignore[misc]
    """IPython without a person: no history on disk, no questions, no installing."""

    requirements = "the requirements"

    def run(self, cell: Cell) -> Failure | None:
        """Run a cell, its outputs recorded in it; why it failed, or None."""
        outputs: list[dict[str, Any]] = cell.content["outputs"]
        RECORDER.begin(outputs)
        with _recorded_streams():
            # The cell with parameters does not count: people's own cells keep their numbers.
            result = self.run_cell(cell.source, store_history=bool(cell.number))
        error = result.error_before_exec or result.error_in_exec
        if error is None:
            return None
        outputs.append(
            {
                "output_type": "error",
                "ename": type(error).__name__,
                "evalue": str(error),
                "traceback": traceback.format_exception(type(error), error, _trimmed(error)),
            }
        )
        return Failure(error, _frames(error, cell))

    def showtraceback(self, *rest: Any, **more: Any) -> None:
        """Nothing: `run` records it."""

    def showsyntaxerror(self, *rest: Any, **more: Any) -> None:
        """Nothing: `run` records it."""

    def ask_exit(self) -> None:
        """What `exit` and `quit` do."""
        raise SystemExit(0)

    def enable_gui(self, gui: Any = None) -> None:
        """There is no window."""

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Pictures go into the notebook, whatever kind of window is asked for."""
        return super().enable_matplotlib("inline")

    def system(self, cmd: str) -> None:
        """`!command`: its output is recorded as the cell's."""
        command = self.var_expand(cmd, depth=1)
        if self._handles_install(command):
            return
        # A shell is what the user's `!` means.
        with subprocess.Popen(
            ["/bin/sh", "-c", command],
            # Pictures of other processes go nowhere: they don't have the notebook's backend.
            env={**os.environ, "MPLBACKEND": "Agg"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                sys.stdout.write(line)
        self.user_ns["_exit_code"] = process.returncode

    def refuse_install(self, line: str) -> None:
        """`%pip install …` and the like."""
        self._handles_install("pip " + line)

    def _handles_install(self, command: str) -> bool:
        """True for a command that installs what is there; UserError for one that is needed."""
        found = INSTALL.match(command)
        if found is None:
            return False
        missing = [name for name in _packages(found.group(2)) if not _is_installed(name)]
        if missing and found.group(1) == "install":
            raise UserError(
                "notebook",
                f"installs {', '.join(missing)}: a run has exactly what is locked",
                f"Add {' and '.join(missing)} to {self.requirements}.",
            )
        sys.stdout.write("Left out: packages come from the project's lock.\n")
        return True


def _packages(words: str) -> list[str]:
    found, skip = [], False
    for word in words.split("#")[0].split():
        if skip or word.startswith("-"):
            skip = word in ("-r", "--requirement", "-c", "--constraint", "-i", "--index-url")
            continue
        found.append(re.split(r"[<>=!~\[;@ ]", word.strip("'\""))[0])
    return [name for name in found if name and not name.startswith((".", "/"))]


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@contextlib.contextmanager
def _recorded_streams() -> Iterator[None]:
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Tee("stdout", before[0]), _Tee("stderr", before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _trimmed(error: BaseException) -> Any:
    """The traceback from the cell on, without the frames of IPython before it."""
    found = error.__traceback__
    while found is not None and not CODE_NAME.match(found.tb_frame.f_code.co_filename):
        found = found.tb_next
    return found


def _frames(error: BaseException, cell: Cell) -> list[tuple[int, int, str]]:
    """The frames of cells, and for code that does not parse the line that is wrong."""
    frames = []
    for frame, number in traceback.walk_tb(error.__traceback__):
        found = CODE_NAME.match(frame.f_code.co_filename)
        if found:
            code = linecache.getline(frame.f_code.co_filename, number)
            frames.append((int(found.group(1)), number, code))
    if isinstance(error, SyntaxError) and CODE_NAME.match(error.filename or ""):
        count = cell.content.get("execution_count") or 0
        frames.append((count, error.lineno or 1, error.text or ""))
    before = len(cell.source) - len(cell.source.lstrip("\n"))
    return [
        (count, number + (before if count == cell.content["execution_count"] else 0), code)
        for count, number, code in frames
    ]


def _refuse_question(prompt: object = "") -> str:
    asked = f" ({str(prompt).strip()!r})" if str(prompt).strip() else ""
    raise UserError(
        "notebook",
        f"asks for input(){asked}, and nobody is there to answer in a run",
        "Take the value from train.params: assign it in a cell with the tag `parameters`.",
    )


def open_shell(requirements: str, folder: Path) -> RunShell:
    """The one shell of this process, with a `folder` of its own.

    `requirements` is the file that packages are added to.
    """
    import getpass

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.display_page = True
    config.InteractiveShell.ipython_dir = str(folder)
    shell: RunShell = RunShell.instance(
        config=config, display_pub_class=_Publisher, displayhook_class=_Hook
    )
    shell.requirements = requirements or shell.requirements
    for name in ("pip", "conda", "mamba", "uv"):
        shell.register_magic_function(shell.refuse_install, "line", name)
    builtins.input = _refuse_question
    getpass.getpass = lambda prompt="", stream=None: _refuse_question(prompt)
    shell.display_formatter.active_types = shell.display_formatter.format_types
    return shell
