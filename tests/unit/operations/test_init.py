# SPDX-License-Identifier: Apache-2.0
import random
import subprocess
import sys

import msgspec
import pytest

from shipway.base.errors import InputError
from shipway.cli.commands import init as command
from shipway.discovery import repository
from shipway.discovery.findings import DataFile, ModelFile, RepositoryFindings, TargetUse
from shipway.discovery.running import EntryPoint, Parameter, Place
from shipway.operations.init import init
from shipway.spec.reader import read

TRAIN = """\
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def train(train: pd.DataFrame):
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(train[["a", "b"]], train["y"])


if __name__ == "__main__":
    joblib.dump(train(pd.read_csv("data.csv")), "model.joblib")
"""
SCRIPT = EntryPoint(
    "script", "train.py", Place("train.py"), "it fits", "python train.py", files=("train.py",)
)
FUNCTION = EntryPoint(
    "function", "train:train", Place("train.py", 8), "it returns a fitted model",
    function="train:train", parameters=(Parameter("train", data=True),), files=("train.py",),
)  # fmt: skip
FINDINGS = RepositoryFindings(
    entries=(SCRIPT,),
    data=(DataFile("data.csv", "data.csv", Place("train.py", 15), "read_csv", exists=True),),
    targets=(TargetUse("y", Place("train.py", 11), "fit"),),
    models=(
        ModelFile("model.joblib", "model.joblib", Place("train.py", 15), "dump", pickle=True,
                  flavour="sklearn", fitted=True),
    ),
    tables=("data.csv",),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    chance = random.Random(0)
    rows = [f"{chance.gauss(0, 1):.3f},{chance.gauss(0, 1):.3f},{n % 2}" for n in range(80)]
    (tmp_path / "data.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    (tmp_path / "train.py").write_text(TRAIN)
    return tmp_path


@pytest.fixture
def found(monkeypatch):
    """Sets what looking at the repository finds."""

    def set_(findings=FINDINGS, **changes):
        changed = msgspec.structs.replace(findings, **changes)
        monkeypatch.setattr(repository, "look", lambda folder: changed)

    set_()
    return set_


def test_it_writes_one_file_and_never_replaces_it(folder, found):
    done = init(folder)
    assert done.path.read_text() == done.text
    assert read(done.path).spec.model.target == "y"
    assert (done.target, done.live, done.asked, done.tests) == ("y", True, 0, None)
    with pytest.raises(InputError, match="one already"):
        init(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "data.csv", "shipway.yaml", "train.py",
    ]  # fmt: skip


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        init(tmp_path / "x")


def test_a_wrong_target_writes_nothing(folder, found):
    with pytest.raises(InputError, match="no column 'Y'"):
        init(folder, target="Y")
    assert not (folder / "shipway.yaml").exists()


def test_only_what_is_not_known_is_asked(folder, found):
    asked = []

    def answer(question):
        asked.append(question.text)
        return question.options[0][0]

    assert init(folder, ask=answer).asked == 1
    assert asked == ["There are no unit tests. Write a few?"]
    (folder / "shipway.yaml").unlink()
    asked.clear()
    text = (folder / "data.csv").read_text().replace("a,b,y", "price,left,right")
    (folder / "data.csv").write_text(text)
    other = msgspec.structs.replace(SCRIPT, name="fit.py", command="python fit.py")
    found(entries=(SCRIPT, other), targets=())
    done = init(folder, ask=answer)
    assert asked[:2] == [
        "Which of these trains the model?",
        "Which column of data.csv shall be predicted?",
    ]
    assert done.asked == len(asked) == 3


@pytest.mark.parametrize("entry", [SCRIPT, FUNCTION], ids=["script", "function"])
def test_starter_tests_pass(folder, found, entry):
    found(entries=(entry,))
    done = init(folder, tests=True)
    assert done.tests == folder / "tests/test_shipway_starter.py"
    assert read(done.path).spec.tests.command == "pytest -q tests"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(done.tests)]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if "No module named 'pandas'" in ended.stdout + ended.stderr:
        pytest.skip("pandas is not here")
    assert "4 passed" in ended.stdout, ended.stdout + ended.stderr


def test_starter_tests_are_valid_python(folder, found):
    for entry in (SCRIPT, FUNCTION):
        found(entries=(entry,))
        done = init(folder, tests=True)
        compile(done.tests.read_text(), "test.py", "exec")
        done.tests.unlink()
        done.path.unlink()


def test_the_command_says_what_was_guessed_and_what_comes_next(folder, found, capsys):
    arguments = parsed(folder)
    assert command.execute(arguments) == 0
    out = capsys.readouterr().out
    assert "Found:\n  - data.csv: 80 rows, 3 columns (train.py:15 reads it)" in out
    assert "Guessed, change it where it is wrong:" in out
    assert "Could not know, or odd:" in out
    last = out.strip().splitlines()[-1]
    assert last.split()[1:] == ["run", "--project", str(folder)]


def test_one_json_document(folder, found, capsys):
    import json

    assert command.execute(parsed(folder, json=True, tests=True)) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["written"].endswith("shipway.yaml")
    assert document["tests"].endswith("test_shipway_starter.py")
    assert (document["target"], document["live"], document["asked"]) == ("y", True, 0)
    assert {"kind", "text"} == set(document["said"][0])


def parsed(folder, **given):
    from argparse import Namespace

    words = {"target": None, "yes": True, "tests": False, "json": False, **given}
    return Namespace(project=str(folder), **words)


def test_questions_on_the_terminal(monkeypatch, capsys):
    import io

    from shipway.operations.init import Question

    question = Question("Which?", (("a", "its name"), ("b", "")))
    for said, expected in (("\n", "a"), ("2\n", "b"), ("b\n", "b"), ("x\n1\n", "a"), ("", "a")):
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        assert command.ask(question) == expected
    assert "There is no 'x' here." in capsys.readouterr().out
