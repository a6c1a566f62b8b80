# SPDX-License-Identifier: Apache-2.0
import random
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.discovery import compose_verify, tables_look
from shipway.discovery.compose import Wishes, propose
from shipway.discovery.compose_verify import failing
from shipway.discovery.findings import (
    DataFile,
    FittedEstimator,
    ImportUse,
    MetricReport,
    ModelFile,
    RepositoryFindings,
    RequirementsFile,
    TargetUse,
)
from shipway.discovery.running import (
    Argument,
    EntryPoint,
    EnvironmentVariable,
    Flag,
    Parameter,
    Place,
    PredictionCode,
    Route,
    TestSuite,
    WebApplication,
)
from shipway.spec.reader import read_text

SCRIPT = EntryPoint(
    "script", "train.py", Place("train.py"), "it fits", "python train.py", files=("train.py",)
)
READS = DataFile("data/churn.csv", "data/churn.csv", Place("train.py", 5), "read_csv", exists=True)
MODEL = ModelFile(
    "model.pkl",
    "model.pkl",
    Place("train.py", 9),
    "dump",
    pickle=True,
    flavour="sklearn",
    fitted=True,
)
TARGET = TargetUse("churned", Place("train.py", 6), "y = df['churned']", score=10)
PINS = RequirementsFile("requirements", Place("requirements.txt"), "pip's file")
PLAIN = RepositoryFindings(
    entries=(SCRIPT,), data=(READS,), models=(MODEL,), targets=(TARGET,), requirements=(PINS,),
    tables=("data/churn.csv",),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    chance = random.Random(1)
    lines = ["customer_id,age,country,joined,churned"]
    for number in range(200):
        cells = [f"c{number}", chance.randint(18, 80), chance.choice(["DE", "FR"])]
        cells += [f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}", int(chance.random() < 0.3)]
        lines.append(",".join(map(str, cells)))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/churn.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def compose(folder, findings, **wishes):
    proposal = propose(folder, findings, Wishes(**wishes))
    assert read_text(proposal.text, Path("shipway.yaml")).spec == proposal.spec
    return proposal


def with_(findings=PLAIN, entry=None, **changes):
    if entry is not None:
        changes["entries"] = (msgspec.structs.replace(SCRIPT, **entry),)
    return msgspec.structs.replace(findings, **changes)


def said(proposal, kind):
    return " | ".join(saying.text for saying in proposal.sayings if saying.kind == kind)


def test_a_bare_script_with_a_pickle(folder):
    proposal = compose(folder, PLAIN)
    spec = proposal.spec
    assert spec.train.command == ("python train.py",)
    assert (spec.train.model, spec.train.allow_pickle) == (("model.pkl",), True)
    assert (spec.data.all, spec.data.split) == ("data/churn.csv", None)
    assert (spec.model.task, spec.model.target, spec.model.positive) == ("binary", "churned", "1")
    assert spec.environment.requirements == ("requirements.txt",)
    assert spec.evaluate.dataset == "all" and not spec.evaluate.gates
    assert proposal.live and "# gates: [roc_auc >= 0.80]" in proposal.text
    assert "train.py:6: y = df['churned']" in said(proposal, "guessed")
    assert "rows that training saw" in said(proposal, "unknown")
    assert max(map(len, proposal.text.splitlines())) <= 100
    assert 15 <= sum(line.strip()[:1] != "#" for line in proposal.text.splitlines()) <= 30


def test_a_function_gets_the_table_split(folder):
    entry = {
        "kind": "function", "command": "", "function": "churn.train:train",
        "parameters": (Parameter("train", data=True), Parameter("c", "1.0")),
    }  # fmt: skip
    pins = msgspec.structs.replace(PINS, names=("pandas", "pyarrow"))
    spec = compose(folder, with_(entry=entry, models=(), requirements=(pins,))).spec
    assert spec.train.function == "churn.train:train"
    assert (spec.data.split.by, spec.data.time) == ("joined", "joined")
    assert spec.evaluate.dataset == "test"


def test_without_pyarrow_a_split_is_only_proposed(folder):
    entry = {"kind": "function", "command": "", "function": "m:fit",
             "parameters": (Parameter("frame", data=True),)}  # fmt: skip
    proposal = compose(folder, with_(entry=entry, models=()))
    assert proposal.spec.data.split is None and proposal.spec.evaluate.dataset == "all"
    assert "write: split: {test: 20%, by: joined}" in proposal.text


def test_a_column_that_the_code_leaves_out_is_the_id(folder):
    dropped = TargetUse("customer_id", Place("train.py", 5), "it is left out of X", score=2)
    assert compose(folder, with_(targets=(TARGET, dropped))).spec.data.id == "customer_id"
    assert compose(folder, PLAIN).spec.data.id is None


def test_a_function_that_wants_a_path_is_given_one(folder):
    entry = {
        "kind": "function", "command": "", "function": "m:train",
        "parameters": (Parameter("data_path", data=True), Parameter("depth")),
    }  # fmt: skip
    proposal = compose(folder, with_(entry=entry, models=()))
    assert proposal.spec.train.params == {"data_path": "data/churn.csv"}
    assert "m:train needs depth" in said(proposal, "unknown")


def test_flags_arguments_and_variables(folder):
    place = Place("train.py", 3)
    entry = {
        "kind": "folder script",
        "folder": "src",
        "flags": (
            Flag("--data", place, required=True, data=True),
            Flag("--out", place, required=True, output=True),
            Flag("--C", place, default="1.0", type="float"),
            Flag("--kind", place, required=True, choices=("a", "b")),
        ),
        "environment": (
            EnvironmentVariable("DATA_PATH", place, "os.environ", required=True, data=True),
            EnvironmentVariable("TOKEN", place, "os.environ", required=True, secret=True),
        ),
    }
    model = msgspec.structs.replace(MODEL, path="src/model.joblib", flag="--out", via="flag --out")
    proposal = compose(folder, with_(entry=entry, models=(model,)))
    train = proposal.spec.train
    assert train.command == ("python train.py --data {data.all} --out model.joblib --kind a",)
    assert (train.folder, train.env) == ("src", {"DATA_PATH": "{data.all}"})
    assert "--kind: a is only a placeholder" in said(proposal, "unknown")
    assert "environment variable TOKEN" in said(proposal, "unknown")
    entry = {"arguments": (Argument(1, place, "sys.argv[1]", data=True),)}
    assert compose(folder, with_(entry=entry)).spec.train.command == ("python train.py {data.all}",)
    job = Argument(1, place, "sys.argv[1]", suggestion="jobs/train.yaml")
    entry = {"kind": "console script", "function": "a:main", "command": "a", "arguments": (job,)}
    assert compose(folder, with_(entry=entry)).spec.train.command == ("a jobs/train.yaml",)


def test_training_and_test_files(folder):
    whole = pl.read_csv(folder / "data/churn.csv")
    whole.head(150).write_csv(folder / "data/train.csv")
    whole.tail(50).write_csv(folder / "data/test.csv")
    reads = tuple(
        msgspec.structs.replace(READS, path=f"data/{role}.csv", role=role)
        for role in ("train", "test")
    )
    spec = compose(folder, with_(data=reads)).spec
    assert (spec.data.all, spec.data.train, spec.data.test) == (
        None, "data/train.csv", "data/test.csv",
    )  # fmt: skip
    assert spec.evaluate.dataset == "test"
    whole.tail(50).drop("churned").write_csv(folder / "data/test.csv")
    assert compose(folder, with_(data=reads)).spec.data.test is None


def test_several_model_files_need_a_predict_function(folder):
    models = tuple(
        msgspec.structs.replace(MODEL, path=f"models/{name}.pkl") for name in ("scaler", "model")
    )
    code = PredictionCode(
        "function",
        "predict:predict",
        Place("predict.py", 6),
        "rows in",
        reads=("models/model.pkl",),
    )
    spec = compose(folder, with_(models=models, predictions=(code,))).spec
    assert spec.train.model == ("models/scaler.pkl", "models/model.pkl")
    assert spec.train.predict == "predict:predict"
    loads = msgspec.structs.replace(code, kind="class", entry="serve:Model", load=True)
    spec = compose(folder, with_(models=models, predictions=(loads,))).spec
    assert (spec.train.model, spec.train.predict) == (("models/",), "serve:Model")
    proposal = compose(folder, with_(models=models))
    assert "name a function" in said(proposal, "unknown")


def test_an_estimator_that_is_never_saved_gets_advice(folder):
    fitted = FittedEstimator("local", "clf", Place("train.py", 8), "fit", estimator="SVC")
    proposal = compose(folder, with_(models=(), estimators=(fitted,)))
    assert proposal.spec.train is None and not proposal.live
    assert 'joblib.dump(clf, "model.joblib")' in proposal.text
    assert "train.py:8: clf is fitted but never saved" in said(proposal, "unknown")
    assert proposal.spec.data.all == "data/churn.csv"


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([{"kind": "stdout", "pattern": "AUC: {roc_auc}"}], {"stdout": ("AUC: {roc_auc}",)}),
        ([{"kind": "report"}], {"stdout": ("classification_report",)}),
        ([{"kind": "mlflow"}], {"mlflow": True}),
        ([{"kind": "csv", "path": "m.csv"}], {"csv": "m.csv"}),
        (
            [{"kind": "stdout", "pattern": "x {x}"}, {"kind": "json", "path": "m.json"}],
            {"json": "m.json"},
        ),
    ],
)
def test_metrics_that_the_training_reports(folder, reports, expected):
    found = tuple(MetricReport(at=Place("train.py", 9), why="prints", **one) for one in reports)
    metrics = compose(folder, with_(metrics=found)).spec.train.metrics
    for name, value in expected.items():
        assert getattr(metrics, name) == value


