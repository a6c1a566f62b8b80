# SPDX-License-Identifier: Apache-2.0
"""From a script to the rows that its model is judged by, and the metrics and gates of them."""

from pathlib import Path

import pytest
from discovered import write

from shipway.discovery.compose import Wishes, propose
from shipway.discovery.repository import look
from shipway.spec.types import Amount

ROWS = "".join(f"{n},{n % 7},{n % 2}\n" for n in range(60))
READ = (
    "import joblib\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
    "frame = pd.read_csv('data/rows.csv')\nmodel = LogisticRegression()\n"
)
SPLIT = "train, test = frame[:40], frame[40:]\n"
END = "model.fit(train[['a']], train['y'])\njoblib.dump(model, 'model.joblib')\n"
GIVEN = READ.replace("'data/rows.csv'", "args.data").replace(
    "import joblib\n",
    "import argparse\nimport joblib\np = argparse.ArgumentParser()\n"
    "p.add_argument('--data', required=True)\nargs = p.parse_args()\n",
)


def proposed(folder: Path, script: str):
    write(folder, {"data/rows.csv": "a,b,y\n" + ROWS, "train.py": script})
    return propose(folder, look(folder), Wishes(target="y"))


def test_a_script_that_splits_and_reports_is_judged_by_its_report(tmp_path):
    score = "print('accuracy:', model.score(test[['a']], test['y']))\n"
    proposal = proposed(tmp_path, READ + SPLIT + END + score)
    spec = proposal.spec
    assert (spec.evaluate.dataset, spec.evaluate.metrics) == ("test", ("accuracy",))
    assert spec.data.split is None and spec.data.all == "data/rows.csv"
    assert "reported by the training, which sets test rows apart itself" in proposal.text
    assert "# gates: [accuracy >= 0.80]" in proposal.text
    assert "dataset:" not in proposal.text


@pytest.mark.parametrize(
    ("printed", "metrics", "end"),
    [
        ("print('score', model.score(X, y))", ("accuracy",), "# gates: [accuracy >= 0.80]"),
        ("print('hits', 100 * model.score(X, y))", ("accuracy_percent",),
         "# gates: [accuracy_percent >= 80]"),
        ("print('loss', loss)", ("loss",), "# gates: [loss <= champion]"),
        ("print('score', search.best)\nprint('score =', mine['score'])", ("score",),
         "# For a gate, say which way score is better: train.metrics.better"),
        ("print('train accuracy', acc)\nprint('log loss', x)", ("train_accuracy", "log_loss"),
         "# gates: [log_loss <= champion]"),
    ],
)  # fmt: skip
def test_gates_that_are_proposed(tmp_path, printed, metrics, end):
    proposal = proposed(tmp_path, READ + SPLIT + END + f"X, y = test[['a']], test['y']\n{printed}")
    assert proposal.spec.evaluate.metrics == metrics
    assert end in proposal.text


def test_a_report_of_the_training_rows_is_no_evaluation(tmp_path):
    score = "print('accuracy:', model.score(frame[['a']], frame['y']))\n"
    whole = "model.fit(frame[['a']], frame['y'])\njoblib.dump(model, 'model.joblib')\n"
    proposal = proposed(tmp_path, READ + whole + score)
    assert proposal.spec.evaluate.dataset == "all"
    assert "roc_auc" in proposal.spec.evaluate.metrics
    assert proposal.spec.train.metrics.stdout == ("accuracy: {train_accuracy}",)
    assert "dataset: all  # the training saw these rows" in proposal.text


def test_a_table_that_is_handed_over_is_split(tmp_path):
    whole = "model.fit(frame[['a']], frame['y'])\njoblib.dump(model, 'model.joblib')\n"
    spec = proposed(tmp_path, GIVEN + whole).spec
    assert spec.train.command == ("python train.py --data {data.train}",)
    assert spec.data.split.test == Amount(0.2, share=True) and spec.data.split.random
    assert (spec.evaluate.dataset, spec.evaluate.metrics[0]) == ("test", "roc_auc")


def test_unless_the_script_splits_it_itself(tmp_path):
    score = "print('accuracy:', model.score(test[['a']], test['y']))\n"
    spec = proposed(tmp_path, GIVEN + SPLIT + END + score).spec
    assert spec.train.command == ("python train.py --data {data.all}",)
    assert spec.data.split is None and spec.evaluate.metrics == ("accuracy",)


def test_a_default_that_is_there_is_replaced_where_rows_can_be_set_apart(tmp_path):
    whole = "model.fit(frame[['a']], frame['y'])\njoblib.dump(model, 'model.joblib')\n"
    given = GIVEN.replace("required=True", "default='data/rows.csv'")
    spec = proposed(tmp_path, given + whole).spec
    assert spec.train.command == ("python train.py --data {data.train}",)
    score = "print('accuracy:', model.score(test[['a']], test['y']))\n"
    assert proposed(tmp_path, given + SPLIT + END + score).spec.train.command == (
        "python train.py",
    )


@pytest.mark.parametrize(
    "use",
    [
        "os.path.join(args.where, 'rows.csv')",
        "f'{args.where}/rows.csv'",
        "Path(args.where) / 'rows.csv'",
        "args.where + '/rows.csv'",
    ],
)
def test_a_flag_for_a_folder_gets_the_folder(tmp_path, use):
    script = GIVEN.replace("args.data", use).replace("--data", "--where")
    whole = "import os\nfrom pathlib import Path\nmodel.fit(frame[['a']], frame['y'])\n"
    proposal = proposed(tmp_path, script + whole + "joblib.dump(model, 'model.joblib')\n")
    command = proposal.spec.train.command
    assert command in (("python train.py --where data",), ("python train.py --where VALUE",))
    assert proposal.spec.data.split is None
    named = script.replace("--where", "--data-dir").replace("args.where", "args.data_dir")
    proposal = proposed(tmp_path, named + whole + "joblib.dump(model, 'model.joblib')\n")
    assert proposal.spec.train.command == ("python train.py --data-dir data",)


def test_a_flag_without_default_that_is_not_for_training_rows_is_left_out(tmp_path):
    more = "p.add_argument('--validation-file')\np.add_argument('--source')\nargs = p.parse_args()"
    whole = "model.fit(frame[['a']], frame['y'])\njoblib.dump(model, 'model.joblib')\n"
    spec = proposed(tmp_path, GIVEN.replace("args = p.parse_args()", more) + whole).spec
    assert spec.train.command == ("python train.py --data {data.train}",)


def test_columns_that_the_script_renames_are_said(tmp_path):
    renamed = "frame.columns = frame.columns.str.upper()\n"
    proposal = proposed(tmp_path, READ + renamed + SPLIT + END)
    said = " ".join(one.text for one in proposal.sayings if one.kind == "unknown")
    assert "train.py:6: frame.columns gives columns other names than the table has" in said
    assert "train: {predict: module:function}" in proposal.text
    (tmp_path / "serve.py").write_text("def predict(rows):\n    return model.predict(rows)\n")
    proposal = proposed(tmp_path, READ + renamed + SPLIT + END)
    assert proposal.spec.train.predict == "serve:predict"
    assert "gives columns other names" not in proposal.text


def test_rows_without_target_are_no_hindrance_to_a_report(tmp_path):
    score = "print('accuracy:', model.score(test[['a']], test['y']))\n"
    write(
        tmp_path, {"data/rows.csv": "a,b,y\n1,2,\n" + ROWS, "train.py": READ + SPLIT + END + score}
    )
    assert propose(tmp_path, look(tmp_path), Wishes(target="y")).live
