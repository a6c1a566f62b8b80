# SPDX-License-Identifier: Apache-2.0
"""A notebook that trains: on the whole road, and with each mistake that notebooks make."""

import json
from pathlib import Path

import pytest
from toy_project import table

SPEC = """
shipway: 1
project: book
model: {name: book, task: binary, target: y, positive: 1}
environment: {requirements: requirements.txt}
data: {train: data/train.csv, test: data/test.csv, id: id}
train: {notebook: notebooks/train.ipynb}
evaluate: {metrics: [roc_auc], gates: [roc_auc >= 0.60]}
"""
PARAMETERS = "# parameters\nc = 1.0\ndata_train = '../data/train.csv'"
FIT = """import pandas as pd
from sklearn.linear_model import LogisticRegression

frame = pd.read_csv(data_train)
model = LogisticRegression(C=c).fit(frame[["a", "b"]], frame["y"])"""


def notebook(*cells):
    """A notebook of these cells; `# parameters` is tagged, a line with `# ` alone is Markdown."""
    made = []
    for source in cells:
        if source.startswith("# ") and "\n" not in source:
            made.append({"cell_type": "markdown", "metadata": {}, "source": source})
            continue
        tags = ["parameters"] if source.startswith("# parameters\n") else []
        empty = {"outputs": [], "execution_count": None}
        lines = source.splitlines(keepends=True)
        made.append({"cell_type": "code", "metadata": {"tags": tags}, "source": lines, **empty})
    kernel = {"kernelspec": {"name": "python3", "language": "python"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4})


@pytest.fixture
def book(project):
    """A project whose notebook is still to be written."""
    project.write("requirements.txt", "scikit-learn\npandas\npyarrow\n")
    project.write("shipway.yaml", SPEC)
    project.write(".gitignore", ".ipynb_checkpoints/\n")
    project.write("data/train.csv", table(400, seed=1))
    project.write("data/test.csv", table(300, seed=2))
    project.write("notebooks/train.ipynb", notebook(FIT))
    project.repository()
    return project


def outputs(project):
    """The executed notebook of the last run, by what `logs` says; its outputs by cell."""
    document = json.loads(project.shipway("logs", "last", "--json").out)
    cells = json.loads(Path(document["notebook"]).read_text())["cells"]
    return [cell["outputs"] for cell in cells if cell["cell_type"] == "code"]


def test_a_notebook_goes_all_the_way(book):
    book.write(
        "notebooks/train.ipynb",
        notebook(
            "# A title",
            "%pip install -q pandas\n!echo $TOKEN_FILE; echo shell\nimport os; os.getcwd()[-9:]",
            PARAMETERS,
            FIT,
            "print('loss=0.25')\nmetrics = {'train_score': 0.9}\n"
            "from IPython.display import HTML\nHTML('<b>bold</b>')",
        ),
    )
    book.replace("shipway.yaml", "train.ipynb}", "train.ipynb, params: {c: 0.5}}")
    book.write(
        "shipway.yaml", book.read("shipway.yaml") + "deploy:\n  production: {target: local}\n"
    )
    book.commit("a notebook")
    code, document = book.report_run("--set", "train.params.c=0.25", "--until", "evaluate")
    assert code == 0, document
    code, document = book.report_run()
    assert code == 0, document
    assert document["endpoints"]["production"].startswith("http://127.0.0.1:")
    pip, _, injected, _, shown = outputs(book)
    assert pip[0]["text"] == "Left out: packages come from the project's lock.\n\nshell\n"
    assert pip[1]["data"]["text/plain"] == "'notebooks'"
    assert injected == []
    assert shown[0]["text"] == "loss=0.25\n"
    assert shown[1]["data"]["text/html"] == "<b>bold</b>"
    book.shipway("show", "last").said("the executed notebook: ", "train.ipynb")
    report = Path(document["report"]).read_text()
    assert f"runs/book/{document['run']}/train.ipynb in the store" in report
    assert "train_score" in report
    executed = book.folder / ".shipway/store/runs/book" / document["run"] / "train.ipynb"
    assert "c = 0.5" in executed.read_text()
    assert book.stages()["train"]["cached"]
    predicted = book.shipway("predict", "champion", "data/test.csv", "out.csv")
    assert predicted.code == 0, predicted.text


