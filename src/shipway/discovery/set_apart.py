# SPDX-License-Identifier: Apache-2.0
"""Does the code keep rows away from its training, and which rows is a metric measured on?

    train_test_split(frame)                  a function that is known for it
    frame[:cut] … frame[cut:]                the two sides of one cut
    model.fit(X, y); model.score(X, y)       the very rows that were fitted

A metric of rows that the training has seen says little, however good it looks.
"""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.estimators import fits
from shipway.discovery.findings import SetApart
from shipway.discovery.reads import TABLES
from shipway.discovery.source import Call, Scope, SourceFile

SPLITS = re.compile(
    r"^(train_test_split|cross_val_score|cross_validate|cross_val_predict|random_split|randomSplit|"
    r"train_validation_test_split|temporal_train_test_split|(\w*(KFold|ShuffleSplit|SearchCV))|"
    r"(Leave(One|P)(Group|Groups)?Out)|TimeSeriesSplit|PredefinedSplit)$"
)
TEST_NAME = re.compile(
    r"(^|_)(test|tests|testing|val|valid|validation|holdout|hold_out|held_out|unseen)(_|$)|"
    r"^[xy](test|val|valid)$",
    re.I,
)
TRAIN_NAME = re.compile(r"(^|_)(train|training)(_|$)|^[xy]train$", re.I)
# A name with one of these is a number or a path, not a table.
NO_TABLE = re.compile(r"size|path|file|dir|ratio|frac|name|csv|split|loss|share|url", re.I)
ANSWERS = ("predict", "predict_proba", "decision_function", "transform", "score_samples")
LOWER, UPPER = (ast.Lt, ast.LtE, ast.Eq), (ast.Gt, ast.GtE, ast.NotEq)


def set_apart(source: SourceFile) -> Iterator[SetApart]:
    """Where a file keeps rows away from its training."""
    for call in source.calls:
        last = call.name.rpartition(".")[2]
        if SPLITS.match(last):
            yield SetApart(source.place(call.node), f"{last}()")
        elif any(one.arg == "validation_split" for one in call.node.keywords):
            yield SetApart(source.place(call.node), "validation_split")
    yield from _sample_and_drop(source)
    yield from _two_ends(source)
    yield from _two_sides(source)
    for target, value, _, line in source.assigns:
        if isinstance(target, ast.Name) and _is_test_table(source, target.id, value):
            yield SetApart(source.place(line), target.id)


def of_training(source: SourceFile, call: ast.Call, scope: Scope) -> bool:
    """Whether what a call measures are the rows that the model was fitted on."""
    names = _measured(call) - source.aliases.keys()
    if any(TEST_NAME.search(name) for name in names):
        return False
    if any(TRAIN_NAME.search(name) for name in names):
        return True
    fitted: set[str] = set()
    for fit, _ in fits(source):
        if fit.scope.function() is scope.function():
            fitted |= _measured(fit.node)
    return bool(names & fitted)


def _measured(call: ast.Call) -> set[str]:
    """The tables and arrays that a call is given: `train` of `train[columns]`."""
    given = [*call.args, *(one.value for one in call.keywords)]
    return {name for one in given for name in _roots(one)}


def _roots(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        named = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        if named or _tells(node.attr):
            yield node.attr
        else:
            yield from _roots(node.value)
    elif isinstance(node, ast.Subscript):
        yield from _of_part(node)
    elif isinstance(node, ast.Call):
        func = node.func
        for one in node.args:
            yield from _roots(one)
        if isinstance(func, ast.Attribute) and func.attr not in ANSWERS:
            yield from _roots(func.value)
    elif isinstance(node, ast.BinOp):
        yield from _roots(node.left)
        yield from _roots(node.right)


def _of_part(node: ast.Subscript) -> Iterator[str]:
    """`parts["X_test"]` and `folds[1]` are tables of their own, `train[columns]` is not."""
    part = node.slice
    if isinstance(part, ast.Constant) and isinstance(part.value, str) and _tells(part.value):
        yield part.value
    elif isinstance(part, ast.Constant) and isinstance(part.value, int):
        yield ast.unparse(node)
    elif not _is_cut(part):
        # The other side of a cut is another table.
        yield from _roots(node.value)


def _tells(name: str) -> bool:
    """Whether a name says which rows it is about."""
    return bool(TEST_NAME.search(name) or TRAIN_NAME.search(name))


def _is_cut(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple) and node.elts:
        node = node.elts[0]
    return isinstance(node, ast.Slice | ast.Compare | ast.UnaryOp)


def _is_test_table(source: SourceFile, name: str, value: ast.expr) -> bool:
    """Whether a table called like test rows comes out of another one, and of no file of its own."""
    if not TEST_NAME.search(name) or NO_TABLE.search(name):
        return False
    while isinstance(value, ast.Subscript | ast.Attribute):
        value = value.value
    if isinstance(value, ast.Constant):
        return False
    made_by = source.dotted(value.func) if isinstance(value, ast.Call) else ""
    return made_by.rpartition(".")[2] not in TABLES


def _sample_and_drop(source: SourceFile) -> Iterator[SetApart]:
    """`test = frame.sample(…); train = frame.drop(test.index)`."""
    drops = any(
        call.name.endswith(".drop") and any(".index" in ast.unparse(one) for one in _given(call))
        for call in source.calls
    )
    for call in source.calls:
        if drops and call.name.endswith(".sample"):
            yield SetApart(source.place(call.node), "sample() and drop()")


def _two_ends(source: SourceFile) -> Iterator[SetApart]:
    """`frame.head(300)` and `frame.tail(100)`."""
    ends: dict[str, dict[str, Call]] = {}
    for call in source.calls:
        func = call.node.func
        if isinstance(func, ast.Attribute) and func.attr in ("head", "tail") and call.node.args:
            ends.setdefault(ast.unparse(func.value), {})[func.attr] = call
    for both in ends.values():
        if len(both) > 1:
            yield SetApart(source.place(both["tail"].node), "head() and tail()")


def _two_sides(source: SourceFile) -> Iterator[SetApart]:
    """`frame[:cut]` and `frame[cut:]`, `frame[mask]` and `frame[~mask]`."""
    seen: dict[tuple[str, ...], int] = {}
    for node, _ in source.subscripts:
        found = _side(node.slice)
        if found is None:
            continue
        side, by = found
        key = (ast.unparse(node.value), *by)
        if seen.setdefault(key, side) != side:
            yield SetApart(source.place(node), f"two sides of {ast.unparse(node.value)}")


def _side(node: ast.expr) -> tuple[int, tuple[str, ...]] | None:
    """Which side of which cut a subscript takes; None when it is no cut of rows."""
    if isinstance(node, ast.Tuple) and node.elts:
        node = node.elts[0]
    if isinstance(node, ast.Slice):
        bounds = (node.lower, node.upper)
        cut = next((one for one in bounds if one is not None), None)
        if cut is None or None not in bounds or ast.unparse(cut) in ("1", "-1"):
            return None
        return int(node.lower is not None), (ast.unparse(cut),)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return 1, (ast.unparse(node.operand),)
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (*LOWER, *UPPER)):
        sides = (ast.unparse(node.left), ast.unparse(node.comparators[0]))
        return int(isinstance(node.ops[0], UPPER)), sides
    if isinstance(node, ast.Name):
        return 0, (node.id,)
    return None


def _given(call: Call) -> list[ast.expr]:
    return [*call.node.args, *(one.value for one in call.node.keywords)]
