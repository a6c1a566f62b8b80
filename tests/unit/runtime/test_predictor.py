# SPDX-License-Identifier: Apache-2.0
"""Asking models: thresholds, classes, trust, and files that were changed."""

import threading

import numpy as np
import polars as pl
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.svm import LinearSVC

from shipway_runtime import assemble, formats
from shipway_runtime.errors import RowError, UserError
from shipway_runtime.flavours import Answer
from shipway_runtime.formats import Feature, ModelInfo, TrainRequest
from shipway_runtime.predictor import Predictor, load_predictor, positive_class

RANDOM = np.random.default_rng(0)
DATA = pl.DataFrame(
    {
        "amount": RANDOM.gamma(2, 50, 120),
        "country": RANDOM.choice(["DE", "FR"], 120),
        "kind": RANDOM.choice(["a", "b", "c"], 120),
    }
).with_columns(is_fraud=(pl.col("amount") > 120).cast(pl.Int64))


def double(x):
    return x * 2


def columns(first="passthrough"):
    encode = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("n", first, ["amount"]), ("c", encode, ["country"])])


def store(folder, estimator, target="is_fraud", **more):
    """Fit and save, the way the worker does."""
    folder.mkdir(exist_ok=True)
    task = "regression" if target == "amount" else "multiclass" if target == "kind" else "binary"
    fields = {"task": task, "positive": "1" if task == "binary" else None, **more}
    request = TrainRequest("m:f", {}, str(folder), "", target=target, **fields)
    inputs = DATA.select("amount", "country")
    described = assemble.Columns(frames_of(inputs), tuple(DATA[target].unique()), "polars")
    info = assemble.save_estimator(request, estimator.fit(inputs, DATA[target]), described)
    assemble.complete(request, info, None)
    return folder


def frames_of(table):
    from shipway_runtime import frames

    return frames.signature(table, table.columns)


@pytest.fixture(scope="module")
def binary(tmp_path_factory):
    return store(tmp_path_factory.mktemp("m"), make_pipeline(columns(), LogisticRegression()))


ROWS = [{"amount": 10.0, "country": "DE"}, {"amount": 400.0, "country": "XX", "more": 1}]


def test_binary(binary):
    predictor = load_predictor(binary)
    found = predictor.predict(ROWS)
    assert found.predictions == [0, 1]
    assert found.scores[0] < 0.01 < 0.99 < found.scores[1]
    assert [type(value) for value in (*found.predictions, *found.scores)] == [
        int,
        int,
        float,
        float,
    ]
    assert predictor.predict_frame(DATA[:3]).scores == predictor.predict(DATA[:3].to_dicts()).scores
    assert predictor.predict([]) == formats.Predictions([], [])


def test_many_threads_may_ask(binary):
    predictor = load_predictor(binary)
    expected = predictor.predict(ROWS)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(predictor.predict(ROWS))) for _ in "abcd"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_a_row_that_does_not_fit(binary):
    with pytest.raises(RowError, match="row 1: feature 'country' is missing"):
        load_predictor(binary).predict([ROWS[0], {"amount": 1.0}])


def test_the_threshold_decides(tmp_path):
    model = make_pipeline(columns(), LogisticRegression())
    predictor = load_predictor(store(tmp_path / "m", model, threshold=0.0))
    assert predictor.predict(ROWS).predictions == [1, 1]


def test_the_score_is_of_the_positive_class(tmp_path):
    model = make_pipeline(columns(), LogisticRegression())
    predictor = load_predictor(store(tmp_path / "m", model, positive="0"))
    assert predictor.model.positive == 0
    assert predictor.predict(ROWS).scores[0] > 0.99


def test_multiclass_scores_stand_in_the_order_of_the_classes(tmp_path):
    model = make_pipeline(columns(), LogisticRegression(max_iter=1000))
    predictor = load_predictor(store(tmp_path / "m", model, target="kind"))
    found = predictor.predict(ROWS)
    assert predictor.model.classes == ("a", "b", "c")
    assert [sum(scores) for scores in found.scores] == pytest.approx([1, 1])
    best = [predictor.model.classes[int(np.argmax(scores))] for scores in found.scores]
    assert found.predictions == best


def test_regression_and_models_without_probabilities_have_no_scores(tmp_path):
    model = make_pipeline(columns(), LinearRegression())
    found = load_predictor(store(tmp_path / "r", model, target="amount")).predict(ROWS)
    assert (found.scores, found.predictions[0]) == (None, pytest.approx(10.0))
    model = make_pipeline(columns(), LinearSVC())
    assert load_predictor(store(tmp_path / "s", model)).predict(ROWS).scores is None


