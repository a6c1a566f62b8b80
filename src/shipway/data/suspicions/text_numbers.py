# SPDX-License-Identifier: Apache-2.0
"""Numbers that are kept as text: with a currency, a percent sign or marks between thousands, or in
a file with types. Digits behind a leading zero are codes, not numbers.
"""

from collections.abc import Iterator

import polars as pl

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import column_line
from shipway.records.inference import Suspicion

FORM = r"^[-+]?[$€£¥]?\s*[-+]?(\d{1,3}([, ]\d{3})+|\d+)(\.\d+)?\s*[%$€£¥]?$"
CODE = r"^0\d"
PLAIN = r"^[-+]?\d+(\.\d+)?$"
NEARLY = 0.8
FEWEST = 10


def text_numbers(look: Look) -> Iterator[Suspicion]:
    """Texts of which nearly all are numbers."""
    for column in look.words:
        texts = look.first_rows(column.name).cast(pl.String).drop_nulls().str.strip_chars()
        if len(texts) < FEWEST or texts.str.contains(CODE).any() or look.is_key(column):
            continue
        among = texts.str.contains(FORM)
        if int(among.sum()) < NEARLY * len(texts):
            continue
        others = texts.filter(~texts.str.contains(PLAIN))
        example = f", but for cells such as {others[0][:40]!r}" if len(others) else ""
        yield Suspicion(
            "text_numbers",
            column.name,
            f"is text, its values are numbers{example}",
            column_line(column.name, "type: float"),
            int(among.sum()),
        )
