# SPDX-License-Identifier: Apache-2.0
"""The flags of a command line: argparse, click, typer, fire, absl and simple-parsing dataclasses.

A flag is known by its destination, the name under which the code reads it. For click and typer the
destination is `function:parameter`, as their flags arrive as parameters.
"""

import ast
import re

from shipway.discovery.running import Flag
from shipway.discovery.source import FunctionNode, Scope, SourceFile, parameters_of

DATA_NAME = re.compile(
    r"(^|[-_])(data|dataset|datafile|input|inputs|in|csv|parquet|train|training|test|valid|"
    r"validation|val|file|filename|path|dir|folder|source|src|table)([-_]|$)|data|csv|parquet",
    re.I,
)
OUTPUT_NAME = re.compile(
    r"out|model|save|result|report|metric|artifact|log|checkpoint|ckpt|plot|figure|export|dest",
    re.I,
)
CONFIG_NAME = re.compile(r"conf|cfg|param|setting|yaml|yml|json", re.I)
NUMBERS = ("int", "float", "bool")
CLICK = ("click.option", "click.argument")
TYPER = ("typer.Option", "typer.Argument")


def flags_of(source: SourceFile) -> dict[str, Flag]:
    """The flags that a file declares, by destination."""
    found: dict[str, Flag] = {}
    if source.imports_any("argparse", "configargparse", "jsonargparse"):
        found.update(_argparse(source))
    if source.imports_any("click", "rich_click"):
        found.update(_click(source))
    if source.imports_any("typer"):
        found.update(_typer(source))
    if source.imports_any("fire"):
        found.update(_fire(source))
    if source.imports_any("absl"):
        found.update(_absl(source))
    return found


def looks_like_data(name: str, kind: str = "", text: str = "") -> bool:
    """Whether a name of a flag, parameter or variable sounds like data that is read."""
    if kind in NUMBERS or CONFIG_NAME.search(name):
        return False
    size = re.search(
        r"size|ratio|frac|split|seed|epoch|rows|samples|batch|rate|weights?$", name, re.I
    )
    if size or OUTPUT_NAME.search(name):
        return False
    said = re.search(r"\b(csv|parquet|dataset|input (file|data)|training data)\b", text, re.I)
    return DATA_NAME.search(name) is not None or said is not None


def looks_like_output(name: str) -> bool:
    """Whether a name sounds like a file that is written."""
    return OUTPUT_NAME.search(name) is not None and not CONFIG_NAME.search(name)


