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
    with pytest.raises(InputError, match=r"has 599 rows, and .*predictions\.parquet has 600"):
        decided(table, gate, champion=table.head(599))
    with pytest.raises(InputError, match=r"1 of 600 rows of .* are not in it; the first: id r599"):
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
        (
            {"y": pl.col("y").replace({0: None})},
            {},
            "400 of 600 rows have no y, the target; the first is row 1",
        ),
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


@pytest.fixture
def animals():
    draw = np.random.default_rng(6)
    names = np.array(["cat", "dog", "owl"])
    target = names[np.arange(300) % 3]
    raw = draw.random((300, 3)) + 0.8 * (target[:, None] == names)
    scores = raw / raw.sum(axis=1, keepdims=True)
    return pl.DataFrame(
        {
            "y": target,
            "label": names[scores.argmax(axis=1)],
            **{f"p_{name}": scores[:, number] for number, name in enumerate(names)},
        }
    )


@pytest.mark.parametrize("written", ["p", "p_{class}"])
def test_several_classes_have_a_column_of_scores_each(animals, decided, written):
    gates = ["roc_auc_ovr >= 0.7", "log_loss <= 1.1", "recall@class=owl >= 0.5", "accuracy >= 0.5"]
    report = decided(animals, *gates, score=written)
    assert (report.verdict, report.task, report.notes) == ("passed", "multiclass", ())
    # Without a column of labels the class with the highest score is predicted.
    alone = decided(animals, *gates, score=written, prediction=None)
    assert [gate.observed for gate in alone.gates] == [gate.observed for gate in report.gates]


def test_several_classes_have_a_champion_whose_columns_stand_in_another_order(animals, decided):
    other = animals.select("p_owl", "p_dog", "p_cat", "label", "y")
    gates = ["roc_auc_ovr >= champion - 0.01 at 95%", "accuracy >= champion - 0.01", "churn <= 0"]
    report = decided(animals, *gates, champion=other, score="p")
    assert [gate.verdict for gate in report.gates] == ["passed", "passed", "passed"]


def test_a_class_without_scores_counts_as_0_and_is_told(animals, decided):
    report = decided(animals.drop("p_owl"), "roc_auc_ovr >= 0.1", score="p", prediction=None)
    (note,) = report.notes
    assert "no column holds scores of owl: they count as 0" in note


def test_rows_without_scores_are_predicted_wrongly(animals, table, decided):
    odd = animals.with_columns(p_cat=pl.when(pl.int_range(300) > 2).then("p_cat"))
    report = decided(odd, "accuracy >= 0.5", score="p", prediction=None)
    assert "3 of 300 rows have no score: they count as predicted wrongly" in report.notes[0]
    holes = table.with_columns(p=pl.when(pl.col("amount") > 9).then("p"))
    report = decided(holes, "specificity >= 0.1", prediction=None, threshold=0.99)
    assert report.gates[0].observed == pytest.approx(1 - 6 / 400)
    assert "10 of 600 rows have no score" in report.notes[0]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"score": "q"}, "there is no column 'q', the score"),
        ({"score": "q_{class}"}, "has no column q_CLASS for any class"),
        ({"score": "q", "task": "multiclass"}, "has no column q_CLASS for any class"),
        ({"score": "p", "task": "binary"}, "there is no column 'p', the score"),
        ({"score": "p", "task": "regression"}, "a regression model has no scores"),
    ],
)
def test_scores_that_do_not_fit_the_task(animals, decided, more, message):
    with pytest.raises(InputError, match=message):
        decided(animals, "accuracy >= 0.5", **more)


