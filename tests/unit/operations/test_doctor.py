# SPDX-License-Identifier: Apache-2.0
import subprocess

import pytest

from shipway.base.errors import InputError
from shipway.cli.commands import doctor as command
from shipway.operations.doctor import examine

SPEC = """\
shipway: 1
project: x
model: {name: x, task: binary, target: y, positive: 1}
data: {all: data.csv, id: nr, columns: {a: {min: 0}, bb: {max: 1}}}
train: {command: python train.py, model: model.pkl}
"""


@pytest.fixture(autouse=True)
def user(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "project"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    return made


def git(folder, *words):
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x", "--allow-empty")


def by_name(folder):
    return {finding.what: finding for finding in examine(folder)}


def of(folder, what):
    return [finding for finding in examine(folder) if finding.what == what]


def test_a_folder_without_a_spec_is_told_how_to_begin(tmp_path):
    found = by_name(tmp_path)
    assert (found["spec"].state, found["spec"].cure) == ("warning", "Make one: shipway init")
    assert found["Python"].state == found["Git"].state == found["signing key"].state == "good"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        examine(tmp_path / "x")


def test_trouble_has_a_cure(tmp_path):
    (tmp_path / "shipway.yaml").write_text("shipway: 1\nprojct: x\n")
    assert by_name(tmp_path)["spec"].state == "trouble"
    text = "shipway: 1\nproject: x\ndeploy: {production: {target: local}}\n"
    (tmp_path / "shipway.yaml").write_text(text)
    found = by_name(tmp_path)
    assert found["spec"].state == "good"
    assert found["repository"].state == "trouble"
    assert found["endpoint production"].found == "nothing is live"
    assert all(each.cure for each in found.values() if each.state != "good")


def test_a_key_that_others_can_read_is_trouble(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    key = tmp_path / "shipway" / "keys" / "signing.pem"
    key.parent.mkdir(parents=True)
    key.write_text("x")
    key.chmod(0o644)
    assert by_name(tmp_path)["signing key"].cure == f"chmod 600 {key}"


def test_columns_that_the_data_lack_are_named_with_their_line(folder):
    (folder / "shipway.yaml").write_text(SPEC)
    (folder / "data.csv").write_text("a,b,Y\n1,2,0\n")
    found = {each.found: each for each in of(folder, "column")}
    assert set(found) == {f"all has no column {name!r}" for name in ("y", "nr", "bb")}
    assert found["all has no column 'y'"].where == "shipway.yaml:3:40"
    (folder / "data.csv").unlink()
    missing = of(folder, "data")
    assert len(missing) == 1 and "data.csv does not exist" in missing[0].found


def test_pickles_that_are_not_allowed(folder):
    (folder / "shipway.yaml").write_text(SPEC)
    (folder / "data.csv").write_text("a,bb,y,nr\n1,2,0,1\n")
    assert "train.allow_pickle: true" in by_name(folder)["pickle"].cure
    (folder / "shipway.yaml").write_text(SPEC.replace("model.pkl", "model.pkl, allow_pickle: true"))
    assert "pickle" not in by_name(folder)


def test_data_that_git_ignores(folder):
    (folder / "shipway.yaml").write_text(SPEC)
    (folder / "data.csv").write_text("a,bb,y,nr\n1,2,0,1\n")
    (folder / ".gitignore").write_text("*.csv\n")
    assert "data.csv is ignored by Git" in by_name(folder)["data"].found


def test_a_pointer_of_git_lfs(folder):
    (folder / "data.csv").write_text("version https://git-lfs.github.com/spec/v1\noid x\nsize 1\n")
    assert by_name(folder)["Git LFS"].cure == "git lfs pull"


def test_detached_shallow_and_submodules(folder, tmp_path):
    commit(folder)
    commit(folder)
    assert not {"branch", "history"} & set(by_name(folder))
    git(folder, "checkout", "-q", "--detach")
    assert "git switch" in by_name(folder)["branch"].cure
    git(folder, "switch", "-q", "main")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{folder}", str(shallow))
    assert "git fetch --unshallow" in by_name(shallow)["history"].cure
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    commit(other)
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "lib")
    commit(folder)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(folder), str(clone))
    assert of(clone, "submodule")[0].cure == "git submodule update --init --recursive"


CODE = """\
import pandas as pd
import joblib
import tabulate
from matplotlib import pyplot as plt
from sklearn.linear_model import LogisticRegression

frame = pd.read_csv("/home/me/data.csv")
model = LogisticRegression().fit(frame[["a"]], frame["y"])
joblib.dump(model, "model.pkl")
plt.show()
"""


def test_what_the_code_shows(folder):
    (folder / "train.py").write_text(CODE)
    (folder / "requirements.txt").write_text("pandas\nscikit-learn\nmatplotlib\njoblib\n")
    (folder / "model.pkl").write_text("old")
    commit(folder)
    found = list(examine(folder))
    undeclared = [each for each in found if each.what == "imports"]
    assert [each.cure for each in undeclared] == ["Add tabulate to requirements.txt."]
    assert undeclared[0].where == "train.py:3" and undeclared[0].state == "trouble"
    kinds = {each.what: each.where for each in found}
    assert kinds["plot window"] == "train.py:10"
    assert kinds["absolute path"] == "train.py:7"
    assert kinds["model in Git"] == "train.py:9"
    assert all(each.cure for each in found if each.state != "good")


def test_the_command_shows_the_place_and_ends_with_1_for_trouble(folder, capsys):
    from argparse import Namespace

    (folder / "shipway.yaml").write_text(SPEC)
    (folder / "data.csv").write_text("a,b,Y\n1,2,0\n")
    assert command.execute(Namespace(project=str(folder), json=False)) == 1
    out = capsys.readouterr().out
    assert "✗ column: shipway.yaml:3:40: all has no column 'y'\n    " in out
    assert command.execute(Namespace(project=str(folder), json=True)) == 1
    assert '"findings"' in capsys.readouterr().out
