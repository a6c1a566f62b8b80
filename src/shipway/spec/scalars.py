# SPDX-License-Identifier: Apache-2.0
"""From a scalar's raw text to a value: by the YAML 1.2 core schema, or by the field it lands in.

Only `true`, `false`, `null` and decimal or hexadecimal numbers resolve by themselves; everything
else is a text. A scalar in quotes is a text: a field that takes a number refuses it and says so.
Amounts, shares and durations carry their unit in the text, so quotes do no harm there.
"""

import re
import warnings
from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING

from shipway.base.names import NAME
from shipway.spec.nodes import Scalar

if TYPE_CHECKING:
    from shipway.spec.expressions import Expression

TRUE = frozenset(["true", "True", "TRUE"])
FALSE = frozenset(["false", "False", "FALSE"])
NULL = frozenset(["", "~", "null", "Null", "NULL"])
OTHER_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false"}
URL_PATH = re.compile(r"/[!-~]*")
INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,32}")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
SHARE = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+) ?%")
SPAN = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+) ?([smhdw])")
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
ENTRY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")

ESCAPED = re.compile(r"\\.|\[[^]]*\]")
LOOKING = re.compile(r"\(\?(?:<?[=!]|>|\()")
BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]|\(\?P=")


class Wrong(Exception):  # noqa: N818 - a mistake on its way to the walker, not an error of its own
    """A scalar that does not fit: what was found (empty: say it by the node), expected, cure.

    `offset` counts from the beginning of the scalar's text when the mistake is inside it.
    """

    def __init__(
        self, expected: str, *, found: str = "", cure: str = "", offset: int | None = None
    ) -> None:
        super().__init__(expected)
        self.expected = expected
        self.found = found
        self.cure = cure
        self.offset = offset


def resolve(scalar: Scalar) -> str | int | float | bool | None:
    """The value by the core schema, for fields of any type; Wrong for numbers that are not finite.

    JSON, in which values travel to the project's interpreter, has no infinity.
    """
    text = scalar.text
    if not scalar.plain:
        return text
    if text in NULL:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if INTEGER.fullmatch(text):
        return int(text)
    if HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    if NOT_FINITE.fullmatch(text):
        raise Wrong("a finite number", cure="Write it as a text, in quotes.")
    return _finite(text) if NUMBER.fullmatch(text) else text


def is_null(scalar: Scalar) -> bool:
    """True for a plain `null`, `~` or nothing at all."""
    return scalar.plain and scalar.text in NULL


def is_number(scalar: Scalar) -> bool:
    """True for a plain decimal number."""
    return scalar.plain and NUMBER.fullmatch(scalar.text) is not None


def text(scalar: Scalar) -> str:
    """The raw text, whatever it looks like."""
    if scalar.is_empty():
        raise Wrong("a text", cure='An empty text is written "".')
    return scalar.text


def words(scalar: Scalar) -> str:
    """A text that is not blank."""
    if not scalar.text.strip():
        raise Wrong("a text that is not empty")
    return scalar.text


def integer(scalar: Scalar) -> int:
    """A whole number in decimal digits, without quotes."""
    expected = "a whole number"
    _refuse_quotes(scalar, expected)
    if INTEGER.fullmatch(scalar.text):
        return int(scalar.text)
    if "_" in scalar.text and INTEGER.fullmatch(scalar.text.replace("_", "")):
        raise Wrong(expected, cure=f"Write {scalar.text.replace('_', '')}.")
    raise Wrong(expected)


def number(scalar: Scalar) -> float:
    """A finite number, without quotes."""
    _refuse_quotes(scalar, "a number")
    if not NUMBER.fullmatch(scalar.text):
        cure = ""
        if SHARE.fullmatch(scalar.text):
            cure = f"Write {float(scalar.text.rstrip('% ')) / 100:g}."
        raise Wrong("a number", cure=cure)
    return _finite(scalar.text)


def boolean(scalar: Scalar) -> bool:
    """`true` or `false`, without quotes."""
    _refuse_quotes(scalar, "true or false")
    if scalar.text in TRUE or scalar.text in FALSE:
        return scalar.text in TRUE
    other = OTHER_BOOLEANS.get(scalar.text.lower())
    raise Wrong("true or false", cure=f"Write {other}." if other else "")


def amount(scalar: Scalar) -> dict[str, float | bool]:
    """A number of rows (`120`) or a share of them (`1%`), as the fields of an Amount."""
    expected = "a share such as 1%, or a whole number of rows"
    share = SHARE.fullmatch(scalar.text)
    if share:
        return {"value": _share(float(share[1]) / 100, expected), "share": True}
    if INTEGER.fullmatch(scalar.text):
        if scalar.text.startswith("-"):
            raise Wrong(expected)
        return {"value": float(scalar.text), "share": False}
    cure = ""
    if NUMBER.fullmatch(scalar.text) and 0 < float(scalar.text) < 1:
        cure = f"Write {round(float(scalar.text) * 100, 10):g}%."
    raise Wrong(expected, cure=cure)


def percent(scalar: Scalar) -> float:
    """A share: `5%` or `0.05`."""
    expected = "a share such as 5% or 0.05"
    share = SHARE.fullmatch(scalar.text)
    if share:
        return _share(float(share[1]) / 100, expected)
    if not NUMBER.fullmatch(scalar.text):
        raise Wrong(expected)
    value = float(scalar.text)
    if 1 < value <= 100:
        raise Wrong(expected, cure=f"Write {scalar.text}%.")
    return _share(value, expected)


def duration(scalar: Scalar) -> float:
    """Seconds, from a number and its unit: `90s`, `30m`, `2h`, `7d`, `1w`."""
    expected = "a duration with a unit: 30s, 10m, 2h, 7d or 1w"
    span = SPAN.fullmatch(scalar.text)
    if span is None:
        bare = NUMBER.fullmatch(scalar.text)
        raise Wrong(expected, cure=f"Write {scalar.text}s for seconds." if bare else "")
    seconds = float(span[1]) * SECONDS[span[2]]
    if not (isfinite(seconds) and seconds > 0):
        raise Wrong(f"{expected}, longer than nothing")
    return seconds


def name(scalar: Scalar) -> str:
    """A name that every store and platform takes."""
    if NAME.fullmatch(scalar.text):
        return scalar.text
    lower = re.sub(r"[^a-z0-9._-]+", "-", scalar.text.lower()).strip("._-")[:63]
    raise Wrong(
        "a name of small letters, digits, . _ and -, at most 63, beginning with a letter or digit",
        cure=f"Write {lower}." if NAME.fullmatch(lower) else "",
    )


def entry(scalar: Scalar) -> str:
    """`module:name`."""
    if ENTRY.fullmatch(scalar.text):
        return scalar.text
    module, _, last = scalar.text.rpartition(".")
    proposed = f"{module}:{last}"
    cure = f"Write {proposed}." if ENTRY.fullmatch(proposed) else ""
    raise Wrong("module:name, such as fraud.train:train", cure=cure)


def command(scalar: Scalar) -> str:
    """A command line whose quotes are closed."""
    import shlex

    try:
        parts = shlex.split(scalar.text)
    except ValueError as error:
        raise Wrong("a command line", cure=f"{error}.") from None
    if not parts:
        raise Wrong("a command line")
    return scalar.text.strip()


def regex(scalar: Scalar) -> str:
    """A regular expression."""
    text(scalar)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(scalar.text)
    except (re.error, OverflowError, RecursionError) as error:
        offset = getattr(error, "pos", None)
        raise Wrong("a regular expression", cure=f"{error}.", offset=offset) from None
    looking = LOOKING.search(ESCAPED.sub(lambda found: "_" * len(found[0]), scalar.text))
    if looking or BACK_REFERENCE.search(scalar.text):
        raise Wrong(
            "a regular expression without look-around and back-references",
            cure="Those can't be matched in time that grows with the text alone.",
            offset=looking.start() if looking else None,
        )
    return scalar.text


def rule(scalar: Scalar) -> str:
    """An expression that is true or false for each row."""
    return _expression(scalar, "a comparison such as amount >= 0")


def demand(scalar: Scalar) -> str:
    """A metric compared with a number: `validation_loss <= 0.30`."""
    from shipway.spec.expressions import Column, Comparison, Number

    expected = "a metric compared with a number, such as validation_loss <= 0.30"
    match _tree(scalar):
        case Comparison(operator="<" | "<=" | ">" | ">=", left=Column(), right=Number()):
            return scalar.text
    raise Wrong(expected)


def slice_(scalar: Scalar) -> str:
    """A column, or an expression that is true or false."""
    return _expression(scalar, "a column, or a comparison such as amount >= 1000")


def url_path(scalar: Scalar) -> str:
    """The path of a request: `/predict`, `/items?limit=5`."""
    if not URL_PATH.fullmatch(scalar.text):
        raise Wrong("a path such as /health: it begins with / and has no blanks")
    return scalar.text


def _expression(scalar: Scalar, expected: str) -> str:
    from shipway.spec.expressions import is_condition

    if not is_condition(_tree(scalar)):
        raise Wrong(expected)
    return scalar.text


def _tree(scalar: Scalar) -> "Expression":
    from shipway.spec.expressions import ExpressionError, parse

    words(scalar)
    try:
        return parse(scalar.text)
    except ExpressionError as error:
        raise Wrong("", found=error.what, cure=error.cure, offset=error.at) from None


def _refuse_quotes(scalar: Scalar, expected: str) -> None:
    if scalar.quoted:
        raise Wrong(
            expected,
            found=f"found the text {scalar.text!r} in quotes",
            cure="A value in quotes is a text: write it without them.",
        )


def _finite(digits: str) -> float:
    value = float(digits)
    if not isfinite(value):
        raise Wrong("a number that is not that large")
    return value


def _share(value: float, expected: str) -> float:
    if not 0 <= value <= 1:
        raise Wrong(f"{expected}, from 0% to 100%")
    return value


WRITTEN: dict[str, Callable[[Scalar], object]] = {
    "words": words,
    "name": name,
    "entry": entry,
    "command": command,
    "rule": rule,
    "demand": demand,
    "slice": slice_,
    "regex": regex,
    "path": url_path,
    "percent": percent,
    "duration": duration,
}
