# SPDX-License-Identifier: Apache-2.0
"""Model files that Git tracks and the training writes: each training by hand makes a change."""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Each file once; a run itself writes a copy and leaves these alone."""
    seen = set()
    for model in subject.repository.models:
        if model.git == "tracked" and model.path not in seen:
            seen.add(model.path)
            yield Finding(
                "model in Git",
                "warning",
                f"{model.path} is tracked by Git, and {model.at} overwrites it",
                f"Shipway keeps every version: git rm --cached {model.path}, and add it to "
                ".gitignore",
                str(model.at),
            )
