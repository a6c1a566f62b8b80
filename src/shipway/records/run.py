# SPDX-License-Identifier: Apache-2.0
"""One journey along the road."""

from typing import Any, Literal

from shipway.records.base import FORMAT, Record, Verdict

StageStatus = Literal["passed", "failed", "skipped", "cancelled", "not-run", "running"]
RunVerdict = Verdict | Literal["running", "waiting", "interrupted", "error"]


class StageRun(Record, frozen=True):
    """What became of one stage in one run.

    `stage` names it with its environment where it has one (`deploy production`). `found` is the
    one line for the table, `reason` the check, test or gate that stopped it.
    """

    stage: str
    status: StageStatus
    seconds: float = 0.0
    cached: bool = False
    found: str = ""
    reason: str = ""
    fingerprint: str = ""
    result: Any = None


class RunRecord(Record, frozen=True):
    """`runs/<project>/<run-id>/run.json`."""

    run: str
    project: str
    verdict: RunVerdict
    exit_code: int
    started: str
    finished: str
    source: Any
    stages: tuple[StageRun, ...]
    note: str = ""
    error: str = ""
    shipway: str = ""
    format: int = FORMAT
