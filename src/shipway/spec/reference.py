# SPDX-License-Identifier: Apache-2.0
"""The reference of all keys of `shipway.yaml` in Markdown, derived from the types of the spec."""

from collections.abc import Iterator

from msgspec import inspect

from shipway.spec.forms import FORMS, OPEN, TERMED
from shipway.spec.reader import spec_type
from shipway.spec.schema import description
from shipway.spec.types import Amount
from shipway.spec.wording import expected_by, written_default

TERMS = (
    "A demand may also be written with its terms: `{value: …, at_most: 1%, on_fail: warn}`; those "
    "that are mappings have `at_most` and `on_fail` among their keys."
)


def reference_markdown() -> str:
    """A heading and a table for each part of the spec, in the order of the types."""
    return "\n".join(_part("", spec_type(), {})).rstrip() + "\n"


def _part(path: str, kind: inspect.StructType, told: dict[type, str]) -> Iterator[str]:
    """What `kind` takes; a part that was `told` before, under another path, is not told again."""
    yield f"## `{path}`" if path else "## The top level"
    yield ""
    if kind.cls in told:
        first = told[kind.cls]
        yield f"As [`{first}`](#{first.replace('.', '').lower()})."
        yield ""
        return
    told[kind.cls] = path
    yield description(kind.cls)
    yield ""
    form = FORMS.get(kind.cls)
    if form is not None:
        yield f"Written as {form.says}." if form.instead else f"Also written as {form.says}."
        yield ""
    hidden = (OPEN.get(kind.cls), TERMED.get(kind.cls))
    if hidden[1]:
        yield TERMS
        yield ""
    fields = [field for field in kind.fields if field.encode_name not in hidden]
    yield "| key | takes | default |"
    yield "|---|---|---|"
    for field in fields:
        yield f"| `{field.encode_name}` | {_cell(_takes(field.type))} | {_default(field)} |"
    yield ""
    for field in fields:
        for suffix, inner in _structs(field.type):
            yield from _part(f"{path}.{field.encode_name}{suffix}".lstrip("."), inner, told)


def _default(field: inspect.Field) -> str:
    if field.required:
        return "**required**"
    default = written_default(field)
    if default is None:
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _takes(kind: inspect.Type) -> str:
    match kind:
        case inspect.UnionType(types=types):
            return " or ".join(_takes(t) for t in types if not isinstance(t, inspect.NoneType))
        case inspect.VarTupleType(item_type=item):
            return f"a list; each: {_takes(item)}"
        case inspect.DictType(value_type=value):
            return f"a mapping with keys of your own; each: {_takes(value)}"
        case inspect.StructType(cls=cls) if cls is not Amount and cls not in FORMS:
            return "a mapping, see below"
        case inspect.AnyType():
            return "any value"
        case _:
            return expected_by(kind)


def _structs(kind: inspect.Type) -> Iterator[tuple[str, inspect.StructType]]:
    """The parts below a field, each with what its path adds."""
    match kind:
        case inspect.Metadata(type=inner):
            yield from _structs(inner)
        case inspect.UnionType(types=types):
            for each in types:
                yield from _structs(each)
        case inspect.VarTupleType(item_type=item):
            yield from ((f"[]{suffix}", inner) for suffix, inner in _structs(item))
        case inspect.DictType(value_type=value):
            yield from ((f".NAME{suffix}", inner) for suffix, inner in _structs(value))
        case inspect.StructType(cls=cls) if cls is not Amount:
            yield "", kind


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
