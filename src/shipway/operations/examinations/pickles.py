# SPDX-License-Identifier: Apache-2.0
"""A training that writes pickles while the spec does not allow any."""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject

ENDINGS = (".pkl", ".pickle", ".joblib")


def examine(subject: Subject) -> Iterator[Finding]:
    """Whether `train.model` names pickles that a run would refuse."""
    train = subject.spec.train if subject.spec is not None else None
    if train is None or train.allow_pickle:
        return
    for path in train.model:
        if path.endswith(ENDINGS):
            yield Finding(
                "pickle",
                "trouble",
                f"{path} is a pickle, which the spec does not allow",
                "Set train.allow_pickle: true if you trust your own training, or save with skops.",
                subject.where("train", "model"),
            )
