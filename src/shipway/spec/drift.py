# SPDX-License-Identifier: Apache-2.0
"""What `drift` may say, of the tables of a run and of what production sees."""

from typing import Annotated, Literal

import msgspec

from shipway.spec.written import Base, Percent, Words

CHAMPION = "champion"


class DriftSpec(Base, frozen=True):
    """How far each column may be from a reference.

    `against` is champion (the profile that is kept with it), or the path of a table or of a profile
    in JSON. A column fails when it is further away than `at_most` and when that is no chance:
    `significance` is the share of false alarms among columns. `method` is psi, js (Jensen-Shannon
    distance), ks, chi2 (Cramér's V), or auto: ks for numbers, chi2 for the rest. Without `columns`
    all are compared but id, time, dates, row numbers and what is ignored.
    """

    against: Words = CHAMPION
    method: Literal["psi", "js", "ks", "chi2", "auto"] = "psi"
    at_most: Annotated[float, msgspec.Meta(ge=0)] = 0.2
    significance: Percent = 0.05
    columns: tuple[Words, ...] = ()
    on_fail: Literal["stop", "warn"] = "stop"

    @property
    def path(self) -> str | None:
        """The path of a table or profile; None where it is the champion's."""
        return None if self.against == CHAMPION else self.against
