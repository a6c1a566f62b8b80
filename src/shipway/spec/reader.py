# SPDX-License-Identifier: Apache-2.0
"""Reading `shipway.yaml`: text → nodes → plain values → `Spec`, with all mistakes at once.

    document = read(Path("shipway.yaml"))
    document.spec.model.name, document.where("model", "name")

`text` gives nodes, `walker` gives plain values and the places of all of them, `review_data` and
`review_road` check what no single type can say, and msgspec builds the frozen values.
`${NAME}` stays as it is written; see `variables`.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from shipway.base.errors import InputError
from shipway.spec.document import Document
from shipway.spec.mistakes import Findings
from shipway.spec.review import Review
from shipway.spec.review_data import review_data
from shipway.spec.review_road import review_road
from shipway.spec.text import compose, compose_any, load
from shipway.spec.types import Spec
from shipway.spec.walker import FAILED, Walker

PLACEHOLDERS = {"shipway": 1, "project": "unknown"}


def read(path: Path) -> Document:
    """The spec at `path`; SpecError lists all mistakes, InputError says that it can't be read."""
    return read_text(load(path), path)


def read_text(text: str, path: Path) -> Document:
    """The spec in `text`, which was found at `path`; SpecError lists all its mistakes."""
    findings = Findings(path.name)
    root = compose(text, findings)
    walker = Walker(findings, text.splitlines())
    kind = spec_type()
    values = walker.read(root, kind, ())
    if values is FAILED:
        values = _readable_parts(walker, root, kind)
    spec = msgspec.convert(values, Spec)
    review = Review(spec, walker.positions, findings)
    review_data(review)
    review_road(review)
    findings.stop()
    return Document(spec, path, text, walker.positions)


def plain_value(text: str) -> Any:
    """The value of a YAML text by the core schema, for `--set`; InputError when it has mistakes."""
    findings = Findings("value")
    node = compose_any(text, findings)
    if node is None:
        return None
    value = Walker(findings, text.splitlines()).anything(node, inspect.AnyType(), ())
    if findings.mistakes:
        raise InputError(findings.mistakes[0].said(), where=repr(text))
    return value


@cache
def spec_type() -> inspect.StructType:
    """The type of a whole spec, as msgspec describes it."""
    kind = inspect.type_info(Spec)
    assert isinstance(kind, inspect.StructType)  # noqa: S101 - narrows the type
    return kind


def _readable_parts(walker: Walker, root: Any, kind: inspect.StructType) -> dict[str, Any]:
    """What could be read although a required key of the top level could not.

    The mistakes are noted already; this lets the checks of the other parts add theirs.
    """
    again = Walker(Findings(""), walker.lines)
    types = {field.encode_name: field.type for field in kind.fields}
    found = dict(PLACEHOLDERS)
    for key, node in root.entries:
        value = again.read(node, types[key.text], (key.text,)) if key.text in types else FAILED
        if value is not FAILED:
            found[key.text] = value
    return found
