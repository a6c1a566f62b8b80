# SPDX-License-Identifier: Apache-2.0
"""A detached HEAD belongs to no branch, so nothing of it is deployed."""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Whether HEAD is a branch."""
    if subject.git("rev-parse", "--verify", "HEAD") is None:
        return
    if subject.git("symbolic-ref", "-q", "HEAD") is None:
        yield Finding(
            "branch",
            "warning",
            "HEAD is detached: a run ends before it deploys",
            "Check a branch out: git switch main. In CI the provider's branch variable counts.",
        )
