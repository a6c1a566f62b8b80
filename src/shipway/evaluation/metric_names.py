# SPDX-License-Identifier: Apache-2.0
"""The name of a metric with its options, as people write it: `recall@precision=0.9`.

    split("ndcg@k=10,by=query_id")       ("ndcg", {"k": "10", "by": "query_id"})
    split("recall@class='Iris setosa'")  ("recall", {"class": "Iris setosa"})
    split("predict_ms.p99")              ("predict_ms", {"statistic": "p99"})

Which metrics there are, and which options each takes, stands in `metric_forms`.
"""

import re

from shipway.base.errors import InputError

BASE = re.compile(r"[^\W\d][\w/:-]*")
STATISTIC = re.compile(r"\.([\w.]+)")
OPTION = re.compile(
    r"""\s*([^\W\d]\w*)\s*=\s*('(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^,'"`\s][^,]*?)\s*"""
    r"(?:,|$)"
)
QUOTES = ("'", '"', "`")
SHAPE = "Write name@option=value, such as recall@precision=0.9."


def split(name: str, *, where: str = "") -> tuple[str, dict[str, str]]:
    """Base and options of `name`, values without their quotes; InputError when it can't be read.

    What follows a dot (`predict_ms.p99`) is the option `statistic`.
    """
    text = name.strip()
    head, at, rest = text.partition("@")
    base, dot, statistic = head.strip().partition(".")
    if BASE.fullmatch(base) is None or (at and not rest.strip()) or (dot and not statistic):
        raise InputError(f"{name!r} is no metric's name", where=where, cure=SHAPE)
    options = {"statistic": statistic} if dot else {}
    place = 0
    while place < len(rest):
        match = OPTION.match(rest, place)
        if match is None or (rest[match.end() :] == "" and rest.endswith(",")):
            raise InputError(f"{rest[place:]!r} is no option of {base}", where=where, cure=SHAPE)
        if match[1] in options:
            raise InputError(f"{name} says {match[1]} twice", where=where)
        options[match[1]] = _unquoted(match[2])
        place = match.end()
    return base, options


def _unquoted(text: str) -> str:
    if text[0] in QUOTES and len(text) >= 2:
        return text[1:-1].replace(text[0] * 2, text[0])
    return text
