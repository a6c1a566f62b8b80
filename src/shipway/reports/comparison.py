# SPDX-License-Identifier: Apache-2.0
"""Two versions side by side: as a page, and as Markdown for a pull request.

Path("compare.html").write_text(render_comparison(comparison))
print(comparison_markdown(comparison))
"""

import msgspec

from shipway.records.compared import Comparison, MetricPair
from shipway.records.delivery import ModelVersion
from shipway.records.training import Interval, Metric
from shipway.reports.charts.drawn import charts_of
from shipway.reports.charts.figure import Figure
from shipway.reports.evidence import ends, kinds_of_flips
from shipway.reports.html import page_environment
from shipway.reports.markdown import code, plain, table
from shipway.reports.text import NONE, fixed, p_value, percent, plural, signed
from shipway.reports.view import SliceTable, slice_tables
from shipway.stats.multiple import holm

SIGNIFICANCE = 0.05


class ComparisonView(msgspec.Struct, frozen=True):
    """What the page shows: the second version's values, and the first's as the other ones."""

    it: Comparison
    first: str
    second: str
    headline: str
    metrics: list[Metric]
    slices: list[SliceTable]
    charts: list[Figure]


def version_name(version: ModelVersion) -> str:
    """`fraud-detector@3`."""
    return f"{version.model}@{version.number}"


def headline(comparison: Comparison) -> str:
    """In one line: which differences are no chance, of all that are told (Holm)."""
    if not comparison.same_rows:
        return "Evaluated on different rows: the differences mean little"
    asked = [pair for pair in comparison.metrics if pair.p_value is not None and not pair.slice]
    if not asked:
        return "No difference could be tested: compare the values with care"
    adjusted = holm([pair.p_value or 0.0 for pair in asked])
    sure = [pair for pair, p in zip(asked, adjusted, strict=True) if p < SIGNIFICANCE]
    of_all = f"of {plural(len(asked), 'metric')} compared"
    if not sure:
        return f"No difference is more than chance, {of_all}"
    named = ", ".join(f"{pair.name} {signed(pair.delta or 0.0)}" for pair in sure)
    return f"More than chance, {of_all}: {named}"


def render_comparison(comparison: Comparison) -> str:
    """One HTML page that needs nothing else."""
    names = version_name(comparison.second), version_name(comparison.first)
    metrics = [_metric(pair) for pair in comparison.metrics]
    view = ComparisonView(
        it=comparison,
        first=names[1],
        second=names[0],
        headline=headline(comparison),
        metrics=[metric for metric in metrics if not metric.slice],
        slices=slice_tables(metrics),
        charts=charts_of(
            comparison.second_drawn,
            comparison.first_drawn,
            names,
            (comparison.second_threshold, comparison.first_threshold),
        ),
    )
    return page_environment().get_template("comparison.html.j2").render(view=view)


def comparison_markdown(comparison: Comparison) -> str:
    """The same in short, without pictures."""
    first, second = version_name(comparison.first), version_name(comparison.second)
    lines = [f"### {plain(second)} against {plain(first)}", "", plain(headline(comparison))]
    head = ("Metric", plain(first), plain(second), "Difference", "95 % interval", "p")
    whole = [_row(pair) for pair in comparison.metrics if not pair.slice]
    lines += table(head, whole)
    sliced = [[plain(pair.slice), *_row(pair)] for pair in comparison.metrics if pair.slice]
    if sliced:
        lines += ["", f"<details><summary>{plural(len(sliced), 'value')} of slices</summary>"]
        lines += [*table(("Slice", *head), sliced), "", "</details>"]
    if comparison.flips:
        it = comparison.flips
        share = percent(it.changed / it.rows if it.rows else 0.0)
        lines += ["", f"{it.changed:,} of {plural(it.rows, 'prediction')} changed ({share}): "]
        lines[-1] += ", ".join(f"{rows:,} {name}" for name, rows in kinds_of_flips(it)) + "."
    lines += ["", *(f"- {plain(text)}" for text in comparison.differs)]
    return "\n".join(lines).rstrip() + "\n"


def _row(pair: MetricPair) -> list[str]:
    delta = NONE if pair.delta is None else signed(pair.delta)
    sure = ends(pair.delta_interval) if pair.delta_interval else NONE
    values = [_value(pair.first, pair.first_interval), _value(pair.second, pair.second_interval)]
    return [code(pair.name), *values, delta, sure, p_value(pair.p_value)]


def _value(value: float | None, sure: Interval | None) -> str:
    return f"{fixed(value)} ({fixed(sure.low)} to {fixed(sure.high)})" if sure else fixed(value)


def _metric(pair: MetricPair) -> Metric:
    """The pair as a metric of the second version, whose champion is the first."""
    return Metric(
        pair.name,
        pair.second,
        pair.rows,
        slice=pair.slice,
        interval=pair.second_interval,
        champion=pair.first,
        champion_interval=pair.first_interval,
        difference=pair.delta_interval,
        p_value=pair.p_value,
    )
