# SPDX-License-Identifier: Apache-2.0
"""What a CI provider must be told, and what it gives: the text of one file."""

from typing import Protocol

import msgspec


class CiWanted(msgspec.Struct, frozen=True):
    """What the jobs shall do.

    `command` runs Shipway and `install` brings it there; `branch` is the one that deploys;
    `stores` are folders outside of the checkout that jobs hand on to each other; `python` is the
    version that Shipway runs in. `lfs` and `submodules` belong to a complete checkout here.
    """

    command: str
    install: str
    branch: str
    stores: tuple[str, ...]
    python: str
    lfs: bool = False
    submodules: bool = False


class Ci(Protocol):
    """One provider.

    Its jobs run on every push to the branch and for every change that is proposed, keep stores and
    environments, publish the Markdown report even when the run stopped, show it where the change is
    discussed, and give a stranger's change neither secrets nor the right to write.
    """

    path: str

    def text(self, wanted: CiWanted) -> str:
        """The file that belongs at `path`, relative to the top of the repository."""
        ...
