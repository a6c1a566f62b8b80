# SPDX-License-Identifier: Apache-2.0
"""What is being run, and the Python environment that it runs in."""

from shipway.records.base import FORMAT, Record


class Source(Record, frozen=True, tag="source"):
    """A commit (or the dirty tree on top of it) of the user's repository.

    `folder` is the folder of `shipway.yaml` and `root` the top of the Git work tree that holds
    it, both absolute; `prefix` is the path from one to the other (`""` when they are the same).
    """

    commit: str
    branch: str
    default_branch: str
    author: str
    committed_at: str
    subject: str
    dirty: bool
    folder: str
    root: str
    prefix: str = ""

    def content(self) -> object:
        """Nothing: the source enters fingerprints only through a stage's code set."""
        return None


class LockedPackage(Record, frozen=True):
    """One package of a lock: canonical name and exact version."""

    name: str
    version: str


class PythonEnvironment(Record, frozen=True, tag="environment"):
    """A virtual environment made from a lock.

    `lock` is the text of the lock (a requirements file with hashes, or the packages of conda),
    `digest` names it together with the Python version and platform, `interpreter` is the absolute
    path of its Python and `overlay` the folder of third-party parts that the runtime adds behind
    the project's packages. `kind` is the adapter that made it and can make it again.
    """

    digest: str
    python: str
    platform: str
    lock: str
    packages: tuple[LockedPackage, ...]
    interpreter: str
    overlay: str
    kind: str = "uv"
    format: int = FORMAT

    def content(self) -> object:
        """The digest of the lock."""
        return self.digest
