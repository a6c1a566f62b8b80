# SPDX-License-Identifier: Apache-2.0
"""What a correct spec becomes: every way of writing, and scalars by the field they land in."""

import time
from pathlib import Path

import pytest

from shipway.base.errors import InputError
from shipway.spec.mistakes import SpecError
from shipway.spec.reader import plain_value, read, read_text
from shipway.spec.types import (
    Amount,
    CanarySpec,
    DeploySpec,
    GateSpec,
    MetricsSource,
    NoProgressSpec,
    RegistrySpec,
    StrategySpec,
    TestsSpec,
    ThresholdSpec,
)

EXAMPLES = Path(__file__).parent / "examples"
HEAD = "shipway: 1\nproject: p\n"
MODEL = "model: {name: m, task: binary, target: t, positive: 1}\n"


def spec_of(text):
    return read_text(HEAD + text, Path("shipway.yaml")).spec


def test_the_first_example_reads():
    spec = read(EXAMPLES / "first.yaml").spec
    assert spec.project == "fraud-detection"
    assert spec.model.positive == "1"
    assert spec.environment.requirements == ("requirements.txt",)
    assert spec.tests == TestsSpec("pytest -q tests")
    assert spec.train.params == {"max_iter": 200}
    assert spec.evaluate.gates == (GateSpec("roc_auc >= 0.90"),)
    assert spec.deploy == {"production": DeploySpec("local")}


def test_the_complete_example_reads():
    spec = read(EXAMPLES / "complete.yaml").spec
    assert spec.model.threshold == ThresholdSpec("validation", "f1")
    assert spec.environment.python == "3.11"
    assert spec.data.split.test == Amount(0.2, share=True)
    assert spec.data.nulls == ("?", "NA")
    columns = spec.data.columns
    assert (columns["amount"].min, columns["amount"].max) == (0, 50000)
    assert columns["amount"].max_missing == Amount(0)
    assert columns["amount"].outliers.at_most == Amount(0.01, share=True)
    assert columns["country"].values == ("DE", "FR", "NO")
    assert columns["created_at"].newest_within == 30 * 86400
    assert columns["iban"].pattern == "[A-Z]{2}[0-9]{2}.*"
    assert spec.data.rules[1] == "status == 'paid' -> amount > 0"
    assert spec.steps["features"].command == ("python -m fraud.features",)
    assert spec.train.stop_if == ("nan", NoProgressSpec(20, "validation_loss"))
    assert spec.train.timeout == 1800
    assert spec.evaluate.gates[3] == GateSpec("predict_ms.p99 <= 5", "warn")
    assert spec.deploy["staging"].options == {"port": 8123}
    canary = CanarySpec((0.05, 0.25, 0.5), 600, 0.05, 0.95)
    assert spec.deploy["production"].strategy == StrategySpec("canary", canary)
    assert spec.monitor["production"].notify == ("${SLACK_URL}",)
    assert spec.monitor["production"].window == 86400


def test_the_other_way_in_reads():
    train = spec_of(MODEL + (EXAMPLES / "command.yaml").read_text()).train
    assert train.command == ("python train_model.py --data {data.train}",)
    assert train.env == {"DATA_PATH": "{data.train}"}
    assert train.model == ("models/encoder.pkl", "models/clf.pkl")
    assert train.metrics == MetricsSource(stdout=("ROC AUC: {roc_auc}",))
    assert train.allow_pickle


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("3.10", "3.10"),
        ("3.1", "3.1"),
        ("0o17", "0o17"),
        ("01", "01"),
        ("NO", "NO"),
        ("true", "true"),
        ("1_000", "1_000"),
        ("2026-10-01", "2026-10-01"),
        ("12:30:00", "12:30:00"),
        ("'null'", "null"),
        ('"a\\tb"', "a\tb"),
    ],
)
def test_a_text_field_keeps_the_raw_text(written, text):
    assert spec_of(f"environment: {{python: {written}}}\n").environment.python == text


def test_values_and_labels_keep_their_zeros():
    spec = spec_of("data: {train: a, columns: {c: {values: [NO, 01, 1.50, null, on]}}}\n")
    assert spec.data.columns["c"].values == ("NO", "01", "1.50", "null", "on")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-4", 1e-4),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("+3", 3),
        ("017", 17),
        ("0x1F", 31),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("0o17", "0o17"),
        ("1:30", "1:30"),
        ("2026-10-01", "2026-10-01"),
        ("1_000", "1_000"),
        ("'5'", "5"),
        ("[1, {a: x}]", [1, {"a": "x"}]),
    ],
)
def test_parameters_resolve_by_the_core_schema(written, value):
    document = read_text(
        f"{HEAD}{MODEL}train:\n  function: a:b\n  params:\n    p: {written}\n", Path("s.yaml")
    )
    found = document.spec.train.params["p"]
    assert found == value
    assert type(found) is type(value)
    assert plain_value(written) == value


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1%", Amount(0.01, share=True)),
        ("0.1 %", Amount(0.001, share=True)),
        ("'2%'", Amount(0.02, share=True)),
        ("5", Amount(5)),
        ("0", Amount(0)),
    ],
)
def test_amounts_are_rows_or_shares(written, amount):
    spec = spec_of(f"data: {{train: a, columns: {{c: {{max_missing: {written}}}}}}}\n")
    assert spec.data.columns["c"].max_missing == amount


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("1.5m", 90), ("2 h", 7200), ("7d", 604800), ("1w", 604800)],
)
def test_durations_have_a_unit(written, seconds):
    assert (
        spec_of(f"steps: {{a: {{command: x, timeout: {written}}}}}\n").steps["a"].timeout == seconds
    )


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("tests", "tests: make test", TestsSpec("make test")),
        ("tests", "tests: {command: make, junit: o.xml}", TestsSpec("make", "o.xml")),
        ("model_registry", "model_registry: built-in", RegistrySpec()),
        (
            "model_registry",
            "model_registry: {mlflow: http://h}",
            RegistrySpec("mlflow", "http://h"),
        ),
        ("model_registry", "model_registry: {kubeflow: u}", RegistrySpec("kubeflow", "u")),
    ],
)
def test_several_ways_become_one(key, text, value):
    assert getattr(spec_of(text + "\n"), key) == value


