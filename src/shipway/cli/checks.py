# SPDX-License-Identifier: Apache-2.0
"""How a check that did not pass looks on a terminal."""

from shipway.records.data import CheckResult, Example


def check_lines(check: CheckResult, demands: str = "shipway.yaml") -> list[str]:
    """Column, rule, what was found, the line that demands it, offending rows."""
    place = f"{check.dataset}.{check.column}" if check.column else check.dataset
    line = f" ({demands}:{check.line})" if check.line else ""
    head = f"  {place}: {_demand(check)}: {check.observed}{line}"
    return [head, *(f"    {_example(example)}" for example in check.examples)]


def _demand(check: CheckResult) -> str:
    return f"{check.check} {check.expected}".strip()


def _example(example: Example) -> str:
    key = "".join(f", {name} {value}" for name, value in example.key.items())
    value = f": {example.value!r}" if example.shown else ""
    return f"row {example.row}{key}{value}"
