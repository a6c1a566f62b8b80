# SPDX-License-Identifier: Apache-2.0
"""One category in small letters while all others are in capitals, or the other way round: a code
of another kind, such as `cv` (calm, variable) among SE, NW and NE.
"""

from collections.abc import Iterator

from shipway.data.suspicions.look import Look, complete_counts
from shipway.data.suspicions.wording import column_line, rows_of
from shipway.data.wording import listed
from shipway.records.inference import Suspicion
from shipway.spec.scalar_text import scalar

FEWEST, MOST = 4, 30


def letter_case(look: Look) -> Iterator[Suspicion]:
    """The one value that is written unlike all others."""
    for column in look.words:
        counts = complete_counts(column)
        words = [str(value) for value in counts if any(map(str.isalpha, str(value)))]
        if not FEWEST <= len(words) <= MOST:
            continue
        small, large = list(filter(str.islower, words)), list(filter(str.isupper, words))
        if len(small) + len(large) == len(words) and min(len(small), len(large)) == 1:
            odd = (small if len(small) == 1 else large)[0]
            others = [word for word in words if word != odd]
            how = "small letters" if odd.islower() else "capitals"
            text = f"{odd!r} in {rows_of(counts[odd], look.rows)} is in {how}, unlike "
            text += f"{listed(others)}: a code of another kind?"
            line = column_line(column.name, f"values: [{', '.join(map(scalar, others))}]")
            yield Suspicion("odd_category", column.name, text, line, counts[odd])
