# SPDX-License-Identifier: Apache-2.0
"""The part of the grammar that demands something of tables: what stands under `data`, and in a
file of checks.

A demand on a column may be written with its terms: `min: {value: 0, at_most: 1%, on_fail: warn}`
instead of `min: 0`. The reader keeps the value under its own name and collects `at_most` and
`on_fail` in `terms`, so whoever asks for the bound need not know.
"""

from typing import Annotated, Literal

import msgspec

from shipway.spec.written import (
    Base,
    Duration,
    Entry,
    NotNegative,
    OneOrMoreWords,
    Percent,
    Regex,
    Rule,
    Words,
)

ColumnType = Literal["string", "integer", "float", "boolean", "category", "date", "datetime"]
OnFail = Literal["stop", "warn"]


class Amount(Base, frozen=True):
    """A number of rows (`120`) or a share of them (`1%` is 0.01, share true)."""

    value: float
    share: bool = False

    def of(self, rows: int) -> float:
        """How many of `rows` this amount is."""
        return self.value * rows if self.share else self.value


class Terms(Base, frozen=True):
    """How many rows may break a demand, and what happens when more do: `stop`, or only `warn`."""

    at_most: Amount = Amount(0)
    on_fail: OnFail = "stop"


class OutliersSpec(Base, frozen=True):
    """Bounds that follow from the column itself.

    The quartiles of `iqr` come from a sample of rows where the table is large; `exact` has them
    computed from all values, which takes longer.
    """

    method: Literal["iqr", "z"]
    factor: Annotated[float, msgspec.Meta(gt=0)]
    at_most: Amount = Amount(0)
    exact: bool = False
    on_fail: OnFail = "stop"


class LengthSpec(Base, frozen=True):
    """How many characters a text has."""

    min: NotNegative | None = None
    max: NotNegative | None = None
    at_most: Amount = Amount(0)
    on_fail: OnFail = "stop"


class DistinctSpec(Base, frozen=True):
    """How many different values a column has; missing is none of them."""

    min: NotNegative | None = None
    max: NotNegative | None = None
    on_fail: OnFail = "stop"


class DisguisedSpec(Base, frozen=True):
    """No values that stand for a missing one: blanks, `?`, `N/A`, 999, 9999-12-31 and their like.

    With `markers`, exactly these count. What everybody reads as missing belongs to `nulls`.
    """

    markers: tuple[str, ...] = ()
    at_most: Amount = Amount(0)
    on_fail: OnFail = "stop"


class ColumnSpec(Base, frozen=True):
    """What must hold for one column."""

    type: ColumnType | None = None
    min: float | str | None = None
    max: float | str | None = None
    values: tuple[str, ...] | None = None
    unique: bool = False
    pattern: Regex | None = None
    max_missing: Amount | None = None
    outliers: OutliersSpec | None = None
    newest_within: Duration | None = None
    sensitive: bool = False
    length: LengthSpec | None = None
    decimals: Annotated[int, msgspec.Meta(ge=0, le=15)] | None = None
    constant: bool | None = None
    distinct: DistinctSpec | None = None
    min_frequency: Amount | None = None
    seen_in: Words | None = None
    sorted: Literal["ascending", "descending"] | None = None
    disguised_missing: DisguisedSpec | None = None
    terms: dict[str, Terms] = {}

    def terms_of(self, key: str) -> Terms:
        """The terms of the demand `key`."""
        own = getattr(self, key, None)
        if isinstance(own, Base) and not isinstance(own, Amount):
            return Terms(getattr(own, "at_most", Amount(0)), getattr(own, "on_fail", "stop"))
        return self.terms.get(key, Terms())


class RuleSpec(Base, frozen=True):
    """A rule with its terms."""

    rule: Rule
    at_most: Amount = Amount(0)
    on_fail: OnFail = "stop"

    @classmethod
    def of(cls, written: "str | RuleSpec") -> "RuleSpec":
        """A rule, however it was written."""
        return written if isinstance(written, RuleSpec) else cls(written)


class RowsSpec(Base, frozen=True):
    """How many rows the tables hold together."""

    min: NotNegative | None = None
    max: NotNegative | None = None
    on_fail: OnFail = "stop"


class OverlapSpec(Base, frozen=True):
    """Rows that two tables may share."""

    between: tuple[Words, Words]
    key: str | OneOrMoreWords | None = None
    at_most: Amount = Amount(0)
    on_fail: OnFail = "stop"


class DuplicatesSpec(Base, frozen=True):
    """Rows that repeat an earlier one of the same table.

    Compared by `columns`, or else whole, without those in `ignore`; missing equals missing.
    """

    columns: OneOrMoreWords = ()
    at_most: Amount = Amount(0)
    on_fail: OnFail = "stop"


class OrderSpec(Base, frozen=True):
    """The second table begins where the first one ends: none of its rows is earlier.

    `time` is the column with the time of a row, `data.time` unless it is named.
    """

    between: tuple[Words, Words]
    time: Words | None = None
    at_most: Amount = Amount(0)
    on_fail: OnFail = "stop"


class TargetSpec(Base, frozen=True):
    """What must hold for the classes of the target, in each table.

    `min_share` is that of the rarest class. `column` and `positive` are those of `model` unless
    they are named.
    """

    column: Words | None = None
    positive: str | None = None
    min_positives: NotNegative | None = None
    min_share: Percent | None = None
    on_fail: OnFail = "stop"


class LeakageSpec(Base, frozen=True):
    """How much of the target a feature alone, or an exact sum of features, may give away."""

    at_most: Percent = 0.99
    on_fail: OnFail = "stop"


class FeaturesSpec(Base, frozen=True):
    """What must hold for every column that is a feature.

    Features are all columns but the id, the time, the target and those in `ignore`.
    """

    identifiers: bool | None = None
    constant: bool | None = None
    leakage: LeakageSpec | None = None
    terms: dict[str, Terms] = {}


class PanderaSpec(Base, frozen=True):
    """A schema of pandera, `module:Schema`, whose checks are made ours as far as that goes.

    What can't be is listed; with `untranslated: stop` that stops the run.
    """

    schema: Entry
    untranslated: OnFail = "warn"


class FunctionSpec(Base, frozen=True):
    """A function of the project's own that returns a polars expression, true for good rows."""

    function: Entry
    at_most: Amount = Amount(0)
    on_fail: OnFail = "stop"
