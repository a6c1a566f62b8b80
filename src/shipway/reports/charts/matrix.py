# SPDX-License-Identifier: Apache-2.0
"""A confusion matrix: how many rows of each class were predicted as which."""

from markupsafe import Markup

from shipway.records.comparison import Confusion
from shipway.reports.charts.figure import Figure
from shipway.reports.charts.svg import element, label, picture
from shipway.reports.text import percent

CLASSES_LIMIT = 12
WIDTH = 420
_LEFT, _TOP = 96, 50


def confusion(matrix: Confusion, name: str = "Confusion matrix") -> Figure | None:
    """The matrix as squares, darker for a larger share of their row; None for too many classes."""
    count = len(matrix.labels)
    if not 0 < count <= CLASSES_LIMIT or len(matrix.counts) != count:
        return None
    side = (WIDTH - _LEFT - 12) / count
    height = min(side, 110)
    parts: list[str] = [label(_LEFT + side * count / 2, 16, "Predicted", "name")]
    parts.append(label(8, _TOP - 10, "True", "name", "start"))
    for j, predicted in enumerate(matrix.labels):
        parts.append(label(_LEFT + side * (j + 0.5), _TOP - 10, _cut(predicted, side)))
    for i, row in enumerate(matrix.counts):
        top = _TOP + height * i
        parts.append(
            label(_LEFT - 10, top + height / 2 + 4, _cut(matrix.labels[i], 84), "tick", "end")
        )
        total = sum(row)
        for j, cell in enumerate(row):
            share = cell / total if total else 0.0
            parts += _cell(_LEFT + side * j, top, side, height, cell, share, i == j)
    right = sum(matrix.counts[i][i] for i in range(count))
    total = sum(map(sum, matrix.counts))
    said = f"{right:,} of {total:,} rows are predicted as their true class"
    return Figure(name, picture(WIDTH, round(_TOP + height * count + 8), name, said, *parts))


def _cell(
    x: float, y: float, width: float, height: float, cell: int, share: float, right: bool
) -> list[Markup]:
    kind = "right" if right else "wrong"
    square = element(
        "rect", x=x + 1.5, y=y + 1.5, width=width - 3, height=height - 3, rx=4,
        class_=f"cell {kind}", fill_opacity=f"{0.08 + 0.42 * share:.3f}",
    )  # fmt: skip
    middle = x + width / 2
    if height < 44 or width < 56:
        return [square, label(middle, y + height / 2 + 4, f"{cell:,}", "count small")]
    return [
        square,
        label(middle, y + height / 2, f"{cell:,}", "count"),
        label(middle, y + height / 2 + 18, percent(round(share, 3)), "share"),
    ]


def _cut(name: str, width: float) -> str:
    room = max(int(width / 7), 3)
    return name if len(name) <= room else name[: room - 1] + "…"
