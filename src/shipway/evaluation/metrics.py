# SPDX-License-Identifier: Apache-2.0
"""The metrics by name: what each means, which way is better and what it needs.

    find("recall@precision=0.9", "binary").family    "smooth"
    find("cost", "binary", costs=Costs({"fp": 1, "fn": 20}))

Names and words alone, so that a spec can be checked without numpy. The table of what there is
stands in `metric_forms`; `measure` computes.
"""

from math import isfinite

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.evaluation.cost import Costs
from shipway.evaluation.metric_forms import FORMS, Better, Family, Form, Needs, Option
from shipway.evaluation.metric_names import split
from shipway.spec.types import Task

OptionValue = str | float | int


class MetricKind(msgspec.Struct, frozen=True):
    """A metric of one task, its options read.

    `name` is the whole text, `base` its first part and `key` the form without the options' values
    (`recall@precision`). `needs` says what it is computed from: predicted labels (for regression:
    values), scores, the champion's predictions too, or a sample that is not about rows. `better`
    is None where neither way is. `family` is explained in `metric_forms`.
    """

    name: str
    words: str
    better: Better | None = "higher"
    needs: Needs = "labels"
    family: Family = "smooth"
    base: str = ""
    key: str = ""
    options: dict[str, OptionValue] = {}
    costs: Costs | None = None

    def number(self, option: str) -> float:
        """The value of an option that is a number."""
        return float(self.options[option])

    def count(self, option: str) -> int:
        """The value of an option that is a count."""
        return int(self.options[option])

    def text(self, option: str) -> str:
        """The value of an option that is a text."""
        return str(self.options[option])


def find(name: str, task: Task, *, costs: Costs | None = None, where: str = "") -> MetricKind:
    """The metric called `name`, with its options.

    InputError with the nearest name when `task` has none, with what is wrong when an option is
    not known, missing or has no sensible value, and when it needs `costs` and there are none.
    """
    base, written = split(name, where=where)
    forms = [form for form in FORMS[task] if form.base == base]
    if not forms:
        raise InputError(
            f"there is no metric {base!r} for {task} models",
            where=where,
            cure=did_you_mean(base, {form.base for form in FORMS[task]}),
        )
    form = _chosen(base, forms, written, where)
    if form.costs and costs is None:
        cure = "Add beside the gates: cost: {fp: 1, fn: 20}."
        raise InputError(f"{base} needs to know what mistakes cost", where=where, cure=cure)
    options = {
        option.key: _read(base, option, written.get(option.key, option.default or ""), where)
        for option in form.options
    }
    return _kind(name.strip(), form, options, costs if form.costs else None)


def words_for(name: str) -> str:
    """What `name` measures, whatever the task; the name itself when no metric is called so."""
    for task in FORMS:
        try:
            return f"{find(name, task, costs=Costs()).words} ({name})"
        except InputError:
            continue
    return name


def _kind(
    name: str, form: Form, options: dict[str, OptionValue], costs: Costs | None
) -> MetricKind:
    return MetricKind(
        name, form.words, form.better, form.needs, form.family, form.base, form.key, options, costs
    )


def _chosen(base: str, forms: list[Form], written: dict[str, str], where: str) -> Form:
    """The form of `base` that takes exactly the options that are written."""
    given = set(written)
    for form in forms:
        if set(form.demanded) <= given <= {option.key for option in form.options}:
            return form
    known = {option.key for form in forms for option in form.options}
    shown = "; ".join(f"{base}@{_shape(form)}" if form.options else base for form in forms)
    for key in written:
        if key not in known:
            what = f"{base} has no option {key!r}"
            cure = did_you_mean(key, known) if known else "It takes no options."
            raise InputError(what, where=where, cure=cure)
    missing = f"these options of {base} don't go together" if written else f"{base} needs an option"
    raise InputError(missing, where=where, cure=f"Write one of: {shown}.")


def _shape(form: Form) -> str:
    return ",".join(f"{option.key}=…" for option in form.options)


def _read(base: str, option: Option, text: str, where: str) -> OptionValue:
    """The value of an option; InputError when `text` is none."""
    if option.value in ("class", "column"):
        return text
    if option.value == "choice":
        if text in option.choices:
            return text
        cure = did_you_mean(text, option.choices)
        raise InputError(f"{option.key} of {base} can't be {text!r}", where=where, cure=cure)
    number = _number(text)
    if number is None or not _fits(option, number):
        raise InputError(
            f"{option.key} of {base} can't be {text!r}", where=where, cure=_WANTED[option.value]
        )
    return int(number) if option.value == "count" else number


_WANTED = {
    "share": "It is a share between 0 and 1, such as 0.9.",
    "positive": "It is a number above 0.",
    "number": "It is a number.",
    "count": "It is a whole number of at least 1.",
}


def _number(text: str) -> float | None:
    try:
        number = float(f"{text[:-1]}e-2" if text.endswith("%") else text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _fits(option: Option, number: float) -> bool:
    if option.value == "share":
        return 0 < number <= 1
    if option.value == "positive":
        return number > 0
    return option.value == "number" or (number >= 1 and number == int(number))


def _plain(task: Task) -> dict[str, MetricKind]:
    """Every metric that can be measured from one model's answers alone, under its plain name."""
    return {
        form.base: find(form.base, task)
        for form in FORMS[task]
        if not form.demanded and not form.costs and form.needs in ("labels", "scores")
    }


KINDS: dict[Task, dict[str, MetricKind]] = {task: _plain(task) for task in FORMS}
"""For each task the metrics that need no option, by name."""

DEFAULTS: dict[Task, tuple[str, ...]] = {
    "binary": ("roc_auc", "average_precision", "precision", "recall", "f1"),
    "multiclass": ("accuracy", "f1_macro", "f1_weighted"),
    "regression": ("mae", "rmse", "r2"),
}