def test_the_requirements_that_are_chosen(folder):
    def environment(*files):
        found = tuple(
            RequirementsFile(kind, Place(path), "", development=kind == "constraints")
            for kind, path in files
        )
        return compose(folder, with_(requirements=found)).spec.environment

    assert environment(("conda", "environment.yml")).conda == "environment.yml"
    assert environment(("conda", "e.yml"), ("pyproject", "pyproject.toml")).requirements == (
        "pyproject.toml",
    )
    assert environment() is None
    use = ImportUse("sklearn", "scikit-learn", Place("train.py", 2))
    proposal = compose(folder, with_(requirements=(), imports=(use,)))
    assert "requirements.txt with a line each: scikit-learn" in said(proposal, "unknown")


def test_tests_with_a_folder_and_one_that_needs_the_model(folder):
    (folder / "tests").mkdir()
    (folder / "tests/test_model.py").write_text("open('out/model.pkl')")
    (folder / "tests/test_code.py").write_text("")
    suite = TestSuite(
        "pytest", "pytest", Place("tests"), "pytest", pythonpath="ml",
        files=("tests/test_model.py", "tests/test_code.py"), written_by_training=("out/model.pkl",),
    )  # fmt: skip
    proposal = compose(folder, with_(tests=(suite,)))
    assert proposal.spec.tests.command == (
        "pytest -q -o pythonpath=ml --ignore=tests/test_model.py tests"
    )
    assert "is left out" in said(proposal, "guessed")


