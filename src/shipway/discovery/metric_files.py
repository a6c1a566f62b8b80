# SPDX-License-Identifier: Apache-2.0
"""Metrics that the code writes to a JSON or CSV file, or logs to MLflow."""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.findings import MetricReport
from shipway.discovery.flags import constant
from shipway.discovery.metric_names import by_label
from shipway.discovery.metrics import metric_of
from shipway.discovery.models import opened_path
from shipway.discovery.paths import place
from shipway.discovery.project import CodeBase
from shipway.discovery.reads import describe_source, path_argument
from shipway.discovery.source import Call, Scope, SourceFile
from shipway.discovery.values import Values

SOUNDS_LIKE = re.compile(r"metric|score|result|eval|perform|report", re.I)
DUMPERS = ("json.dump", "simplejson.dump", "ujson.dump", "yaml.dump", "yaml.safe_dump")


def metric_files(base: CodeBase, values: Values) -> Iterator[MetricReport]:
    """The files with metrics that the code writes, and what it logs to MLflow."""
    for source in base.sources.values():
        for call in source.calls:
            name = call.name
            if name in DUMPERS:
                path = opened_path(source, _second(call.node), call)
                yield from _json(base, values, source, call, call.node.args[:1], path)
            elif name.endswith(("write_text", ".write")) and "json.dumps" in ast.unparse(call.node):
                func = call.node.func
                inner = call.node.args[0] if call.node.args else None
                if isinstance(func, ast.Attribute) and isinstance(inner, ast.Call):
                    path = opened_path(source, func.value, call)
                    yield from _json(base, values, source, call, inner.args[:1], path)
            elif name.endswith(".to_csv"):
                yield from _csv(base, values, source, call)
            elif name.startswith("mlflow.") or "mlflow" in name:
                yield from _mlflow(source, call, name)


def _json(
    base: CodeBase,
    values: Values,
    source: SourceFile,
    call: Call,
    subject: list[ast.expr],
    path: ast.expr | None,
) -> Iterator[MetricReport]:
    keys = _keys(source, subject[0], call.scope) if subject else {}
    said = ast.unparse(subject[0]) if subject else ""
    for value in values.texts(source, path, call.scope):
        placed = place(base.listing, source.path, value)
        if placed is None or placed.kind != "file" or placed.format != "json":
            continue
        if SOUNDS_LIKE.search(placed.path) or SOUNDS_LIKE.search(said) or any(keys.values()):
            yield MetricReport(
                "json",
                source.place(call.node),
                f"writes {said} as JSON to {placed.written!r}{describe_source(value)}",
                path=placed.path,
                metrics=tuple(keys),
                map=tuple((name, key) for key, name in keys.items() if name and name != key),
                folder=placed.folder,
                written=placed.written,
            )


def _csv(base: CodeBase, values: Values, source: SourceFile, call: Call) -> Iterator[MetricReport]:
    func = call.node.func
    said = ast.unparse(func.value) if isinstance(func, ast.Attribute) else ""
    for value in values.texts(source, path_argument(call.node), call.scope):
        placed = place(base.listing, source.path, value)
        if placed is None or placed.kind != "file":
            continue
        if re.search(r"metric|score|result|perform", f"{placed.path} {said}", re.I):
            yield MetricReport(
                "csv",
                source.place(call.node),
                f"writes {said} as CSV to {placed.written!r}{describe_source(value)}",
                path=placed.path,
                folder=placed.folder,
                written=placed.written,
            )


def _mlflow(source: SourceFile, call: Call, name: str) -> Iterator[MetricReport]:
    last = name.rpartition(".")[2]
    arguments = call.node.args
    if last == "log_metric" and arguments:
        key = arguments[0]
        said = constant(key) or ""
        value = arguments[1] if len(arguments) > 1 else None
        flipped = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub)
        yield MetricReport(
            "mlflow",
            source.place(call.node),
            f"logs {said or 'a metric'} to MLflow" + (" with its sign flipped" if flipped else ""),
            metric=by_label(said),
            metrics=(said,) if said else (),
            negated=flipped,
        )
    elif last == "log_metrics" and arguments:
        keys = _keys(source, arguments[0], call.scope)
        yield MetricReport(
            "mlflow",
            source.place(call.node),
            f"logs {', '.join(keys) or 'metrics'} to MLflow",
            metrics=tuple(keys),
        )
    elif last == "autolog":
        yield MetricReport("mlflow", source.place(call.node), f"{name}() logs metrics to MLflow")


def _keys(
    source: SourceFile, node: ast.expr, scope: Scope, prefix: str = "", depth: int = 4
) -> dict[str, str]:
    """The dotted keys of a mapping, each with the metric that its value is (empty: unknown)."""
    if depth <= 0:
        return {}
    if isinstance(node, ast.Name):
        at: Scope | None = scope
        found: dict[str, str] = {}
        while at is not None and not found:
            for expression in at.bindings.get(node.id, ()):
                found |= _keys(source, expression, at, prefix, depth - 1)
            at = at.parent
        for target, value, where, _ in source.assigns:
            if where is scope and isinstance(target, ast.Subscript):
                key = constant(target.slice)
                if key and ast.unparse(target.value) == node.id:
                    found[prefix + key] = _name(source, value, scope, key)
        return found
    if isinstance(node, ast.Call) and source.dotted(node.func) == "dict":
        pairs = [(one.arg, one.value) for one in node.keywords if one.arg]
        return {f"{prefix}{key}": _name(source, value, scope, key) for key, value in pairs}
    if isinstance(node, ast.Call):
        own = source.module.functions.get(source.dotted(node.func))
        for statement in own.returns if own is not None else ():
            if statement.value is not None and own is not None:
                return _keys(source, statement.value, own, prefix, depth - 1)
        return {}
    if not isinstance(node, ast.Dict):
        return {}
    found = {}
    for key_node, value in zip(node.keys, node.values, strict=True):
        key = constant(key_node)
        if key:
            inner = _keys(source, value, scope, f"{prefix}{key}.", depth - 1)
            found |= inner or {prefix + key: _name(source, value, scope, key)}
    return found


def _name(source: SourceFile, value: ast.expr, scope: Scope, key: str) -> str:
    last = key.rpartition(".")[2]
    return by_label(last) or metric_of(source, value, scope)


def _second(node: ast.Call) -> ast.expr | None:
    if len(node.args) > 1:
        return node.args[1]
    return next((one.value for one in node.keywords if one.arg in ("fp", "stream")), None)
