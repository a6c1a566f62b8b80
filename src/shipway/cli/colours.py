# SPDX-License-Identifier: Apache-2.0
"""Lines in colours where somebody looks: not in files, in the log of a job, or with NO_COLOR."""

import os
import sys
from collections.abc import Callable, Iterable

Line = tuple[str, str]
PLAIN, SOFT, RED, YELLOW, GREEN = "", "dim", "bold red", "bold yellow", "bold green"


def on_terminal() -> bool:
    """True when somebody looks at standard output."""
    return sys.stdout.isatty()


def print_coloured(lines: Iterable[Line]) -> None:
    """Lines, each with its style, on standard output."""
    write = _coloured() if on_terminal() and not os.environ.get("NO_COLOR") else _plain
    for text, style in lines:
        write(text, style)


def _plain(text: str, style: str) -> None:
    sys.stdout.write(text + "\n")


def _coloured() -> Callable[[str, str], None]:
    """rich takes a tenth of a second to load: only where it draws."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    return lambda text, style: console.print(Text(text, style=style))
