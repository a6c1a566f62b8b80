# SPDX-License-Identifier: Apache-2.0
"""How messages name what was found in a spec and what its types expect."""

from msgspec import inspect

from shipway.spec.forms import FORMS
from shipway.spec.nodes import Node, Scalar, Sequence
from shipway.spec.scalars import SECONDS
from shipway.spec.types import Amount

LONGEST = 60


def describe(node: Node) -> str:
    """What stands there, short: `'abc'`, `the text '5' in quotes`, `a list`, `nothing`."""
    if isinstance(node, Sequence):
        return "a list" if node.items else "an empty list"
    if not isinstance(node, Scalar):
        return "a mapping"
    if node.is_empty():
        return "nothing"
    text = node.text if len(node.text) <= LONGEST else node.text[: LONGEST - 1] + "…"
    return f"the text {text!r} in quotes" if node.quoted else repr(text)


def expected_by(kind: inspect.Type) -> str:
    """What a field of type `kind` takes."""
    match kind:
        case inspect.Metadata(extra_json_schema=extra) if extra and extra.get("description"):
            return str(extra["description"])
        case inspect.Metadata(extra={"written": "name"}):
            return "a name of small letters, digits, . _ and -"
        case inspect.Metadata(type=inner):
            return expected_by(inner)
        case inspect.UnionType(types=types):
            return " or ".join(expected_by(t) for t in types if not isinstance(t, inspect.NoneType))
        case inspect.LiteralType(values=values):
            return "one of: " + ", ".join(map(str, values)) if len(values) > 1 else str(values[0])
        case inspect.IntType():
            return "a whole number" + _bounds(kind)
        case inspect.FloatType():
            return "a number" + _bounds(kind)
        case inspect.BoolType():
            return "true or false"
        case inspect.VarTupleType():
            return "a list"
        case inspect.TupleType(item_types=items):
            return f"a list of {len(items)}"
        case inspect.DictType():
            return "a mapping with keys of your own"
        case inspect.StructType():
            return _struct(kind)
        case _:
            return "a text"


def _bounds(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.ge is not None and kind.le is not None:
        return f" from {kind.ge} to {kind.le}"
    if kind.ge is not None:
        return f", {kind.ge} or more"
    return f" above {kind.gt}" if kind.gt is not None else ""


def _struct(kind: inspect.StructType) -> str:
    if kind.cls is Amount:
        return "a share such as 1%, or a whole number of rows"
    form = FORMS.get(kind.cls)
    if form is not None and form.instead:
        return form.says
    names = [field.encode_name for field in kind.fields]
    keys = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
    fields = f"a mapping with the keys {keys}" if len(names) > 1 else f"a mapping with {keys}"
    return f"{form.says}, or {fields}" if form else fields


def written_default(field: inspect.Field) -> str | int | float | bool | None:
    """A field's default as one would write it; None when it has none or nothing stands for it."""
    default = field.default
    if isinstance(default, Amount):
        return f"{default.value:.6g}%" if default.share else int(default.value)
    if not isinstance(default, str | int | float):
        return None
    way = _way(field.type)
    if way == "duration" and isinstance(default, float):
        unit = next(unit for unit in "wdhms" if default % SECONDS[unit] == 0)
        return f"{default / SECONDS[unit]:g}{unit}"
    if way == "percent" and isinstance(default, float):
        return f"{default * 100:g}%"
    return default if default != "" else None


def _way(kind: inspect.Type) -> str:
    return (kind.extra or {}).get("written", "") if isinstance(kind, inspect.Metadata) else ""
