# SPDX-License-Identifier: Apache-2.0
"""Blanks around values, which make `Munich ` another city, and texts in a wrong encoding."""

from collections.abc import Iterator

import polars as pl

from shipway.data.suspicions.look import BROKEN, Look
from shipway.data.suspicions.wording import column_line, rows_of
from shipway.records.inference import Suspicion
from shipway.spec.scalar_text import quoted

UNPADDED = "pattern: " + quoted(r"\S(.*\S)?")
UNBROKEN = "pattern: " + quoted("[^\u00c3\u00c2\ufffd]*")
LONGEST = 40


def blanks(look: Look) -> Iterator[Suspicion]:
    """Texts that begin or end with a blank."""
    for column in look.columns:
        rows = look.extras[column.name].blanks
        if rows:
            text = f"{rows_of(rows, look.rows)} with blanks around the value"
            yield Suspicion("blanks", column.name, text, column_line(column.name, UNPADDED), rows)


def broken_text(look: Look) -> Iterator[Suspicion]:
    """Texts with characters that arise when bytes are read in a wrong encoding."""
    for column in look.columns:
        rows = look.extras[column.name].broken
        if not rows:
            continue
        texts = look.first_rows(column.name).cast(pl.String)
        found = texts.filter(texts.str.contains(BROKEN)).head(1).to_list()
        told = bool(found) and column.name not in look.sensitive
        shown = f", such as {found[0][:LONGEST]!r}" if told else ""
        text = f"{rows_of(rows, look.rows)} with characters of a wrong encoding{shown}"
        yield Suspicion("encoding", column.name, text, column_line(column.name, UNBROKEN), rows)
