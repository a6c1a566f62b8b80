# SPDX-License-Identifier: Apache-2.0
"""Parts of the spec that may be written in several ways, turned into the one form of their type.

A form rewrites nodes before the walker looks at them, so that every message still points at what
the user wrote. Beside each rewriting stands its shape for the JSON Schema.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import inspect

from shipway.spec import demands, evaluation, types
from shipway.spec.nodes import Mapping, Node, Scalar

TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
SHARE = {"type": "string", "pattern": r"^([0-9]+(\.[0-9]*)?|\.[0-9]+) ?%$"}
FALSE = ("false", "False", "FALSE")


class Form(msgspec.Struct, frozen=True):
    """Other ways to write a Struct: `rewrite` gives its own form, `shapes` are schemas of them.

    `instead` is true when only those ways are allowed, not the fields of the Struct itself.
    """

    rewrite: Callable[[Node], Node]
    shapes: tuple[dict[str, Any], ...]
    says: str
    instead: bool = False


def mapping_of(at: Node, **values: Node) -> Mapping:
    """A mapping as if it had been written at the place of `at`."""
    entries = tuple((Scalar(key, at.at), value) for key, value in values.items())
    return Mapping(entries, at.at)


def _scalar_as(field: str) -> Callable[[Node], Node]:
    def rewrite(node: Node) -> Node:
        return mapping_of(node, **{field: node}) if isinstance(node, Scalar) else node

    return rewrite


def _length(node: Node) -> Node:
    """`length: 2` is exactly two characters."""
    if not isinstance(node, Scalar):
        return node
    # One bound is enough to say what is wrong with the other as well.
    both = {"max": node} if node.text.isdecimal() else {}
    return mapping_of(node, min=node, **both)


def _none_of(node: Node) -> Node:
    """`false`, where a mapping says in detail what there may be none of."""
    refused = isinstance(node, Scalar) and node.plain and node.text in FALSE
    return mapping_of(node) if refused else node


def _registry(node: Node) -> Node:
    """`built-in`, or `{mlflow: URL}`."""
    if isinstance(node, Scalar):
        return mapping_of(node, kind=node)
    if isinstance(node, Mapping) and len(node.entries) == 1:
        kind, address = node.entries[0]
        return mapping_of(node, kind=kind, address=address)
    return node


def _strategy(node: Node) -> Node:
    """`direct`, or `{canary: {steps: …}}`."""
    if isinstance(node, Scalar):
        return mapping_of(node, kind=node)
    if isinstance(node, Mapping) and len(node.entries) == 1:
        kind, settings = node.entries[0]
        if kind.text == "canary":
            return mapping_of(node, kind=kind, canary=settings)
    return node


FORMS: dict[type, Form] = {
    types.TestsSpec: Form(_scalar_as("command"), (TEXT,), "a command line"),
    evaluation.SliceSpec: Form(
        _scalar_as("where"), (TEXT,), "a column, or an expression that is true or false"
    ),
    types.GateSpec: Form(_scalar_as("gate"), (TEXT,), "a gate such as roc_auc >= 0.90"),
    demands.LengthSpec: Form(_length, (COUNT,), "a number of characters"),
    demands.DisguisedSpec: Form(_none_of, ({"const": False},), "false"),
    demands.LeakageSpec: Form(_none_of, ({"const": False},), "false"),
    demands.DuplicatesSpec: Form(
        _scalar_as("at_most"), (COUNT, SHARE), "a share such as 1%, or a whole number of rows"
    ),
    demands.PanderaSpec: Form(_scalar_as("schema"), (TEXT,), "module:Schema"),
    types.RegistrySpec: Form(
        _registry,
        (
            TEXT,
            {
                "type": "object",
                "additionalProperties": TEXT,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ),
        "built-in, or a kind with its address: {mlflow: http://…}",
        instead=True,
    ),
    types.StrategySpec: Form(
        _strategy,
        (
            {"enum": ["direct", "blue-green", "shadow"]},
            {
                "type": "object",
                "properties": {"canary": {"$ref": "#/$defs/CanarySpec"}},
                "required": ["canary"],
                "additionalProperties": False,
            },
        ),
        "direct, blue-green, shadow, or {canary: {steps: […]}}",
        instead=True,
    ),
}
"""Structs with other ways to write them."""

OPEN: dict[type, str] = {types.DeploySpec: "options"}
"""Structs that take keys which they don't know, and the field that collects them."""

TERMED: dict[type, str] = {demands.ColumnSpec: "terms", demands.FeaturesSpec: "terms"}
"""Structs whose demands may be written `{value: …, at_most: 1%, on_fail: warn}`, and the field that
collects those terms."""

WITHOUT_TERMS = ("sensitive",)


def takes_terms(field: inspect.Field) -> bool:
    """True for a demand of such a Struct; those that are mappings have terms of their own."""
    kinds = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
    mappings = any(
        isinstance(each, inspect.StructType) and each.cls is not demands.Amount for each in kinds
    )
    return not mappings and field.encode_name not in WITHOUT_TERMS


RESERVED = ("extends", "models", "resources", "policy", "trust")
"""Keys of the top level that have no meaning yet and may not be used for anything else."""
