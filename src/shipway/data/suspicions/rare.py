# SPDX-License-Identifier: Apache-2.0
"""Categories with too few rows to learn anything of them, and classes of the target with hardly
one: whatever happens to them in a split is chance.
"""

from collections.abc import Iterator

from shipway.data.suspicions.look import Look, complete_counts
from shipway.data.suspicions.misspelt import misspelt_values
from shipway.data.suspicions.wording import column_line, rows_of
from shipway.data.wording import listed
from shipway.records.inference import Suspicion
from shipway.records.profile import ColumnProfile

FEW, FEWEST_ROWS = 5, 500
ROWS_A_VALUE = 50
MOST_CLASSES, RARE_CLASS = 20, 0.001


def rare_categories(look: Look) -> Iterator[Suspicion]:
    """Values in up to five rows, of a text that has few values."""
    for column in look.words:
        counts = complete_counts(column)
        if (
            column.name == look.target
            or look.rows < FEWEST_ROWS
            or len(counts) * ROWS_A_VALUE > look.rows
        ):
            continue
        wrong = misspelt_values(column)
        rare = {str(value): n for value, n in counts.items() if n <= FEW and value not in wrong}
        if rare:
            yield _told(column, rare)


def _told(column: ColumnProfile, rare: dict[str, int]) -> Suspicion:
    said = listed([f"{value} ({rows})" for value, rows in sorted(rare.items())])
    many = "1 value is" if len(rare) == 1 else f"{len(rare)} values are"
    text = f"{many} in no more than {FEW} rows: {said}"
    line = column_line(column.name, f"min_frequency: {FEW + 1}")
    return Suspicion("rare_category", column.name, text, line, sum(rare.values()))


def rare_classes(look: Look) -> Iterator[Suspicion]:
    """Classes of the target that are hardly there."""
    target = look.profile.column(look.target) if look.target else None
    if target is None or target.type == "float":
        return
    counts = complete_counts(target)
    if not 2 < len(counts) <= MOST_CLASSES:
        return
    for value, rows in counts.items():
        if rows < max(2, RARE_CLASS * look.rows):
            text = f"the class {value!r} is in {rows_of(rows)}: nothing can be learnt of it"
            line = column_line(target.name, f"min_frequency: {rows + 1}")
            yield Suspicion("rare_class", target.name, text, line, rows)
