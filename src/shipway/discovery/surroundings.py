# SPDX-License-Identifier: Apache-2.0
"""What a script takes from around it besides flags: environment variables and `sys.argv`."""

import ast
import re
from collections.abc import Iterator

from shipway.discovery.flags import constant, looks_like_data
from shipway.discovery.running import Argument, EnvironmentVariable
from shipway.discovery.source import SourceFile

GETTERS = ("os.getenv", "os.environ.get", "environ.get", "getenv")
SECRET = re.compile(r"key|token|secret|password|passwd|pwd|credential", re.I)
NOISE = re.compile(
    r"^(PATH|HOME|USER|PWD|PYTHON\w*|CUDA_\w*|TF_\w*|OMP_\w*|MKL_\w*|CI|DEBUG|PORT)$"
)


def environment_variables(source: SourceFile) -> Iterator[EnvironmentVariable]:
    """The variables that a file reads, in the order of its lines."""
    for call in source.calls:
        if call.name in GETTERS and call.node.args:
            name = constant(call.node.args[0])
            if name:
                given = call.node.args[1] if len(call.node.args) > 1 else None
                yield _variable(source, call.node, name, constant(given), required=False)
    for node, _ in source.subscripts:
        if isinstance(node.ctx, ast.Load) and source.dotted(node.value) in (
            "os.environ",
            "environ",
        ):
            name = constant(node.slice)
            if name:
                yield _variable(source, node, name, None, required=True)


def arguments(source: SourceFile) -> Iterator[Argument]:
    """The positions of `sys.argv` that a file uses; required unless it looks at their number."""
    counted = any(
        call.name == "len"
        and call.node.args
        and source.dotted(call.node.args[0]) in ("sys.argv", "argv")
        for call in source.calls
    )
    names = {
        (node.lineno, node.col_offset): target.id
        for target, value, _, _ in source.assigns
        if isinstance(target, ast.Name)
        for node in ast.walk(value)
        if isinstance(node, ast.Subscript)
    }
    seen = set()
    for node, _ in source.subscripts:
        if source.dotted(node.value) != "sys.argv" or not isinstance(node.slice, ast.Constant):
            continue
        position = node.slice.value
        if not isinstance(position, int) or position < 1 or position in seen:
            continue
        seen.add(position)
        name = names.get((node.lineno, node.col_offset), "")
        yield Argument(
            position=position,
            at=source.place(node),
            why=f"argument {position} is read from sys.argv" + (f" as {name}" if name else ""),
            required=not counted,
            data=looks_like_data(name) if name else False,
            name=name,
        )


def _variable(
    source: SourceFile, node: ast.AST, name: str, default: str | None, *, required: bool
) -> EnvironmentVariable:
    secret = SECRET.search(name) is not None
    data = not secret and not NOISE.match(name) and looks_like_data(name.lower())
    why = "the code fails without it" if required else "read with a default"
    if default is None and not required:
        why = "read, None when it is not set"
    return EnvironmentVariable(
        name=name,
        at=source.place(node),
        why=why,
        default=default,
        required=required,
        data=data,
        secret=secret,
    )