def constant(node: ast.expr | None) -> str | None:
    """A literal as one would write it on a command line; None when it is none."""
    if isinstance(node, ast.Constant) and node.value is not None and node.value is not Ellipsis:
        return str(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = constant(node.operand)
        return None if inner is None else f"-{inner}"
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        return constant(node.args[0])  # Path("data.csv")
    return None


def _argparse(source: SourceFile) -> dict[str, Flag]:
    found = {}
    for call in source.calls:
        func = call.node.func
        if isinstance(func, ast.Attribute) and func.attr in ("add_argument", "add"):
            names = [one.value for one in call.node.args if isinstance(one, ast.Constant)]
            texts = [name for name in names if isinstance(name, str)]
            if texts:
                flag = _argument(source, call.node, texts)
                destination = _keyword(call.node, "dest") or _longest(texts)
                found[destination.lstrip("-").replace("-", "_")] = flag
    return found


def _argument(source: SourceFile, call: ast.Call, names: list[str]) -> Flag:
    given = {one.arg: one.value for one in call.keywords if one.arg}
    name = _longest(names)
    positional = not name.startswith("-")
    action = constant(given.get("action")) or ""
    arity = constant(given.get("nargs")) or ""
    default = constant(given.get("default"))
    required = constant(given.get("required")) == "True"
    if positional:
        required = arity not in ("?", "*", "0") and "default" not in given
    return _flag(
        source,
        call,
        name,
        default=default,
        required=required,
        positional=positional,
        switch=(action.startswith("store_") and action != "store_const") or "Boolean" in action,
        kind=_type(given.get("type")),
        choices=_choices(given.get("choices")),
        text=constant(given.get("help")) or "",
    )


def _click(source: SourceFile) -> dict[str, Flag]:
    found = {}
    for scope in source.scopes:
        if not isinstance(scope.node, FunctionNode):
            continue
        for decorator in scope.node.decorator_list:
            if isinstance(decorator, ast.Call) and source.dotted(decorator.func).endswith(CLICK):
                flag = _click_flag(source, decorator)
                if flag is not None:
                    names = [constant(one) or "" for one in decorator.args]
                    plain = [name for name in names if name and not name.startswith("-")]
                    destination = (plain or [flag.name.lstrip("-")])[0]
                    destination = destination.lower().replace("-", "_").partition("/")[0]
                    found[f"{scope.name}:{destination}"] = flag
    return found


def _click_flag(source: SourceFile, call: ast.Call) -> Flag | None:
    given = {one.arg: one.value for one in call.keywords if one.arg}
    names = [text for text in (constant(one) for one in call.args) if text]
    if not names:
        return None
    positional = source.dotted(call.func).endswith("argument")
    options = [name for name in names if name.startswith("-")] or names
    default = constant(given.get("default"))
    said = constant(given.get("required"))
    required = said == "True" if said else positional and "default" not in given
    return _flag(
        source,
        call,
        _longest(options).partition("/")[0],
        default=default,
        required=required and "default" not in given,
        positional=positional,
        switch=constant(given.get("is_flag")) == "True" or "/" in _longest(options),
        kind=_type(given.get("type")),
        choices=(),
        text=constant(given.get("help")) or "",
    )


def _typer(source: SourceFile) -> dict[str, Flag]:
    found = {}
    for scope in source.scopes:
        if isinstance(scope.node, FunctionNode) and _is_command(source, scope):
            annotations = {one.arg: one.annotation for one in _arguments(scope.node)}
            for name, default in parameters_of(scope.node):
                flag = _typer_flag(source, scope.node, name, default, annotations.get(name))
                found[f"{scope.name}:{name}"] = flag
    return found


def _is_command(source: SourceFile, scope: Scope) -> bool:
    assert isinstance(scope.node, FunctionNode)  # noqa: S101 - the caller looked
    for decorator in scope.node.decorator_list:
        node = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(node, ast.Attribute) and node.attr in ("command", "callback"):
            return True
    return any(
        call.name == "typer.run"
        and any(isinstance(one, ast.Name) and one.id == scope.name for one in call.node.args)
        for call in source.calls
    )


def _typer_flag(
    source: SourceFile,
    node: FunctionNode,
    name: str,
    default: ast.expr | None,
    annotation: ast.expr | None,
) -> Flag:
    declared = _declaration(source, default) or _declaration(source, annotation)
    value = default
    positional = default is None
    text = ""
    if declared is not None:
        positional = source.dotted(declared.func).endswith("Argument")
        given = {one.arg: one.value for one in declared.keywords if one.arg}
        text = constant(given.get("help")) or ""
        if declared is default:
            value = declared.args[0] if declared.args else given.get("default")
    kind = _type(annotation)
    missing = value is None or (isinstance(value, ast.Constant) and value.value is Ellipsis)
    return _flag(
        source,
        value if value is not None and hasattr(value, "lineno") else node,
        name if positional else "--" + name.replace("_", "-"),
        default=constant(value),
        required=missing,
        positional=positional,
        switch=kind == "bool",
        kind=kind,
        choices=(),
        text=text,
    )


def _declaration(source: SourceFile, node: ast.expr | None) -> ast.Call | None:
    """The `typer.Option(…)` in a default or in `Annotated[…]`."""
    for one in ast.walk(node) if node is not None else ():
        if isinstance(one, ast.Call) and source.dotted(one.func) in TYPER:
            return one
    return None


def _fire(source: SourceFile) -> dict[str, Flag]:
    """The parameters of what `fire.Fire(…)` is given: a function, else those of the module."""
    found = {}
    for call in source.calls:
        if call.name not in ("fire.Fire", "Fire"):
            continue
        names = [one.id for one in call.node.args if isinstance(one, ast.Name)]
        for name in names:
            scope = source.module.functions.get(name)
            if scope is not None and isinstance(scope.node, FunctionNode):
                for parameter, default in parameters_of(scope.node):
                    found[f"{name}:{parameter}"] = _flag(
                        source,
                        scope.node,
                        f"--{parameter}",
                        default=constant(default),
                        required=default is None,
                    )
    return found


def _absl(source: SourceFile) -> dict[str, Flag]:
    found = {}
    for call in source.calls:
        name = call.name
        if ".flags.DEFINE_" in name and call.node.args:
            text = constant(call.node.args[0])
            if text:
                kind = name.rpartition("DEFINE_")[2]
                default = constant(call.node.args[1]) if len(call.node.args) > 1 else None
                found[text] = _flag(
                    source, call.node, f"--{text}", default=default, kind=kind.replace("string", "")
                )
    return found


def _flag(
    source: SourceFile,
    node: ast.AST,
    name: str,
    *,
    default: str | None = None,
    required: bool = False,
    positional: bool = False,
    switch: bool = False,
    kind: str = "",
    choices: tuple[str, ...] = (),
    text: str = "",
) -> Flag:
    bare = name.lstrip("-")
    data = not switch and not choices and looks_like_data(bare, kind, text)
    output = not switch and not data and looks_like_output(bare) and kind not in NUMBERS
    return Flag(
        name=name,
        at=source.place(node),
        default=default,
        required=required,
        positional=positional,
        switch=switch,
        type=kind,
        choices=choices,
        help=" ".join(text.split()),
        data=data,
        output=output,
        why=f"its name sounds like {'data' if data else 'a file that is written'}"
        if data or output
        else "",
    )


def _arguments(node: FunctionNode) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _keyword(call: ast.Call, name: str) -> str | None:
    return next((constant(one.value) for one in call.keywords if one.arg == name), None)


def _longest(names: list[str]) -> str:
    return next((name for name in names if name.startswith("--")), names[0])


def _type(node: ast.expr | None) -> str:
    """The type of a flag by its last name: `pathlib.Path` and `click.Path(…)` are path."""
    if node is None:
        return ""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
        return _type(inner)
    name = ast.unparse(node).rpartition(".")[2]
    return {"Path": "path", "FileType": "path", "INT": "int", "FLOAT": "float"}.get(name, name)


def _choices(node: ast.expr | None) -> tuple[str, ...]:
    elements = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else []
    return tuple(text for text in (constant(one) for one in elements) if text is not None)
