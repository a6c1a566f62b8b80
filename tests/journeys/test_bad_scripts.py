# SPDX-License-Identifier: Apache-2.0
"""Scripts as strangers write them: each does one thing that a run can't have, and is told so."""

import time

import pytest
from toy_project import table

SPEC = """\
shipway: 1
project: script
model: {name: script, task: binary, target: y, positive: 1}
environment: {requirements: requirements.txt}
data: {train: data/train.csv, test: data/test.csv, id: id}
train:
  command: COMMAND
  model: rule.json
  predict: rules:predict
evaluate:
  metrics: [roc_auc]
  gates: [roc_auc >= 0.60]
"""

RULES = """\
import json


def predict(rows):
    limit = json.load(open("rule.json"))["limit"]
    return [1 / (1 + 2.718 ** (limit - 1.5 * row["a"] + row["b"])) for row in rows]
"""

WRITE = "import json\njson.dump({'limit': 0.0}, open('rule.json', 'w'))\n"


@pytest.fixture
def script(project):
    """Makes a project around a training script, committed."""

    def make(text, command="python train.py", **files):
        project.write("shipway.yaml", SPEC.replace("COMMAND", command))
        project.write("requirements.txt", "polars\n")
        project.write(".gitignore", "__pycache__/\n")
        project.write("rules.py", RULES)
        project.write("train.py", text)
        project.write("data/train.csv", table(120, seed=1))
        project.write("data/test.csv", table(300, seed=2))
        for name, content in files.items():
            project.write(name, content)
        project.repository()
        return project

    return make


def red(project, *said, code=1, until="train"):
    """A run that stops with `code` and a message; nothing is registered."""
    ended = project.run("--until", until)
    assert ended.code == code, ended.text
    ended.said(*said)
    assert project.json("models") in ([], {"models": []}), "something was registered"
    return ended


def test_it_needs_an_argument(script):
    made = script(
        "import argparse\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--data', required=True)\n"
        "parser.add_argument('--depth', type=int, required=True, help='of the trees')\n"
        "parser.parse_args()\n"
    )
    red(
        made,
        "exit code 2",
        "usage: train.py [-h] --data DATA --depth DEPTH",
        "train.command",
        "{data.train}, {data.test}",
    )


def test_it_reads_a_file_of_its_authors_machine(script):
    made = script("open('/home/somebody/churn.csv').read()\n")
    red(made, "/home/somebody/churn.csv is a path of another machine", "`data`", "`train.inputs`")


def test_it_opens_a_window(script):
    made = script("import os\nassert os.environ['MPLBACKEND'] == 'Agg'  # no screen\n" + WRITE)
    ended = made.run("--until", "train")
    assert ended.code == 0, ended.text


def test_it_has_a_question(script):
    ended = red(script("depth = int(input('How deep? '))\n"), "How deep?", "standard input")
    ended.said("train.command", "train.env")


def test_it_downloads_its_data(script):
    made = script(
        "import urllib.request\n"
        "urllib.request.urlopen('http://data.invalid/churn.csv', timeout=5)\n"
    )
    red(made, "asked the network for something", "`data`", "`train.inputs`")


def test_it_writes_a_hundred_megabytes(script):
    made = script(
        "import sys\n"
        "for number in range(100):\n"
        "    sys.stdout.write(('x' * 1023 + '\\n') * 1024)\n"
        "print('that was all')\n" + WRITE
    )
    ended = made.run("--until", "train")
    assert ended.code == 0, ended.text
    (log,) = (made.folder / ".shipway").glob("local/logs/*/train.log")
    assert log.stat().st_size < 10 << 20
    text = log.read_text()
    assert "more bytes were written; the last lines are:" in text
    assert "that was all" in text


def test_it_leaves_a_process_behind(script):
    made = script(
        "import subprocess\nsubprocess.Popen(['sleep', '321'], start_new_session=True)\n" + WRITE
    )
    ended = made.run("--until", "train")
    assert ended.code == 0, ended.text
    ended.said("train: ended what its command left running: sleep 321")
    made.await_no_processes()


