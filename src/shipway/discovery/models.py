# SPDX-License-Identifier: Apache-2.0
"""Which files the code writes as its model: by what call, as a pickle or not, over what Git keeps.

What is saved counts as a part of the model unless its name says that it is data or a result: a
scaler beside a classifier is needed to predict.
"""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.estimators import fits, maker_of
from shipway.discovery.findings import ModelFile
from shipway.discovery.paths import place
from shipway.discovery.project import CodeBase
from shipway.discovery.reads import describe_source, path_argument
from shipway.discovery.source import Call, SourceFile
from shipway.discovery.values import Values

PICKLERS = {
    "joblib.dump": 1,
    "pickle.dump": 1,
    "cloudpickle.dump": 1,
    "dill.dump": 1,
    "_pickle.dump": 1,
    "cPickle.dump": 1,
    "torch.save": 1,
    "sklearn.externals.joblib.dump": 1,
}
SAVERS = {
    "skops.io.dump": (1, "skops"),
    "onnx.save": (1, "onnx"),
    "onnx.save_model": (1, "onnx"),
    "tensorflow.saved_model.save": (1, "keras"),
    "torch.jit.save": (1, "torch"),
    "torch.onnx.export": (2, "onnx"),
}
METHODS = {
    "save_model": "",
    "save_weights": "keras",
    "save_pretrained": "transformers",
    "save_checkpoint": "torch",
    "export_model": "",
}
ARRAY_SAVERS = ("numpy.save", "numpy.savez", "numpy.savez_compressed", "numpy.savetxt")
WEIGHTS = re.compile(r"weight|coef|theta|centroid|model|bias|beta|param", re.I)
NOT_A_MODEL = re.compile(
    r"^(x|y)(_?(train|test|val|valid|dev)\w*)?$|(^|_)(df|data|dataset|frame|metrics?|results?|"
    r"scores?|history|report|predictions?|preds?|params|config|log|train|test|labels|loss(es)?)$",
    re.I,
)
KERAS = ("keras", "tensorflow", "tf_keras", "fastai")
FLAVOURS = {
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "torch": "torch",
    "keras": "keras",
    "tensorflow": "keras",
}


def model_files(base: CodeBase, values: Values) -> Iterator[ModelFile]:
    """Everything that is saved as (a part of) a model, in the order of files and lines."""
    for source in base.sources.values():
        seen = set()
        for call in source.calls:
            for found in _saved(base, values, source, call):
                if (found.path, found.at) not in seen:
                    seen.add((found.path, found.at))
                    yield found


def opened_path(source: SourceFile, node: ast.expr | None, call: Call) -> ast.expr | None:
    """The path behind a file object: `open(path, "wb")` itself, or a name that is bound to one."""
    if isinstance(node, ast.Name):
        scope = call.scope
        while scope is not None:
            for expression in scope.bound(node.id, call.node.lineno):
                if isinstance(expression, ast.Call):
                    return opened_path(source, expression, call)
                return node
            if scope.parent is None:
                return node
            scope = scope.parent
    if isinstance(node, ast.Call):
        name = source.dotted(node.func)
        if name.rpartition(".")[2] in ("open", "GzipFile", "BZ2File"):
            own = isinstance(node.func, ast.Attribute) and not name.startswith(
                ("io.", "gzip.", "bz2.", "lzma.", "codecs.", "os.")
            )
            if own and isinstance(node.func, ast.Attribute):
                return node.func.value
            return path_argument(node)
    return node


def _saved(base: CodeBase, values: Values, source: SourceFile, call: Call) -> Iterator[ModelFile]:
    node = call.node
    name = source.dotted(node.func)
    last = name.rpartition(".")[2]
    if name in PICKLERS:
        subject = node.args[0] if node.args else _keyword(node, "obj", "value")
        path = opened_path(source, _second(node), call)
        yield from _files(base, values, source, call, name, subject, path, pickle=True)
    elif name in SAVERS:
        position, flavour = SAVERS[name]
        path = node.args[position] if len(node.args) > position else _keyword(node, "file", "f")
        subject = node.args[0] if node.args else None
        yield from _files(base, values, source, call, name, subject, path, flavour=flavour)
    elif name in ARRAY_SAVERS:
        subject = node.args[1] if len(node.args) > 1 else None
        if WEIGHTS.search(ast.unparse(node)):
            path = opened_path(source, path_argument(node), call)
            yield from _files(base, values, source, call, name, subject, path, flavour="numpy")
    elif last == "log_model" and "mlflow" in name:
        yield _logged(source, call, name)
    elif last == "save_model" and name.startswith("mlflow."):
        path = _keyword(node, "path") or (node.args[1] if len(node.args) > 1 else None)
        subject = node.args[0] if node.args else None
        yield from _files(
            base, values, source, call, name, subject, path, flavour="mlflow", directory=True
        )
    elif isinstance(node.func, ast.Attribute):
        yield from _method(base, values, source, call, node.func, name)


