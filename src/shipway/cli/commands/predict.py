# SPDX-License-Identifier: Apache-2.0
"""`shipway predict`."""

import argparse
import sys
from pathlib import Path

from shipway.base.errors import DONE, InputError
from shipway.cli.output import print_json, tell
from shipway.operations.batch.prediction import Step
from shipway.operations.predict import PredictOptions, predict

EXAMPLE = """  shipway predict champion data/new.parquet predictions.parquet
  shipway predict fraud-detector@3 'data/2026-*.csv' scored.csv --columns transaction_id"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `predict`."""
    parser.add_argument("model", metavar="MODEL@N|champion", help="which model predicts")
    parser.add_argument(
        "input", nargs="+", metavar="IN", help="files of one table, or quoted globs"
    )
    parser.add_argument("output", type=Path, metavar="OUT", help="the file to write")
    parser.add_argument(
        "--columns", metavar="A,B", help="columns of IN that OUT keeps (default: all)"
    )
    parser.add_argument(
        "--chunk-rows",
        type=int,
        metavar="N",
        help="rows that are predicted at once (default: 100000, fewer for wide tables)",
    )
    parser.add_argument("--force", action="store_true", help="replace OUT when it is there already")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `predict`; its exit code."""
    options = PredictOptions(
        columns=_names(arguments.columns),
        chunk_rows=_positive(arguments.chunk_rows),
        force=arguments.force,
    )
    line = _Line()
    try:
        done = predict(
            Path(arguments.project),
            arguments.model,
            arguments.input,
            arguments.output,
            options,
            step=line.draw,
            tell=tell,
        )
    finally:
        line.end()
    if arguments.json:
        print_json(done)
        return DONE
    if done.ignored:
        print(f"not used by the model: {', '.join(done.ignored)}")
    print(f"{done.model}@{done.version} predicted {done.rows:,} rows: {done.output}")
    return DONE


def _names(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _positive(number: int | None) -> int | None:
    if number is not None and number < 1:
        raise InputError("--chunk-rows is less than 1", cure="Give the number of rows.")
    return number


class _Line:
    """One line of progress, drawn over itself; nothing where nobody looks."""

    def __init__(self) -> None:
        self.shown = False

    def draw(self, step: Step) -> None:
        if not sys.stderr.isatty():
            return
        speed = step.here / step.seconds if step.seconds else 0.0
        share = step.done / step.rows if step.rows else 1.0
        left = (step.rows - step.done) / speed if speed else 0.0
        text = f"{step.done:,} of {step.rows:,} rows ({share:.0%}), {speed:,.0f} rows/s"
        sys.stderr.write(f"\r\033[K{text}, {left:.0f} s left")
        sys.stderr.flush()
        self.shown = True

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
