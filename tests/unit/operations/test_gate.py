# SPDX-License-Identifier: Apache-2.0
"""Gates on files of predictions, as a team has them before it has anything else of Shipway."""

import numpy as np
import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.operations.gate import GateRequest, gate_predictions


@pytest.fixture
def table():
    draw = np.random.default_rng(5)
    target = (np.arange(600) % 3 == 0).astype(int)
    score = (1.5 * draw.random(600) + target) / 2.5
    return pl.DataFrame(
        {
            "id": [f"r{number}" for number in range(600)],
            "y": target,
            "p": score,
            "label": (score > 0.5).astype(int),
            "country": np.array(["DE", "FR"])[np.arange(600) % 2],
            "amount": np.arange(600.0),
        }
    )


@pytest.fixture
def decided(tmp_path, monkeypatch):
    """A function that writes tables and gates to files and decides them."""
    monkeypatch.chdir(tmp_path)

    def decide(table, *gates, champion=None, suffix="parquet", **more):
        def write(name, frame):
            path = tmp_path / f"{name}.{suffix}"
            frame.write_parquet(path) if suffix == "parquet" else frame.write_csv(path)
            return path

        listed = "".join(f"  - {gate}\n" for gate in gates)
        (tmp_path / "gates.yaml").write_text(f"gates:\n{listed}")
        request = {"target": "y", "score": "p", "prediction": "label", **more}
        return gate_predictions(
            GateRequest(
                predictions=write("predictions", table),
                gates=tmp_path / "gates.yaml",
                champion=None if champion is None else write("champion", champion),
                **request,
            )
        )

    return decide


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_gates_are_decided_from_files(table, decided, suffix):
    report = decided(
        table,
        "roc_auc >= 0.75 at 95%",
        "recall[country=*] >= 0.6",
        '"recall[amount >= 300] >= 0.6"',
        '{gate: "f1 >= 0.99", on_fail: warn}',
        suffix=suffix,
    )
    assert report.verdict == "passed"
    assert [(gate.slice, gate.verdict) for gate in report.gates] == [
        ("", "passed"),
        ("country=DE", "passed"),
        ("country=FR", "passed"),
        ("amount >= 300", "passed"),
        ("", "failed"),
    ]


def test_a_gate_that_does_not_pass_is_the_verdict(table, decided):
    assert decided(table, "recall >= 0.99").verdict == "failed"
    few = table.head(60).with_columns(label=pl.col("y"))
    assert decided(few, "recall >= 0.9 at 95%").verdict == "inconclusive"


def test_a_champion_is_paired_by_position_or_by_key(table, decided):
    gate = "roc_auc >= champion - 0.02 at 95%"
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=1)
    assert decided(table, gate, champion=table).verdict == "passed"
    keyed = decided(table, gate, champion=shuffled, key="id")
    assert keyed.verdict == "passed"
    assert keyed.gates[0].interval.method.startswith("same ranking")
    with pytest.raises(InputError, match="rows have another y than in") as caught:
        decided(table, gate, champion=shuffled)
    assert "--key" in caught.value.cure


def test_rows_that_do_not_pair_are_refused(table, decided):
    gate = "roc_auc >= champion"
    with pytest.raises(InputError, match="has 599 rows, and .*predictions.parquet has 600"):
        decided(table, gate, champion=table.head(599))
    with pytest.raises(InputError, match="1 of 600 rows of .* are not in it; the first: id r599"):
        decided(table, gate, champion=table.head(599), key="id")
    with pytest.raises(InputError, match="2 values of country stand in several rows"):
        decided(table, gate, champion=table, key="country")
    other = table.with_columns(y=1 - pl.col("y"))
    with pytest.raises(InputError, match="600 of 600 rows have another y than") as caught:
        decided(table, gate, champion=other, key="id")
    assert caught.value.where.endswith("champion.parquet")
    with pytest.raises(InputError, match="asks for a champion, and none was given") as caught:
        decided(table, gate)
    assert caught.value.where == "gates.yaml:2:5"