def test_a_web_application_is_suggested(folder):
    app = WebApplication(
        "fastapi", Place("api.py"), "app", command="uvicorn api:app", port=8000, predict="/predict",
        health="/ping", routes=(Route("POST", "/predict", Place("api.py")),),
    )  # fmt: skip
    text = compose(folder, with_(applications=(app,))).text
    assert "#   server: {command: uvicorn api:app, port: 8000, health: /ping}" in text


def test_a_table_without_header_is_said_and_training_waits(folder):
    (folder / "data/churn.csv").write_text("c1,20,DE,0\nc2,30,FR,1\nc3,40,DE,0\n")
    proposal = compose(folder, PLAIN)
    assert proposal.spec.data is None and proposal.spec.train is None
    assert "data/churn.csv has no header" in said(proposal, "unknown")
    assert "#   command: python train.py" in proposal.text


def test_nothing_at_all_still_gives_a_spec_that_runs(tmp_path):
    spec = compose(tmp_path, RepositoryFindings()).spec
    assert list(spec.steps) == ["hello"]


def test_a_target_of_the_users_own(folder):
    assert compose(folder, PLAIN, target="age").spec.model.task == "regression"
    with pytest.raises(InputError) as raised:
        compose(folder, PLAIN, target="churn")
    assert raised.value.cure == "Did you mean 'churned'?"


