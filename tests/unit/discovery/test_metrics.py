# SPDX-License-Identifier: Apache-2.0
"""Where the code tells its metrics, and the patterns that find them in its output."""

from pathlib import Path

import pytest
from discovered import look_at

from shipway.discovery.findings import MetricReport
from shipway.discovery.metric_names import by_label
from shipway.stages.printed import Printed

HEAD = (
    "import numpy as np\nfrom sklearn import metrics as m\n"
    "from sklearn.metrics import accuracy_score, f1_score, mean_squared_error, roc_auc_score\n"
    "acc = accuracy_score(a, b)\n"
)


def reports(root: Path, text: str) -> tuple[MetricReport, ...]:
    return look_at(root, {"train.py": HEAD + text}).metrics


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("print(f'Accuracy: {acc:.3f}')", "Accuracy: {accuracy}"),
        ("print('Accuracy:', acc)", "Accuracy: {accuracy}"),
        ("print('Accuracy: %.3f' % acc)", "Accuracy: {accuracy}"),
        ("print('Accuracy: {:.3f}'.format(acc))", "Accuracy: {accuracy}"),
        ("print('Accuracy: {0}, n={1}'.format(acc, 3))", "Accuracy: {accuracy}, n={_}"),
        ("print('Accuracy: ' + str(round(acc, 3)))", "Accuracy: {accuracy}"),
        ("print(f'Accuracy: {acc:.1%}')", "Accuracy: {accuracy}%"),
        ("print(f'Accuracy: {acc * 100:.1f}%')", "Accuracy: {accuracy}%"),
        ("print(f'\\n--> AUC   = {roc_auc_score(a, b)}\\n')", "--> AUC = {roc_auc}"),
        ("print('RMSE', np.sqrt(mean_squared_error(a, b)))", "RMSE {rmse}"),
        ("print('Error:', mean_squared_error(a, b, squared=False))", "Error: {rmse}"),
        ("print('Error:', mean_squared_error(a, b) ** 0.5)", "Error: {rmse}"),
        ("print('F1', f1_score(a, b, average='macro'))", "F1 {f1_macro}"),
        ("print('f', m.f1_score(a, b))", "f {f1}"),
        ("print('Test score:', model.score(a, b))", "Test score: {model_score}"),
        ("print('R2:', model.score(a, b))", "R2: {r2}"),
        ("print(f'Epoch {epoch}: val_loss {loss:.4f}')", "Epoch {_}: val_loss {validation_loss}"),
        (
            "import logging\nlogging.basicConfig(level='INFO')\nlogging.info('accuracy %s', acc)",
            "accuracy {accuracy}",
        ),
        ("from loguru import logger\nlogger.info(f'accuracy={acc}')", "accuracy={accuracy}"),
        (
            "import logging\nlogging.getLogger().setLevel(20)\n"
            "logging.getLogger(__name__).info('auc: %.2f', roc_auc_score(a, b))",
            "auc: {roc_auc}",
        ),
        ("results = {}\nprint('MAE is', results['mae'])", "MAE is {mae}"),
        ("print('train accuracy:', acc)", "train accuracy: {train_accuracy}"),
        ("print('Accuracy', acc, sep=': ')", "Accuracy: {accuracy}"),
    ],
)
def test_a_printed_metric_becomes_a_pattern(tmp_path: Path, text: str, pattern: str) -> None:
    [found] = reports(tmp_path, text)
    assert (found.kind, found.pattern) == ("stdout", pattern)


def test_several_metrics_in_one_line_are_one_pattern(tmp_path: Path) -> None:
    [found] = reports(tmp_path, "print(f'acc {acc:.2f} / auc {roc_auc_score(a, b):.2f}')")
    assert found.pattern == "acc {accuracy} / auc {roc_auc}"
    assert found.metrics == ("accuracy", "roc_auc")


def test_several_lines_of_one_print_are_several_patterns(tmp_path: Path) -> None:
    found = reports(tmp_path, "print(f'Accuracy: {acc}\\nF1: {f1_score(a, b)}')")
    assert [one.pattern for one in found] == ["Accuracy: {accuracy}", "F1: {f1}"]


