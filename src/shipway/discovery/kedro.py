# SPDX-License-Identifier: Apache-2.0
"""A Kedro project: its catalog tells where data lies, its nodes which of it is read and written."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from shipway.discovery.configuration import read_mapping
from shipway.discovery.findings import DataFile, ModelFile
from shipway.discovery.flags import constant
from shipway.discovery.project import CodeBase
from shipway.discovery.reads import role_of
from shipway.discovery.running import Place

MODEL_WORDS = re.compile(r"model|classifier|regressor|estimator|pipeline|06_models", re.I)
NODE = ("kedro.pipeline.node", "kedro.pipeline.Node", "kedro.pipeline.node.node", "node", "Node")


def kedro_file(base: CodeBase) -> str:
    """The pyproject.toml with `[tool.kedro]`; empty when this is no Kedro project."""
    for path in base.listing.named("pyproject.toml"):
        if "[tool.kedro]" in base.listing.text(path):
            return path
    return ""


def kedro_data(base: CodeBase) -> Iterator[DataFile]:
    """The data sets of the catalog that no node writes."""
    if not kedro_file(base):
        return
    written = _outputs(base)
    for name, path, kind, at in _catalog(base):
        if name not in written:
            listing = base.listing
            yield DataFile(
                path=path,
                written=path,
                at=at,
                why=f"the catalog's {name} is a {kind}, which no node writes",
                reader=kind,
                format="csv" if "csv" in kind.lower() else kind.partition(".")[0],
                exists=listing.has(path),
                git=listing.state(path),
                role=role_of(path),
                via=f"{at.path}: {name}",
            )


def kedro_models(base: CodeBase) -> Iterator[ModelFile]:
    """The data sets of the catalog that a node writes and that sound like a model."""
    if not kedro_file(base):
        return
    written = _outputs(base)
    for name, path, kind, at in _catalog(base):
        pickled = "pickle" in kind.lower()
        if name in written and (pickled or MODEL_WORDS.search(path)):
            yield ModelFile(
                path=path,
                written=path,
                at=at,
                why=f"a node writes the catalog's {name}, a {kind}",
                writer=kind,
                subject=name,
                pickle=pickled,
                flavour="",
                git=base.listing.state(path),
                exists=base.listing.has(path),
                fitted=MODEL_WORDS.search(f"{name} {path}") is not None,
                via=f"{at.path}: {name}",
            )


def _catalog(base: CodeBase) -> Iterator[tuple[str, str, str, Place]]:
    """Name, path, type and place of each entry with a local path."""
    for path in base.listing.ending(".yml", ".yaml"):
        if not re.search(r"(^|/)conf/\w+/catalog[\w/-]*\.ya?ml$", path):
            continue
        content = read_mapping(base.listing, path)
        text = base.listing.text(path)
        for name, entry in content.items() if isinstance(content, dict) else ():
            where = _filepath(entry)
            if where:
                match = re.search(rf"^{re.escape(str(name))}\s*:", text, re.M)
                line = text.count("\n", 0, match.start()) + 1 if match else 0
                yield str(name), where, str(entry.get("type", "")), Place(path, line)


def _filepath(entry: Any) -> str:
    value = entry.get("filepath") if isinstance(entry, dict) else None
    return value if isinstance(value, str) and "://" not in value and "{" not in value else ""


def _outputs(base: CodeBase) -> set[str]:
    """The names that nodes write."""
    found: set[str] = set()
    for source in base.sources.values():
        for call in source.calls:
            if call.name in NODE:
                given = {one.arg: one.value for one in call.node.keywords if one.arg}
                node = given.get("outputs")
                if node is None and len(call.node.args) > 2:
                    node = call.node.args[2]
                for one in ast.walk(node) if node is not None else ():
                    text = constant(one) if isinstance(one, ast.Constant) else None
                    if text:
                        found.add(text)
    return found
