# SPDX-License-Identifier: Apache-2.0
"""How a repository is trained: every shape that public repositories have."""

import json
from pathlib import Path

from discovered import FIT, look_at

from shipway.discovery.running import EntryPoint


def first(root: Path, files: dict[str, str]) -> EntryPoint:
    return look_at(root, files).entries[0]


def test_a_bare_script(tmp_path: Path) -> None:
    entry = first(tmp_path, {"train.py": FIT, "data.csv": "a,y\n1,0\n"})
    assert (entry.kind, entry.command, entry.folder) == ("script", "python train.py", ".")
    assert entry.at.path == "train.py"
    assert "fits a model" in entry.why


def test_a_script_that_works_only_in_its_own_folder(tmp_path: Path) -> None:
    script = FIT.replace("data.csv", "../data/d.csv")
    entry = first(tmp_path, {"src/training/train.py": script, "src/data/d.csv": "a,y\n"})
    assert (entry.kind, entry.command) == ("folder script", "python train.py")
    assert entry.folder == "src/training"
    assert "'../data/d.csv' is only found from src/training/" in entry.why


def test_a_file_beside_the_script_tells_its_folder_and_moves_its_outputs(tmp_path: Path) -> None:
    script = FIT + "import joblib\njoblib.dump(model, 'm.pkl')\n"
    found = look_at(tmp_path, {"ml/train.py": script, "ml/data.csv": "a,y\n"})
    assert found.entries[0].folder == "ml"
    assert (found.models[0].path, found.models[0].folder) == ("ml/m.pkl", "ml")


def test_a_script_in_a_sub_folder_that_reads_from_the_root_runs_in_the_root(
    tmp_path: Path,
) -> None:
    entry = first(tmp_path, {"scripts/train.py": FIT, "data.csv": "a,y\n"})
    assert (entry.command, entry.folder) == ("python scripts/train.py", ".")


def test_a_path_from_file_works_from_everywhere(tmp_path: Path) -> None:
    script = FIT.replace('"data.csv"', 'Path(__file__).parent.parent / "data" / "d.csv"')
    script = "from pathlib import Path\n" + script
    found = look_at(tmp_path, {"src/train.py": script, "data/d.csv": "a,y\n"})
    assert found.entries[0].folder == "."
    assert (found.data[0].path, found.data[0].exists, found.data[0].anchored) == (
        "data/d.csv",
        True,
        True,
    )


def test_relative_imports_need_python_m(tmp_path: Path) -> None:
    files = {
        "fraud/__init__.py": "",
        "fraud/train.py": "from .features import make\n" + FIT,
        "fraud/features.py": "def make(): ...",
    }
    entry = first(tmp_path, files)
    assert (entry.kind, entry.command) == ("module", "python -m fraud.train")
    assert entry.files == ("fraud/train.py", "fraud/__init__.py", "fraud/features.py")


def test_imports_of_its_own_package_need_python_m(tmp_path: Path) -> None:
    files = {
        "src/fraud/__init__.py": "",
        "src/fraud/train.py": "from fraud.features import make\n" + FIT,
        "src/fraud/features.py": "def make(): ...",
    }
    entry = first(tmp_path, files)
    assert (entry.command, entry.pythonpath) == ("python -m fraud.train", "src")


def test_a_package_with_main_is_run_by_its_name(tmp_path: Path) -> None:
    files = {"seg/__init__.py": "", "seg/__main__.py": FIT}
    assert first(tmp_path, files).command == "python -m seg"


def test_a_console_script(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "p"\n\n[project.scripts]\np-train = "p.cli:main"\n',
        "src/p/__init__.py": "",
        "src/p/cli.py": "from p.fitting import go\n\ndef main():\n    go()\n",
        "src/p/fitting.py": "def go():\n" + "".join(f"    {line}\n" for line in FIT.splitlines()),
    }
    entry = first(tmp_path, files)
    assert (entry.kind, entry.command, str(entry.at)) == (
        "console script",
        "p-train",
        "pyproject.toml:5",
    )


def test_console_scripts_of_setup_py(tmp_path: Path) -> None:
    files = {
        "setup.py": "from setuptools import setup\nsetup(entry_points={\n"
        "  'console_scripts': ['fit-it = tool:main']})\n",
        "tool.py": "def main():\n" + "".join(f"    {line}\n" for line in FIT.splitlines()),
    }
    kinds = {entry.kind: entry for entry in look_at(tmp_path, files).entries}
    assert kinds["console script"].command == "fit-it"
    assert str(kinds["console script"].at) == "setup.py:3"


def test_a_function_that_returns_what_it_fitted(tmp_path: Path) -> None:
    text = (
        "from sklearn.svm import SVC\n\n\n"
        "def build(train, c: float = 1.0):\n    model = SVC(C=c)\n"
        "    model.fit(train.drop(columns='y'), train['y'])\n    return model\n"
    )
    entry = first(tmp_path, {"pkg/__init__.py": "", "pkg/models.py": text})
    assert (entry.kind, entry.function, entry.command) == ("function", "pkg.models:build", "")
    assert [(one.name, one.default) for one in entry.parameters] == [("train", None), ("c", "1.0")]
    assert entry.parameters[0].data
    assert "build() fits and returns model (SVC)" in entry.why


