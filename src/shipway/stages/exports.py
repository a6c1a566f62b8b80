# SPDX-License-Identifier: Apache-2.0
"""The folder that a stage with user code works in: its code set, its inputs, and nothing else.

    export(folder, paths, target)                       the code set, copied
    inputs = link_inputs(target, find_inputs(…), files) declared files, at their own relative paths
    make_output_folders(target, outputs)                where the stage may write
    … the user's process runs …
    changed_inputs(inputs, files)                       must be empty
    collect_outputs(target, outputs)                    what it wrote

What a stage does not declare is not there, so that it fails at once instead of going stale.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shipway.base import globs
from shipway.base.checkouts import empty_submodule_of, submodule_missing
from shipway.base.errors import InputError, StoppedError
from shipway.base.files import disk_errors
from shipway.stages.codeset import Files, link_target, placed
from shipway.stages.copying import clone_file, copy_file

SMALL = 8 << 20

State = tuple[int, int, int, int]


@dataclass(frozen=True)
class Inputs:
    """Inputs as they were handed to a stage, by relative path."""

    target: Path
    originals: Mapping[str, Path]
    digests: Mapping[str, str]
    states: Mapping[str, State]


def export(folder: Path, paths: Sequence[str], target: Path) -> None:
    """Copy the files `paths` of `folder` to `target`: content, executable bit, links as links.

    A file from above `folder` (`../shared/a.py`) comes to lie without its `../`.
    InputError for a file that is gone and for a link that leaves `folder`; OutsideError when the
    disk is full.
    """
    made: set[str] = set()
    with disk_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        for path in paths:
            place = placed(path)
            parent = place.rpartition("/")[0]
            if parent not in made:
                os.makedirs(f"{target}/{parent}", exist_ok=True)  # noqa: PTH103
                made.add(parent)
            _export_one(folder, path, f"{target}/{place}")


def find_inputs(folder: Path, patterns: Sequence[str], *, where: str = "") -> dict[str, Path]:
    """The files that `inputs:` or local data mean (paths, folders, patterns), by relative path.

    InputError when one of them means no file.
    """
    found: dict[str, Path] = {}
    for pattern in patterns:
        paths = globs.find(folder, globs.normal(pattern, where=where))
        if not paths:
            missing = empty_submodule_of(folder / pattern)
            if missing:
                raise submodule_missing(missing, where)
            raise InputError(
                f"the declared file {pattern!r} does not exist",
                where=where,
                cure=f"Put it into {folder}, or correct its path.",
            )
        found.update((path, Path(f"{folder}/{path}")) for path in paths)
    return found


def link_inputs(target: Path, originals: Mapping[str, Path], files: Files) -> Inputs:
    """Make `originals` appear below `target`, at the relative paths that they are named by.

    Large files share their blocks with the original, or are links to it; small ones are copies.
    """
    contents = files.digests(list(originals.values()))
    states: dict[str, State] = {}
    made: set[str] = set()
    with disk_errors(target):
        for path, original in originals.items():
            place = f"{target}/{path}"
            if not os.path.lexists(place):
                parent = path.rpartition("/")[0]
                if parent not in made:
                    os.makedirs(f"{target}/{parent}", exist_ok=True)  # noqa: PTH103
                    made.add(parent)
                _link_one(os.path.abspath(original), place)  # noqa: PTH100
            states[path] = _state(place)
    return Inputs(
        target, originals, {path: contents[one] for path, one in originals.items()}, states
    )


def changed_inputs(inputs: Inputs, files: Files) -> list[str]:
    """The inputs that the stage has changed or removed: in its folder, or through a link."""
    try:
        now = files.digests(list(inputs.originals.values()))
    except InputError:  # one of them is gone: find out which
        now = {}
    return [path for path in inputs.originals if _has_changed(inputs, path, now, files)]


def check_inputs(inputs: Inputs, files: Files, *, where: str = "") -> None:
    """StoppedError that names the inputs which the stage has changed."""
    changed = changed_inputs(inputs, files)
    if changed:
        raise StoppedError(
            f"the stage changed its own input: {', '.join(changed[:5])}",
            where=where,
            cure="Write to another path and declare it as an output; an input that changes under"
            " a run makes its results worthless. Restore the file if it is the original.",
        )


def make_output_folders(target: Path, outputs: Sequence[str], *, where: str = "") -> None:
    """Make the folders that `outputs` go to; InputError when an output is an input or code too."""
    for output in outputs:
        pattern = globs.normal(output, where=where)
        if globs.find(target, pattern):
            raise InputError(
                f"{output!r} is declared as an output, but it is an input or code as well",
                where=where,
                cure="Let the stage write to a path of its own.",
            )
        folders = [*globs.parents(pattern), *([pattern] if output.endswith("/") else [])]
        if folders:
            with disk_errors(target):
                (target / folders[-1]).mkdir(parents=True, exist_ok=True)


def collect_outputs(
    target: Path, outputs: Sequence[str], *, user_folder: Path | None = None, where: str = ""
) -> dict[str, tuple[Path, ...]]:
    """What the stage wrote for each of `outputs`: the file or folder, for a pattern all files.

    Nothing of this name was there before, so whatever is there was written by this run.
    StoppedError names an output that is missing; one that is a link out of `target` is refused.
    """
    found = {}
    for output in outputs:
        pattern = globs.normal(output, where=where)
        paths = globs.find(target, pattern)
        if not paths:
            raise _missing(output, pattern, user_folder, where)
        for path in paths:
            _check_own(target, path, where)
        whole = globs.has_magic(pattern)
        found[output] = tuple(target / path for path in (paths if whole else [pattern]))
    return found


def _export_one(folder: Path, path: str, place: str) -> None:
    source = f"{folder}/{path}"
    try:
        if stat.S_ISLNK(os.lstat(source).st_mode):
            link_target(folder, path)
            os.symlink(os.readlink(source), place)  # noqa: PTH115, PTH211
        else:
            copy_file(source, place)
    except FileNotFoundError as error:
        raise InputError(
            "the file went away while the run began",
            where=source,
            cure="Run the same command again.",
        ) from error


def _link_one(original: str, place: str) -> None:
    if os.stat(original).st_size <= SMALL:  # noqa: PTH116
        copy_file(original, place)
    elif not clone_file(original, place):
        os.symlink(original, place)  # noqa: PTH211


def _state(place: str) -> State:
    """What changes when the file, or the original behind a link, is written or replaced."""
    seen = os.stat(place)  # noqa: PTH116
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _has_changed(inputs: Inputs, path: str, now: Mapping[Path, str], files: Files) -> bool:
    """Whether the original (its digest may be in `now` already) or what stands for it changed."""
    original, expected = inputs.originals[path], inputs.digests[path]
    place = f"{inputs.target}/{path}"
    try:
        if (now.get(original) or files.digests([original])[original]) != expected:
            return True
        if _state(place) == inputs.states[path]:
            return False
        return files.digests([Path(place)])[Path(place)] != expected
    except (OSError, InputError):
        return True


def _missing(output: str, pattern: str, user_folder: Path | None, where: str) -> StoppedError:
    cure = "Let the command write it, relative to the folder that it runs in."
    if user_folder is not None and globs.find(user_folder, pattern):
        cure = (
            f"There is one in {user_folder}, but only what this run itself wrote counts: write to"
            " the relative path, not to an absolute one."
        )
    return StoppedError(f"the declared output {output!r} was not written", where=where, cure=cure)


def _check_own(target: Path, path: str, where: str) -> None:
    place = (target / path).resolve()
    if not place.is_relative_to(target.resolve()) or not place.is_file():
        raise StoppedError(
            f"the output {path!r} is not a file of this run",
            where=where,
            cure="Write the file itself, not a link to another place.",
        )