MISTAKES = {
    "a cell that raises, in a function of another cell": (
        ["def f(x):\n    return 1 / x", "# text", "\n\ny = 2\nf(0)"],
        1,
        "cell 3 of 3 (In [2]) raised ZeroDivisionError: division by zero",
        "notebooks/train.ipynb, cell 3 of 3 (In [2]), line 4\n      f(0)",
        "notebooks/train.ipynb, cell 1 of 3 (In [1]), line 2\n      return 1 / x",
        "The notebook as far as it came: ",
    ),
    "a question": (["x = input('Name? ')"], 2, "asks for input() ('Name?')", "train.params"),
    "an installation": (
        ["!pip install -U lightgbm"],
        2,
        "cell 1 of 1 (In [1]) installs lightgbm",
        "Add lightgbm to requirements.txt.",
    ),
    "a Python that dies": (
        ["x = 1", "import os\nos.abort()"],
        1,
        "signal 6 before it gave a result, in cell 2 of 2 (In [2])",
    ),
    "an early end": (["import sys\nsys.exit(0)"], 1, "ended the notebook by sys.exit(0)"),
    "no model": (["x = 1"], 1, "leaves no variable `model`", "train.model"),
    "a model that is none": (["model = 3"], 1, "is a int, which has no method `predict`"),
    "code that is no Python": (
        ["def f(:\n    pass"],
        1,
        "cell 1 of 1 (In [1]) raised SyntaxError: invalid syntax",
        "def f(:",
    ),
    "a function of its own in the model": (
        [
            "from sklearn.preprocessing import FunctionTransformer\n"
            "from sklearn.pipeline import make_pipeline\ndef twice(x): return x * 2\nc = 1",
            FIT.replace("LogisticRegression(C=c)", "make_pipeline(FunctionTransformer(twice), "
            "LogisticRegression())"),
        ],
        1,
        "functions or classes that are defined in notebooks/train.ipynb itself",
        "Move them to a module",
    ),
    "a file that is not in the code set": (
        ["open('/nowhere/words.txt')"],
        1,
        "raised FileNotFoundError",
        "data_train",
    ),
}  # fmt: skip


def test_each_mistake_is_told_with_its_cell(book):
    for name, (cells, code, *parts) in MISTAKES.items():
        book.write("notebooks/train.ipynb", notebook(*cells))
        ended = book.run("--until", "train")
        assert ended.code == code, f"{name}:\n{ended.text}"
        ended.said(*parts)
    failed = outputs(book)[1][-1]
    assert (failed["output_type"], failed["ename"]) == ("error", "FileNotFoundError")


def test_a_notebook_that_takes_too_long_is_ended_in_its_cell(book):
    book.write("notebooks/train.ipynb", notebook("x = 1", "import time\ntime.sleep(60)"))
    book.replace("shipway.yaml", "train.ipynb}", "train.ipynb, timeout: 6s}")
    ended = book.run("--until", "train")
    assert ended.code == 1
    ended.said("took longer than 6 seconds, in cell 2 of 2 (In [2])", "Raise 'timeout'")
    assert len(outputs(book)) == 3


def test_a_notebook_that_writes_its_model(book):
    book.write(
        "notebooks/train.ipynb",
        notebook("c = 1", FIT, "import pickle\npickle.dump(model, open('../model.pkl', 'wb'))"),
    )
    more = "train.ipynb, model: model.pkl, allow_pickle: true}"
    book.replace("shipway.yaml", "train.ipynb}", more)
    book.commit("a file")
    code, document = book.report_run("--until", "register")
    assert code == 0, document
    assert not (book.folder / "model.pkl").exists()


def test_what_is_no_notebook_is_refused_with_a_way_out(book):
    book.write("notebooks/train.ipynb", '{"cells": [')
    ended = book.run("--until", "train")
    assert ended.code == 2
    ended.said("notebooks/train.ipynb is not a notebook: its JSON can't be read")
    book.replace("shipway.yaml", "train.ipynb", "trian.ipynb")
    ended = book.run("--until", "train")
    assert ended.code == 2
    ended.said(
        "there is no notebook notebooks/trian.ipynb", "Did you mean 'notebooks/train.ipynb'?"
    )
