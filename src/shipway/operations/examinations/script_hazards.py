# SPDX-License-Identifier: Apache-2.0
"""What hinders an unattended run: windows, questions, absolute paths, downloads, early exits."""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject

ELSEWHERE = ("lfs pointer", "submodule", "overwrites tracked file")


def examine(subject: Subject) -> Iterator[Finding]:
    """Each place in the code, those of the training first."""
    entry = subject.entry
    training = set(entry.files) if entry is not None else set()
    train = subject.spec.train if subject.spec is not None else None
    # A predict function of the project's own takes the table's names.
    elsewhere = {*ELSEWHERE, *(["renames columns"] if train is not None and train.predict else [])}
    hazards = [each for each in subject.repository.hazards if each.kind not in elsewhere]
    for each in sorted(hazards, key=lambda one: (one.at.path not in training, one.at)):
        yield Finding(each.kind, "warning", each.what, each.cure, str(each.at))
