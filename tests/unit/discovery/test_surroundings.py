# SPDX-License-Identifier: Apache-2.0
"""What stands around the code: tests, requirements, tools, hazards, and what can't be read."""

import subprocess
import time
from pathlib import Path

import pytest
from discovered import FIT, look_at, write

from shipway.discovery.repository import look

TEST = "def test_it(): assert True\n"


def test_tests_that_need_a_path_setting(tmp_path: Path) -> None:
    files = {"src/features.py": "x = 1", "tests/test_f.py": "import features\n" + TEST}
    [suite] = look_at(tmp_path, files).tests
    assert (suite.runner, suite.command, suite.pythonpath) == ("pytest", "pytest -q tests", "src")
    assert "tests/test_f.py imports features from src" in suite.why


def test_tests_that_import_from_the_root(tmp_path: Path) -> None:
    files = {"pkg/__init__.py": "", "tests/test_f.py": "from pkg import x\n" + TEST}
    assert look_at(tmp_path, files).tests[0].pythonpath == "."


@pytest.mark.parametrize(
    "setting",
    [
        {"conftest.py": ""},
        {"pytest.ini": "[pytest]\npythonpath = .\n"},
        {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n'},
        {"tests/__init__.py": ""},
        {"tests/conftest.py": "import sys\nsys.path.insert(0, '.')\n"},
    ],
)
def test_a_project_that_takes_care_of_its_path_needs_nothing(
    tmp_path: Path, setting: dict[str, str]
) -> None:
    files = {"pkg/__init__.py": "", "tests/test_f.py": "from pkg import x\n" + TEST, **setting}
    assert look_at(tmp_path, files).tests[0].pythonpath == ""


def test_tests_that_open_what_a_training_writes(tmp_path: Path) -> None:
    files = {
        "train.py": FIT + "import joblib\njoblib.dump(model, 'out/m.pkl')",
        "tests/test_m.py": "import joblib\ndef test_it():\n    joblib.load('out/m.pkl')\n",
    }
    [suite] = look_at(tmp_path, files).tests
    assert suite.needs_model == ("out/m.pkl",)
    assert suite.written_by_training == ("out/m.pkl",)
    assert "opens out/m.pkl, which only a training writes" in suite.why


def test_tests_of_a_sub_folder_run_there(tmp_path: Path) -> None:
    text = "import pandas as pd\ndef test_it():\n    pd.read_csv('data/x.csv')\n"
    files = {"ml/tests/test_x.py": text, "ml/data/x.csv": "a"}
    [suite] = look_at(tmp_path, files).tests
    assert (suite.folder, suite.command) == ("ml", "pytest -q tests")
    assert suite.needs_data == ("ml/data/x.csv",)


def test_unittest_is_named_and_run_by_pytest(tmp_path: Path) -> None:
    text = "import unittest\nclass TestX(unittest.TestCase):\n    def test_a(self): ...\n"
    [suite] = look_at(tmp_path, {"test_x.py": text}).tests
    assert (suite.runner, suite.command) == ("unittest", "pytest -q test_x.py")


def test_a_script_called_like_a_test_is_none(tmp_path: Path) -> None:
    assert look_at(tmp_path, {"test_model.py": "print('hello')\n"}).tests == ()


def test_requirements_of_every_kind(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "# all\npandas==2.0 # why\n-r more.txt\n-e .\nscikit_learn>=1\n"
        "git+https://x/y.git#egg=special\n./local\n",
        "requirements-dev.txt": "pytest\n",
        "constraints.txt": "numpy<2\n",
        "pyproject.toml": '[project]\nname = "p"\nrequires-python = ">=3.9"\n'
        'dependencies = ["xgboost>=2"]\n',
        "setup.py": "from setuptools import setup\nR = ['lightgbm']\nsetup(install_requires=R)\n",
        "Pipfile": '[packages]\nrequests = "*"\n[requires]\npython_version = "3.8"\n',
        "environment.yml": "dependencies:\n  - python=3.10\n  - shap\n  - pip:\n    - flask\n",
    }
    found = look_at(tmp_path, files)
    names = {one.at.path: one.names for one in found.requirements}
    assert names["requirements.txt"] == ("pandas", "scikit_learn", "special")
    assert names["pyproject.toml"] == ("xgboost",)
    assert names["setup.py"] == ("lightgbm",)
    assert names["Pipfile"] == ("requests",)
    assert names["environment.yml"] == ("python", "shap", "flask")
    assert found.requirements[-1].at.path == "requirements-dev.txt"
    assert found.requirements[-1].development
    assert found.name == "p"
    assert [(one.version, str(one.at)) for one in found.pythons] == [
        (">=3.9", "pyproject.toml"),
        ("3.8", "Pipfile:4"),
        ("3.10", "environment.yml:2"),
    ]


def test_requirements_in_utf_16_say_so(tmp_path: Path) -> None:
    found = look_at(tmp_path, {"requirements.txt": "pandas==2.0\r\n".encode("utf-16")})
    assert found.requirements[0].names == ("pandas",)
    assert "UTF-16" in found.requirements[0].trouble


def test_undeclared_imports(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "pandas\nscikit-learn\n",
        "train.py": "import joblib, yaml\nimport xgboost\nimport helpers\n" + FIT,
        "helpers.py": "try:\n    import cupy\nexcept ImportError:\n    cupy = None\n",
    }
    found = look_at(tmp_path, files)
    assert [(one.module, one.distribution, str(one.at)) for one in found.undeclared] == [
        ("xgboost", "xgboost", "train.py:2"),
        ("yaml", "PyYAML", "train.py:1"),
    ]
    assert [one.module for one in found.imports if one.optional] == ["cupy"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("import matplotlib.pyplot as plt\nplt.show()", "plot window"),
        ("name = input('name? ')", "standard input"),
        ("import sys\nif True:\n    sys.exit(0)\nprint(1)", "exits early"),
        ("import os\nos.system('ls')", "shell"),
        ("import os\nos.system('wget http://x')", "download"),
        ("import requests\nrequests.get('http://x')", "download"),
        ("import kaggle\nkaggle.api.dataset_download_files('x')", "download"),
        ("import pandas as pd\npd.read_csv('http://x/y.csv')", "download"),
        ("import pandas as pd\npd.read_csv('/home/me/y.csv')", "absolute path"),
        ("import pandas as pd\npd.read_csv('gone.csv')", "missing data"),
        ("import joblib\njoblib.dump(model, '/models/m.pkl')", "absolute path"),
        ("import subprocess\nsubprocess.Popen(['x'])", "background process"),
        ("import os\nos.chdir('src')", "changes folder"),
        ("API_KEY = 'sk-1234567890abcdef'", "secret"),
    ],
)
def test_hazards(tmp_path: Path, text: str, kind: str) -> None:
    found = look_at(tmp_path, {"train.py": text + "\n"})
    assert [one.kind for one in found.hazards] == [kind]
    assert found.hazards[0].at.path == "train.py"
    assert found.hazards[0].at.line
    assert found.hazards[0].cure.endswith(".")


