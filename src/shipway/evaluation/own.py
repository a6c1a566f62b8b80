# SPDX-License-Identifier: Apache-2.0
"""What a metric function of the project's own said: `evaluate.functions`.

The function runs in the project's environment, so all that it is to be asked is asked beforehand:
its values are looked up here, never computed. There are two kinds:

    one value for each row   the metric is their (weighted) mean, on any rows: family `mean`
    one number               known only for the rows that were asked: all of them, and each slice
                             that a gate or the report looks at, each with bootstrap replicates

How a verdict uses them. `evidence.own["profit"]` speaks of the rows of that evidence: `within`
follows the masks. `measured(weight)` is the metric and `measured(weight, champion=True)` the
champion's. For an interval: of `rows` (and `champion_rows`, row by row the same rows) as of every
metric of family `mean`; else of `part.replicates`, by their percentiles; the champion's replicates
were drawn on the same resamples, so that differences and ratios may be taken one by one. Where
there are too few of them `part.few` says how many were made: then there is no interval.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from shipway.evaluation.measured import Measured, undefined

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST = 100
"""An interval from fewer bootstrap replicates would be chance itself."""


@dataclass(frozen=True)
class OwnPart:
    """What a function that gives one number said about one set of rows.

    `value` is None where it gave none that is finite (`note` says why). `replicates` are its values
    on B bootstrap resamples of these rows, NaN where it gave none; None when fewer than `FEWEST`
    were made: `few` says so. The champion's are on the same resamples, None without a champion.
    """

    value: float | None
    note: str = ""
    champion: float | None = None
    champion_note: str = ""
    replicates: "NDArray[np.float64] | None" = None
    champion_replicates: "NDArray[np.float64] | None" = None
    few: str = ""


UNASKED = OwnPart(
    None,
    "the function was not asked about these rows",
    champion_note="the function was not asked about these rows",
)


@dataclass(frozen=True)
class OwnValues:
    """One function's values over the rows at `positions` (n of them) of the dataset.

    `rows` holds its value for each of them when it gives one for each row (NaN where it gave none),
    `champion_rows` the same of the champion's predictions; else `parts` holds an `OwnPart` for each
    set of rows that was asked, by `rows_key`. `no_champion` says why there is no champion's value.
    """

    better: Literal["higher", "lower"]
    positions: "NDArray[np.int64]"
    rows: "NDArray[np.float64] | None" = None
    champion_rows: "NDArray[np.float64] | None" = None
    parts: Mapping[str, OwnPart] = field(default_factory=dict)
    no_champion: str = "there is no champion"

    def within(self, rows: "NDArray[np.bool_]") -> "OwnValues":
        """The same for the rows where `rows` (a mask of length n) is true."""
        return replace(
            self,
            positions=self.positions[rows],
            rows=None if self.rows is None else self.rows[rows],
            champion_rows=None if self.champion_rows is None else self.champion_rows[rows],
        )

    @property
    def part(self) -> OwnPart:
        """What was said about exactly these rows, by a function that gives one number."""
        return self.parts.get(rows_key(self.positions), UNASKED)

    def measured(
        self, weight: "NDArray[np.float64] | None" = None, *, champion: bool = False
    ) -> Measured:
        """The metric over these rows; `weight` (n) counts where there is a value for each row."""
        if self.rows is None:
            part = self.part
            value, note = (
                (part.champion, part.champion_note) if champion else (part.value, part.note)
            )
            return undefined(note) if value is None else Measured(value)
        values = self.champion_rows if champion else self.rows
        return undefined(self.no_champion) if values is None else _mean(values, weight)


def rows_key(positions: "NDArray[np.int64]") -> str:
    """A name for a set of rows, given their positions in ascending order."""
    return hashlib.sha256(positions.astype("<i8").tobytes()).hexdigest()


def _mean(values: "NDArray[np.float64]", weight: "NDArray[np.float64] | None") -> Measured:
    import numpy as np

    missing = int((~np.isfinite(values)).sum())
    if not len(values):
        return undefined("there are no rows")
    if missing:
        return undefined(f"the function gave no finite number for {missing:,} of its rows")
    if weight is not None and not weight.any():
        return undefined("all weights are zero")
    return Measured(float(np.average(values, weights=weight)))
