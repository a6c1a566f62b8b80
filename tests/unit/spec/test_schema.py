# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema is current, and editors accept with it what the reader accepts."""

import json
import re
from pathlib import Path

import pytest

from shipway.spec.mistakes import Findings
from shipway.spec.nodes import Scalar
from shipway.spec.nodes import Sequence as Items
from shipway.spec.reference import reference_markdown
from shipway.spec.scalars import resolve
from shipway.spec.schema import json_schema
from shipway.spec.text import compose

ROOT = Path(__file__).parents[3]
EXAMPLES = Path(__file__).parent / "examples"
SCHEMA = json_schema()
KINDS = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
    "null": type(None),
}


def is_kind(value, kind):
    if isinstance(value, bool) and kind in ("integer", "number"):
        return False
    return isinstance(value, KINDS[kind])


def accepts(schema, value):
    """The keywords that our schema uses, and no others."""
    known = {"$ref", "anyOf", "type", "enum", "pattern", "minLength", "minimum", "maximum"}
    known |= {"exclusiveMinimum", "items", "prefixItems", "minItems", "properties", "required"}
    known |= {"additionalProperties", "propertyNames", "minProperties", "maxProperties"}
    known |= {"description", "default", "title", "$schema", "$defs", "format"}
    assert set(schema) <= known
    if "$ref" in schema:
        return accepts(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], value)
    if "anyOf" in schema and not any(accepts(each, value) for each in schema["anyOf"]):
        return False
    kinds = schema.get("type", [])
    if kinds and not any(is_kind(value, k) for k in ([kinds] if isinstance(kinds, str) else kinds)):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        long_enough = len(value) >= schema.get("minLength", 0)
        return long_enough and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, dict):
        return accepts_object(schema, value)
    if isinstance(value, list):
        return accepts_array(schema, value)
    if isinstance(value, int | float):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return low <= value <= high and value > schema.get("exclusiveMinimum", value - 1)
    return True


def accepts_object(schema, value):
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    names = schema.get("propertyNames", {})
    if not set(schema.get("required", [])) <= set(value):
        return False
    if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", 1000):
        return False
    for key, each in value.items():
        part = properties.get(key, others)
        if part is False or not accepts(names, key):
            return False
        if part is not True and not accepts(part, each):
            return False
    return True


def accepts_array(schema, value):
    first = schema.get("prefixItems", [])
    rest = schema.get("items", {})
    if len(value) < schema.get("minItems", 0) or (rest is False and len(value) > len(first)):
        return False
    return all(
        accepts(first[number] if number < len(first) else rest, each)
        for number, each in enumerate(value)
    )


def as_an_editor_sees_it(node):
    if isinstance(node, Scalar):
        return resolve(node)
    if isinstance(node, Items):
        return [as_an_editor_sees_it(item) for item in node.items]
    return {key.text: as_an_editor_sees_it(value) for key, value in node.entries}


def accepted(text):
    return accepts(SCHEMA, as_an_editor_sees_it(compose(text, Findings("shipway.yaml"))))


def test_the_written_schema_is_current():
    written = json.loads((ROOT / "docs" / "shipway.schema.json").read_text(encoding="utf-8"))
    assert written == SCHEMA, "write it again: shipway schema > docs/shipway.schema.json"


@pytest.mark.parametrize("name", ["first.yaml", "complete.yaml"])
def test_the_examples_are_accepted(name):
    assert accepted((EXAMPLES / name).read_text())


HEAD = "shipway: 1\nproject: p\n"


@pytest.mark.parametrize(
    "text",
    [
        "environment: {python: 3.10, requirements: [a, b]}",
        "tests: {command: make, junit: o.xml}",
        "model_registry: {mlflow: http://h}",
        "train: {command: [a, b], model: [x, y], metrics: {json: m}}",
        "train: {stop_if: [nan, {no_progress: 3, metric: m}], params: {any: [1, {b: null}]}}",
        "evaluate: {gates: [a > 1, {gate: b > 1, on_fail: warn}]}",
        "deploy: {e: {target: local, port: 1, strategy: direct, more: {}}}",
        "deploy: {e: {target: local, strategy: {canary: {steps: [5%, 0.5]}}}}",
        "data: {overlap: {between: [a, b], key: x, at_most: 5}, columns: {c: {max_missing: 1%}}}",
        "model: {name: m, task: binary, target: t, positive: true, threshold: 0.5}",
        "model: {name: m, task: binary, target: t, threshold: {from: validation, maximise: f1}}",
    ],
)
def test_each_way_of_writing_is_accepted(text):
    assert accepted(HEAD + text)


@pytest.mark.parametrize(
    "text",
    [
        "modle: {}",
        "trust: {}",
        "tests: [a]",
        "model_registry: {mlflow: a, kubeflow: b}",
        "model: {name: m, task: binari, target: t}",
        "model: {name: m, task: binary}",
        "data: {columns: {c: {max_missing: 0.1}}}",
        "data: {columns: {c: {newest_within: 30}}}",
        "data: {overlap: {between: [a]}}",
        "steps: {Big: {command: x}}",
        "steps: {a: {command: []}}",
        "evaluate: {gates: [{gate: a, on_fail: cry}]}",
        "deploy: {e: {port: 1}}",
        "deploy: {e: {target: l, strategy: {canary: {}}}}",
        "package: {server: {command: x, port: 99999}}",
    ],
)
def test_what_the_reader_refuses_is_not_accepted(text):
    assert not accepted(HEAD + text)


def test_every_part_is_described_and_no_definition_is_idle():
    assert all(part["description"] for part in SCHEMA["$defs"].values())
    text = json.dumps(SCHEMA)
    assert all(f'"#/$defs/{name}"' in text for name in SCHEMA["$defs"])


def test_defaults_stand_as_one_would_write_them():
    canary = SCHEMA["$defs"]["CanarySpec"]["properties"]
    assert canary["step_time"]["default"] == "10m"
    assert canary["confidence"]["default"] == "95%"
    assert SCHEMA["properties"]["store"]["default"] == ".shipway/store"


def test_the_reference_has_every_key():
    text = reference_markdown()
    for part in [SCHEMA, *SCHEMA["$defs"].values()]:
        for key in part["properties"]:
            assert f"| `{key}` |" in text
    assert "## `data.columns.NAME.outliers`" in text
    assert "## `deploy.NAME.strategy.canary`" in text
    assert "| `step_time` | a number with a unit: 30s, 10m, 2h, 7d, 1w | `10m` |" in text
