# SPDX-License-Identifier: Apache-2.0
"""What a step of the user's own gave."""

from typing import Literal

from shipway.records.base import Record


class Output(Record, frozen=True):
    """A file, or a folder kept as a tree, that a step wrote."""

    path: str
    digest: str
    kind: Literal["file", "tree"] = "file"


class StepResult(Record, frozen=True, tag="step"):
    """The outputs of a step, by their path relative to the spec's folder."""

    name: str
    outputs: tuple[Output, ...] = ()

    def content(self) -> object:
        """Digests of the outputs by path."""
        return {output.path: output.digest for output in self.outputs}

    def objects(self) -> tuple[str, ...]:
        """The outputs' objects."""
        return tuple(output.digest for output in self.outputs)
