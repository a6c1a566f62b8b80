# SPDX-License-Identifier: Apache-2.0
"""Features that tell a model what it can't know, or nothing: names of rows, and columns that give
the target away. Only where the target is named.
"""

from collections.abc import Iterator

from shipway.data.suspicions.keys import is_id_name
from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import list_line
from shipway.records.inference import Suspicion

GIVEN_AWAY = 0.98
FEWEST_ROWS = 50


def identifiers(look: Look) -> Iterator[Suspicion]:
    """Texts that are different in each row: a model could only learn them by heart."""
    if look.target is None or look.rows < FEWEST_ROWS:
        return
    for column in look.columns:
        named = is_id_name(column.name) or column.name == look.target
        if column.type == "string" and look.is_key(column) and not named:
            text = "is different in every row: a name of the row, no feature?"
            yield Suspicion("identifier", column.name, text, list_line("ignore", column.name))


def leaks(look: Look) -> Iterator[Suspicion]:
    """Columns that alone give the target."""
    if look.target is None or look.rows < FEWEST_ROWS:
        return
    for column in look.columns:
        relation = column.relation
        if column.name != look.target and relation is not None and relation >= GIVEN_AWAY:
            text = f"alone tells {look.target} nearly for certain ({relation:.2f} of 1): "
            text += "is it known before the prediction?"
            yield Suspicion("leakage", column.name, text, list_line("ignore", column.name))
