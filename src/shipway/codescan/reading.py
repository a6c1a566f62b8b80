# SPDX-License-Identifier: Apache-2.0
"""Python source as text and as a syntax tree: plain files, and notebooks without their magics.

A notebook becomes one text with its code cells one after the other; a magic (`%matplotlib`, `!pip`)
becomes a `pass`, so that every other line stays as it is.
"""

import ast
import io
import json
import tokenize
import warnings
from pathlib import Path

import msgspec

# A notebook is large by the pictures in it, which are not looked at.
MOST_MEGABYTES = {".py": 2, ".ipynb": 30}
FOREIGN_CELL = "%%"
HARMLESS_CELLS = ("%%time", "%%timeit", "%%capture", "%%prun")


class UnreadableCodeError(Exception):
    """A file that can't be parsed; the text says why, `line` where (0: the whole file)."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


class Code(msgspec.Struct, frozen=True):
    """The text of a file; for a notebook also the first line of each of its code cells.

    `cells` holds pairs of (first line in `text`, number of the cell), counted from 1; the numbers
    count all cells of the notebook, as an editor shows them.
    """

    text: str
    cells: tuple[tuple[int, int], ...] = ()

    def place(self, line: int) -> tuple[int, int]:
        """The line (within its cell, for a notebook) and the cell that `line` of `text` is."""
        first, number = 1, 0
        for start, cell in self.cells:
            if start > line:
                break
            first, number = start, cell
        return line - first + 1, number


def read_code(path: Path) -> Code:
    """The Python code in `path`, a file or a notebook; UnreadableCodeError says why there is none.

    The encoding is the one that Python would take: UTF-8 unless a BOM or a comment names another.
    """
    try:
        most = MOST_MEGABYTES.get(path.suffix, 2)
        if path.stat().st_size > most << 20:
            raise UnreadableCodeError(f"it is larger than {most} MB")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableCodeError(error.strerror or str(error)) from error
    if path.suffix == ".ipynb":
        return _notebook(content)
    return Code(_decoded(content))


def parse(code: Code) -> ast.Module:
    """The syntax tree of `code`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code.text)
    except SyntaxError as error:
        line = code.text.splitlines()[(error.lineno or 1) - 1 : error.lineno]
        old = bool(line) and line[0].lstrip().startswith(("print ", "exec ", "raise "))
        said = "it is written for Python 2" if old else f"not Python: {error.msg}"
        raise UnreadableCodeError(said, error.lineno or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableCodeError(f"not Python: {error}") from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableCodeError("it is UTF-16, which Python does not read")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise UnreadableCodeError(
            "its text is not UTF-8 and no comment in its first two lines names the encoding"
        ) from error


def _notebook(content: bytes) -> Code:
    try:
        document = json.loads(content)
        cells = list(document.get("cells") or document["worksheets"][0]["cells"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableCodeError("it is not a notebook: its JSON can't be read") from error
    lines: list[str] = []
    starts = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        starts.append((len(lines) + 1, number))
        lines += _plain(cell.get("source") or cell.get("input") or "")
    return Code("\n".join(lines) + "\n", tuple(starts))


def _plain(source: object) -> list[str]:
    """The lines of a cell with its magics replaced; a cell for another language has none left."""
    lines = ("".join(map(str, source)) if isinstance(source, list) else str(source)).splitlines()
    first = next((line for line in lines if line.strip()), "")
    if first.startswith(FOREIGN_CELL) and not first.startswith(HARMLESS_CELLS):
        return ["pass" for _ in lines]
    return [_without_magic(line) for line in lines]


def _without_magic(line: str) -> str:
    bare = line.lstrip()
    indent = line[: len(line) - len(bare)]
    if bare.startswith(("%", "!", "?")) or bare.rstrip().endswith("?"):
        return f"{indent}pass"
    name, equals, value = bare.partition("=")
    if equals and value.lstrip().startswith(("!", "%")) and name.strip().isidentifier():
        return f"{indent}{name.strip()} = None"
    return line
