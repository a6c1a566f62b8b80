# SPDX-License-Identifier: Apache-2.0
"""A profile as one HTML page that needs nothing else: no script, no font, no foreign content.

Path("profile.html").write_text(render_profile(profile))
"""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from shipway.records.profile import ColumnProfile, Profile
from shipway.reports import profile_text, text
from shipway.reports.charts.bars import histogram_picture
from shipway.reports.html import page_environment

VALUES, FEW = 8, 4
QUARTILES = (("5 %", 0.05), ("25 %", 0.25), ("Median", 0.5), ("75 %", 0.75), ("95 %", 0.95))


class ValueView(msgspec.Struct, frozen=True):
    """A frequent value; `width` is the length of its bar in percent of the longest.

    What is left over has no bar.
    """

    name: str
    count: int
    share: str
    width: float | None


class ColumnView(msgspec.Struct, frozen=True):
    """One column as the page shows it; `anchor` is the place that the table links to."""

    anchor: str
    name: str
    type: str
    missing: str
    missing_share: float
    distinct: str
    facts: tuple[tuple[str, str], ...]
    picture: Markup
    values: tuple[ValueView, ...]
    remarks: tuple[str, ...]
    relation: float | None
    is_target: bool


class ProfileView(msgspec.Struct, frozen=True):
    """The whole page."""

    dataset: str
    rows: int
    target: str | None
    columns: tuple[ColumnView, ...]
    facts: tuple[tuple[str, str], ...]
    precision: tuple[str, ...]


def render_profile(profile: Profile) -> str:
    """The page. Columns without values are shown without them."""
    template = page_environment().get_template("profile.html.j2")
    return template.render(view=profile_view(profile))


def profile_view(profile: Profile) -> ProfileView:
    """What the page says, ready to be shown."""
    columns = [_column(profile, number, each) for number, each in enumerate(profile.columns)]
    return ProfileView(
        profile.dataset,
        profile.rows,
        profile.target,
        tuple(columns),
        _summary(profile),
        tuple(profile_text.precision(profile)),
    )


def _summary(profile: Profile) -> tuple[tuple[str, str], ...]:
    cells = profile.rows * len(profile.columns)
    missing = sum(column.missing for column in profile.columns)
    types: dict[str, int] = {}
    for column in profile.columns:
        types[column.type] = types.get(column.type, 0) + 1
    return (
        ("Rows", f"{profile.rows:,}"),
        ("Columns", f"{len(profile.columns):,}"),
        ("Missing cells", profile_text.share(missing, cells)),
        ("Types", ", ".join(f"{count} {name}" for name, count in types.items())),
        *((("Target", profile.target),) if profile.target is not None else ()),
    )


def _column(profile: Profile, number: int, column: ColumnProfile) -> ColumnView:
    return ColumnView(
        anchor=f"c{number}",
        name=column.name,
        type=column.type,
        missing=profile_text.share(column.missing, column.rows),
        missing_share=column.missing / column.rows if column.rows else 0.0,
        distinct=text.NONE if column.note else profile_text.distinct(column),
        facts=tuple(_facts(column)),
        picture=_picture(column),
        values=tuple(_values(column)),
        remarks=tuple(profile_text.remarks(column)),
        relation=column.relation,
        is_target=column.name == profile.target,
    )


def _facts(column: ColumnProfile) -> list[tuple[str, str]]:
    facts = [("Missing", f"{column.missing:,}")]
    if not column.note:
        facts.append(("Distinct", profile_text.distinct(column)))
    if column.quantiles:
        facts.append(("Lowest", profile_text.edge(column, column.low)))
        facts += [(name, profile_text.quantile(column, at)) for name, at in QUARTILES]
        facts.append(("Highest", profile_text.edge(column, column.high)))
    if column.mean is not None:
        facts += [("Mean", text.number(column.mean)), ("Deviation", text.number(column.sd))]
        facts.append(("Zeros", profile_text.share(column.zeros, column.rows)))
        facts.append(("Negative", profile_text.share(column.negatives, column.rows)))
    if column.lengths is not None:
        shortest, mean, longest = column.lengths
        facts.append(("Length", f"{shortest:,} – {longest:,}"))
        facts.append(("Mean length", text.fixed(mean, 1)))
    return facts


def _picture(column: ColumnProfile) -> Markup:
    histogram = column.histogram
    if histogram is None or not any(histogram.counts):
        return Markup("")
    low, high = (profile_text.edge(column, end) for end in (column.low, column.high))
    said = f"{sum(histogram.counts):,} values between {low} and {high}"
    if histogram.below or histogram.above:
        said += f", {histogram.below + histogram.above:,} outside"
    return histogram_picture(histogram, column.name, said, (low, high))


def _values(column: ColumnProfile) -> Sequence[ValueView]:
    """The most frequent values, where they say more than the histogram."""
    if not column.top or (column.histogram is not None and not _repeats(column)):
        return []
    shown = column.top[: VALUES if column.histogram is None else FEW]
    most = shown[0][1]
    views = [_value(column, text.value(what), count, most) for what, count in shown]
    rest = profile_text.present(column) - sum(count for _, count in shown)
    if rest > 0:
        known = column.distinct_exact
        others = text.plural(column.distinct - len(shown), "other value") if known else "others"
        views.append(ValueView(others, rest, profile_text.share(rest, column.rows), None))
    return views


def _value(column: ColumnProfile, name: str, count: int, most: int) -> ValueView:
    width = round(100 * min(1.0, count / most), 1)
    return ValueView(name, count, profile_text.share(count, column.rows), width)


def _repeats(column: ColumnProfile) -> bool:
    """True when a number has one value so often that it is worth a word."""
    return column.distinct <= FEW or column.top[0][1] >= 0.05 * column.rows
