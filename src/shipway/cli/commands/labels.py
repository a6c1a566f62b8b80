# SPDX-License-Identifier: Apache-2.0
"""`shipway labels`."""

import argparse

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_lines, print_table
from shipway.operations.labels import LabelPlan, LabelsRequest, plan_labels

EXAMPLE = """\
  shipway labels "n - o > 0.02 +/- 0.01" --reliability 0.999 --steps 32 --adaptivity full
  shipway labels "n > 0.9 +/- 0.02 and d < 0.1 +/- 0.02" --mode fn-free"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `labels`."""
    parser.add_argument(
        "condition", metavar="CONDITION", help="on n, o (accuracy, new and old) and d (changes)"
    )
    parser.add_argument(
        "--reliability",
        type=share,
        default=0.95,
        metavar="SHARE",
        help="how sure all steps together are: 0.999 or 99.9%% (default: 95%%)",
    )
    parser.add_argument(
        "--steps", type=int, default=1, metavar="H", help="models to decide on (default: 1)"
    )
    parser.add_argument(
        "--adaptivity",
        choices=("none", "firstChange", "full"),
        default="none",
        help="what developers learn: nothing until the end, the first pass, every answer "
        "(default: none)",
    )
    parser.add_argument(
        "--mode",
        choices=("fp-free", "fn-free"),
        default="fp-free",
        help="when unsure: refuse (fp-free, the default) or pass",
    )
    parser.add_argument(
        "--changed", type=share, metavar="SHARE", help="the most predictions that change: 10%%"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `labels`; its exit code."""
    plan = plan_labels(
        LabelsRequest(
            arguments.condition,
            reliability=arguments.reliability,
            steps=arguments.steps,
            adaptivity=arguments.adaptivity,
            mode=arguments.mode,
            changed=arguments.changed,
        )
    )
    if arguments.json:
        print_json(plan)
    else:
        _show(plan)
    return DONE


def _show(plan: LabelPlan) -> None:
    known = [f"{name}: {words}" for name, words in plan.variables.items()]
    print_lines((plan.condition, *(f"  {line}" for line in known), "", *plan.promise))
    print_lines((f"One step may err with {_small(plan)}; all bounds are one-sided.", ""))
    rows = [
        (_labels(each.labels, each.each_step), f"{each.rows:,}", each.method, each.assumes)
        for each in plan.alternatives
    ]
    print_table(("LABELS", "ROWS", "METHOD", "ASSUMES"), rows)
    print_lines(("", *filter(None, (plan.hint, plan.advice))))


def _labels(count: int, each_step: bool) -> str:
    return f"{count:,} a step" if each_step else f"{count:,}"


def _small(plan: LabelPlan) -> str:
    if plan.step_error > 0:
        return f"{plan.step_error:.3g}"
    return f"10^{plan.step_error_log10:.1f}"


def share(text: str) -> float:
    """`10%` or `0.1`; ValueError for anything else."""
    return float(f"{text[:-1]}e-2" if text.endswith("%") else text)
