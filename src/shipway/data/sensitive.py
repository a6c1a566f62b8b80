# SPDX-License-Identifier: Apache-2.0
"""Columns whose values look as if they named a person: addresses of mail, telephone numbers, IBANs.

Told from the first rows: nearly all texts of such a column have its form.
"""

from collections.abc import Sequence

import polars as pl

from shipway.data.profile_subjects import Subject

FORMS = {
    "e-mail": r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$",
    "IBAN": r"^[A-Z]{2}\d{2}[ ]?([A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}$",
    "telephone": r"^(\+\d[\d\s()./-]{6,18}\d|(\(\d{2,5}\)|0\d{1,4}[ /-])[\d\s./-]{4,14})$",
}
NEARLY = 0.9
FEWEST = 3


def sensitive_columns(subjects: Sequence[Subject], head: pl.DataFrame) -> frozenset[str]:
    """The columns of `head` (named by number) with one of these forms."""
    return frozenset(
        subject.name
        for subject in subjects
        if subject.kind == "words" and _has_form(head[subject.values])
    )


def _has_form(values: pl.Series) -> bool:
    texts = values.cast(pl.String).drop_nulls().str.strip_chars()
    if len(texts) < FEWEST:
        return False
    return any(
        int(texts.str.contains(form).sum()) >= NEARLY * len(texts) for form in FORMS.values()
    )
