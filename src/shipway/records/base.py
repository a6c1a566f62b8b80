# SPDX-License-Identifier: Apache-2.0
"""What all records share: they are frozen, and tolerate fields of later versions."""

from typing import Literal

import msgspec

FORMAT = 1
Verdict = Literal["passed", "failed", "inconclusive"]


class Record(msgspec.Struct, frozen=True):
    """Base of all records.

    `content()` is what other stages' fingerprints depend on: it holds no times, durations or
    paths, so that the same work done elsewhere gives the same fingerprint.
    """

    def content(self) -> object:
        """The part of this record that later results depend on; JSON-like."""
        return msgspec.to_builtins(self)

    def objects(self) -> tuple[str, ...]:
        """Digests of the stored objects without which this record is of no use."""
        return ()


class Skipped(Record, frozen=True, tag="skipped"):
    """A stage that has nothing to do, and why: its key is missing in the spec."""

    reason: str


def worst(verdicts: "list[Verdict]") -> Verdict:
    """`failed` before `inconclusive` before `passed`; no verdict at all is `passed`."""
    if "failed" in verdicts:
        return "failed"
    return "inconclusive" if "inconclusive" in verdicts else "passed"