def test_a_function_that_returns_more_than_the_estimator_says_so(tmp_path: Path) -> None:
    text = (
        "from sklearn.svm import SVC\ndef fit(X, y):\n    clf = SVC().fit(X, y)\n"
        "    return clf, clf.score(X, y)\n"
    )
    found = look_at(tmp_path, {"m.py": text})
    assert not found.estimators[0].sole
    assert "beside other things" in found.entries[0].why


def test_a_notebook(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "source": line + "\n"} for line in FIT.splitlines()]
    entry = first(tmp_path, {"train.ipynb": json.dumps({"cells": cells})})
    assert (entry.kind, entry.notebook) == ("notebook", "train.ipynb")
    assert entry.at.cell == len(cells)


def test_kedro(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[tool.kedro]\npackage_name = "w"\n',
        "src/w/pipeline.py": "from kedro.pipeline import node\n"
        "node(fit, inputs=['wines', 'params:c'], outputs='regressor')\n",
        "conf/base/catalog.yml": "wines:\n  type: pandas.CSVDataset\n  filepath: data/w.csv\n"
        "regressor:\n  type: pickle.PickleDataset\n  filepath: data/06_models/r.pkl\n",
        "data/w.csv": "a\n",
    }
    found = look_at(tmp_path, files)
    assert (found.entries[0].kind, found.entries[0].command) == ("kedro", "kedro run")
    assert [one.path for one in found.data] == ["data/w.csv"]
    assert (found.models[0].path, str(found.models[0].at)) == (
        "data/06_models/r.pkl",
        "conf/base/catalog.yml:4",
    )


def test_make_dvc_and_mlproject(tmp_path: Path) -> None:
    files = {
        "Makefile": "install:\n\tpip install .\n\ntrain: data\n\tpython code/fit.py --c 2\n",
        "dvc.yaml": "stages:\n  fit:\n    cmd: python code/fit.py\n    deps: [data.csv]\n"
        "    outs: [model.pkl]\n    metrics:\n      - scores.json: {cache: false}\n",
        "MLproject": "name: x\nentry_points:\n  main:\n    parameters:\n      c: {type: float,"
        " default: 0.5}\n      data: path\n    command: 'python code/fit.py --c {c} --d {data}'\n",
        "code/fit.py": FIT,
    }
    kinds = {entry.kind: entry for entry in look_at(tmp_path, files).entries}
    assert kinds["make"].command == "make train"
    assert str(kinds["make"].at) == "Makefile:4"
    assert (kinds["dvc"].command, kinds["dvc"].inputs) == ("python code/fit.py", ("data.csv",))
    assert kinds["dvc"].outputs == ("model.pkl", "scores.json")
    assert kinds["mlproject"].command == "python code/fit.py --c 0.5 --d {data}"
    assert [flag.required for flag in kinds["mlproject"].flags] == [False, True]
    assert all(entry.trains for entry in kinds.values())


def test_the_likeliest_is_first(tmp_path: Path) -> None:
    files = {
        "train.py": FIT,
        "plot_learning_curve.py": FIT,
        "tests/test_train.py": FIT,
        "predict.py": FIT,
        "experiments/old.py": FIT,
    }
    assert first(tmp_path, files).command == "python train.py"


def test_what_the_readme_runs_is_likelier(tmp_path: Path) -> None:
    files = {"a.py": FIT, "b.py": FIT, "README.md": "Run it:\n\n    python b.py\n"}
    assert first(tmp_path, files).command == "python b.py"


def test_a_module_that_only_defines_is_no_script(tmp_path: Path) -> None:
    text = "def work(frame):\n    from sklearn.svm import SVC\n    SVC().fit(frame, frame)\n"
    found = look_at(tmp_path, {"lib.py": text})
    assert [one.kind for one in found.entries] == []
    assert [one.kind for one in found.estimators] == ["local"]


def test_a_scaler_alone_is_no_model(tmp_path: Path) -> None:
    text = "from sklearn.preprocessing import StandardScaler\nStandardScaler().fit(x)\n"
    assert look_at(tmp_path, {"scale.py": text}).entries == ()


def test_a_class_with_a_method_called_fit_is_no_model(tmp_path: Path) -> None:
    text = "from rich.panel import Panel\nprint(Panel.fit('hello'))\n"
    assert look_at(tmp_path, {"show.py": text}).entries == ()


def test_findings_can_be_narrowed_to_one_entry_point(tmp_path: Path) -> None:
    files = {
        "train.py": "import loading\n" + FIT,
        "loading.py": "import pandas as pd\npd.read_csv('used.csv')\n",
        "other.py": "import pandas as pd\npd.read_csv('unused.csv')\n",
    }
    found = look_at(tmp_path, files)
    assert [one.path for one in found.of(found.entries[0], found.data)] == [
        "used.csv",
        "data.csv",
    ]
