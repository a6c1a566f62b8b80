# SPDX-License-Identifier: Apache-2.0
"""What a training command is told, and where its metrics are found, with real processes."""

import pytest

from shipway.base.errors import InputError, StoppedError
from shipway.engine.codesets import CodeSets

from .conftest import SPEC, TOY

MODEL = "import json, os, sys\njson.dump({'limit': 5}, open('rule.json', 'w'))\n"
RUN = """
import os
from pathlib import Path
run = Path(os.environ["MLFLOW_TRACKING_URI"].removeprefix("file://")) / "0" / "abc"
(run / "metrics").mkdir(parents=True)
(run / "params").mkdir()
(run / "meta.yaml").write_text(
    "run_id: abc\\nrun_name: first\\nstatus: STATUS\\nlifecycle_stage: active\\n"
    f"start_time: {9 * 10**12}\\nend_time: {9 * 10**12}\\n"
)
(run / "metrics" / "auc").write_text("1 0.5 0\\n2 0.75 1\\n")
(run / "params" / "depth").write_text("3")
"""


@pytest.fixture
def trained(make):
    """Trains with other lines of script and other metrics; the model."""

    def train(script, metrics="", files=None):
        spec = SPEC.replace("  metrics: {json: metrics.json}\n", metrics and f"  {metrics}\n")
        return make(spec, {**TOY, "train.py": MODEL + script, **(files or {})}).trained()

    return train


def test_metrics_that_are_printed(trained):
    script = "print('\\x1b[1mROC AUC\\x1b[0m: 91 %')\nprint('10%|#  |\\rROC AUC: 92 %')\n"
    model = trained(script, 'metrics: {stdout: ["ROC AUC: {auc}"]}')
    assert model.reported == {"auc": 0.92}
    assert [point.value for point in model.curves["auc"]] == [0.91, 0.92]


def test_the_table_that_is_printed(trained):
    table = (
        "   precision    recall  f1-score   support\\n\\n"
        "0   0.9   0.8   0.85   10\\n1   0.7   0.6   0.65   5\\n\\naccuracy   0.75   15\\n"
    )
    model = trained(f"print('{table}')\n", "metrics: {stdout: classification_report}")
    assert (model.reported["accuracy"], model.reported["recall"]) == (0.75, 0.6)


def test_metrics_of_a_table(trained):
    script = "open('m.csv', 'w').write('epoch,auc\\n1,0.5\\n2,0.75\\n')\n"
    assert trained(script, "metrics: {csv: m.csv, map: {a: auc}}").reported == {"a": 0.75}


def test_a_metrics_file_of_the_repository_does_not_count(trained):
    old = {"m.csv": "epoch,auc\n1,0.99\n"}
    with pytest.raises(StoppedError, match=r"'m\.csv' was not written"):
        trained("", "metrics: {csv: m.csv}", old)


def test_metrics_and_parameters_of_mlflow(trained):
    old = {"mlruns/0/old/meta.yaml": "run_id: old\n"}
    model = trained(RUN.replace("STATUS", "3"), "metrics: {mlflow: true}", old)
    assert model.reported == {"auc": 0.75}
    assert model.params == {"depth": "3"}


@pytest.mark.parametrize(
    ("script", "said"),
    [("", "logged no run to MLflow"), (RUN.replace("STATUS", "4"), "finished no run")],
)
def test_no_run_of_mlflow(trained, script, said):
    with pytest.raises(InputError, match=said) as caught:
        trained(script, "metrics: {mlflow: true}")
    assert caught.value.where.startswith("shipway.yaml:10:")


def test_nan_in_a_metrics_file_stops(trained):
    script = "open('m.json', 'w').write('{\"auc\": NaN}')\n"
    with pytest.raises(StoppedError, match="reported auc as nan"):
        trained(script, "metrics: {json: m.json}")


def test_parameters_and_data_are_filled_in(make):
    env = 'params: {depth: 3}\n  env: {P: "{params.depth}", D: "{data.train}"}'
    spec = SPEC.replace('env: {LIMIT: "5"}', env).replace("  metrics: {json: metrics.json}\n", "")
    script = (
        "assert os.environ['P'] == '3' and os.environ['D'].endswith('train.csv'), os.environ\n"
        "assert os.environ['MPLBACKEND'] == 'Agg'\n"
    )
    assert make(spec, {**TOY, "train.py": MODEL + script}).trained().params == {"depth": 3}


def test_a_model_that_was_written_elsewhere(trained):
    with pytest.raises(StoppedError) as caught:
        trained("os.rename('rule.json', 'other.json'); os.mkdir('x'); "
                "os.rename('other.json', 'x/rule.json')\n")  # fmt: skip
    assert "It wrote x/rule.json: write that in shipway.yaml." in caught.value.cure


def test_mlflows_own_files_are_no_code(make):
    spec = SPEC.replace("{json: metrics.json}", "{mlflow: true}").replace('  code: ["*.py"]\n', "")
    road = make(spec, {**TOY, "mlruns/0/x/meta.yaml": "", "mlflow.db": "", "note.txt": ""})
    code: CodeSets = road.code()
    assert "note.txt" in code.digests(None, False)
    assert not any(path.startswith("ml") for path in code.digests(None, False))
