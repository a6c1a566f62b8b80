# SPDX-License-Identifier: Apache-2.0
"""All charts of a model, each beside or over the same chart of the model it is compared with."""

from shipway.records.comparison import Drawn
from shipway.reports.charts import lines
from shipway.reports.charts.calibration import calibration
from shipway.reports.charts.figure import Figure
from shipway.reports.charts.matrix import confusion
from shipway.reports.charts.scores import scores

NAMES = ("this model", "champion")


def charts_of(
    own: Drawn,
    other: Drawn | None = None,
    names: tuple[str, str] = NAMES,
    thresholds: tuple[float | None, float | None] = (None, None),
) -> list[Figure]:
    """Curves over each other, matrices and histograms side by side; nothing for what is missing."""
    behind = other or Drawn()
    found: list[Figure | None] = []
    if own.roc:
        found.append(lines.roc(own.roc, behind.roc, names))
    if own.precision_recall:
        found.append(lines.precision_recall(own.precision_recall, behind.precision_recall, names))
    if own.calibration:
        found.append(calibration(own.calibration, behind.calibration, names))
    if own.costs:
        found.append(lines.costs(own.costs, behind.costs, names))
    pairs = list(zip((own, behind), names, thresholds, strict=True))
    found += [scores(it.scores, f"Scores of {name}", at) for it, name, at in pairs if it.scores]
    found += [
        confusion(it.confusion, f"Confusion matrix of {name}")
        for it, name, _ in pairs
        if it.confusion
    ]
    return [chart for chart in found if chart is not None]
