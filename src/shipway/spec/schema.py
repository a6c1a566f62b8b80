# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of `shipway.yaml`, derived from the types and the forms of the spec.

It accepts what the reader accepts, as an editor sees it: a text field takes a bare number too,
because the reader takes the raw text. What only holds between keys is left to the reader.
"""

import inspect as python_inspect
from typing import Any

from msgspec import inspect

from shipway.spec.forms import FORMS, OPEN, TERMED, takes_terms
from shipway.spec.reader import spec_type
from shipway.spec.types import Amount
from shipway.spec.wording import written_default

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBER = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)"
RAW = ["string", "number", "boolean"]
SHARE = {"type": "string", "pattern": f"^{NUMBER} ?%$"}
WRITTEN: dict[str, dict[str, Any]] = {
    "words": {"type": RAW, "minLength": 1},
    "name": {"type": ["string", "number"], "pattern": "^[a-z0-9][a-z0-9._-]{0,62}$"},
    "entry": {"type": "string", "pattern": r"^[\w.]+:[\w.]+$"},
    "command": {"type": "string", "minLength": 1},
    "rule": {"type": RAW, "minLength": 1},
    "demand": {"type": "string", "minLength": 1},
    "slice": {"type": RAW, "minLength": 1},
    "regex": {"type": RAW, "format": "regex"},
    "path": {"type": "string", "pattern": "^/[!-~]*$"},
    "percent": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, SHARE]},
    "duration": {"type": "string", "pattern": f"^{NUMBER} ?[smhdw]$"},
}
AMOUNT = {"anyOf": [{"type": "integer", "minimum": 0}, SHARE]}


def json_schema() -> dict[str, Any]:
    """The schema as a JSON-like value; its keys stand in the order of the types."""
    definitions: dict[str, Any] = {}
    top = _object(spec_type(), definitions)
    defined = {name: definitions[name] for name in sorted(definitions)}
    return {"$schema": DIALECT, "title": "shipway.yaml", **top, "$defs": defined}


def _schema(kind: inspect.Type, definitions: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case inspect.Metadata():
            return _annotated(kind, definitions)
        case inspect.UnionType(types=types):
            return {"anyOf": [_schema(each, definitions) for each in types]}
        case inspect.NoneType():
            return {"type": "null"}
        case inspect.AnyType():
            return {}
        case inspect.StrType():
            return {"type": RAW}
        case inspect.BoolType():
            return {"type": "boolean"}
        case inspect.IntType():
            return {"type": "integer", **_bounds(kind)}
        case inspect.FloatType():
            return {"type": "number", **_bounds(kind)}
        case inspect.LiteralType(values=values):
            return {"enum": list(values)}
        case inspect.VarTupleType(item_type=item):
            return {"type": "array", "items": _schema(item, definitions)}
        case inspect.TupleType(item_types=items):
            prefix = [_schema(item, definitions) for item in items]
            return {"type": "array", "prefixItems": prefix, "minItems": len(items), "items": False}
        case inspect.DictType():
            return _table(kind, definitions)
        case inspect.StructType():
            return _struct(kind, definitions)
    raise TypeError(f"no schema for {kind}")


def _annotated(kind: inspect.Metadata, definitions: dict[str, Any]) -> dict[str, Any]:
    way = (kind.extra or {}).get("written")
    described = kind.extra_json_schema or {}
    if way == "several" and isinstance(kind.type, inspect.VarTupleType):
        item = _schema(kind.type.item_type, definitions)
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}], **described}
    if way is not None:
        return {**WRITTEN[way], **described}
    return {**_schema(kind.type, definitions), **described}


def _bounds(kind: inspect.IntType | inspect.FloatType) -> dict[str, Any]:
    names = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum"}
    bounds = {name: getattr(kind, key) for key, name in names.items()}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _table(kind: inspect.DictType, definitions: dict[str, Any]) -> dict[str, Any]:
    values = _schema(kind.value_type, definitions)
    schema: dict[str, Any] = {"type": "object"}
    if isinstance(kind.key_type, inspect.Metadata):
        schema["propertyNames"] = {"pattern": WRITTEN["name"]["pattern"]}
    return {**schema, "additionalProperties": values} if values else schema


def _struct(kind: inspect.StructType, definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to the Struct's definition, which is added once, and its other ways to write."""
    if kind.cls is Amount:
        return AMOUNT
    form = FORMS.get(kind.cls)
    if form is not None and form.instead:
        _object(kind, definitions)
        return {"anyOf": [*form.shapes]}
    name = kind.cls.__name__
    if name not in definitions:
        definitions[name] = _object(kind, definitions)
    reference = {"$ref": f"#/$defs/{name}"}
    return {"anyOf": [*form.shapes, reference]} if form else reference


def _object(kind: inspect.StructType, definitions: dict[str, Any]) -> dict[str, Any]:
    collects, termed = OPEN.get(kind.cls), TERMED.get(kind.cls)
    fields = [field for field in kind.fields if field.encode_name not in (collects, termed)]
    made = {field.encode_name: _field(field, definitions) for field in fields}
    if termed:
        made |= {f.encode_name: _termed(made[f.encode_name]) for f in fields if takes_terms(f)}
    return {
        "description": description(kind.cls),
        "type": "object",
        "properties": made,
        "required": [field.encode_name for field in fields if field.required],
        "additionalProperties": collects is not None,
    }


def _termed(schema: dict[str, Any]) -> dict[str, Any]:
    """A demand alone, or with its terms."""
    terms = {"at_most": AMOUNT, "on_fail": {"enum": ["stop", "warn"]}}
    needed = [] if schema.get("type") == "boolean" else ["value"]
    mapping = {
        "type": "object",
        "properties": {"value": schema, **terms},
        "required": needed,
        "additionalProperties": False,
    }
    return {"anyOf": [schema, mapping]}


def _field(field: inspect.Field, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _schema(field.type, definitions)
    default = written_default(field)
    return schema if default is None else {**schema, "default": default}


def description(cls: type) -> str:
    """The docstring of a part of the spec, on one line."""
    return " ".join(python_inspect.cleandoc(cls.__doc__ or "").split())
