# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.discovery.compose_text import write
from shipway.spec.reader import plain_value, read_text
from shipway.spec.scalar_text import can_be_key, loose_scalar, number, one_line, scalar
from shipway.spec.types import (
    Amount,
    ColumnSpec,
    DataSpec,
    DeploySpec,
    EnvironmentSpec,
    EvaluateSpec,
    GateSpec,
    MetricsSource,
    ModelSpec,
    Spec,
    SplitSpec,
    StepSpec,
    TestsSpec,
    TrainSpec,
)

ROOT = Path(__file__).resolve().parents[3]
HERE = Path("shipway.yaml")
WILD = [
    "",
    " ",
    "a b",
    "a: b",
    "#x",
    "- x",
    "x #y",
    "NO",
    "null",
    "~",
    "true",
    "1e3",
    "0x1F",
    "007",
]
WILD += [
    "{data.x}",
    "[a]",
    "*x",
    "&x",
    "!x",
    "%x",
    "@x",
    "`x`",
    "'x",
    '"x',
    "a,b",
    "?",
    "N/A",
    "<<",
]
WILD += [
    "---",
    "...",
    "=",
    "a\nb",
    "a\tb",
    "ünïcode",
    "\u2028",
    "\x7f",
    "😀",
    "a:",
    ":a",
    "-",
    "a\\b",
]
WILD += ["x" * 90, "1.0", ".5", "+1", "yes", "2010-01-01", "a:b", "http://x", "\ufeff", "a  b", "|"]
texts = st.one_of(st.sampled_from(WILD), st.text(st.characters(codec="utf-8"), max_size=30))
keys = texts.filter(can_be_key)
words = texts.filter(lambda text: bool(text.strip()))
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


def again(text):
    return read_text(text, HERE).spec


def whole_spec():
    return Spec(
        shipway=1,
        project="p",
        model=ModelSpec("m", "binary", "y", "1"),
        environment=EnvironmentSpec(requirements=("requirements.txt",), python="3.10"),
        data=DataSpec(
            all="a.csv",
            split=SplitSpec(Amount(0.2, share=True), Amount(100), random=True, seed=1),
            nulls=("?",),
            columns={"y": ColumnSpec(type="integer", values=("0", "1"), max_missing=Amount(0))},
        ),
        tests=TestsSpec("make test", junit="out.xml"),
        steps={"s": StepSpec(command=("a b", "c {data.all}"), timeout=90.0)},
        train=TrainSpec(
            command=("python train.py --data {data.train}",),
            folder="src",
            env={"DATA_PATH": "{data.train}"},
            model=("models/a.pkl", "models/b.pkl"),
            predict="serving.api:predict",
            metrics=MetricsSource(stdout=("ROC AUC: {roc_auc}",)),
            allow_pickle=True,
            params={"a": 1, "b": "1", "c": [1.5, True, None, "no"], "d": {"e": "x"}},
            timeout=1800.0,
        ),
        evaluate=EvaluateSpec(
            metrics=("roc_auc",),
            gates=(GateSpec("roc_auc >= 0.9 at 95%"), GateSpec("recall[c=*] >= 0.5", "warn")),
        ),
        deploy={"production": DeploySpec(target="local", from_="any", options={"port": 8123})},
    )


def test_everything_that_is_written_reads_back():
    assert again(write(whole_spec())) == whole_spec()


def test_the_example_reads_back():
    path = ROOT / "examples/fraud-detection/shipway.yaml"
    spec = again(path.read_text())
    assert again(write(spec)) == spec


@given(st.dictionaries(keys, st.lists(texts, min_size=1, max_size=4), max_size=5), words, texts)
def test_wild_names_and_values_read_back(columns, target, note):
    data = DataSpec(
        all="a.csv",
        nulls=tuple(value for values in columns.values() for value in values),
        columns={name: ColumnSpec(values=tuple(values)) for name, values in columns.items()},
    )
    spec = Spec(1, "p", model=ModelSpec("m", "regression", target), data=data)
    notes = {("data", "columns", name): note for name in columns} | {("model", "target"): note}
    tails = {("data", "columns"): (one_line(note),), (): (one_line(note),)}
    assert again(write(spec, notes, tails, (note,))) == spec


@given(numbers, numbers, st.integers(1, 999))
def test_bounds_and_shares_read_back(low, high, per_mille):
    low, high = sorted((low, high))
    share = Amount(round(per_mille / 1000, 4), share=True)
    column = ColumnSpec(type="float", min=low, max=high, max_missing=share)
    spec = Spec(1, "p", data=DataSpec(all="a.csv", columns={"x": column}))
    found = again(write(spec)).data.columns["x"]
    assert (found.min, found.max) == (low, high)
    assert found.max_missing.value == pytest.approx(share.value)


@given(texts)
def test_a_text_of_any_field_stays_a_text(text):
    assert plain_value(loose_scalar(text)) == text


def test_quotes_stand_only_where_they_are_needed():
    plain = ["is_fraud", "N/A", "NO", "1", "fraud.train:train", "a b", "pm2.5", "amount >= 1000"]
    assert [scalar(text) for text in plain] == plain
    assert [scalar(text) for text in ("?", "null", "a: b", "")] == [
        '"?"',
        '"null"',
        '"a: b"',
        '""',
    ]


def test_numbers_are_short():
    found = [number(value) for value in (0.0, 50000.0, 0.1, -3, 1e300)]
    assert found == ["0", "50000", "0.1", "-3", "1e+300"]


def test_comments_stand_behind_short_lines_and_before_long_ones():
    spec = whole_spec()
    text = write(spec, {("train", "allow_pickle"): "short", ("project",): "word " * 40})
    assert "allow_pickle: true  # short\n" in text
    assert "\n# word word" in text
    assert max(map(len, text.splitlines())) <= 100
    assert again(text) == spec


def test_a_command_that_fits_on_no_line_is_folded():
    saves = (
        "import pickle, runpy; ran = runpy.run_path('analysis.py', run_name='__main__'); "
        "pickle.dump(ran['clf'], open('model.pkl', 'wb'))"
    )
    train = TrainSpec(command=(f'python -c "{saves}"',), model=("model.pkl",), allow_pickle=True)
    model = ModelSpec(name="x", task="binary", target="y", positive="1")
    spec = Spec(1, "x", model, train=train)
    text = write(spec, {("train", "command"): "it saves what the script forgets"})
    assert read_text(text, HERE).spec == spec
    assert text.splitlines()[-6:-2] == [
        "  command: >-",
        '    python -c "import pickle, runpy;',
        "    ran = runpy.run_path('analysis.py', run_name='__main__');",
        "    pickle.dump(ran['clf'], open('model.pkl', 'wb'))\"",
    ]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=60))
def test_long_texts_are_the_same_when_read(text):
    words = f"x {text} " + "a; # b: " * 15 + "end"
    model = ModelSpec(name="x", task="binary", target="y", positive="1", description=words)
    spec = Spec(1, "x", model=model)
    assert read_text(write(spec, {("model", "description"): "long"}), HERE).spec == spec
