# SPDX-License-Identifier: Apache-2.0
"""Finished pieces of a large table of predictions, kept until all of them are there.

    .shipway/local/predictions/<output>/job.json       what is predicted, by whom, in which pieces
                                       /0000000.csv    the first piece, with its predictions
                                       /0000001.csv
                           /<output>.scratch/          the unpacked model, and what it is asked

A prediction that was killed goes on after its last finished piece, as long as the same files are
to be predicted by the same model. The output appears at once and whole.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base.digests import hex_of, of_bytes
from shipway.base.errors import StoppedError
from shipway.base.files import disk_errors, sync_folder, write_atomic

if TYPE_CHECKING:
    import polars as pl

JOB = "job.json"


class Job(msgspec.Struct, frozen=True):
    """What makes two calls the same: then the second may use what the first has finished."""

    model: str
    inputs: dict[str, str]
    nulls: tuple[str, ...]
    columns: tuple[str, ...]
    chunk_rows: int
    format: int = 1


class Parts:
    """The pieces of one output: `done` of them were there, `note` says why others were removed."""

    def __init__(self, folder: Path, scratch: Path, output: Path) -> None:
        self.folder = folder
        self.scratch = scratch
        self.output = output
        self.done = 0
        self.note = ""

    def begin(self, job: Job) -> None:
        """Take over what an earlier try of the same job finished; remove what another one left."""
        before = self._job()
        finished = self._count()
        if before == job:
            self.done = finished
        elif before is not None and finished:
            self.note = f"starting anew: {_difference(before, job)} since the last try"
        if not self.done:
            shutil.rmtree(self.folder, ignore_errors=True)
            write_atomic(self.folder / JOB, msgspec.json.encode(job))

    def _job(self) -> Job | None:
        try:
            return msgspec.json.decode((self.folder / JOB).read_bytes(), type=Job)
        except (OSError, msgspec.MsgspecError):
            return None

    def _count(self) -> int:
        number = 0
        while self._path(number).exists():
            number += 1
        return number

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:07d}{self.output.suffix}"

    def add(self, number: int, piece: "pl.DataFrame") -> None:
        """Keep a finished piece."""
        path = self._path(number)
        temporary = path.with_name(path.name + ".tmp")
        with disk_errors(self.folder), temporary.open("wb") as stream:
            if self.output.suffix == ".parquet":
                piece.write_parquet(stream)
            else:
                piece.write_csv(stream, include_header=number == 0)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)

    def assemble(self) -> None:
        """Put all pieces together to the output, and remove them."""
        temporary = self.output.with_name(f".{self.output.name}.{os.getpid()}.tmp")
        paths = [self._path(number) for number in range(self._count())]
        try:
            with disk_errors(self.output):
                if self.output.suffix == ".parquet":
                    _join_parquet(paths, temporary)
                else:
                    _join_text(paths, temporary)
                temporary.replace(self.output)
                sync_folder(self.output.parent)
        finally:
            temporary.unlink(missing_ok=True)
        shutil.rmtree(self.folder)


def _join_parquet(paths: list[Path], output: Path) -> None:
    import polars as pl

    if len(paths) == 1:
        shutil.copyfile(paths[0], output)
        return
    frames = [pl.scan_parquet(path, glob=False) for path in paths]
    pl.concat(frames, how="vertical_relaxed").sink_parquet(output)


def _join_text(paths: list[Path], output: Path) -> None:
    with output.open("wb") as stream:
        for path in paths:
            with path.open("rb") as piece:
                shutil.copyfileobj(piece, stream, 1 << 20)
        stream.flush()
        os.fsync(stream.fileno())


def _difference(before: Job, now: Job) -> str:
    if before.model != now.model:
        return "the model is another one"
    if before.inputs != now.inputs:
        return "the input changed"
    return "the arguments changed"


@contextlib.contextmanager
def parts_of(folder: Path, output: Path) -> Iterator[Parts]:
    """The pieces of `output`, below `folder`; StoppedError while another process makes the same."""
    name = hex_of(of_bytes(os.fsencode(output)))[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoppedError(
                f"another `shipway predict` is writing {output.name} right now", where=str(output)
            ) from None
        scratch = folder / f"{name}.scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            yield Parts(folder / name, scratch, output)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
