# SPDX-License-Identifier: Apache-2.0
"""Which of the repository's files are the tables: what the code reads, else what lies there.

A training and a test file beside each other become `train` and `test`; a single one is `all`.
"""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from shipway.data.locate import SUFFIXES
from shipway.discovery.findings import DataFile, RepositoryFindings
from shipway.discovery.running import EntryPoint
from shipway.discovery.tables import TableFinding
from shipway.discovery.tables_look import look_at

ROLES = {
    "train": re.compile(r"(^|[^a-z])train(ing|set)?([^a-z]|$)"),
    "validation": re.compile(r"(^|[^a-z])(val|valid|validation|dev)([^a-z]|$)"),
    "test": re.compile(r"(^|[^a-z])(test|testing|testset|holdout|eval)([^a-z]|$)"),
}


class TableChoice(msgspec.Struct, frozen=True):
    """The tables of a project: paths by the names that `data` gives them (`all`, `train`, …).

    `finding` is what they hold together; None without any. `unusable` are tables that can't be read
    as they are, `others` files that were not chosen, `why` is the reason for the choice.
    """

    paths: tuple[tuple[str, str], ...] = ()
    finding: TableFinding | None = None
    unusable: tuple[TableFinding, ...] = ()
    others: tuple[str, ...] = ()
    why: str = ""

    @property
    def path(self) -> str:
        """The file that training reads; empty without any."""
        by_name = dict(self.paths)
        return by_name.get("train") or by_name.get("all") or ""

    def name_of(self, path: str) -> str:
        """The name under which `path` is declared; empty when it is not."""
        return next((name for name, known in self.paths if known == path), "")


def choose_tables(
    folder: Path, findings: RepositoryFindings, entry: EntryPoint | None
) -> TableChoice:
    """The tables for training by `entry`."""
    read = [one for one in _read_by(findings, entry) if is_table(one.path)]
    if read:
        paths = _named(read)
        place = read[0].at
        why = f"{place} reads it" if len(paths) == 1 else f"{place} reads them"
    else:
        paths = _pair([path for path in findings.tables if is_table(path)])
        why = "the only table here" if len(findings.tables) == 1 else "tables that lie here"
    return _looked_at(folder, paths, tuple(findings.tables), why)


def is_table(path: str) -> bool:
    """Whether the name ends like that of a table which can be read."""
    return path.lower().endswith(tuple(SUFFIXES))


def _read_by(findings: RepositoryFindings, entry: EntryPoint | None) -> Sequence[DataFile]:
    """What the entry reads as rows; without an entry, what any code does."""
    mine = findings.of(entry, findings.data) if entry is not None else findings.data
    return [
        one
        for one in mine or findings.data
        if one.exists and one.kind != "url" and not one.configuration and not one.model
    ]


def _named(read: Sequence[DataFile]) -> dict[str, str]:
    by_role: dict[str, str] = {}
    for one in read:
        role = one.role or role_of(one.path)
        if role:
            by_role.setdefault(role, one.path)
    if "train" in by_role and len(by_role) > 1:
        return {name: by_role[name] for name in ("train", "validation", "test") if name in by_role}
    return {"all": by_role.get("all") or by_role.get("train") or read[0].path}


def role_of(path: str) -> str:
    """`train`, `validation` or `test` where the file's name says so; else empty."""
    stem = PurePosixPath(path).name.lower()
    return next((role for role, form in ROLES.items() if form.search(stem)), "")


def _pair(paths: Sequence[str]) -> dict[str, str]:
    """Train and test files of one folder; else the first one."""
    if not paths:
        return {}
    for path in paths:
        if role_of(path) == "train":
            parent = PurePosixPath(path).parent
            beside = [other for other in paths if PurePosixPath(other).parent == parent]
            by_role = {role: other for other in reversed(beside) if (role := role_of(other))}
            if "test" in by_role:
                return {n: by_role[n] for n in ("train", "validation", "test") if n in by_role}
            return {"all": path}
    return {"all": paths[0]}


def _looked_at(
    folder: Path, paths: dict[str, str], known: tuple[str, ...], why: str
) -> TableChoice:
    """Look at the chosen files together, or alone where their columns differ."""
    found = {name: look_at([folder / path], path) for name, path in paths.items()}
    main = next((name for name in ("train", "all") if name in found), None)
    unusable = tuple(each for each in found.values() if each.problem)
    others = tuple(path for path in known if path not in paths.values())
    if main is None or found[main].problem:
        return TableChoice((), None, unusable, others, why)
    # A test file without the target, as competitions give them, can't be evaluated on.
    columns = set(found[main].names)
    fitting = {
        n: each for n, each in found.items() if not each.problem and columns <= set(each.names)
    }
    left = tuple((n, paths[n]) for n in fitting)
    if len(fitting) == 1:
        name = "all" if main == "train" and "test" not in fitting else main
        return TableChoice(((name, paths[main]),), found[main], unusable, others, why)
    files = [folder / paths[name] for name in fitting]
    together = look_at(files, paths[main])
    return TableChoice(left, found[main] if together.problem else together, unusable, others, why)
