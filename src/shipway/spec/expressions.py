# SPDX-License-Identifier: Apache-2.0
"""The one expression grammar of rules, slices and conditions.

    settled_at >= created_at
    status == 'paid' -> amount > 0
    `card type` in ['debit', 'credit'] and (amount - fee) / 2 < 1e4
    created_at >= 2026-01-01 or closed_at is not null
    net + tax == gross +/- 0.01

From the loosest to the tightest: `->` (grouped to the right), `or`, `and`, `not`, comparison
(`== != < <= > >=`, `in [..]`, `not in [..]`, `is null`, `is not null`; `0 <= a < 9` is allowed),
`+ -`, `* /`, `-`. Columns are bare identifiers (letters, digits, `_` and inner dots) or stand in
back-quotes; texts stand in single or double quotes; a quote inside its own kind of quotes is
written twice. A bare ISO date is a date; a text compared with a date column is read as one too.
`True`, `False` and `None` are read like `true`, `false` and `null`.

The tree is described in `expression_nodes`; it is compiled to polars in `shipway.data`.
"""

from shipway.spec.expression_nodes import (
    Arithmetic,
    Boolean,
    Column,
    Comparison,
    Expression,
    Implication,
    Literals,
    Logical,
    Membership,
    Missing,
    Moment,
    Negate,
    Not,
    Number,
    Text,
    children,
    columns,
    is_condition,
    walk,
)
from shipway.spec.expression_parser import parse
from shipway.spec.expression_tokens import ExpressionError, caret
from shipway.spec.expression_words import column_text, in_words, render

__all__ = [
    "Arithmetic",
    "Boolean",
    "Column",
    "Comparison",
    "Expression",
    "ExpressionError",
    "Implication",
    "Literals",
    "Logical",
    "Membership",
    "Missing",
    "Moment",
    "Negate",
    "Not",
    "Number",
    "Text",
    "caret",
    "children",
    "column_text",
    "columns",
    "in_words",
    "is_condition",
    "parse",
    "render",
    "walk",
]
