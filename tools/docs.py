# SPDX-License-Identifier: Apache-2.0
"""`make docs`: write the generated pages anew."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def pages() -> dict[Path, str]:
    """Each generated page, by its path."""
    from shipway.spec.reference import reference_markdown
    from shipway.spec.schema import json_schema

    return {
        DOCS / "shipway.schema.json": json.dumps(json_schema(), indent=2) + "\n",
        DOCS / "spec.md": reference_markdown(),
        DOCS / "cli.md": commands(),
    }


def commands() -> str:
    """What every command prints for `--help`."""
    os.environ["COLUMNS"] = "100"
    from shipway.cli.commands import COMMANDS
    from shipway.cli.parser import overview, parser_of

    parts = ["# Commands\n", f"```\n{overview()}```\n"]
    for name in COMMANDS:
        help_text = parser_of(name, import_module(f"shipway.cli.commands.{name}")).format_help()
        parts.append(f"## shipway {name}\n\n```\n{help_text}```\n")
    return "\n".join(parts)


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text)
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
