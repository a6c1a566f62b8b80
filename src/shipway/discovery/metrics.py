# SPDX-License-Identifier: Apache-2.0
"""Where the code tells how good its model is: printed, in files, logged to MLflow.

A printed line becomes a pattern: what stands before the number stays, the number becomes
`{metric}`, other values `{_}`. Only values that are computed by a known function, or whose label or
variable is a known name, count; the rest of what a script prints does not.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from shipway.discovery.estimators import maker_of
from shipway.discovery.findings import MetricReport
from shipway.discovery.metric_names import TRAINING, by_call, by_label, identifier, joined
from shipway.discovery.metric_tables import printed_table
from shipway.discovery.set_apart import of_training
from shipway.discovery.source import Call, Scope, SourceFile

PRINTERS = ("print", "rich.print", "tqdm.write", "sys.stdout.write", "click.echo", "typer.echo")
LOGGERS = ("info", "debug", "warning", "success", "log")
LOGGER = re.compile(r"(^|[._])(log|logger|logging|getLogger|get_logger)(\(\))?$")
# What sets up logging, by a call or by being there.
CONFIGURES = (
    "basicConfig",
    "dictConfig",
    "fileConfig",
    "setLevel",
    "StreamHandler",
    "set_verbosity",
)
QUIET = re.compile(r"WARN|ERROR|CRITICAL", re.I)
SHOWING = ("loguru", "structlog", "kedro", "hydra", "coloredlogs", "absl", "click_log")
ROUNDERS = ("round", "float", "str", "abs", "format", "int")
MARK = "\0"
PERCENT_FORM = re.compile(r"%[-+ #0]*\d*(?:\.\d+)?[sdifgeEGr]|%%")
BRACE_FORM = re.compile(r"\{([^{}:!]*)(?:![rsa])?(:[^{}]*)?\}")
PERCENT = "_percent"


def printed_metrics(source: SourceFile, *, logged: bool = True) -> Iterator[MetricReport]:
    """The metrics that a file prints, in the order of its lines, each pattern once.

    `logged` says whether what it logs can be seen.
    """
    seen = set()
    for call in source.calls:
        name = call.name
        if name not in PRINTERS and not (logged and _is_logger(name)):
            continue
        for report in _printed(source, call):
            if report.pattern not in seen or report.kind == "report":
                seen.add(report.pattern)
                yield report


def shows_logs(sources: Iterable[SourceFile]) -> bool:
    """Whether what is logged reaches the terminal: Python itself shows warnings and worse only."""
    for source in sources:
        if source.imports_any(*SHOWING):
            return True
        if any(_shows(call) for call in source.calls):
            return True
    return False


def _shows(call: Call) -> bool:
    """Whether a call sets logging up to show more than warnings."""
    last = call.name.rpartition(".")[2]
    if last not in CONFIGURES:
        return False
    said = ast.unparse(call.node)
    into_file = any(one.arg == "filename" for one in call.node.keywords)
    quiet = last == "basicConfig" and "level" not in said
    return not (into_file or quiet or QUIET.search(said))


def metric_of(source: SourceFile, node: ast.expr, scope: Scope, depth: int = 4) -> str:
    """The metric that an expression is, by what computes it, else by its name."""
    if depth <= 0:
        return ""
    if isinstance(node, ast.Call):
        return _of_call(source, node, scope, depth)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant):
            inner = metric_of(source, node.left, scope, depth - 1)
            return "rmse" if inner == "mse" and node.right.value == 0.5 else inner
        for side in _sides(node):
            found = metric_of(source, side, scope, depth - 1)
            if found:
                return found
        return ""
    if isinstance(node, ast.Name):
        at: Scope | None = scope
        while at is not None:
            for expression in _latest(at.bindings.get(node.id, []), node.lineno):
                found = metric_of(source, expression, at, depth - 1)
                if found:
                    return found
            at = at.parent
        return by_label(node.id)
    if isinstance(node, ast.Subscript):
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return by_label(key.value)
        if isinstance(key, ast.Constant) and isinstance(node.value, ast.Call):
            return ""
    if isinstance(node, ast.Attribute):
        return "cv_score" if node.attr == "best_score_" else by_label(node.attr)
    return ""


def _latest(bound: list[ast.expr], line: int) -> list[ast.expr]:
    """What a name may be on a line, the last assignment before it first."""
    before = [one for one in bound if one.lineno <= line]
    return [*reversed(before), *(one for one in bound if one.lineno > line)]


def in_percent(node: ast.expr, scope: Scope, depth: int = 4) -> bool:
    """Whether an expression is a share times 100, so 93.1 where Shipway says 0.931."""
    if depth <= 0:
        return False
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return any(isinstance(one, ast.Constant) and one.value == 100 for one in _sides(node))
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ROUNDERS and node.args:
        return in_percent(node.args[0], scope, depth - 1)
    if isinstance(node, ast.Name):
        found = _latest(scope.bindings.get(node.id, []), node.lineno)[:1]
        return any(in_percent(one, scope, depth - 1) for one in found)
    return False


def _sides(node: ast.BinOp) -> tuple[ast.expr, ast.expr]:
    return node.left, node.right


def _of_call(source: SourceFile, node: ast.Call, scope: Scope, depth: int) -> str:
    name = source.dotted(node.func)
    last = name.rpartition(".")[2]
    if last in ("sqrt",) and node.args:
        inner = metric_of(source, node.args[0], scope, depth - 1)
        return "rmse" if inner == "mse" else inner
    if last in ROUNDERS and node.args and "." not in name.removeprefix("numpy."):
        return metric_of(source, node.args[0], scope, depth - 1)
    if last in ("mean", "item", "max", "min", "std") and isinstance(node.func, ast.Attribute):
        inner = metric_of(source, node.func.value, scope, depth - 1)
        if inner and last != "std":
            return inner
        if node.args and last != "std":
            return metric_of(source, node.args[0], scope, depth - 1)
        return ""
    if last == "score" and "SearchCV" in maker_of(source, scope, name.rpartition(".")[0]):
        return "score"  # whatever its own `scoring` is
    found = by_call(name, node)
    seen = found and not last.startswith("cross_val") and of_training(source, node, scope)
    return f"{TRAINING}{found}" if seen else found


def _is_logger(name: str) -> bool:
    holder, _, last = name.rpartition(".")
    return last in LOGGERS and LOGGER.search(holder) is not None


def _printed(source: SourceFile, call: Call) -> Iterator[MetricReport]:
    table = printed_table(source, call)
    if table is not None:
        yield table
        return
    text, parts = _template(source, call)
    position = 0
    for line in text.split("\n"):
        number = line.count(MARK)
        yield from _line(source, call, line, parts[position : position + number])
        position += number


def _line(
    source: SourceFile, call: Call, line: str, parts: list[ast.expr | None]
) -> Iterator[MetricReport]:
    """The reports of one printed line; `parts` are the expressions behind its marks."""
    pieces = line.split(MARK)
    names = []
    for position, node in enumerate(parts):
        label = pieces[position]
        found = metric_of(source, node, call.scope) if node is not None else ""
        found = joined(found, by_label(label))
        shown = pieces[position + 1].lstrip().startswith("%")
        if found and not shown and node is not None and in_percent(node, call.scope):
            found = f"{found}{PERCENT}"
        if found and not label.strip() and not position and not pieces[1].strip():
            found = ""  # a bare number: nothing to recognise the line by
        if found and found in names:
            found = identifier(label) if identifier(label) not in names else ""
        names.append(found)
    if not any(names):
        return
    pattern = pieces[0]
    for position, name in enumerate(names):
        pattern += ("{" + (name or "_") + "}") + pieces[position + 1]
    pattern = _trimmed(pattern)
    known = [name for name in names if name]
    yield MetricReport(
        "stdout",
        source.place(call.node),
        f"prints {', '.join(known)}",
        metric=known[0],
        pattern=pattern,
        metrics=tuple(known),
    )


def _trimmed(pattern: str) -> str:
    """The pattern as one line without ornaments at its ends."""
    pattern = re.sub(r"\s+", " ", pattern).strip()
    last = pattern.rfind("}")
    tail = pattern[last + 1 :]
    return pattern[: last + 1] + ("%" if tail.startswith("%") else "")


def _template(source: SourceFile, call: Call) -> tuple[str, list[ast.expr | None]]:
    """What is printed: a text with a mark for each value, and the values."""
    parts: list[ast.expr | None] = []
    texts = [_text(source, one, parts, call.scope) for one in call.node.args]
    if texts and call.node.args and _is_logger(call.name):
        first = call.node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return _lazy(first.value, call.node.args[1:])
    joint = next((one.value for one in call.node.keywords if one.arg == "sep"), None)
    text = joint.value if isinstance(joint, ast.Constant) and joint.value else " "
    return str(text).join(texts), parts


def _lazy(text: str, values: list[ast.expr]) -> tuple[str, list[ast.expr | None]]:
    """`logger.info("accuracy %s", value)` and loguru's `logger.info("accuracy {}", value)`."""
    form = PERCENT_FORM if PERCENT_FORM.search(text) else BRACE_FORM
    return form.sub(lambda match: "%" if match[0] == "%%" else MARK, text), list(values)


