# SPDX-License-Identifier: Apache-2.0
"""The Git repository: which commit, which branch, changes that are not committed."""

from collections.abc import Iterator

from shipway.base.errors import ShipwayError
from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """What a run would take."""
    project = subject.project
    if project is None:
        return
    try:
        source = project.sources.look(project.paths.folder)
    except ShipwayError as error:
        yield Finding("repository", "trouble", error.what, error.cure)
        return
    state = "uncommitted changes" if source.dirty else "clean"
    place = source.branch or "no branch"
    yield Finding("repository", "good", f"{place} at {source.commit[:10]}, {state}")
