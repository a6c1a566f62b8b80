# SPDX-License-Identifier: Apache-2.0
"""The second look of a profile: what can only be counted when the first has named it.

Only columns with more different values than can be counted at once are read again, and only when
the sample does not hold all rows: numbers between edges, and values that the sample says are
frequent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from shipway.data.histograms import Ranks
from shipway.data.profile_reading import groups, pieces
from shipway.data.profile_subjects import Subject


@dataclass(frozen=True)
class Question:
    """What is asked of one column: how its numbers lie to `edges`, how often `values` occur."""

    subject: Subject
    edges: np.ndarray | None
    values: pl.Series

    def answer(self, batch: pl.DataFrame) -> "Answer":
        """What one batch says."""
        ranks = None
        if self.edges is not None:
            numbers = batch.select(self.subject.sampled).to_series().drop_nulls().to_numpy()
            ranks = Ranks.of(self.edges, np.sort(numbers[np.isfinite(numbers)]))
        column = self.subject.counted
        counts = (
            batch.lazy()
            .filter(column.is_in(self.values.implode()))
            .group_by(column.alias("value"))
            .agg(pl.len().cast(pl.Int64).alias("count"))
            .collect()
            if len(self.values)
            else None
        )
        return Answer(ranks, counts)


@dataclass(frozen=True)
class Answer:
    """The `ranks` of the edges, and a frame of `value` and `count`; None where not asked."""

    ranks: Ranks | None
    counts: pl.DataFrame | None

    def union(self, other: "Answer") -> "Answer":
        """Of both stretches."""
        ranks, counts = self.ranks, self.counts
        if ranks is not None and other.ranks is not None:
            ranks = ranks.union(other.ranks)
        if counts is not None and other.counts is not None:
            both = pl.concat([counts, other.counts])
            counts = both.group_by("value").agg(pl.col("count").sum())
        return Answer(ranks, counts)


Answers = Mapping[int, Answer]


def recount(
    frame: pl.LazyFrame, questions: Sequence[Question], *, step: int | None = None
) -> Answers:
    """The answers by the number of the column; nothing is read where nothing is asked."""
    if not questions:
        return {}
    asked = {question.subject.number: question for question in questions}
    subjects = [question.subject for question in questions]
    nothing = frame.head(0).collect()
    found = {number: question.answer(nothing) for number, question in asked.items()}
    for rows, fetch in pieces(frame, subjects, step):
        for group in groups(subjects, rows):
            batch = fetch(group)
            for number in (subject.number for subject in group):
                found[number] = found[number].union(asked[number].answer(batch))
    return found


def merge_answers(several: Sequence[Answers]) -> Answers:
    """What all stretches say together; at least one."""
    merged = dict(several[0])
    for answers in several[1:]:
        merged = {number: answer.union(answers[number]) for number, answer in merged.items()}
    return merged
