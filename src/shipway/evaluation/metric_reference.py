# SPDX-License-Identifier: Apache-2.0
"""The reference of all metrics in Markdown, derived from the table that `metrics.find` reads."""

from collections.abc import Iterator

from shipway.evaluation.metric_forms import FAMILIES, FORMS, Form, Option
from shipway.evaluation.metrics import DEFAULTS
from shipway.spec.types import Task

TITLES: dict[Task, str] = {
    "binary": "Two classes",
    "multiclass": "Several classes",
    "regression": "Numbers",
}
MADE_FROM = {
    "labels": "predictions",
    "scores": "scores",
    "champion": "both models' predictions",
    "sample": "measurements",
}
AT_THRESHOLD = (
    "Each of these that is made from predictions takes `threshold` too, and is then made from "
    "scores: `f1@threshold=0.3` takes rows with a score of 0.3 or more as positive."
)


def metrics_markdown() -> str:
    """A table of the metrics of each task, one of their options, one of the families."""
    lines: list[str] = []
    for task in FORMS:
        lines += [f"## {TITLES[task]}: `task: {task}`", "", *_table(task), ""]
    lines += ["## Options", "", *_options(), "", "## Families", "", *_families()]
    return "\n".join(lines) + "\n"


def _table(task: Task) -> Iterator[str]:
    shown = ", ".join(f"`{name}`" for name in DEFAULTS[task])
    yield f"Measured when `metrics:` names none: {shown}."
    if task == "binary":
        yield AT_THRESHOLD
    yield ""
    yield "| metric | what it is | better | made from | family |"
    yield "|---|---|---|---|---|"
    for form in FORMS[task]:
        if "threshold" not in form.demanded:
            better = form.better or "neither"
            made_from = "predicted values" if _of_values(form, task) else MADE_FROM[form.needs]
            yield f"| `{_name(form)}` | {form.words} | {better} | {made_from} | {form.family} |"


def _of_values(form: Form, task: Task) -> bool:
    return task == "regression" and form.needs == "labels"


def _name(form: Form) -> str:
    if form.needs == "sample":
        return f"{form.base}.{form.options[0].default}" if form.options else form.base
    options = ",".join(f"{key}=…" for key in form.demanded)
    return f"{form.base}@{options}" if options else form.base


def _options() -> Iterator[str]:
    """Each option once, with the names that take it."""
    yield "| option | of | what it says | takes | default |"
    yield "|---|---|---|---|---|"
    found: dict[tuple[str, str], tuple[Option, dict[str, None]]] = {}
    for form in (form for forms in FORMS.values() for form in forms):
        for option in form.options:
            option_of = found.setdefault((option.key, option.words), (option, {}))
            option_of[1][form.base] = None
    for option, bases in found.values():
        of = ", ".join(f"`{base}`" for base in bases)
        if option.key == "threshold":
            of = "what is made from predictions, of two classes"
        default = "none" if option.default is None else f"`{option.default}`"
        yield f"| `{option.key}` | {of} | {option.words} | {_takes(option)} | {default} |"


def _takes(option: Option) -> str:
    if option.choices:
        return ", ".join(f"`{each}`" for each in option.choices)
    return {
        "share": "a share: `0.9` or `90%`",
        "positive": "a number above 0",
        "number": "a number",
        "count": "a whole number from 1",
        "class": "a class; in quotes where it has blanks",
        "column": "a column",
        "choice": "",
    }[option.value]


def _families() -> Iterator[str]:
    yield "| family | what kind of number it is |"
    yield "|---|---|"
    for family, words in FAMILIES.items():
        yield f"| {family} | {words} |"
