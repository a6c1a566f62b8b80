# SPDX-License-Identifier: Apache-2.0
"""What a table looks like, column by column; `records.profile` says what is told.

    profile = profile_table(pl.scan_parquet("train.parquet"), name="train", target="is_fraud")

The table is read once, in batches; memory does not grow with it. Columns with more than 10,000
different values are read a second time, those alone, to count between edges that the first look
found (`profile_recount`). Both looks give partial results of stretches of rows, which merge:

    parts = [measure(stretch, subjects, first_row) for stretch, first_row in stretches]
    whole = merge(parts)
    answers = merge_answers([recount(stretch, questions(subjects, whole)) for stretch in …])
    profile = finished(name, subjects, whole, answers, target)
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.data.layout import Mark
from shipway.data.opening import Table
from shipway.data.profile_categories import candidates, most_frequent, plain
from shipway.data.profile_numbers import (
    Distribution,
    Range,
    asked_edges,
    from_counts,
    from_ranks,
    from_values,
)
from shipway.data.profile_parts import ColumnPart, TablePart, measure
from shipway.data.profile_recount import Answer, Answers, Question, recount
from shipway.data.profile_subjects import Subject, seconds, subjects_of
from shipway.data.relation import relations
from shipway.records.profile import ColumnProfile, Profile
from shipway.spec.types import DataSpec

NESTED = "values of this type are not profiled, only missing ones are counted"


def profile_table(
    frame: pl.LazyFrame,
    *,
    name: str,
    target: str | None = None,
    text: bool = False,
    decimal: Mark = ".",
    step: int | None = None,
    data: DataSpec | None = None,
) -> Profile:
    """The profile of `frame`, as a format scans it; `text` says that it has no types of its own.

    `decimal` is the mark in numbers that are text. `step` is the number of rows that are stored
    together, if they can be read without those before them. `data` declares types. `relation` is
    filled in where there is a `target`. InputError when the target is no column; errors of polars
    while reading come through.
    """
    known = frame.collect_schema().names()
    if target is not None and target not in known:
        raise InputError(f"there is no column {target!r}", cure=did_you_mean(target, known))
    subjects, ready = subjects_of(frame, data.columns if data else {}, text=text, decimal=decimal)
    if not subjects:
        return Profile(name, 0, (), target)
    whole = measure(ready, subjects, step=step)
    answers = recount(ready, questions(subjects, whole), step=step)
    return finished(name, subjects, whole, answers, target)


def profile_opened(
    table: Table,
    *,
    name: str,
    target: str | None = None,
    data: DataSpec | None = None,
    columns: Sequence[str] = (),
) -> Profile:
    """The profile of an opened table, or of the named `columns` of it; as `profile_table`."""
    return profile_table(
        table.frame.select(columns) if columns else table.frame,
        name=name,
        target=target,
        text=table.is_text,
        decimal=table.layout.decimal,
        step=table.stretches[0].step,
        data=data,
    )


def questions(subjects: Sequence[Subject], whole: TablePart) -> list[Question]:
    """What is left to be counted in a second look."""
    asked: list[Question] = []
    cells = whole.sampled
    if cells is None or whole.sample_is_whole:
        return asked
    for subject, part in zip(subjects, whole.columns, strict=True):
        if part.values is not None and part.values.frame is None:
            edges = None
            if subject.numeric and part.low is not None:
                edges = asked_edges(whole.sample.column(subject.values), _range(subject, part))
            often = candidates(_as_counted(subject, cells[subject.values]))
            if edges is not None or len(often):
                asked.append(Question(subject, edges, often))
    return asked


def finished(
    name: str,
    subjects: Sequence[Subject],
    whole: TablePart,
    answers: Answers,
    target: str | None,
) -> Profile:
    """The profile that follows from what both looks found."""
    related = _relations(subjects, whole, target) if target is not None else {}
    columns = tuple(
        _column(subject, part, whole, answers.get(subject.number), related.get(subject.values))
        for subject, part in zip(subjects, whole.columns, strict=True)
    )
    return Profile(name, whole.rows, columns, target)


def _relations(
    subjects: Sequence[Subject], whole: TablePart, target: str
) -> dict[str, float | None]:
    chosen = next(subject for subject in subjects if subject.name == target)
    cells = whole.sampled
    if cells is None or chosen.kind == "other":
        return {}
    numeric = {each.values: each.numeric for each in subjects if each.kind != "other"}
    return relations(cells, chosen.values, numeric)


def _column(
    subject: Subject,
    part: ColumnPart,
    whole: TablePart,
    answer: Answer | None,
    relation: float | None,
) -> ColumnProfile:
    nan = part.given - part.unread - part.present if subject.kind != "other" else 0
    missing = whole.rows - part.given + nan
    if subject.kind == "other":
        return ColumnProfile(subject.name, subject.type, whole.rows, missing, note=NESTED)
    numbers = subject.kind == "number"
    distribution = _distribution(subject, part, whole, answer)
    moments = part.moments
    return ColumnProfile(
        name=subject.name,
        type=subject.type,
        rows=whole.rows,
        missing=missing,
        distinct=min(part.distinct.count, part.present),
        distinct_exact=part.distinct.exact,
        mean=_finite(moments.mean) if numbers and moments.count else None,
        sd=_finite(moments.sd) if numbers else None,
        low=plain(part.low),
        high=plain(part.high),
        quantiles=distribution.quantiles,
        rank_error=distribution.rank_error,
        histogram=distribution.histogram,
        deciles=distribution.deciles,
        top=_top(subject, part, whole, answer),
        lengths=_lengths(part),
        zeros=part.zeros,
        negatives=part.negatives,
        not_finite=sum(part.infinite),
        nan=nan,
        unreadable=part.unread,
        relation=relation,
    )


def _distribution(
    subject: Subject, part: ColumnPart, whole: TablePart, answer: Answer | None
) -> Distribution:
    if not subject.numeric or part.low is None or part.values is None:
        return Distribution()
    range_ = _range(subject, part)
    if part.values.frame is not None:
        counted = part.values.frame.select(_number(subject), "count").sort("value")
        values, counts = counted["value"].to_numpy(), counted["count"].to_numpy()
        finite = np.isfinite(values)
        return from_counts(values[finite], counts[finite], range_)
    if answer is not None and answer.ranks is not None:
        return from_ranks(answer.ranks, range_)
    values = whole.sample.column(subject.values).values
    return from_values(values[np.isfinite(values)], range_)


def _number(subject: Subject) -> pl.Expr:
    column = pl.col("value")
    return seconds(column) if subject.kind == "moment" else column.cast(pl.Float64)


def _range(subject: Subject, part: ColumnPart) -> Range:
    low, high = part.low, part.high
    if subject.kind == "moment":
        low, high = pl.select(seconds(pl.lit(pl.Series([low, high])))).to_series()
    return Range(float(low), float(high), part.infinite, subject.step)


def _top(
    subject: Subject, part: ColumnPart, whole: TablePart, answer: Answer | None
) -> tuple[tuple[Any, int], ...]:
    if part.values is None:
        return ()
    if part.values.frame is not None:
        return most_frequent(part.values.frame)
    if answer is not None:
        return most_frequent(answer.counts) if answer.counts is not None else ()
    cells = whole.sampled
    if cells is None:
        return ()
    sample = _as_counted(subject, cells[subject.values])
    counted = sample.drop_nulls().value_counts(name="count")
    return most_frequent(counted.rename({sample.name: "value"}))


def _as_counted(subject: Subject, sample: pl.Series) -> pl.Series:
    """Sampled values in the type that the column itself has."""
    if subject.kind == "moment":
        moments = (sample * 1e6).round().cast(pl.Int64).cast(pl.Datetime("us"))
        return moments.cast(pl.Date) if subject.type == "date" else moments
    return sample.cast(pl.Int64, strict=False) if subject.type == "integer" else sample


def _lengths(part: ColumnPart) -> tuple[int, float, int] | None:
    if part.lengths is None:
        return None
    shortest, characters, longest = part.lengths
    return shortest, characters / part.present, longest


def _finite(value: float | None) -> float | None:
    """None for a mean or deviation beyond the largest number."""
    return value if value is not None and abs(value) < float("inf") else None
