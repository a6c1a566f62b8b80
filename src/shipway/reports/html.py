# SPDX-License-Identifier: Apache-2.0
"""A run as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.

    page = render_run(run, {"validate": validated, "evaluate": evaluation})

Everything that comes from records is escaped by the templates (`templates/*.html.j2`); the page
also forbids scripts and foreign content by its own policy.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from shipway.records.base import Record
from shipway.records.run import RunRecord
from shipway.reports import check_groups, evidence, text
from shipway.reports.view import view_of

_FILTERS = (
    "number", "fixed", "difference", "percent", "p_value", "seconds", "size", "moment", "elapsed",
    "short", "value", "plural", "signed",
)  # fmt: skip


def render_run(
    run: RunRecord, results: Mapping[str, Record] | None = None, *, next_steps: Sequence[str] = ()
) -> str:
    """The page of `run`; `results` holds the records of its stages by stage name.

    All results are optional: a run that stopped early has a page of what there is. `next_steps`
    are the hints at the top, in place of those that follow from the run itself.
    """
    view = view_of(run, results or {}, next_steps)
    return page_environment().get_template("run.html.j2").render(view=view)


@cache
def page_environment() -> Environment:
    """Where the templates are: everything that they show is escaped."""
    environment = Environment(
        loader=PackageLoader("shipway.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({name: getattr(text, name) for name in _FILTERS})
    environment.filters.update(
        share=check_groups.share_of,
        rows_told=check_groups.rows_told,
        cell=check_groups.cell_text,
        examples=check_groups.examples_told,
        numbers_only=check_groups.numbers_only,
        checks=check_groups.count,
        evidence=evidence.evidence,
        ends=evidence.ends,
        use=evidence.use,
        kinds_of_flips=evidence.kinds_of_flips,
    )
    return environment