def test_an_input_that_is_overwritten(tmp_path: Path) -> None:
    text = "import pandas as pd\nf = pd.read_csv('a.csv')\nf.to_csv('a.csv')\nf.to_csv('b.csv')\n"
    [hazard] = look_at(tmp_path, {"train.py": text, "a.csv": "x\n"}).hazards
    assert (hazard.kind, str(hazard.at)) == ("overwrites input", "train.py:3")


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.exit(1)\nprint()",
        "import sys\ndef main(): ...\nif __name__ == '__main__':\n    sys.exit(main())",
        "import pandas as pd\npd.read_csv(path)",
    ],
)
def test_no_hazards(tmp_path: Path, text: str) -> None:
    assert look_at(tmp_path, {"train.py": text + "\n"}).hazards == ()


def test_tools(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n"
    files = {
        "train.py": "import mlflow, zenml, hydra\n",
        "data.csv.dvc": "outs: []",
        "dvc.yaml": "stages: {}",
        "Dockerfile": "FROM python:3.10-slim\n",
        "docker-compose.yml": "services: {}",
        "Makefile": "all:\n",
        ".github/workflows/ci.yml": "on: push\n",
        ".gitattributes": "*.bin filter=lfs\n",
        "w.bin": pointer,
        ".gitmodules": '[submodule "x"]\n\tpath = vendor/x\n\turl = http://x\n',
        "mlruns/0/meta.yaml": "a: 1",
    }
    found = look_at(tmp_path, files)
    kinds = {one.kind: one for one in found.tools}
    expected = {"dvc", "mlflow", "zenml", "hydra", "docker", "compose", "make", "ci", "git lfs"}
    assert set(kinds) == expected | {"submodule"}
    assert kinds["docker"].detail == "python:3.10-slim"
    assert kinds["git lfs"].detail == "1 files are pointers: w.bin"
    assert kinds["submodule"].detail == "vendor/x (empty)"
    assert [one.kind for one in found.hazards] == ["submodule"]


def test_a_shallow_clone_is_noticed(tmp_path: Path) -> None:
    origin, copy = tmp_path / "origin", tmp_path / "copy"
    look_at(origin, {"a.py": "x = 1"}, git=True)
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    for words in (("commit", "-qm", "1"), ("commit", "-qm", "2", "--allow-empty")):
        subprocess.run(["git", *who, *words], cwd=origin, check=True)
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{origin}", copy], check=True)
    assert "shallow clone" in [one.kind for one in look(copy).tools]


def test_what_was_installed_or_built_is_not_looked_at(tmp_path: Path) -> None:
    files = {
        "train.py": FIT,
        ".venv/lib/x.py": FIT,
        "myenv/pyvenv.cfg": "",
        "myenv/lib/x.py": FIT,
        "node_modules/a/b.py": FIT,
        "build/lib/x.py": FIT,
        ".git/hooks/x.py": FIT,
    }
    found = look_at(tmp_path, files)
    assert [one.at.path for one in found.entries] == ["train.py"]
    assert found.files == 1


def test_python_2_and_broken_files_are_findings(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "train.py": FIT,
        "old.py": "import os\nprint 'hello'\n",
        "latin.py": b"x = '\xe4'\n",
        "empty.py": "",
        "broken.ipynb": "{",
        "dvc.yaml": "stages: [",
        "pyproject.toml": "[project\n",
        "MLproject": "- 1",
        "conf/base/catalog.yml": "[]",
        "setup.py": "setup(",
        "Pipfile.lock": "[]",
    }
    found = look_at(tmp_path, files)
    assert [(str(one.at), one.why) for one in found.unreadable if "setup" not in one.at.path] == [
        ("broken.ipynb", "it is not a notebook: its JSON can't be read"),
        (
            "latin.py",
            "its text is not UTF-8 and no comment in its first two lines names the encoding",
        ),
        ("old.py:2", "it is written for Python 2"),
    ]
    assert found.entries[0].command == "python train.py"


def test_an_empty_folder(tmp_path: Path) -> None:
    found = look(tmp_path)
    assert found.name == tmp_path.name
    assert (found.entries, found.data, found.files, found.git) == ((), (), 0, False)


def test_circles_do_not_hang(tmp_path: Path) -> None:
    files = {
        "a.py": "from b import P\nimport pandas as pd\nQ = P\npd.read_csv(Q)\n"
        "def f(x):\n    return f(x)\npd.read_csv(f(f))\ny = y\npd.read_csv(y)\n"
        "y = frame.iloc[()]\n",
        "b.py": "from a import Q\nP = Q\n",
    }
    assert look_at(tmp_path, files).data == ()


def test_two_thousand_files_in_two_seconds(tmp_path: Path) -> None:
    body = "\n".join(f"def f{n}(a, b):\n    c = a + b\n    return [c, {n}]\n" for n in range(20))
    files = {
        f"p{n % 40}/m{n}.py": f"import numpy\nfrom p{(n + 1) % 40} import m{n + 1}\n{body}"
        for n in range(2000)
    }
    files |= {"train.py": "from settings import P\n" + FIT.replace('"data.csv"', "P")}
    files |= {"settings.py": "P = 'here.csv'\n"}
    write(tmp_path, dict(files))
    begun = time.process_time()
    found = look(tmp_path)
    assert time.process_time() - begun < 2
    assert found.files == 2002
    assert found.entries[0].command == "python train.py"
    assert found.data[0].path == "here.csv"
