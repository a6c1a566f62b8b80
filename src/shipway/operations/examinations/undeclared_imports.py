# SPDX-License-Identifier: Apache-2.0
"""Imports that no requirements file declares: the environment of a run would not have them."""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Each such module, at its first place."""
    repository = subject.repository
    listed = next((each.at.path for each in repository.requirements if not each.development), "")
    for use in repository.undeclared:
        yield Finding(
            "imports",
            "trouble" if subject.entry and use.at.path in subject.entry.files else "warning",
            f"{use.module} is not declared by {listed or 'any requirements file'}",
            f"Add {use.distribution} to {listed or 'requirements.txt'}.",
            str(use.at),
        )
