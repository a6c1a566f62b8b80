# SPDX-License-Identifier: Apache-2.0
"""Look at a repository as a whole."""

from pathlib import Path

from shipway.discovery.findings import RepositoryFindings


def look(folder: Path) -> RepositoryFindings:
    """Everything that the files below `folder` tell; nothing is imported, run or written."""
    return RepositoryFindings(name=folder.resolve().name)
