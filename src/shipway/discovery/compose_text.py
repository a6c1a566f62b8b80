# SPDX-License-Identifier: Apache-2.0
"""A `Spec` as the text of `shipway.yaml`, with comments: the reverse of `spec.reader`.

    write(Spec(shipway=1, project="churn", …), {("data", "all"): "the only table here"})

Only what differs from the defaults is written, in the order of the types. Small parts stand on one
line in braces, larger ones and those with comments inside are indented. Reading the text gives the
same spec again.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from shipway.spec.document import KeyPath
from shipway.spec.scalar_text import (
    block_scalar,
    loose_scalar,
    number,
    one_line,
    scalar,
)
from shipway.spec.types import (
    Amount,
    DataSpec,
    DeploySpec,
    GateSpec,
    MetricsSource,
    Spec,
    TestsSpec,
)

WIDTH = 98
SHORT = 20
INDENTED = {
    ("data",),
    ("data", "columns"),
    ("columns",),
    ("train",),
    ("evaluate",),
    ("deploy",),
    ("steps",),
}
SINGLE = ("requirements", "command", "model", "stdout")
ANY = ("params", "options")
UNITS = ((604800, "w"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
DURATIONS = ("timeout", "newest_within")


class Raw(str):
    """A scalar that is YAML already."""

    __slots__ = ()


class Text(str):
    """A text for a field of texts, still without quotes."""

    __slots__ = ()


def write(
    spec: Spec,
    notes: Mapping[KeyPath, str] | None = None,
    tails: Mapping[KeyPath, tuple[str, ...]] | None = None,
    head: tuple[str, ...] = (),
) -> str:
    """The text of `spec`.

    `notes` are comments on the values at their key paths; `tails` are comment lines at the end of
    the mapping at theirs (`()`: of the file); `head` begins the file.
    """
    writer = _Writer(notes or {}, tails or {})
    lines = [f"# {one_line(line)}".rstrip() for line in head]
    lines += writer.block(plain(spec), (), 0)
    return "\n".join(lines) + "\n"


def write_checks(
    data: DataSpec, notes: Mapping[KeyPath, str] | None = None, head: tuple[str, ...] = ()
) -> str:
    """The text of a file of checks: what `data` demands, with its keys at the top."""
    lines = [f"# {_comment_line(line)}".rstrip() for line in head]
    lines += _Writer(notes or {}, {}).block(plain(data), (), 0)
    return "\n".join(lines) + "\n"


def _comment_line(text: str) -> str:
    """`text` as a comment that keeps its blanks at the beginning."""
    return " " * (len(text) - len(text.lstrip(" "))) + one_line(text)


def plain(value: Any, key: str = "") -> Any:
    """`value` as mappings, lists and raw scalars, without defaults."""
    if isinstance(value, Amount):
        return Raw(
            f"{number(round(value.value * 100, 10))}%" if value.share else number(value.value)
        )
    if isinstance(value, msgspec.Struct):
        return _struct(value)
    if isinstance(value, dict):
        return {name: _any(item) if key in ANY else plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        items = [plain(item) for item in value]
        return items[0] if key in SINGLE and len(items) == 1 else items
    if isinstance(value, bool):
        return Raw("true" if value else "false")
    if isinstance(value, int | float):
        return Raw(_duration(value) if key in DURATIONS else number(value))
    return Raw("null") if value is None else Text(value)


def _struct(value: msgspec.Struct) -> Any:
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(value)):
        item = getattr(value, field.name)
        default = field.default
        if field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        if field.required or item != default:
            found[field.encode_name] = plain(item, field.encode_name)
    if isinstance(value, DeploySpec):
        found |= found.pop("options", {})
    if isinstance(value, TestsSpec) and len(found) == 1:
        return found["command"]
    if isinstance(value, GateSpec) and len(found) == 1:
        return found["gate"]
    if isinstance(value, MetricsSource) and value.map:
        found["map"] = {name: Text(item) for name, item in value.map.items()}
    return found


def _any(value: Any) -> Any:
    """A value that stands for itself, whatever its type."""
    if isinstance(value, dict):
        return {name: _any(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_any(item) for item in value]
    return Raw(loose_scalar(value)) if isinstance(value, str) else plain(value)


def _duration(seconds: float) -> str:
    size, unit = next((s, u) for s, u in UNITS if seconds % s == 0 or u == "s")
    return f"{number(seconds / size)}{unit}"


def flow(value: Any) -> str:
    """`value` on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value) if isinstance(value, Text) else str(value)