@pytest.mark.parametrize(
    "text",
    [
        "print('Training finished in', 3)",
        "print(acc)",
        "print(f'{len(a)} rows')",
        "print('saved to', path)",
        "from loguru import logger\nlogger.info('%s: %d of %d rows from %s', a, b, c, d)",
        "import logging\nlogging.info('accuracy %s', acc)",
        "import logging\nlogging.basicConfig()\nlogging.info('accuracy %s', acc)",
        "import logging\nlogging.getLogger('tf').setLevel('ERROR')\nlogging.info('acc %s', acc)",
        "import logging\nlogging.basicConfig(filename='log.txt')\nlogging.info('accuracy %s', acc)",
    ],
)
def test_other_output_is_no_metric(tmp_path: Path, text: str) -> None:
    assert reports(tmp_path, text) == ()


def test_the_report_of_scikit_learn_is_known(tmp_path: Path) -> None:
    text = "from sklearn.metrics import classification_report\n"
    [found] = reports(tmp_path, text + "print(classification_report(a, b))")
    assert (found.kind, found.pattern) == ("report", "classification_report")
    [found] = reports(tmp_path, text + "r = classification_report(a, b)\nprint('R', r)")
    assert found.kind == "report"


def test_the_patterns_fit_what_is_printed(tmp_path: Path) -> None:
    text = "print(f'  -> Accuracy   : {acc:.1%} (n={len(a)})')\nprint('auc', roc_auc_score(a, b))"
    printed = Printed([one.pattern for one in reports(tmp_path, text)])
    assert printed.line("  -> Accuracy   : 91.3% (n=40)") == {"accuracy": 0.913}
    assert printed.line("auc 0.77") == {"roc_auc": 0.77}


@pytest.mark.parametrize(
    "text",
    [
        "import json\nscores = {'acc': acc, 'n': 3}\njson.dump(scores, open('s.json', 'w'))",
        "import json\nwith open('s.json', 'w') as f:\n    json.dump({'acc': acc, 'n': 3}, f)",
        "import json\nfrom pathlib import Path\n"
        "Path('s.json').write_text(json.dumps(dict(acc=acc, n=3)))",
        "import json\nr = {}\nr['acc'] = acc\nr['n'] = 3\njson.dump(r, open('s.json', 'w'))",
    ],
)
def test_metrics_in_json(tmp_path: Path, text: str) -> None:
    [found] = reports(tmp_path, text)
    assert (found.kind, found.path, found.metrics) == ("json", "s.json", ("acc", "n"))
    assert found.map == (("accuracy", "acc"),)


def test_nested_json_has_dotted_names(tmp_path: Path) -> None:
    text = "import json\njson.dump({'test': {'auc': 1, 'f1': 2}}, open('metrics.json', 'w'))"
    [found] = reports(tmp_path, text)
    assert found.metrics == ("test.auc", "test.f1")
    assert found.map == (("roc_auc", "test.auc"), ("f1", "test.f1"))


def test_json_that_is_no_metric_is_left_alone(tmp_path: Path) -> None:
    assert reports(tmp_path, "import json\njson.dump({'a': 1}, open('c.json', 'w'))") == ()


def test_metrics_in_csv(tmp_path: Path) -> None:
    [found] = reports(tmp_path, "frame.to_csv('out/metrics.csv')")
    assert (found.kind, found.path) == ("csv", "out/metrics.csv")


def test_mlflow_with_the_sign_flipped(tmp_path: Path) -> None:
    text = "import mlflow\nmlflow.log_metric('auc', 1)\nmlflow.log_metric('neg_mae', -mae)\n"
    found = reports(tmp_path, text + "mlflow.log_metrics({'f1': 1, 'x': 2})")
    assert [one.metrics for one in found] == [("auc",), ("neg_mae",), ("f1", "x")]
    assert [one.negated for one in found] == [False, True, False]
    assert "sign flipped" in found[1].why


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Test ROC AUC score:", "roc_auc"),
        ("Accuracy of the model on the test set is", "accuracy"),
        ("Random Forest accuracy", "accuracy"),
        ("R²: ", "r2"),
        ("Mean Absolute Error (MAE) =", "mae"),
        ("F1-Score", "f1"),
        ("Training accuracy", "train_accuracy"),
        ("rows", ""),
        ("", ""),
    ],
)
def test_labels(label: str, name: str) -> None:
    assert by_label(label) == name