def test_a_target_that_the_code_changes_is_not_measured(folder):
    (folder / "train.py").write_text("y = (df.churned == 0).astype(int)\n")
    proposal = compose(folder, PLAIN)
    assert proposal.spec.evaluate is None and not proposal.live
    assert "# deploy:" in proposal.text and "# evaluate:" in proposal.text
    assert "train.py:1 trains on (df.churned == 0).astype(int)" in said(proposal, "unknown")
    (folder / "train.py").write_text("y = np.log1p(df['age'])\n")
    proposal = compose(folder, PLAIN, target="age")
    assert proposal.live and "mix two scales" in said(proposal, "unknown")


def test_a_large_table_is_looked_at_in_part(folder, monkeypatch):
    monkeypatch.setattr(tables_look, "LARGE", 100)
    monkeypatch.setattr(tables_look, "SAMPLED_ROWS", 50)
    text = (folder / "data/churn.csv").read_text()
    (folder / "data/churn.csv").write_text(text + "c999,900,NO,2025-01-01,1\n")
    columns = compose(folder, PLAIN).spec.data.columns
    assert columns["country"].values is None and columns["age"].max is None
    assert not columns["customer_id"].unique
    monkeypatch.setattr(compose_verify, "LARGEST", 100)
    proposal = compose(folder, PLAIN)
    assert proposal.spec.data.columns["country"].values == ("DE", "FR")
    assert "too large to try" in said(proposal, "unknown")


def test_rows_without_target_are_not_evaluated(folder):
    text = (folder / "data/churn.csv").read_text().replace(",1\n", ",\n", 1)
    (folder / "data/churn.csv").write_text(text)
    proposal = compose(folder, PLAIN)
    assert proposal.spec.evaluate is None
    assert "1 row has no churned" in said(proposal, "unknown")


def test_what_only_the_test_file_has_is_not_refused(folder):
    whole = pl.read_csv(folder / "data/churn.csv")
    whole.head(150).write_csv(folder / "data/train.csv")
    other = whole.tail(50).with_columns(pl.lit("NO").alias("country"), pl.lit(5).alias("age"))
    other.write_csv(folder / "data/test.csv")
    findings = with_(data=(), tables=("data/test.csv", "data/train.csv"))
    spec = compose(folder, findings).spec
    assert spec.data.columns["country"].values == ("DE", "FR", "NO")
    assert spec.data.columns["customer_id"].unique


NAMES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "index", "a b", "a: b", "#", "null", "1", "<<", "x" * 150, "{a}", "é", "*"]
        ),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    ),
    min_size=2,
    max_size=6,
    unique=True,
)
CELLS = st.one_of(st.sampled_from(["", "?", "NA", "1", "x", "2024-01-01"]), st.text(max_size=6))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(NAMES, st.data())
def test_wild_tables_give_specs_that_read_and_hold(tmp_path, names, data):
    rows = data.draw(
        st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=8)
    )
    frame = pl.DataFrame(dict(zip(names, zip(*rows, strict=True), strict=True)))
    frame.write_csv(tmp_path / "wild.csv")
    findings = RepositoryFindings(entries=(SCRIPT,), models=(MODEL,), tables=("wild.csv",))
    spec = compose(tmp_path, findings).spec
    assert spec.data is None or failing(tmp_path, spec) == []
