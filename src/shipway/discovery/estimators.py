# SPDX-License-Identifier: Apache-2.0
"""Where something is fitted, and whether it can be taken from there: returned, global, or lost."""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.findings import FittedEstimator
from shipway.discovery.flags import looks_like_data
from shipway.discovery.naming import module_of
from shipway.discovery.project import CodeBase
from shipway.discovery.running import Parameter
from shipway.discovery.source import Call, Scope, SourceFile, walk_names

TRANSFORMER = re.compile(
    r"(Scaler|Encoder|Imputer|Vectorizer|Binarizer|Transformer|Discretizer|Normalizer|PCA|SVD|NMF|"
    r"Selector|KBest|Features|Tokenizer|SMOTE|Sampler|Hasher|Generator|explainer|Explainer)$"
)
TRANSFORMER_NAME = re.compile(
    r"scaler|encoder|imputer|vectori[sz]er|tokeni[sz]er|^(le|ohe|ss|mms|pca|enc|tfidf|cv|lb|oe)$|"
    r"label_enc|preproc|transform|selector|datagen",
    re.I,
)
TRAINERS = ("xgboost.train", "lightgbm.train", "catboost.train", "lgb.train", "xgb.train")
TUPLE_DATA = re.compile(r"^(data|df|frame|x|y|xy|dataset|rows|features|train|table)", re.I)


def fits(source: SourceFile) -> list[tuple[Call, str]]:
    """The calls that fit an estimator (not a mere transformer), with the name that holds it."""
    if source.fits is None:
        source.fits = _fits(source)
    return source.fits


def _fits(source: SourceFile) -> list[tuple[Call, str]]:
    found = []
    for call in source.calls:
        func = call.node.func
        if call.name in TRAINERS:
            found.append((call, _target(source, call.node)))
        elif isinstance(func, ast.Attribute) and func.attr in ("fit", "partial_fit", "train_model"):
            holder = ast.unparse(func.value) if not isinstance(func.value, ast.Call) else ""
            if not _is_transformer(source, call, func.value, holder):
                found.append((call, holder or _target(source, call.node)))
    return found


def estimators(base: CodeBase) -> Iterator[FittedEstimator]:
    """Every fitted estimator of the code base, once for each place that holds it."""
    for source in base.sources.values():
        seen: set[tuple[str, str]] = set()
        for call, name in fits(source):
            one = _one(base, source, call, name)
            if one is not None and (one.entry, one.name) not in seen:
                seen.add((one.entry, one.name))
                yield one


def maker_of(source: SourceFile, scope: Scope, name: str) -> str:
    """The dotted name of what made the object `name`: a class, or a function; empty if unknown."""
    at: Scope | None = scope
    while at is not None:
        for expression in at.bindings.get(name, ()):
            node: ast.expr = expression
            while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                inner = node.func.value
                if node.func.attr in ("fit", "to", "cuda", "set_params", "compile") and isinstance(
                    inner, ast.Call
                ):
                    node = inner
                else:
                    break
            if isinstance(node, ast.Call):
                return source.dotted(node.func)
        at = at.parent
    return ""


def parameters(scope: Scope) -> tuple[Parameter, ...]:
    """The parameters of a function, those marked that sound like data without a default."""
    return tuple(
        Parameter(
            one.name,
            one.default,
            one.default is None and bool(TUPLE_DATA.match(one.name) or looks_like_data(one.name)),
        )
        for one in scope.parameters()
    )


def _one(base: CodeBase, source: SourceFile, call: Call, name: str) -> FittedEstimator | None:
    scope = call.scope.function()
    func = call.node.func
    made = func.value if isinstance(func, ast.Attribute) else func
    dotted = source.dotted(made.func) if isinstance(made, ast.Call) else ""
    maker = (dotted or maker_of(source, call.scope, name)).rpartition(".")[2]
    what = f"{name or 'an estimator'}{f' ({maker})' if maker else ''}"
    if scope is None:
        why = f"{what} is fitted when the file runs and stays in the module"
        return FittedEstimator("global", name, source.place(call.node), why, estimator=maker)
    if source.path.endswith(".ipynb") or not isinstance(scope.node, ast.FunctionDef):
        return None
    if scope.parent is not None and isinstance(scope.parent.node, ast.ClassDef):
        why = f"{what} is fitted in a method of {scope.parent.name}"
        return FittedEstimator("local", name, source.place(call.node), why, estimator=maker)
    if name in scope.globals:
        why = f"{scope.name}() leaves {what} in the module"
        return FittedEstimator("global", name, source.place(call.node), why, estimator=maker)
    if scope.parent is None or not scope.parent.is_module:
        return None
    position = _returned(scope, call.node, name)
    entry = f"{module_of(base, source.path)[0]}:{scope.name}"
    given = parameters(scope)
    if position is None:
        why = f"{what} is fitted inside {scope.name}(), which does not return it"
        return FittedEstimator(
            "local", name, source.place(call.node), why, entry, maker, given, sole=False
        )
    why = f"{scope.name}() fits and returns {what}"
    return FittedEstimator(
        "returned", name, source.place(call.node), why, entry, maker, given, sole=position < 0
    )


def _returned(scope: Scope, fit: ast.Call, name: str) -> int | None:
    """Where the fitted object is in what the function returns: -1 alone, else its position."""
    same = {name} | {
        key
        for key, expressions in scope.bindings.items()
        for expression in expressions
        if name and name in walk_names(expression) and _keeps(expression)
    }
    for statement in scope.returns:
        value = statement.value
        if value is None:
            continue
        if (fit in ast.walk(value) and _keeps(value)) or ast.unparse(value) in same:
            return -1
        if isinstance(value, ast.Attribute) and ast.unparse(value.value) in same:
            return -1
        if isinstance(value, ast.Tuple):
            for position, one in enumerate(value.elts):
                if ast.unparse(one) in same:
                    return position
        if isinstance(value, ast.Dict) and any(
            one is not None and ast.unparse(one) in same for one in value.values
        ):
            return 0
    return None


def _keeps(node: ast.expr) -> bool:
    """Whether an expression with the estimator in it is still an estimator."""
    if isinstance(node, ast.Name):
        return True
    if isinstance(node, ast.Attribute):
        return node.attr in ("best_estimator_", "estimator_", "model", "best_model")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("fit", "partial_fit", "train")
    return False


def _target(source: SourceFile, node: ast.Call) -> str:
    """The name that a call's result is assigned to."""
    for target, value, _, _ in source.assigns:
        if value is node and isinstance(target, ast.Name | ast.Attribute):
            return ast.unparse(target)
    return ""


def _is_transformer(source: SourceFile, call: Call, holder: ast.expr, name: str) -> bool:
    if isinstance(holder, ast.Name) and holder.id in source.aliases:
        return True  # Panel.fit(…): a class or module that was imported, not an estimator
    maker = (
        source.dotted(holder.func)
        if isinstance(holder, ast.Call)
        else maker_of(source, call.scope, name)
    )
    if maker:
        return TRANSFORMER.search(maker) is not None
    return TRANSFORMER_NAME.search(name.rpartition(".")[2]) is not None