@pytest.mark.parametrize(
    ("change", "more", "message"),
    [
        ({}, {"target": "z"}, "there is no column 'z'"),
        ({}, {"score": "q"}, "there is no column 'q'"),
        ({}, {"score": None, "prediction": None}, "which column holds the predictions"),
        ({"p": pl.col("p") + 1}, {}, "holds scores outside"),
        ({"y": pl.col("y").replace({0: None})}, {}, "400 of 600 rows have no y, the target; the first is row 1"),
        ({"y": pl.int_range(600) % 3}, {}, "has 3 classes: 0, 1, 2"),
        ({}, {"positive": "yes"}, "'yes' is not in the target"),
        ({"label": pl.lit(None, pl.Int64)}, {}, "600 of 600 rows have no label, the prediction"),
        ({"p": pl.lit("high")}, {}, "something else than numbers: 'high' in row 0"),
    ],
)
def test_columns_that_can_not_be_used_are_named(table, decided, change, more, message):
    with pytest.raises(InputError, match=message):
        decided(table.with_columns(**change), "roc_auc >= 0.5", **more)


def test_one_class_alone_fails_its_gates(table, decided):
    report = decided(table.with_columns(y=0), "roc_auc >= 0.5", positive="1")
    assert report.verdict == "failed"
    assert "no row is positive" in report.gates[0].reason


def test_a_missing_score_fails_its_gates(table, decided):
    holes = table.with_columns(p=pl.when(pl.col("amount") > 9).then("p"))
    report = decided(holes, "roc_auc >= 0.5", "recall >= 0.5")
    assert [gate.verdict for gate in report.gates] == ["failed", "passed"]
    assert "10 of 600 scores are missing" in report.gates[0].reason


def test_a_few_labels_outside_the_classes_are_wrong_and_told(table, decided):
    odd = table.with_columns(label=pl.when(pl.col("amount") < 20).then(7).otherwise("label"))
    report = decided(odd, "accuracy >= 0.5")
    right = table.filter(pl.col("amount") >= 20, pl.col("label") == pl.col("y")).height
    assert report.gates[0].observed == pytest.approx(right / 600)
    (note,) = report.notes
    assert "20 of 600 values of 'label' are no class (such as 7); the classes are 0, 1" in note


def test_labels_of_which_most_are_no_class_are_another_column(table, decided):
    with pytest.raises(InputError, match="600 of 600 values of 'label' are no class") as caught:
        decided(table.with_columns(label=pl.lit(7)), "accuracy >= 0.01")
    assert "--prediction" in caught.value.cure


def test_the_class_that_no_row_has_is_one(table, decided):
    yes = table.head(40).with_columns(y=pl.lit("yes"), label=pl.lit("no"))
    report = decided(yes, "recall <= 0.1", positive="yes", score=None)
    assert (report.verdict, report.notes) == ("passed", ())


def test_the_task_follows_from_metrics_and_target(table, decided):
    counts = table.with_columns(y=pl.int_range(600) % 7, label=pl.int_range(600) % 7)
    assert decided(counts, "mae <= 0", score=None).verdict == "passed"
    assert decided(counts, "f1_macro >= 1", score=None).verdict == "passed"
    assert decided(table, "f1 >= 0.5", score=None).verdict == "passed"


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        ("rocauc >= 0.5", "gates.yaml:2:5: there is no metric 'rocauc'"),
        ("f1 >= 50 at 95%", "gates.yaml:2:5: f1 lies between 0 and 1: nothing reaches 50"),
        ("roc_auc = 0.5", "can't stand here"),
        ("{gates: x}", "unknown key 'gates'"),
    ],
)
def test_gates_that_can_not_be_decided_are_pointed_at(table, decided, gate, message):
    with pytest.raises(InputError, match=message.replace("{", r"\{")):
        decided(table, gate)


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "empty"), ("gates: []", "no gate"), ("gates:\n\t- x", "tab"), ("other: 1", "other")],
)
def test_files_of_gates_that_can_not_be_read(tmp_path, table, content, message):
    table.write_parquet(tmp_path / "p.parquet")
    (tmp_path / "g.yaml").write_text(content)
    with pytest.raises(InputError, match=message):
        gate_predictions(GateRequest(tmp_path / "p.parquet", tmp_path / "g.yaml", "y", score="p"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.parquet", None, "p.parquet"),
        ("p.parquet", b"", "empty"),
        ("p.parquet", b"PAR1 and then nothing", "Parquet|truncated|whole"),
        ("p.csv", b"y,p\n", "no rows"),
    ],
)
def test_predictions_that_can_not_be_read(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    (tmp_path / "g.yaml").write_text("gates: [roc_auc >= 0.5]")
    with pytest.raises(InputError) as caught:
        gate_predictions(GateRequest(tmp_path / name, tmp_path / "g.yaml", "y", score="p"))
    assert any(word in str(caught.value) for word in message.split("|"))
