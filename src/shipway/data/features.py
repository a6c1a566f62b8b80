# SPDX-License-Identifier: Apache-2.0
"""What may be demanded of all features at once: none identifies a row, none is constant, none gives
the target away (`leakage`, `sums`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from shipway.data.check import Check, Measure, Measured, Outcome, ReadColumn, Repeats
from shipway.data.columns import RAW, View
from shipway.data.demand import with_terms
from shipway.data.leakage import leakage_check
from shipway.data.merging import Counts
from shipway.data.sums import sums_check
from shipway.data.variety import ORDERED, constancy
from shipway.spec.demands import FeaturesSpec, Terms
from shipway.spec.types import DataSpec

KEYS = ("data", "features")
FEWEST = 50
DIFFERENT = 0.95


def feature_names(data: DataSpec, names: Sequence[str]) -> tuple[str, ...]:
    """The features of a table of `names`, where something is demanded of them."""
    if data.features is None:
        return ()
    target = data.target.column if data.target is not None else None
    no_features = {data.id, data.time, target, *data.ignore}
    return tuple(name for name in names if name not in no_features)


def feature_checks(
    data: DataSpec, features: Sequence[str], views: Mapping[str, View]
) -> Iterator[Check]:
    """All checks that `data.features` demands of those columns."""
    demand = data.features or FeaturesSpec()
    for view in (views[name] for name in features):
        if demand.constant is False and view.type in ORDERED:
            keys = (*KEYS, "constant")
            yield _on_terms(replace(constancy(view, wanted=False), keys=keys), demand)
        if demand.identifiers is False and view.type in ("integer", "string", "category"):
            yield _on_terms(identifier_check(view), demand)
    target = views.get(data.target.column or "") if data.target is not None else None
    if demand.leakage is not None and target is not None:
        for name in features:
            yield from leakage_check(views[name], target, demand.leakage)
        yield from sums_check([views[name] for name in features], target, demand.leakage)


def _on_terms(check: Check, demand: FeaturesSpec) -> Check:
    return with_terms(check, demand.terms.get(check.name, Terms()))


def identifier_check(view: View) -> Check:
    """Nearly every row has another value: a number of a row, not a property of what it describes.

    Texts with blanks inside are sentences, which differ from each other without naming anything.
    """
    value = pl.col(view.name)
    sentences = pl.lit(value=False)
    if view.type != "integer":
        sentences = pl.col(RAW + view.name).cast(pl.String).str.contains(r"\S\s+\S")
    measures = {
        "given": Measure(value.count()),
        "sentences": Measure(sentences.sum()),
    }
    asked = Check(
        column=view.name,
        name="identifiers",
        expected="none",
        keys=(*KEYS, "identifiers"),
        judge=_judge,
        measures={"counts": Measure(value, "counts"), **measures},
        look_again=lambda measured, read: _look_again(counting, measured, read),
    )
    counting = replace(asked, measures=measures, repeats=Repeats((view.name,)), look_again=None)
    return asked


def _look_again(counting: Check, measured: Measured, read: ReadColumn) -> Check | None:
    return counting if measured["counts"].values is None else None


def _judge(measured: Measured, rows: int) -> Outcome:
    counts: Counts | None = measured.get("counts")
    known = counts is not None and counts.values is not None
    different = len(counts.values) if known else measured["distinct"]  # type: ignore[union-attr,arg-type]
    given = int(measured["given"])
    found = (
        given >= FEWEST
        and different >= DIFFERENT * given
        and int(measured["sentences"]) < given / 2
    )
    observed = f"{different:,} different values in {given:,} rows"
    return Outcome("failed" if found else "passed", observed)