def comment(text: str, indent: int) -> list[str]:
    """`text` as comment lines."""
    pad = " " * indent + "# "
    return textwrap.wrap(
        one_line(text),
        WIDTH,
        initial_indent=pad,
        subsequent_indent=pad,
        break_long_words=False,
        break_on_hyphens=False,
    )


def wrapped(text: str) -> tuple[str, ...]:
    """`text` as lines for `tails`."""
    return tuple(line.removeprefix("# ") for line in comment(text, 0))


class _Writer:
    def __init__(
        self, notes: Mapping[KeyPath, str], tails: Mapping[KeyPath, tuple[str, ...]]
    ) -> None:
        self.notes = notes
        self.tails = tails

    def block(self, value: Mapping[str, Any], path: KeyPath, indent: int) -> list[str]:
        """A mapping, a key a line."""
        lines: list[str] = []
        for key, item in value.items():
            lines += self._entry(key, item, (*path, key), indent)
        pad = " " * indent
        lines += [f"{pad}# {line}".rstrip() for line in self.tails.get(path, ())]
        return lines

    def _entry(self, key: str, item: Any, path: KeyPath, indent: int) -> Iterator[str]:
        note = self.notes.get(path, "")
        begin = f"{' ' * indent}{scalar(key)}:"
        if isinstance(item, Text) and _can_be_folded(item, len(begin)):
            yield from comment(note, indent) if note else ()
            yield f"{begin} >-"
            yield from _folded(item, indent + 2)
            return
        short = f"{begin} {block_scalar(item) if isinstance(item, Text) else flow(item)}"
        if not self._is_indented(item, path, short):
            yield from _noted(short, note, indent)
            return
        yield from comment(note, indent) if note else ()
        if isinstance(item, dict):
            yield begin
            yield from self.block(item, path, indent + 2)
        elif all(isinstance(each, Raw | Text) and len(each) <= SHORT for each in item):
            yield from _wrapped(begin, item, indent)
        else:
            yield begin
            yield from (f"{' ' * (indent + 2)}- {flow(each)}" for each in item)

    def _is_indented(self, item: Any, path: KeyPath, short: str) -> bool:
        """Whether the value goes below its key: large, marked, or with comments inside."""
        if not isinstance(item, dict | list) or not item:
            return False
        inside = any(
            keys[: len(path)] == path and len(keys) > len(path) for keys in self.notes
        ) or any(keys[: len(path)] == path for keys in self.tails)
        known = path in INDENTED and isinstance(item, dict)
        return (inside and isinstance(item, dict)) or known or len(short) > WIDTH


def _can_be_folded(text: str, before: int) -> bool:
    """Whether a text is too long for one line, and reads the same when it is put on several."""
    return (
        before + len(text) > WIDTH
        and text == " ".join(text.split())
        and text.isprintable()
        and len(max(text.split(), key=len)) < WIDTH // 2
    )


def _folded(text: str, indent: int) -> Iterator[str]:
    """A text on several lines; where there is code in it, a line for each statement."""
    pad = " " * indent
    for piece in re.split(r"(?<=;) ", text):
        yield from textwrap.wrap(
            piece,
            WIDTH,
            initial_indent=pad,
            subsequent_indent=pad,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _noted(line: str, note: str, indent: int) -> Iterator[str]:
    """A line with its comment behind it, or before it where that is too long."""
    text = one_line(note)
    if not text:
        yield line
    elif len(line) + len(text) + 4 <= WIDTH:
        yield f"{line}  # {text}"
    else:
        yield from comment(text, indent)
        yield line


def _wrapped(begin: str, items: list[Any], indent: int) -> Iterator[str]:
    """A list in brackets over several lines."""
    line, last = f"{begin} [", len(items) - 1
    for number_, item in enumerate(items):
        piece = flow(item) + ("]" if number_ == last else ",")
        blank = "" if line.endswith("[") or not line.strip() else " "
        if len(line) + len(piece) + 1 > WIDTH and not line.endswith("["):
            yield line
            line, blank = " " * (indent + 4), ""
        line += blank + piece
    yield line
