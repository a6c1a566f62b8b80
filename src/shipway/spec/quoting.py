# SPDX-License-Identifier: Apache-2.0
"""The cure for a line that YAML reads in its own way: the same line with quotes.

An expression that begins with a quote, back-quote, `*`, `!`, `@`, `%`, `{` or `[` means something
else to YAML, and in flow style so do braces and brackets inside it. What is proposed is tried out
first: only a line that can be read is shown.
"""

import re
from collections.abc import Iterator

ENTRY = re.compile(
    r"(?P<head>\s*(?:- +)*(?:[^\s'\"{}\[\],#:][^'\"{}\[\],#:]*:(?:\s+|$))?)(?P<rest>.*)"
)
FLOW_KEY = re.compile(r"\s*[\w.-]+:\s+")
STARTS = tuple("'\"`*!@%{[&")
SPECIAL = set("'\"`*!@%{}[]&|>:#")


def quoted(text: str) -> str:
    """`text` as a quoted YAML scalar."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def reason(line: str) -> str:
    """Why the value on `line` needs quotes."""
    match = ENTRY.match(line)
    if match is not None and match["rest"][:1] in STARTS:
        return "An expression that begins with a quote, `, *, !, @, %, { or [ stands in quotes."
    return "A text with `: `, ` #`, brackets or braces in it stands in quotes."


def quoted_line(line: str) -> str | None:
    """`line` with quotes where they are missing, or None when that does not make it readable."""
    match = ENTRY.match(line)
    if match is None or not match["rest"]:
        return None
    head, rest = match["head"], match["rest"]
    body, comment = _comment(rest)
    for candidate in _candidates(body):
        proposed = f"{head}{candidate}{comment}"
        if proposed != line and _readable(proposed):
            return proposed.strip()
    return None


def quoted_part(line: str, begin: int, end: int) -> str:
    """`line` with the characters from `begin` up to `end` in quotes."""
    return (line[:begin] + quoted(line[begin:end]) + line[end:]).strip()


def _comment(rest: str) -> tuple[str, str]:
    body = rest.partition(" #")[0].rstrip()
    return body, rest[len(body) :].rstrip()


def _candidates(body: str) -> Iterator[str]:
    if _enclosed(body):
        inner = [_quoted_item(item) for item in _items(body[1:-1])]
        yield body[0] + ",".join(inner) + body[-1]
    elif body.endswith(","):
        yield quoted(body[:-1]) + ","
    if sum(map(body.count, "[{")) == sum(map(body.count, "]}")):
        yield quoted(body)


def _enclosed(body: str) -> bool:
    """True when the bracket that begins `body` is closed by its last character."""
    if body[:1] not in ("[", "{"):
        return False
    depth = 0
    for number, character in enumerate(body, 1):
        depth += (character in "[{") - (character in "]}")
        if depth == 0:
            return number == len(body)
    return False


def _quoted_item(item: str) -> str:
    key = FLOW_KEY.match(item)
    head = key.group() if key else item[: len(item) - len(item.lstrip())]
    value = item[len(head) :].strip()
    if value[:1] in ("'", '"') and value[-1:] == value[:1] and len(value) > 1:
        return item
    return head + quoted(value) if SPECIAL & set(value) else item


def _items(text: str) -> list[str]:
    """`text` cut at the commas that stand outside brackets and quotes."""
    items, depth, quote, current = [], 0, "", ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        depth += (character in "[{(") - (character in "]})")
        if character == "," and depth == 0 and not quote:
            items.append(current)
            current = ""
        else:
            current += character
    return [*items, current]


def _readable(line: str) -> bool:
    import yaml

    whole = f"{{{line}}}" if line.rstrip().endswith(",") else line
    try:
        return bool(list(yaml.parse(whole, Loader=yaml.SafeLoader)))
    except yaml.YAMLError:
        return False