def test_costs_are_a_matrix_for_several_classes(animals, decided):
    cost = "\ncost: {cat: {dog: 1, owl: 50}, dog: {cat: 1}}"
    report = decided(animals, f"cost <= 20{cost}", score=None)
    rows = animals.select(pl.concat_str("y", "label", separator=">")).to_series().to_list()
    price = {"cat>dog": 1, "cat>owl": 50, "dog>cat": 1}
    assert report.gates[0].observed == pytest.approx(np.mean([price.get(r, 0) for r in rows]))
    with pytest.raises(InputError, match=r"gates.yaml:3:7: there is no class 'wolf'"):
        decided(animals, "cost <= 20\ncost: {cat: {wolf: 1}}", score=None)


def test_costs_and_named_slices_stand_beside_the_gates(table, decided):
    beside = (
        "\ncost: {fp: 1, fn: 20}\nslices: [{name: big, where: amount >= 300}]\nmin_slice: 400\n"
    )
    report = decided(table, f'cost <= champion\n  - "recall[big] >= 0.1"{beside}', champion=table)
    cost, big = report.gates
    wrong = table.select(
        (20 * ((pl.col("y") == 1) & (pl.col("label") == 0)))
        + ((pl.col("y") == 0) & (pl.col("label") == 1))
    )
    assert cost.observed == pytest.approx(wrong.to_series().mean())
    assert (big.slice, big.verdict, big.rows) == ("big", "inconclusive", 300)
    assert "fewer than 400 are not judged" in big.reason


def test_weights_count_for_both_models(table, decided):
    weighted = table.with_columns(w=pl.col("amount") // 300)
    half = table.filter(pl.col("amount") >= 300)
    gates = ["roc_auc >= champion - 0.1", "f1 >= champion - 0.1", "brier <= 1"]
    worse = table.with_columns(p=1 - pl.col("p"), label=1 - pl.col("label"))
    found = decided(weighted, *gates, champion=worse, weights="w")
    wanted = decided(half, *gates, champion=worse.filter(pl.col("amount") >= 300))
    for one, other in zip(found.gates, wanted.gates, strict=True):
        assert one.observed == pytest.approx(other.observed)
        assert one.champion == pytest.approx(other.champion)


def test_rows_are_ranked_within_groups(table, decided):
    queries = table.head(40).with_columns(query=pl.int_range(40) // 10)
    gate = "ndcg@k=5,by=query >= 0.1"
    singles = [decided(part, gate).gates[0].observed for part in queries.partition_by("query")]
    assert decided(queries, gate).gates[0].observed == pytest.approx(np.mean(singles))


def test_a_regression_has_values(decided):
    draw = np.random.default_rng(7)
    target = draw.normal(size=400)
    frame = pl.DataFrame({"y": target, "value": target + 0.1 * draw.normal(size=400)})
    worse = frame.with_columns(value=pl.col("value") + 0.2)
    report = decided(
        frame,
        "rmse <= champion at 95%",
        "churn@more_than=0.1 <= 100%",
        champion=worse,
        score=None,
        prediction="value",
    )
    assert (report.task, report.verdict) == ("regression", "passed")


@pytest.mark.parametrize(
    ("values", "gate", "task"),
    [
        ([0.0, 1.0], "accuracy >= 0", "binary"),
        ([0.0, 1.0], "churn <= 100%", "binary"),
        ([0.0, 1.0], "mae >= 0", "regression"),
        ([0.5, 1.0], "churn@more_than=1 <= 1", "regression"),
        ([1, 2, 3], "churn <= 100%", "multiclass"),
        (["a", "b", "c"], "accuracy >= 0", "multiclass"),
    ],
)
def test_the_task_is_found(decided, values, gate, task):
    frame = pl.DataFrame({"y": values * 20, "label": values * 20})
    assert decided(frame, gate, score=None, champion=frame).task == task


@pytest.mark.parametrize("key", ["functions", "metrics", "weights", "champion", "test_set_budget"])
def test_keys_of_a_project_are_told_where_they_belong(table, decided, key):
    with pytest.raises(InputError, match=f"gates.yaml:3:1: unknown key '{key}'. [A-Z]"):
        decided(table, f"recall >= 0.5\n{key}: x")
