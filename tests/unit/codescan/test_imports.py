# SPDX-License-Identifier: Apache-2.0
import ast
import json
from pathlib import Path

import pytest

from shipway.codescan.distributions import distribution_of, normal
from shipway.codescan.imports import collect, imports_of, missing_imports
from shipway.codescan.reading import UnreadableCodeError, parse, read_code


def project(root: Path, files: dict[str, str]) -> list[Path]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [root / name for name in files]


def names(root: Path, files: dict[str, str], provided: set[str] = frozenset()) -> list[str]:
    return [one.module for one in missing_imports(project(root, files), root, provided)]


def test_what_is_provided_standard_or_local_is_not_missing(tmp_path: Path) -> None:
    files = {
        "train.py": "import os\nimport numpy as np\nimport features\nfrom lib.clean import tidy\n",
        "features.py": "import pandas",
        "lib/clean.py": "import json",
    }
    assert names(tmp_path, files, {"numpy"}) == ["pandas"]


def test_the_answer_names_the_place_and_what_to_install(tmp_path: Path) -> None:
    files = {"src/a.py": "import os\n\nfrom sklearn.svm import SVC\n", "src/b.py": "import sklearn"}
    [missing] = missing_imports(project(tmp_path, files), tmp_path, set())
    assert (missing.module, missing.distribution_guess) == ("sklearn", "scikit-learn")
    assert (missing.path, missing.line, missing.lazy) == ("src/a.py", 3, False)


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import cupy\nexcept ImportError:\n    cupy = None",
        "try:\n    import numpy\nexcept (KeyError, ModuleNotFoundError):\n    import cupy",
        "try:\n    import cupy\nexcept:\n    pass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import cupy",
        "import typing\nif typing.TYPE_CHECKING:\n    import cupy",
        "import sys\nif sys.platform == 'win32':\n    import cupy",
        "import sys\nif sys.version_info < (3, 8):\n    import cupy",
    ],
)
def test_an_import_that_the_code_can_do_without_is_not_missing(tmp_path: Path, text: str) -> None:
    assert names(tmp_path, {"train.py": text}, {"numpy"}) == []


def test_a_try_that_forgives_something_else_does_not_make_an_import_optional(
    tmp_path: Path,
) -> None:
    text = "try:\n    import cupy\nexcept KeyError:\n    pass"
    assert names(tmp_path, {"train.py": text}) == ["cupy"]


def test_an_import_inside_a_function_is_lazy_and_comes_last(tmp_path: Path) -> None:
    text = "def plot():\n    import seaborn\n\nclass A:\n    import xgboost\n\nimport zope\n"
    found = missing_imports(project(tmp_path, {"train.py": text}), tmp_path, set())
    assert [(one.module, one.lazy) for one in found] == [
        ("xgboost", False),
        ("zope", False),
        ("seaborn", True),
    ]


def test_a_place_outside_of_functions_wins_over_one_inside(tmp_path: Path) -> None:
    files = {"a.py": "def f():\n    import seaborn", "b.py": "import seaborn"}
    [found] = missing_imports(project(tmp_path, files), tmp_path, set())
    assert (found.path, found.lazy) == ("b.py", False)


def test_relative_imports_are_local(tmp_path: Path) -> None:
    files = {"pkg/__init__.py": "", "pkg/a.py": "from . import b\nfrom .c import d\n"}
    assert names(tmp_path, files) == []


def test_a_module_in_src_or_somewhere_on_the_path_is_local(tmp_path: Path) -> None:
    files = {
        "train.py": "import sys\nsys.path.append('steps/x')\nimport cleaning\nimport fraud\n",
        "steps/x/cleaning.py": "",
        "src/fraud/__init__.py": "",
    }
    assert names(tmp_path, files) == []


def test_a_far_file_does_not_hide_a_library_of_its_name(tmp_path: Path) -> None:
    files = {"train.py": "import xgboost", "models/xgboost.py": "class Model: ..."}
    assert names(tmp_path, files) == ["xgboost"]


def test_a_notebook_is_read_without_its_magics(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": "# import nothing"},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install x\n", "import cv2"]},
        {"cell_type": "code", "source": "%%bash\nimport -window root x.png"},
        {"cell_type": "code", "source": "%%time\nfiles = !ls\nimport lightgbm\nlightgbm.train?"},
    ]
    path = tmp_path / "train.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    found = missing_imports([path], tmp_path, set())
    assert [one.distribution_guess for one in found] == ["opencv-python", "lightgbm"]
    assert read_code(path).place(found[1].line) == (3, 4)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"print 'hello'\n", "written for Python 2"),
        (b"def f(:\n", "not Python"),
        (b"x = '\xe4'\n", "not UTF-8"),
        ("import os".encode("utf-16"), "UTF-16"),
        (b"x = 1\0", "not Python"),
        (b"x = " + b"(" * 5000, "not Python"),
    ],
)
def test_what_is_not_python_is_said_and_skipped(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "old.py"
    path.write_bytes(content)
    with pytest.raises(UnreadableCodeError, match=why):
        parse(read_code(path))
    assert imports_of(path) == []


def test_a_comment_may_name_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "latin.py"
    path.write_bytes(b"# -*- coding: latin-1 -*-\nimport numpy  # \xe4\n")
    assert [one.name for one in imports_of(path)] == ["numpy"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"cells": 3}', '{"cells": [{}, 1]}', "{"])
def test_a_broken_notebook_has_no_imports(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(content)
    assert imports_of(path) == []


@pytest.mark.parametrize(
    ("module", "taken", "distribution"),
    [
        ("sklearn.ensemble", (), "scikit-learn"),
        ("PIL", ("Image",), "pillow"),
        ("google.cloud", ("storage",), "google-cloud-storage"),
        ("google.protobuf.message", (), "protobuf"),
        ("google.cloud.speech", (), "google-cloud-speech"),
        ("something", ("else",), "something"),
    ],
)
def test_distributions(module: str, taken: tuple[str, ...], distribution: str) -> None:
    assert distribution_of(module, taken) == distribution


def test_spellings_of_a_distribution_are_one() -> None:
    assert normal("Flask_RESTful") == normal("flask.restful") == "flask-restful"


def test_imports_keep_the_order_and_the_dots() -> None:
    found = collect(ast.parse("import a.b, c\nfrom ..d import e\nwith x:\n    import f"))
    assert [(one.name, one.level, one.line) for one in found] == [
        ("a.b", 0, 1),
        ("c", 0, 1),
        ("d", 2, 2),
        ("f", 0, 4),
    ]
