# SPDX-License-Identifier: Apache-2.0
"""Metrics in what a training prints: the patterns of `train.metrics.stdout`.

    ROC AUC: {roc_auc}        matches  "ROC AUC : 0.9312", "  ROC AUC:93.12%"
    Epoch {_}: loss {loss}    {_} is a number that nobody wants
    classification_report     is no pattern: scikit-learn's table is understood

A pattern may match anywhere in a line; where one match lies inside of another, the longer one
counts. Blanks are tolerated where words and signs meet; colours of terminals are ignored; the last
match counts. A number with % is a share: 93% is 0.93.
"""

import collections
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shipway.base.errors import InputError
from shipway.base.names import nearest
from shipway.stages.report_table import ReportTable

TABLE = "classification_report"
UNWANTED = "_"
COLOURS = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07)")
TOKEN = re.compile(r"\{(\w[\w.]*)\}(%?)|(\s+)|(\w+)|([^\w\s])")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[A-Za-z_][\w.]*")
NUMBER = (
    r"(?:[A-Za-z_][\w.]{0,40}\(|\[){0,3}"  # np.float64(0.5), tensor([0.5])
    r"([-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w|\.\d)"
    r"|[-+]?(?:nan|inf)\b)(\s?%)?"
)
KEPT_LINES = 200
HOW = (
    "Write the line as it is printed, with the metric's name in braces where its number stands: "
    '"ROC AUC: {roc_auc}".'
)
LONGEST = 2000


def number(text: str, percent: bool) -> float:
    """A number as people print it."""
    text = text.replace(",", "")
    # Rounded where a double ends, so that 93.1% is 0.931 and not 0.9309999999999999.
    return float(f"{float(text) / 100:.15g}") if percent else float(text)


class Pattern:
    """One line of `stdout:`."""

    def __init__(self, text: str, where: str = "") -> None:
        self.text = text
        self.names = _names(text, where)
        self.form = re.compile(_form(text), re.IGNORECASE)

    def find(self, line: str) -> dict[str, float]:
        """The numbers of the last match in a line, by name."""
        return {name: value for match in self.matches(line) for name, value in match.found.items()}

    def matches(self, line: str) -> Iterator["Match"]:
        """Each match, with its numbers by name."""
        for match in self.form.finditer(line):
            groups = match.groups()
            found = {
                name: number(groups[2 * index], bool(groups[2 * index + 1]))
                for index, name in enumerate(self.names)
                if name != UNWANTED
            }
            yield Match(*match.span(), found)


class Match(NamedTuple):
    """Where a pattern matched, and what it found there."""

    begin: int
    end: int
    found: dict[str, float]

    def within(self, other: "Match") -> bool:
        """Whether another pattern has matched more of the line around this one."""
        inside = other.begin <= self.begin and self.end <= other.end
        return inside and (other.begin, other.end) != (self.begin, self.end)


class Printed:
    """Reads lines as they come; keeps a few, to say what a pattern may have meant."""

    def __init__(
        self, patterns: Sequence[str], places: Sequence[str] = (), positive: str | None = None
    ) -> None:
        self.places = places
        self.patterns = [
            (number, Pattern(text, self._place(number)))
            for number, text in enumerate(patterns)
            if text.strip() != TABLE
        ]
        self.table = ReportTable(positive) if len(self.patterns) < len(patterns) else None
        self.table_place = next((n for n, text in enumerate(patterns) if text.strip() == TABLE), 0)
        self.seen: set[int] = set()
        self.lines: collections.deque[str] = collections.deque(maxlen=KEPT_LINES)

    def line(self, text: str) -> dict[str, float]:
        """What the patterns find in a line of output."""
        if not self.patterns and self.table is None:
            return {}
        text = COLOURS.sub("", text[-LONGEST:])
        if self.table is not None:
            self.table.line(text)
        found: dict[str, float] = {}
        every = [(place, one) for place, each in self.patterns for one in each.matches(text)]
        for place, match in every:
            # "AUC: {auc}" is not meant by "train AUC: 0.99" where a pattern of its own reads that.
            if not any(match.within(other) for _, other in every):
                self.seen.add(place)
                found |= match.found
        if not found and any(character.isdigit() for character in text):
            self.lines.append(text.strip()[:200])
        return found

    def table_values(self) -> dict[str, float]:
        """What the last table of scikit-learn said."""
        return {} if self.table is None else dict(self.table.values)

    def check(self) -> None:
        """InputError for a pattern that matched nothing, with the line that it may have meant."""
        for place, pattern in self.patterns:
            if place not in self.seen:
                raise InputError(
                    f"the training printed nothing like {pattern.text!r}",
                    where=self._place(place),
                    cure=self._nearest(pattern),
                )
        if self.table is not None and not self.table.values:
            raise InputError(
                "the training printed no table of scikit-learn's classification_report",
                where=self._place(self.table_place),
                cure="Let it print(classification_report(y_true, y_pred)), without output_dict.",
            )

    def _nearest(self, pattern: Pattern) -> str:
        import difflib

        plain = PLACEHOLDER.sub("0.5", pattern.text).lower()

        def likeness(line: str) -> float:
            return difflib.SequenceMatcher(None, plain, line.lower()).ratio()

        if not self.lines:
            return "It printed no line with a number."
        line = max(self.lines, key=likeness)
        return (
            f"The nearest line with a number is:\n    {line}\n"
            f"Write it as it is printed, with {{{pattern.names[0]}}} where the number stands."
        )

    def _place(self, index: int) -> str:
        return self.places[index] if index < len(self.places) else ""


def _names(text: str, where: str) -> tuple[str, ...]:
    names = tuple(PLACEHOLDER.findall(text))
    wrong = next((name for name in names if not NAME.fullmatch(name)), None)
    if wrong is not None:
        raise InputError(
            f"{{{wrong}}} is no name of a metric", where=where, cure="Write {my_name}."
        )
    if all(name == UNWANTED for name in names):
        raise InputError(
            f"the pattern {text!r} names no metric",
            where=where,
            cure=f"Did you mean {TABLE!r}?" if nearest(text.strip(), [TABLE]) else HOW,
        )
    return names


def _form(text: str) -> str:
    """The pattern as a regular expression."""
    parts: list[str] = []
    after_word, blank = False, False
    for name, _, space, word, sign in TOKEN.findall(text.strip()):
        if space:
            blank = True
            continue
        between = r"\s+" if blank and after_word and word else r"\s*"
        # At its beginning a pattern meets no end of another word or number.
        parts.append(between if parts else r"(?<![\w.])" if word or name else "")
        parts.append(NUMBER if name else re.escape(word or sign))
        after_word, blank = bool(word), False
    return "".join(parts)
