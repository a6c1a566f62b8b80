# SPDX-License-Identifier: Apache-2.0
"""A shallow clone lacks the commits that tell where a branch left the default one."""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Whether the history is whole."""
    if subject.git("rev-parse", "--is-shallow-repository") == "true":
        yield Finding(
            "history",
            "warning",
            "this is a shallow clone: older commits, and where branches part, are not known",
            "Fetch them: git fetch --unshallow (in CI: fetch-depth: 0)",
        )
