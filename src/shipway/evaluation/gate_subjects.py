# SPDX-License-Identifier: Apache-2.0
"""What stands on the left of a gate: a metric with its options, or a form around columns.

subject   metric | ('difference' | 'ratio') '(' metric ',' column {',' column} ')'
          | ('invariance' | 'increasing' | 'decreasing') '(' column ')'
metric    name ['@' option {',' option}]
option    key '=' value

A comma is followed by an option where a name and a single `=` come next, else by a column:
`difference(ndcg@k=10,by=query, country)`. A training may report metrics under other names than
ours, so a name may hold `/`, `:`, `-`, inner dots and an `@` that begins no option (`map@0.5`).
"""

import re
from typing import NamedTuple, cast

from shipway.evaluation.gate_cursor import Cursor, in_quotes
from shipway.evaluation.gates import Form

OPTION = r"\s*[^\W\d]\w*\s*=(?!=)"
INNER = rf"(?:[\w/:-]|@(?=\w)(?!{OPTION}))"
NAME = re.compile(rf"[^\W\d]{INNER}*(?:\.{INNER}+)*")
KEY = re.compile(r"[^\W\d]\w*")
NEXT_OPTION = re.compile(rf",{OPTION}")
BARE = re.compile(r"[^\s,()\[\]<>=!'\"`@]+")
COLUMN = re.compile(r"[^\W\d][\w.-]*")
GROUPED = ("difference", "ratio")
BEHAVIOUR = ("invariance", "increasing", "decreasing")
FORM = re.compile(rf"(?:{'|'.join((*GROUPED, *BEHAVIOUR))})(?=\s*\()")

METRIC_EXPECTED = "Expected a metric's name, such as roc_auc."
OPTION_EXPECTED = "Expected an option: its name, = and its value, such as precision=0.9."
VALUE_EXPECTED = "Expected a value; one with blanks or commas stands in quotes."
COLUMN_EXPECTED = "Expected the name of a column; one with blanks stands in back-quotes."


class Subject(NamedTuple):
    """Its form, the canonical name of the metric (empty without one) and the columns."""

    form: Form
    metric: str
    columns: tuple[str, ...] = ()


def read_subject(cursor: Cursor) -> Subject:
    """The subject that stands next; GateError when there is none."""
    word = cursor.take(FORM)
    if word is None:
        return Subject("metric", read_metric(cursor))
    form = cast("Form", word)
    cursor.step("(")
    metric = ""
    if form in GROUPED:
        metric = read_metric(cursor)
        if not cursor.step(","):
            cursor.fail(
                cursor.found(), f"Expected a comma and a column: {form}({metric}, country)."
            )
    columns = [_column(cursor)]
    while form in GROUPED and cursor.step(","):
        at = cursor.skip()
        columns.append(_column(cursor))
        if columns[-1] in columns[:-1]:
            cursor.fail(f"{columns[-1]} stands here twice", "Expected another column.", at)
    if not cursor.step(")"):
        more = " or a comma" if form in GROUPED else ""
        cursor.fail(cursor.found(), f"Expected ){more}.")
    return Subject(form, metric, tuple(columns))


def read_metric(cursor: Cursor) -> str:
    """The canonical name of the metric that stands next, with its options."""
    name = cursor.take(NAME)
    if name is None:
        cursor.fail(cursor.found(), METRIC_EXPECTED)
    if not cursor.step("@"):
        return name
    options = [_option(cursor)]
    while cursor.sees(NEXT_OPTION):
        cursor.step(",")
        at = cursor.skip()
        options.append(_option(cursor))
        if options[-1][0] in [key for key, _ in options[:-1]]:
            cursor.fail(f"{options[-1][0]} stands here twice", "Expected another option.", at)
    return metric_text(name, options)


def metric_text(base: str, options: list[tuple[str, str]]) -> str:
    """The name of a metric with its options, as it is read back."""
    shown = [
        f"{key}={value if BARE.fullmatch(value) else in_quotes(value)}" for key, value in options
    ]
    return f"{base}@{','.join(shown)}" if shown else base


def _option(cursor: Cursor) -> tuple[str, str]:
    key = cursor.take(KEY)
    if key is None or not cursor.step("="):
        cursor.fail(cursor.found(), OPTION_EXPECTED)
    value = cursor.quoted()
    if value is None:
        value = cursor.take(BARE)
    if value is None:
        cursor.fail(cursor.found(), VALUE_EXPECTED)
    return key, value


def _column(cursor: Cursor) -> str:
    start = cursor.skip()
    name = cursor.quoted()
    if name is None:
        name = cursor.take(COLUMN)
    if not name:
        cursor.fail(cursor.found(start), COLUMN_EXPECTED, start)
    return name
