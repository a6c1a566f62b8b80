# SPDX-License-Identifier: Apache-2.0
"""A small project in a folder of its own, and a user at its command line.

project.write("data/train.csv", …); project.commit("more rows")
ended = project.run("--until", "train")       # `shipway run` as a process of its own
ended.code, ended.out, ended.err
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHIPWAY = str(Path(sys.executable).parent / "shipway")
FIELDS = {"run", "verdict", "stages", "model", "package", "endpoints", "report"}
STAGE_FIELDS = {"name", "status", "seconds", "cached", "reason"}
PATIENCE = 240.0


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams."""
        return self.out + self.err

    def document(self) -> Any:
        """Standard output as exactly one JSON document."""
        assert self.out, f"no document; exit code {self.code}, and on the other stream:\n{self.err}"
        return json.loads(self.out)

    def said(self, *parts: str) -> None:
        """Each of `parts` was written, and no traceback of Shipway was."""
        for part in parts:
            assert part in self.text, f"{part!r} is not in:\n{self.text}"
        assert "This is a bug in Shipway" not in self.text, self.text
        assert "src/shipway/" not in self.text, self.text


@dataclass
class Project:
    """One project: its folder, and the surroundings of its user."""

    folder: Path
    environ: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file of the project."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    def read(self, path: str) -> str:
        """A file of the project."""
        return (self.folder / path).read_text()

    def replace(self, path: str, old: str, new: str) -> None:
        """Put `new` where `old` stands in a file."""
        text = self.read(path)
        assert old in text, f"{old!r} is not in {path}"
        self.write(path, text.replace(old, new))

    def git(self, *words: str) -> str:
        """One Git command; what it printed."""
        command = ["git", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=True
        ).stdout

    def repository(self) -> None:
        """Make the folder a repository with one commit on main."""
        self.git("init", "-q", "-b", "main", ".")
        self.commit("first")

    def commit(self, message: str) -> str:
        """Commit everything; the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command, and hand over its process."""
        process = subprocess.Popen(
            [SHIPWAY, *words],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def shipway(self, *words: str) -> Ended:
        """Carry out a command to its end."""
        return end(self.start(*words))

    def run(self, *words: str) -> Ended:
        """`shipway run`."""
        return self.shipway("run", *words)

    def report_run(self, *words: str) -> tuple[int, dict[str, Any]]:
        """`shipway run --json`: its exit code and the one document, its form checked."""
        ended = self.run("--json", *words)
        document = ended.document()
        assert document.keys() >= FIELDS, document
        for stage in document["stages"]:
            assert stage.keys() >= STAGE_FIELDS
            assert isinstance(stage["cached"], bool)
        return ended.code, document

    def stages(self, *words: str) -> dict[str, dict[str, Any]]:
        """The stages of a `shipway run` that ends well, by name."""
        code, document = self.report_run(*words)
        assert code == 0, document
        return by_name(document)

    def json(self, *words: str) -> Any:
        """A command's one document; it ends with 0."""
        ended = self.shipway(*words, "--json")
        assert ended.code == 0, ended.text
        return ended.document()

    def actions(self, environment: str = "production") -> list[str]:
        """What happened in an environment, oldest first."""
        return [event["action"] for event in self.json("history", environment)["events"]]

    def stop_all(self) -> None:
        """Kill what a failed test left, and take the endpoints down."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        for place in (self.folder / ".shipway/local/endpoints").glob("*"):
            if (place / "router.json").exists():
                self.shipway("stop", place.name)

    def processes(self) -> dict[int, str]:
        """Processes that have to do with the project's folder, with their command lines."""
        return processes_of(self.folder)

    def await_no_processes(self, seconds: float = 20.0) -> None:
        """No process of the project is left, or none after a moment."""
        deadline = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not left, f"left over: {left}"


def end(process: subprocess.Popen[str], seconds: float = PATIENCE) -> Ended:
    """Wait for the end of a command."""
    out, err = process.communicate(timeout=seconds)
    return Ended(process.returncode, out, err)


def kill(process: subprocess.Popen[str]) -> Ended:
    """SIGKILL to this one process; what it had written.

    Its children may hold its streams for a moment longer: they are ended by the supervisor.
    """
    process.send_signal(signal.SIGKILL)
    ended = end(process, 30)
    assert ended.code == -signal.SIGKILL, f"it had ended before:\n{ended.text}"
    return ended


def by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The stages of a run's document."""
    return {stage["name"]: stage for stage in document["stages"]}


def processes_of(folder: Path) -> dict[int, str]:
    """Living processes that name `folder` in their command line, environment or work folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
            facts = (
                command + (entry / "environ").read_bytes() + os.fsencode(os.readlink(entry / "cwd"))
            )
        except OSError:
            continue
        if os.fsencode(folder) in facts:
            found[int(entry.name)] = command.decode(errors="replace")
    return found
