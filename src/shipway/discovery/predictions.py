# SPDX-License-Identifier: Apache-2.0
"""Code that predicts: functions called like it, classes with `predict`, with or without `load`."""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.estimators import parameters
from shipway.discovery.naming import module_of
from shipway.discovery.project import CodeBase
from shipway.discovery.running import Parameter, PredictionCode
from shipway.discovery.source import Scope, SourceFile

NAME = re.compile(
    r"^((predict|infer|inference|score)(_\w+)?|(make|get|run)_(predictions?|inference))$"
)
TAKES_MODEL = re.compile(r"^(model|clf|classifier|estimator|regressor|pipeline|pipe|net)$")
TESTS = re.compile(r"(^|/)(tests?|docs?|examples?)/|(^|/)test_|conftest")


def predictions(base: CodeBase, reads: dict[str, list[str]]) -> Iterator[PredictionCode]:
    """The prediction code of the repository; `reads` are the model files that each file reads."""
    for source in base.sources.values():
        if source.path.endswith(".ipynb") or TESTS.search(source.path):
            continue
        for scope in source.module.classes.values():
            if "predict" in scope.functions:
                yield _class(base, source, scope, reads)
        for name, scope in source.module.functions.items():
            if NAME.match(name) and _predicts(source, scope):
                yield _function(base, source, scope, reads)


def _class(
    base: CodeBase, source: SourceFile, scope: Scope, reads: dict[str, list[str]]
) -> PredictionCode:
    module, folder = module_of(base, source.path)
    loaders = ("load", "load_model", "from_file")
    load = next((name for name in loaders if name in scope.functions), "")
    method = scope.functions["predict"]
    trains = "fit" in scope.functions or "train" in scope.functions
    why = f"class {scope.name} has predict()" + (f" and {load}()" if load else "")
    needed = [one for one in _constructor(scope) if one.default is None]
    return PredictionCode(
        kind="class",
        entry=f"{module}:{scope.name}",
        at=source.place(scope.node or 0),
        why=why,
        folder=folder,
        load=load == "load",
        parameters=method.parameters(),
        reads=tuple(reads.get(source.path, ())),
        score=50
        + 30 * (load == "load")
        + 20 * bool(reads.get(source.path))
        - 30 * trains
        - 20 * bool(needed),
    )


def _constructor(scope: Scope) -> tuple[Parameter, ...]:
    init = scope.functions.get("__init__")
    return init.parameters() if init is not None else ()


def _function(
    base: CodeBase, source: SourceFile, scope: Scope, reads: dict[str, list[str]]
) -> PredictionCode:
    module, folder = module_of(base, source.path)
    given = parameters(scope)
    takes_model = any(TAKES_MODEL.match(one.name) for one in given)
    needed = [one for one in given if one.default is None]
    why = f"{scope.name}() predicts" + (" and is given the model" if takes_model else "")
    loads = bool(reads.get(source.path))
    web = source.imports_any("flask", "fastapi", "streamlit", "gradio", "starlette")
    return PredictionCode(
        kind="function",
        entry=f"{module}:{scope.name}",
        at=source.place(scope.node or 0),
        why=why,
        folder=folder,
        parameters=given,
        reads=tuple(reads.get(source.path, ())),
        score=40
        + 30 * loads
        + 10 * (scope.name == "predict")
        + 10 * (len(needed) == 1)
        - 40 * takes_model
        - 30 * web,
    )


def _predicts(source: SourceFile, scope: Scope) -> bool:
    """Whether a function calls some predict, or is called exactly so."""
    node = scope.node
    for one in ast.walk(node) if node is not None else ():
        if isinstance(one, ast.Call):
            name = source.dotted(one.func).rpartition(".")[2]
            if name in ("predict", "predict_proba", "run", "decision_function"):
                return True
    return scope.name == "predict"
