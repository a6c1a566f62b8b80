# SPDX-License-Identifier: Apache-2.0
"""What is odd about a table, told with evidence and never treated.

Each suspicion is a function of a `Look` that gives what it found; none of them reads the table for
what the profile knows already. All stand in `SUSPICIONS`, and nowhere else.
"""

from collections.abc import Callable, Iterable

from shipway.data.suspicions.blanks import blanks, broken_text
from shipway.data.suspicions.codes import coded_categories, undeclared_codes
from shipway.data.suspicions.constants import constants
from shipway.data.suspicions.copies import copied_columns, repeated_rows
from shipway.data.suspicions.keys import row_counters
from shipway.data.suspicions.letter_case import letter_case
from shipway.data.suspicions.look import Look
from shipway.data.suspicions.markers import disguised_words
from shipway.data.suspicions.misspelt import misspelt
from shipway.data.suspicions.names import odd_names
from shipway.data.suspicions.negatives import negatives
from shipway.data.suspicions.piles import piles
from shipway.data.suspicions.rare import rare_categories, rare_classes
from shipway.data.suspicions.sentinels import sentinels
from shipway.data.suspicions.sequences import cumulative, leading_gaps
from shipway.data.suspicions.telling import identifiers, leaks
from shipway.data.suspicions.text_numbers import text_numbers
from shipway.data.suspicions.time_parts import time_parts
from shipway.data.suspicions.typing_errors import typing_errors
from shipway.data.suspicions.zeros import zeros
from shipway.records.inference import Suspicion

SUSPICIONS: tuple[Callable[[Look], Iterable[Suspicion]], ...] = (
    disguised_words,
    sentinels,
    undeclared_codes,
    coded_categories,
    piles,
    typing_errors,
    negatives,
    zeros,
    blanks,
    broken_text,
    text_numbers,
    misspelt,
    letter_case,
    rare_categories,
    rare_classes,
    leaks,
    identifiers,
    constants,
    copied_columns,
    row_counters,
    cumulative,
    leading_gaps,
    time_parts,
    repeated_rows,
    odd_names,
)


def suspect(look: Look) -> tuple[Suspicion, ...]:
    """All that is odd about the table."""
    return tuple(suspicion for find in SUSPICIONS for suspicion in find(look))
