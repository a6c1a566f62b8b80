# SPDX-License-Identifier: Apache-2.0
"""Which columns have gaps: no mistake by itself, but whoever reads the table should know."""

from collections.abc import Iterator

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import column_line
from shipway.records.inference import Suspicion

MOST = 12


def missing_values(look: Look) -> Iterator[Suspicion]:
    """One for the whole table."""
    gaps = [column for column in look.columns if column.missing]
    if not gaps:
        return
    gaps.sort(key=lambda column: -column.missing)
    said = [f"{column.name} {column.missing:,}" for column in gaps[:MOST]]
    more = f" and {len(gaps) - MOST} more columns" if len(gaps) > MOST else ""
    text = f"rows without a value: {', '.join(said)}{more}"
    line = column_line(gaps[0].name, "max_missing: 0")
    yield Suspicion("missing", "", text, line, max(column.missing for column in gaps))
