# SPDX-License-Identifier: Apache-2.0
"""How far a table has moved from a reference: a verdict for each column, with its evidence.

    report = compare(reference, "today.csv", Looked(*subjects_of(frame, {}, text=True)), Demand())

A column fails when it is both: further away than allowed, and too far for chance (a p-value in view
of all columns, Benjamini and Hochberg). Either alone says little: in a million rows every trifle is
significant, and in fifty any distance is chance. Missing values are a part of the column, with a
cell of their own. A column that is gone, or of another kind, fails.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec
import numpy as np

from shipway.data.binning import Bins, ColumnCounts, Looked, count_into
from shipway.data.drift_cells import pair_of, shown_cells
from shipway.data.profile_subjects import WORDS, Kind, Subject
from shipway.data.references import COARSE, FINE, Known, Reference
from shipway.records.base import worst
from shipway.records.drift import DriftColumn, DriftMethod, DriftReport
from shipway.stats.drift import cramers_v, jensen_shannon, ks_distance, psi
from shipway.stats.homogeneity import chi_square_p, ks_p, pool
from shipway.stats.multiple import benjamini_hochberg

MOST_NAMED = 100
MOST_VALUES = 1_000
EFFECTS: dict[DriftMethod, Callable[[np.ndarray, np.ndarray], float]] = {
    "psi": psi,
    "js": jensen_shannon,
    "ks": ks_distance,
    "chi2": cramers_v,
}


@dataclass(frozen=True)
class Demand:
    """What is asked: the `method`, the largest allowed effect, the share of false alarms.

    Without `columns` all are compared but dates, row numbers, and those in `without`, which says
    why. `target` is the column that is predicted, for the report.
    """

    method: Literal["psi", "js", "ks", "chi2", "auto"] = "psi"
    at_most: float = 0.2
    significance: float = 0.05
    columns: tuple[str, ...] = ()
    without: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None

    def method_for(self, *, ordered: bool) -> DriftMethod:
        """Only values that have an order can be compared by KS; others then are by chi-square."""
        if self.method == "auto" or (self.method == "ks" and not ordered):
            return "ks" if ordered else "chi2"
        return self.method

    @property
    def cells(self) -> int:
        """How finely numbers of a reference table are divided."""
        return FINE if self.method_for(ordered=True) == "ks" else COARSE


def compare(reference: Reference, name: str, looked: Looked, demand: Demand) -> DriftReport:
    """The table `name`, read once, against `reference`.

    Errors of polars while reading come through.
    """
    here = {subject.name: subject for subject in looked.subjects}
    asked = demand.columns or tuple(dict.fromkeys((*reference.columns, *here)))
    left_out = {
        column: reason
        for column in asked
        if (reason := _reason(column, reference.columns.get(column), here.get(column), demand))
    }
    compared = [column for column in asked if column not in left_out]
    both = [column for column in compared if column in here and column in reference.columns]
    bins = {column: _bins(reference.columns[column], here[column]) for column in both}
    rows, counts = count_into(looked, bins)
    columns = []
    for column in compared:
        if column in counts:
            known = reference.columns[column]
            columns.append(_compared(known, here[column], counts[column], demand))
        else:
            columns.append(_gone_or_new(column, column in reference.columns, column in here))
    target = demand.target or reference.target
    judged = [
        msgspec.structs.replace(column, target=column.column == target)
        for column in _judged(columns, demand, empty=not rows or not reference.rows)
    ]
    return DriftReport(
        reference=reference.name,
        current=name,
        reference_rows=reference.rows,
        current_rows=rows,
        at_most=demand.at_most,
        significance=demand.significance,
        columns=tuple(judged),
        verdict=worst([column.verdict for column in judged]),
        left_out=left_out,
    )


def _reason(name: str, known: Known | None, subject: Subject | None, demand: Demand) -> str:
    """Why a column is not compared; empty when it is, or when only one table has it."""
    named = name in demand.columns
    if not named and name in demand.without:
        return demand.without[name]
    if known is None or subject is None:
        return ""
    if known.unknown:
        return known.unknown
    if subject.kind == "other":
        return f"{subject.type} columns can't be compared"
    if named:
        return ""
    if _class_of(known.type) == "moment":
        return "a date moves on: name it among the columns to compare it"
    return "it numbers the rows" if known.counter else ""


def _class_of(type_: str) -> Kind:
    """What can be compared with each other: numbers, moments, and all that is counted by value."""
    kind = WORDS.get("string" if type_ == "category" else type_, "other")
    return "words" if kind == "truth" else kind


def _bins(known: Known, subject: Subject) -> Bins:
    """Those of the reference, or any where the kinds differ: then only presence is compared."""
    if _class_of(known.type) == _class_of(subject.type):
        return known.bins
    return Bins(np.empty(0)) if subject.numeric else Bins()


def _compared(known: Known, subject: Subject, counts: ColumnCounts, demand: Demand) -> DriftColumn:
    """The effect and the p-value; the verdict follows when those of all columns are known."""
    found = DriftColumn(
        subject.name,
        "passed",
        reference_missing=_share(known.counts),
        current_missing=_share(counts),
    )
    kind = _class_of(known.type)
    different = kind != _class_of(subject.type)
    if different and known.counts.present and counts.present:
        note = f"was {known.type}, is {subject.type}"
        return msgspec.structs.replace(found, verdict="failed", note=note)
    pair = pair_of(known, counts, kind)
    method = demand.method_for(ordered=pair.ordered)
    a, b = pair.reference, pair.current
    if method != "ks":
        a, b = pool(a, b, ordered=pair.ordered)
    listed = known.complete and _repeats(known.counts) and bool(counts.present)
    new = _only_in(counts, known.counts) if listed else ()
    return msgspec.structs.replace(
        found,
        method=method,
        effect=EFFECTS[method](a, b),
        p=ks_p(a, b) if method == "ks" else chi_square_p(a, b),
        new=new[:MOST_NAMED],
        new_rows=sum(counts.values[value] for value in new),
        vanished=_only_in(known.counts, counts)[:MOST_NAMED] if listed else (),
        note=_note(known, counts),
        cells=shown_cells(pair) if pair.ordered or _repeats(known.counts) else (),
    )


def _note(known: Known, counts: ColumnCounts) -> str:
    if not known.ordered and known.counts.present and counts.present:
        if not known.complete:
            return "compared by its frequent values" if not known.hashed else "compared by hash"
        if counts.crowded:
            return "has more different values than can be counted"
    return ""


def _share(counts: ColumnCounts) -> float | None:
    return counts.missing / counts.rows if counts.rows else None


def _repeats(counts: ColumnCounts) -> bool:
    """True for categories; of names and free text, any other table has others."""
    return len(counts.values) <= min(MOST_VALUES, counts.present / 2)


def _only_in(one: ColumnCounts, other: ColumnCounts) -> tuple[str, ...]:
    """Values that only `one` has, most frequent first."""
    only = one.values.keys() - other.values.keys()
    return tuple(sorted(only, key=lambda value: (-one.values[value], value)))


def _gone_or_new(name: str, was: bool, is_: bool) -> DriftColumn:
    if is_:
        return DriftColumn(name, "passed", note="new: the reference has no such column")
    note = "the column is gone" if was else "neither table has such a column"
    return DriftColumn(name, "failed", note=note)


def _judged(columns: Sequence[DriftColumn], demand: Demand, *, empty: bool) -> list[DriftColumn]:
    """With adjusted p-values and verdicts."""
    tested = [column for column in columns if column.p is not None]
    if empty:
        return [
            msgspec.structs.replace(
                column, verdict="inconclusive", effect=None, p=None, note="no rows to compare"
            )
            if column in tested
            else column
            for column in columns
        ]
    adjusted = benjamini_hochberg([column.p for column in tested if column.p is not None])
    found = {
        column.column: _decided(column, p, demand)
        for column, p in zip(tested, adjusted, strict=True)
    }
    return [found.get(column.column, column) for column in columns]


def _decided(column: DriftColumn, adjusted: float, demand: Demand) -> DriftColumn:
    far = column.effect is not None and column.effect > demand.at_most
    significant = adjusted <= demand.significance
    note = column.note
    if far and not significant:
        note = "; ".join(filter(None, [note, "too few rows to tell it from chance"]))
    return msgspec.structs.replace(
        column, adjusted=adjusted, verdict="failed" if far and significant else "passed", note=note
    )
