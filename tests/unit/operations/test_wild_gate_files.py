# SPDX-License-Identifier: Apache-2.0
"""Whatever columns hold, gates on files end with verdicts in plain numbers, or with InputError."""

import datetime
import decimal
import math

import msgspec
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.operations.gate import GateRequest, gate_predictions

ROWS = 24
ODD = (0, 1, 0.0, 1.0, 0.5, -0.0, 5e-324, 1e-300, 1e300, math.inf, -math.inf, math.nan, None)
SERIES = {
    "odd": st.lists(st.sampled_from(ODD), min_size=ROWS, max_size=ROWS),
    "classes": st.lists(st.sampled_from([0, 1]), min_size=ROWS, max_size=ROWS),
    "texts": st.lists(st.sampled_from(["a", "b", "1", ""]), min_size=ROWS, max_size=ROWS),
    "shares": st.lists(st.floats(0, 1), min_size=ROWS, max_size=ROWS),
}
STRANGE = (
    [True, False] * 12,
    [None] * ROWS,
    [datetime.date(2026, 1, 1 + number) for number in range(ROWS)],
    [datetime.timedelta(number) for number in range(ROWS)],
    [decimal.Decimal("1.0")] * ROWS,
    [b"a"] * ROWS,
    [[1]] * ROWS,
    [{"a": 1}] * ROWS,
    [2**63 - 1 - number for number in range(ROWS)],
)
FIELDS = {
    "y": "classes",
    "label": "classes",
    "p": "shares",
    "p_a": "shares",
    "p_b": "shares",
    "w": "odd",
    "s": "texts",
    "k": "shares",
}
GATES = {
    "binary": (
        "roc_auc >= champion at 90%",
        "recall[s=*] >= 0.5 at 80%",
        "brier <= champion + 3% at 95%",
        "cost <= champion",
        "difference(accuracy, s) <= 0.2 at 80%",
        "ndcg@k=3,by=s >= 0.2",
    ),
    "multiclass": ("log_loss <= champion at 90%", "f1_macro >= 0.1 at 80%", "churn <= 5%"),
    "regression": ("rmse <= champion at 90%", "mape <= 3", "spearman >= 0.1 at 80%"),
}


@st.composite
def tables(draw):
    columns = {}
    for name, kind in FIELDS.items():
        if draw(st.integers(0, 9)) == 0:
            columns[name] = draw(st.one_of(st.sampled_from(STRANGE), *SERIES.values()))
        else:
            columns[name] = draw(SERIES[kind])
    return pl.DataFrame(columns, strict=False)


@settings(deadline=None, max_examples=60)
@given(
    frame=tables(),
    other=tables(),
    task=st.sampled_from(sorted(GATES)),
    key=st.sampled_from([None, "k"]),
    weights=st.sampled_from([None, "w"]),
)
def test_every_table_has_a_verdict_or_a_reason(tmp_path_factory, frame, other, task, key, weights):
    folder = tmp_path_factory.mktemp("wild")
    frame.write_parquet(folder / "new.parquet")
    other.with_columns(frame["y"], frame["k"]).write_parquet(folder / "old.parquet")
    listed = "".join(f"  - {gate}\n" for gate in GATES[task])
    cost = "cost: {fp: 1, fn: 20}\n" if task == "binary" else ""
    (folder / "g.yaml").write_text(f"gates:\n{listed}min_slice: 2\n{cost}")
    request = GateRequest(
        folder / "new.parquet",
        folder / "g.yaml",
        "y",
        score={"binary": "p", "multiclass": "p_{class}"}.get(task),
        prediction="label",
        champion=folder / "old.parquet",
        key=key,
        positive="1" if task == "binary" else None,
        weights=weights,
        task=task,
    )
    try:
        report = gate_predictions(request)
    except InputError as error:
        assert error.what
        return
    assert len(report.gates) >= len(GATES[task])
    for gate in report.gates:
        numbers = [gate.observed, gate.bound, gate.champion, gate.p_value, gate.effect]
        assert all(each is None or math.isfinite(each) for each in numbers), gate
    assert b"NaN" not in msgspec.json.encode(report)