def test_it_changes_its_data(script):
    made = script(
        "import sys\nopen(sys.argv[1], 'a').write('999,0,0,DE,1\\n')\n" + WRITE,
        command="python train.py data/train.csv",
    )
    before = made.read("data/train.csv")
    red(made, "changed its own input: data/train.csv", "Write to another path")
    assert made.read("data/train.csv") == before


def test_it_writes_no_model(script):
    red(
        script("print('fitted, score 0.93')\n"),
        "'rule.json' was not written",
        "fitted, score 0.93",
    )


def test_it_writes_its_model_to_another_place(script):
    made = script("import os\nos.makedirs('out')\n" + WRITE.replace("rule.json", "out/rule.json"))
    red(made, "'rule.json' was not written", "It wrote out/rule.json")


def test_it_ends_in_the_middle_and_calls_that_success(script):
    made = script(
        "import sys\nprint('no new data')\nsys.exit(0)\n" + WRITE,
        **{"rule.json": '{"limit": 7.0}'},
    )
    red(made, "'rule.json' was not written", "no new data")
    assert made.read("rule.json") == '{"limit": 7.0}'


def test_it_writes_its_model_and_then_crashes(script):
    made = script(WRITE + "raise RuntimeError('the report is broken')\n",
                  **{"rule.json": '{"limit": 7.0}'})  # fmt: skip
    red(made, "exit code 1", "RuntimeError: the report is broken", until="register")
    assert made.read("rule.json") == '{"limit": 7.0}'
    assert made.git("status", "--porcelain") == ""


def test_it_never_ends(script):
    made = script("import time\nprint('waiting', flush=True)\ntime.sleep(300)\n")
    made.replace("shipway.yaml", "  predict:", "  timeout: 1s\n  predict:")
    made.commit("patience")
    begun = time.monotonic()
    red(made, "took longer than 1 seconds", "timeout")
    assert time.monotonic() - begun < 30


def test_it_reads_a_variable_and_a_parameter(script):
    made = script(
        "import os, sys\n"
        "assert os.environ['DATA_PATH'].endswith('train.csv'), os.environ['DATA_PATH']\n"
        "assert os.environ['WHO'] == 'ada' and sys.argv[1:] == ['3', '[1, 2]'], sys.argv\n" + WRITE,
        command='python train.py {params.depth} "{params.layers}"\n'
        '  params: {depth: 3, layers: [1, 2]}\n'
        '  env: {DATA_PATH: "{data.train}", WHO: "${SOMEBODY}"}',
    )  # fmt: skip
    red(made, "SOMEBODY is not set", "shipway.yaml:9", code=2)
    made.environ = made.environ | {"SOMEBODY": "ada"}
    ended = made.run("--until", "train")
    assert ended.code == 0, ended.text
    made.replace("shipway.yaml", "{params.depth}", "{params.dept}")
    red(made, "{params.dept} stands for nothing", "params.depth", code=2)


def test_a_metric_that_is_printed_is_gated(script):
    made = script("print('\\x1b[1mROC AUC :  91.25 %\\x1b[0m')\n" + WRITE)
    made.replace("shipway.yaml", "  predict:", '  metrics: {stdout: "ROC AUC: {auc}"}\n  predict:')
    made.replace("shipway.yaml", "roc_auc >= 0.60", "auc >= 0.9")
    made.commit("metrics")
    ended = made.run("--until", "evaluate")
    assert ended.code == 0, ended.text
    made.replace("shipway.yaml", "auc >= 0.9", "profit >= champion")
    made.commit("a metric of one's own")
    ended = red(made, "whether profit is better when higher or lower is not known", code=2)
    ended.said("metrics: {better: {profit: higher}}")
    made.replace("shipway.yaml", "ROC AUC: {auc}", "AUC-ROC = {auc}")
    made.replace("shipway.yaml", "profit >= champion", "auc >= champion")
    made.commit("a wrong pattern")
    red(made, "printed nothing like 'AUC-ROC = {auc}'", "ROC AUC :  91.25 %", code=2)