def test_one_or_more():
    spec = spec_of(
        MODEL
        + """
environment: {requirements: [a.txt, b.txt]}
data: {train: a, test: b, overlap: {between: [train, test], key: [x, y]}}
train: {command: [python a.py, python b.py], model: m.pkl, metrics: {json: m.json, map: {a: b}}}
steps: {s: {command: [a, b]}}
deploy: {e: {target: local, strategy: direct}}
"""
    )
    assert spec.environment.requirements == ("a.txt", "b.txt")
    assert spec.data.overlap.key == ("x", "y")
    assert spec.train.command == ("python a.py", "python b.py")
    assert spec.train.model == ("m.pkl",)
    assert spec.train.metrics == MetricsSource(json="m.json", map={"a": "b"})
    assert spec.steps["s"].command == ("a", "b")
    assert spec.deploy["e"].strategy == StrategySpec("direct")


def test_a_threshold_may_be_a_number():
    spec = spec_of("model: {name: m, task: binary, target: t, positive: yes, threshold: 0.3}\n")
    assert spec.model.threshold == 0.3
    assert spec.model.positive == "yes"


def test_bounds_are_numbers_or_dates():
    columns = spec_of(
        "data: {train: a, columns: {n: {min: -1e3}, "
        "d: {type: date, min: 2020-01-01, max: '2030-01-01'}}}\n"
    ).data.columns
    assert columns["n"].min == -1000.0
    assert (columns["d"].min, columns["d"].max) == ("2020-01-01", "2030-01-01")


def test_unknown_keys_of_an_environment_are_its_targets_options():
    spec = spec_of("deploy: {e: {target: local, port: 8123, wait: yes, more: {a: [1e-4]}}}\n")
    assert spec.deploy["e"].options == {"port": 8123, "wait": "yes", "more": {"a": [1e-4]}}


def test_variables_stay_as_they_are_written(monkeypatch):
    monkeypatch.setenv("BUCKET", "secret")
    assert spec_of("store: ${BUCKET}/x\n").store == "${BUCKET}/x"


def test_a_pattern_that_python_frowns_at_makes_no_noise(recwarn):
    spec = spec_of("data: {train: a, columns: {c: {pattern: '[[ab]'}}}\n")
    assert spec.data.columns["c"].pattern == "[[ab]"
    assert not recwarn.list


def test_a_whole_number_may_be_large():
    assert spec_of(f"data: {{train: a, rows: {{min: {'9' * 30}}}}}\n").data.rows.min == 10**30 - 1


def test_block_texts_and_comments():
    spec = spec_of(
        "# a comment\nmodel:\n  name: m  # here too\n  task: regression\n  target: t\n"
        "  description: |\n    Two\n    lines.\n"
    )
    assert spec.model.description == "Two\nlines.\n"


def test_places_of_values_are_known():
    document = read(EXAMPLES / "complete.yaml")
    line = next(
        n for n, text in enumerate(document.text.splitlines(), 1) if "amount: {type" in text
    )
    assert document.line_of("data", "columns", "amount", "min") == line
    assert document.where("data", "rules", 1).startswith("complete.yaml:")
    assert document.where("deploy", "staging", "port") == "complete.yaml:75:45"
    assert document.where("deploy", "staging", "options", "port") == "complete.yaml:75:45"


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(InputError, match="shipway init"):
        read(tmp_path / "shipway.yaml")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "shipway.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert read(path).spec.project == "p"


def test_windows_line_ends_do_no_harm():
    assert read_text(HEAD.replace("\n", "\r\n") + "store: x\r\n", Path("s")).spec.store == "x"


def test_reading_is_quick():
    text = (EXAMPLES / "complete.yaml").read_text()
    read_text(text, Path("s"))
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        read_text(text, Path("s"))
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.02


def test_plain_values_that_can_not_be_read():
    assert plain_value("[1, a]") == [1, "a"]
    with pytest.raises(InputError, match="finite"):
        plain_value(".nan")
    with pytest.raises(SpecError):
        plain_value("[1")