def _method(
    base: CodeBase,
    values: Values,
    source: SourceFile,
    call: Call,
    func: ast.Attribute,
    name: str,
) -> Iterator[ModelFile]:
    keras = func.attr in ("save", "export") and source.imports_any(*KERAS)
    if func.attr in METHODS or keras:
        flavour = "keras" if keras else METHODS[func.attr]
        path = path_argument(call.node)
        yield from _files(
            base, values, source, call, f".{func.attr}", func.value, path, flavour=flavour
        )
    elif func.attr in ("write", "write_bytes"):
        text = ast.unparse(call.node)
        if "SerializeToString" in text:
            path = opened_path(source, func.value, call)
            subject = call.node.args[0] if call.node.args else None
            yield from _files(base, values, source, call, name, subject, path, flavour="onnx")
        elif "pickle.dumps" in text:
            path = opened_path(source, func.value, call)
            inner = call.node.args[0]
            subject = inner.args[0] if isinstance(inner, ast.Call) and inner.args else inner
            yield from _files(
                base, values, source, call, "pickle.dumps", subject, path, pickle=True
            )


def _files(
    base: CodeBase,
    values: Values,
    source: SourceFile,
    call: Call,
    writer: str,
    subject: ast.expr | None,
    path: ast.expr | None,
    *,
    pickle: bool = False,
    flavour: str = "",
    directory: bool = False,
) -> Iterator[ModelFile]:
    said = ast.unparse(subject) if subject is not None else ""
    bare = re.sub(r"\W.*", "", said.removeprefix("self."))
    if NOT_A_MODEL.search(bare) and flavour == "":
        return
    for value in values.texts(source, path, call.scope):
        placed = place(base.listing, source.path, value)
        if placed is None or placed.kind == "url":
            continue
        yield ModelFile(
            path=placed.path,
            written=placed.written,
            at=source.place(call.node),
            why=f"{writer} saves {said or 'an object'} as {placed.written!r}"
            + describe_source(value),
            kind=placed.kind,
            writer=writer,
            subject=said,
            pickle=pickle,
            flavour=flavour or _flavour(source, call, bare, placed.path),
            git=base.listing.state(placed.path) if placed.kind == "file" else "outside",
            exists=placed.exists,
            fitted=any(name == said for _, name in fits(source)),
            via=value.via,
            flag=value.flag,
            variable=value.variable,
            folder=placed.folder,
            anchored=value.anchored,
            directory=directory,
        )


def _logged(source: SourceFile, call: Call, name: str) -> ModelFile:
    artifact = _keyword(call.node, "artifact_path", "name") or (
        call.node.args[1] if len(call.node.args) > 1 else None
    )
    said = artifact.value if isinstance(artifact, ast.Constant) else "model"
    subject = ast.unparse(call.node.args[0]) if call.node.args else ""
    return ModelFile(
        path="",
        written=str(said),
        at=source.place(call.node),
        why=f"{name} logs {subject or 'the model'} to MLflow, in the run's artifact {said!r}",
        writer=name,
        subject=subject,
        flavour="mlflow",
        git="outside",
        directory=True,
    )


def _flavour(source: SourceFile, call: Call, name: str, path: str) -> str:
    """The library of the object, by what made it, else by the ending of the file."""
    maker = maker_of(source, call.scope, name).partition(".")[0]
    if maker in FLAVOURS:
        return FLAVOURS[maker]
    if path.endswith(".onnx"):
        return "onnx"
    if path.endswith((".keras", ".h5")):
        return "keras"
    if path.endswith((".pt", ".pth")):
        return "torch"
    return ""


def _second(node: ast.Call) -> ast.expr | None:
    if len(node.args) > 1:
        return node.args[1]
    return _keyword(node, "filename", "file", "f", "path")


def _keyword(node: ast.Call, *names: str) -> ast.expr | None:
    return next((one.value for one in node.keywords if one.arg in names), None)
