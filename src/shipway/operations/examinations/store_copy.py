# SPDX-License-Identifier: Apache-2.0
"""A store on this disk is the only copy of models, runs and history."""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Where the store is."""
    if subject.project is not None:
        yield Finding(
            "store",
            "warning",
            f"{subject.project.store.location} is the only copy of models, runs and history",
            "Keep a copy of that folder somewhere else.",
        )
