# SPDX-License-Identifier: Apache-2.0
"""Code that lies above a project's folder, in the same repository: several models share it.

    code: ["../common/**"]

in `models/churn/shipway.yaml` adds `models/common/`. In the export it lies without its `../`, as
`common/`, beside the project's own code, so that `import common` works there and in the package.
"""

from collections.abc import Sequence

from shipway.base.errors import InputError
from shipway.base.globs import matcher, normal
from shipway.stages.codeset import check_submodules, placed

UP = "../"


def divide(patterns: Sequence[str] | None) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The patterns about the folder itself, and those that lead out of it.

    When all lead out of it, the first are None: the default code set, to which they are added.
    """
    if patterns is None:
        return None, ()
    shared = tuple(pattern for pattern in patterns if _leads_up(pattern))
    own = tuple(pattern for pattern in patterns if not _leads_up(pattern))
    return (own if own or not shared else None), shared


def tops(patterns: Sequence[str]) -> list[str]:
    """The paths, without wildcards, below which shared code lies."""
    found = []
    for pattern in patterns:
        if _leads_up(pattern):
            height, rest = _climb(pattern, "")
            parts = rest.split("/")
            end = next((n for n, part in enumerate(parts) if set(part) & set("*?[")), len(parts))
            found.append("/".join([".."] * height + parts[:end]))
    return found


def select(
    files: Sequence[str], patterns: Sequence[str], exclude: Sequence[str], prefix: str, where: str
) -> list[str]:
    """Those of the repository's `files` (relative to the folder) that shared `patterns` mean.

    Only files above the folder count; `prefix` is the way from the repository's top to it.
    InputError for a pattern that means no file, or that leaves the repository.
    """
    folder = prefix.split("/") if prefix else []
    above = {_from_top(path, folder): path for path in files if path.startswith(UP)}
    excluded = matcher(
        [_pattern_from_top(pattern, folder, where) for pattern in exclude if _leads_up(pattern)]
    )
    found: set[str] = set()
    for pattern in patterns:
        meant = matcher([_pattern_from_top(pattern, folder, where)])
        chosen = {path for top, path in above.items() if meant(top) and not excluded(top)}
        if not chosen:
            raise InputError(
                f"'code' names {pattern!r}, which means no file above this folder",
                where=where,
                cure="Correct it; only files that Git sees count.",
            )
        found |= chosen
    check_submodules(sorted(found), where)
    return sorted(found)


def check_places(paths: Sequence[str], where: str = "") -> None:
    """InputError when two files of a code set would lie at the same place."""
    there: dict[str, str] = {}
    for path in paths:
        other = there.setdefault(placed(path), path)
        if other != path:
            raise InputError(
                f"{path} and {other} would both be {placed(path)} for the stage",
                where=where,
                cure="Shared code lies beside the project's own, without its ../: rename one of"
                " them, or name fewer files with 'code:'.",
            )


def _leads_up(pattern: str) -> bool:
    return "://" not in pattern and pattern.removeprefix("./").startswith("..")


def _climb(pattern: str, where: str) -> tuple[int, str]:
    """How many folders up a pattern begins, and the rest of it."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    height = next((n for n, part in enumerate(parts) if part != ".."), len(parts))
    rest = parts[height:] or ["**"]
    return height, normal("/".join(rest), where=where)


def _pattern_from_top(pattern: str, folder: Sequence[str], where: str) -> str:
    height, rest = _climb(pattern, where)
    if height > len(folder):
        raise InputError(
            f"{pattern!r} leads out of the Git repository",
            where=where,
            cure="Code must be in the repository, else no commit would say what it was; make a"
            " package of it and name it among the requirements, or add it as a submodule.",
        )
    return "/".join([*folder[: len(folder) - height], rest])


def _from_top(path: str, folder: Sequence[str]) -> str:
    rest = placed(path)
    height = (len(path) - len(rest)) // len(UP)
    return "/".join([*folder[: len(folder) - height], rest])
