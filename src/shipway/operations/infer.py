# SPDX-License-Identifier: Apache-2.0
"""`shipway check FILE --infer`: what is odd about a table, and which demands it fulfils.

    found = infer([Path("data.csv")], target="churned")
    found.suspicions, found.checks      # the latter is a file of checks

Nothing is decided for the user: what is odd is told with evidence and a line that would treat it;
the proposed demands hold for the table as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.base.files import create_only, disk_errors
from shipway.data.wording import listed
from shipway.operations.fetched import Place, naming_urls
from shipway.operations.table_files import locate
from shipway.records.inference import Inference, Suspicion
from shipway.spec.document import KeyPath

if TYPE_CHECKING:
    from shipway.data.layout import Layout
    from shipway.data.opening import Table

NAME = "all"
LARGE = 2 << 30
SAMPLED_ROWS = 5_000_000


@naming_urls
def infer(
    files: Sequence[Place], *, target: str | None = None, dialect: "Layout | None" = None
) -> Inference:
    """Look at the table that `files` (paths, globs or URLs) make up together.

    `dialect` says how its text is written. `target` is the column that is predicted: only with it
    are features looked at that give it away. InputError for a file that can't be read, a table
    without rows, and a target that is no column.
    """
    from shipway.adapters.tables import table_format
    from shipway.data.examination import examine
    from shipway.data.opening import open_table
    from shipway.data.proposals import proposed_demands
    from shipway.discovery.compose_text import write_checks
    from shipway.spec.types import DataSpec

    found = locate(files)
    layout = found.layout(None, dialect=dialect)

    def opened(nulls: tuple[str, ...]) -> "Table":
        return open_table(NAME, found.files, DataSpec(nulls=nulls), table_format, layout)

    large = sum(file.stat().st_size for file in found.files) > LARGE
    examined = examine(opened, target=target, most=SAMPLED_ROWS if large else None)
    profile = examined.profile
    if not profile.rows:
        raise InputError("has no rows, so nothing follows from it", where=found.name)
    missing = {column.name: column.missing for column in profile.columns if column.missing}
    notes: dict[KeyPath, str] = {("columns", n): _gap(rows) for n, rows in missing.items()}
    if examined.nulls:
        notes["nulls",] = "count as missing, like an empty field"
    head = _head(found.name, profile.rows, len(profile.columns), missing, examined.suspicions)
    return Inference(
        file=found.name,
        rows=profile.rows,
        columns=len(profile.columns),
        suspicions=examined.suspicions,
        missing=missing,
        checks=write_checks(proposed_demands(examined), notes, tuple(head)),
        sampled=examined.sampled,
    )


def write_inference(found: Inference, path: Path) -> None:
    """Write the proposed checks to `path`; InputError when something is there already."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not create_only(path, found.checks.encode()):
            raise InputError(
                "there is one already", where=str(path), cure="Remove it, or name another file."
            )


def told(suspicion: Suspicion) -> tuple[str, str]:
    """A suspicion in one line, and the line of YAML that goes with it (may be empty)."""
    about = f"{suspicion.column.strip() or 'table'}: "
    return about + suspicion.evidence, suspicion.suggestion


def _head(
    label: str,
    rows: int,
    columns: int,
    missing: Mapping[str, int],
    suspicions: Sequence[Suspicion],
) -> Iterator[str]:
    yield f"{label}: {rows:,} rows, {columns:,} columns"
    if missing:
        gaps = sorted(missing.items(), key=lambda each: -each[1])
        yield f"Rows without a value: {listed([f'{name} {rows:,}' for name, rows in gaps])}"
    if not suspicions:
        yield "Nothing odd was found."
        return
    yield ""
    yield "What is odd about it, and a line that would treat or forbid it:"
    for suspicion in suspicions:
        text, line = told(suspicion)
        yield f"- {text}"
        if line:
            yield f"    {line}"
    yield ""
    yield "What holds for it as it is:"


def _gap(rows: int) -> str:
    return f"missing in {rows:,} rows" if rows > 1 else "missing in 1 row"