def _text(source: SourceFile, node: ast.expr, parts: list[ast.expr | None], scope: Scope) -> str:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            return node.value
        parts.append(None)
        return MARK
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(source, one, parts, scope) for one in node.values)
    if isinstance(node, ast.FormattedValue):
        parts.append(node.value)
        percent = node.format_spec is not None and "%" in ast.unparse(node.format_spec)
        return MARK + ("%" if percent else "")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _is_text(node):
        left = _text(source, node.left, parts, scope)
        return left + _text(source, node.right, parts, scope)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _is_text(node.left):
        return _percent(node, parts)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".format"):
        template = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(template, ast.Constant):
            return _braces(str(template.value), node, parts)
    parts.append(node)
    return MARK


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return (isinstance(node, ast.Constant) and isinstance(node.value, str)) or isinstance(
        node, ast.JoinedStr
    )


def _percent(node: ast.BinOp, parts: list[ast.expr | None]) -> str:
    text = node.left.value if isinstance(node.left, ast.Constant) else ""
    parts.extend(node.right.elts if isinstance(node.right, ast.Tuple) else [node.right])
    return PERCENT_FORM.sub(lambda match: "%" if match[0] == "%%" else MARK, str(text))


def _braces(text: str, node: ast.Call, parts: list[ast.expr | None]) -> str:
    named = {one.arg: one.value for one in node.keywords if one.arg}
    position = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal position
        key = match[1]
        if key.isdigit():
            index = int(key)
            parts.append(node.args[index] if index < len(node.args) else None)
        elif key:
            parts.append(named.get(key.partition(".")[0].partition("[")[0]))
        else:
            parts.append(node.args[position] if position < len(node.args) else None)
            position += 1
        return MARK + ("%" if match[2] and match[2].endswith("%") else "")

    return BRACE_FORM.sub(replaced, text)
