# SPDX-License-Identifier: Apache-2.0
"""The page of all metrics names each of them once, and what it names can be read."""

import re

from shipway.evaluation.metric_forms import FAMILIES, FORMS
from shipway.evaluation.metric_reference import metrics_markdown
from shipway.evaluation.metrics import find

from .made_up import COSTS, VALUES


def test_every_metric_stands_in_its_tasks_table_and_can_be_read():
    parts = re.split(r"^## ", metrics_markdown(), flags=re.MULTILINE)[1:4]
    for task, part in zip(FORMS, parts, strict=True):
        assert f"`task: {task}`" in part
        names = re.findall(r"^\| `([^`]+)` \|", part, flags=re.MULTILINE)
        written = [re.sub(r"(\w+)=…", lambda m: f"{m[1]}={VALUES[m[1]]}", name) for name in names]
        keys = [find(name, task, costs=COSTS[task]).key for name in written]
        assert keys == [form.key for form in FORMS[task] if "threshold" not in form.demanded]


def test_every_family_and_option_is_told():
    page = metrics_markdown()
    assert all(f"\n| {family} | " in page for family in FAMILIES)
    keys = {option.key for forms in FORMS.values() for form in forms for option in form.options}
    assert all(f"\n| `{key}` | " in page for key in keys)