def test_trees_are_trusted_and_the_users_own_functions_are_not(tmp_path):
    model = make_pipeline(columns(FunctionTransformer(double)), RandomForestClassifier(3))
    name = f"{__name__}.double"
    with pytest.raises(UserError, match="not trusted") as caught:
        store(tmp_path / "m", model)
    assert name in caught.value.message
    assert f"trusted_types: [{name}]" in caught.value.cure


def test_what_the_artifact_says_about_trust_is_not_believed(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this())
    model = make_pipeline(columns(FunctionTransformer(double)), LogisticRegression())
    name = f"{__name__}.double"
    folder = store(tmp_path / "m", model, trusted_types=(name,))
    assert formats.read_model(folder).trusted_types == (name,)
    load_predictor(folder, trusted_types=[name])
    with pytest.raises(UserError, match="not trusted"):
        load_predictor(folder)


def _this():
    import types

    module = types.ModuleType(__name__)
    module.double = double
    return module


def test_a_changed_file_is_refused(tmp_path):
    folder = store(tmp_path / "m", make_pipeline(columns(), LogisticRegression()))
    (folder / "model.skops").write_bytes(b"something else")
    with pytest.raises(UserError, match=r"model\.skops of the model was changed"):
        load_predictor(folder)
    (folder / "model.skops").unlink()
    with pytest.raises(UserError, match="is missing"):
        load_predictor(folder)


class Strange(LogisticRegression):
    """Holds what skops can't write."""

    def fit(self, X, y):  # noqa: N803
        super().fit(X, y)
        self.lock_ = (value for value in [1])
        return self


def test_what_skops_cant_write_is_said_with_the_cure(tmp_path):
    with pytest.raises(UserError) as caught:
        store(tmp_path / "m", make_pipeline(columns(), Strange()))
    assert "allow_pickle: true" in str(caught.value)


def test_pickles_need_permission_when_they_are_read_too(tmp_path):
    from sklearn.cluster import Birch

    model = make_pipeline(columns(), Birch())
    folder = store(tmp_path / "m", model, allow_pickle=True, task="multiclass", positive=None)
    assert formats.read_model(folder).flavour == "pickle"
    assert len(load_predictor(folder, allow_pickle=True).predict(ROWS).predictions) == 2
    with pytest.raises(UserError, match="is a pickle"):
        load_predictor(folder)


def test_an_unknown_flavour(tmp_path):
    formats.write(tmp_path / "model.json", ModelInfo("cobol", "binary", "y", (), "rows"))
    with pytest.raises(UserError, match="cobol"):
        load_predictor(tmp_path)


class Says:
    """A model that answers what it is told."""

    def __init__(self, answer, classes=(0, 1)):
        self.said, self.classes = answer, classes

    def answer(self, frame):
        return self.said


@pytest.mark.parametrize(
    ("answer", "predictions", "scores"),
    [
        (Answer([0.2, 0.7]), [0, 1], [0.2, 0.7]),
        (Answer([0, 1]), [0, 1], None),
        (Answer(["0", "1"], [0.1, 0.4]), ["0", "1"], [0.1, 0.4]),
        (Answer(np.array([1, 0]), np.array([[0.9, 0.1], [0.3, 0.7]])), [1, 0], [0.1, 0.7]),
    ],
)
def test_what_users_functions_may_give(answer, predictions, scores):
    info = ModelInfo("python", "binary", "y", (Feature("a", "float"),), "rows", 1, classes=(0, 1))
    found = Predictor(info, Says(answer)).predict([{"a": 1}, {"a": 2}])
    assert (found.predictions, found.scores) == (predictions, scores)


def test_too_few_predictions_are_refused():
    info = ModelInfo("python", "regression", "y", (Feature("a", "float"),), "rows")
    with pytest.raises(UserError, match="1 predictions for 2 rows"):
        Predictor(info, Says(Answer([1.0]))).predict([{"a": 1}, {"a": 2}])


def test_the_positive_class():
    assert positive_class([0, 1], "1") == 1
    assert positive_class([False, True], "true") is True
    assert positive_class(["ham", "spam"], None) == "spam"
    with pytest.raises(UserError, match="'ham', 'spam'"):
        positive_class(["ham", "spam"], "1")
