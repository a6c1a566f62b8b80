# SPDX-License-Identifier: Apache-2.0
"""Repositories as people really have them: from `init` to a live endpoint, or to good advice.

Each folder in `shapes/` is one, as a stranger would push it. A user who knows nothing of Shipway
says `shipway init --yes`, commits, runs, does what a message says, and runs again.
"""

import json
import shutil
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from journey import Project
from shape_tables import write_table

from shipway.operations.init import init

SHAPES = Path(__file__).parent / "shapes"


@dataclass(frozen=True)
class Advice:
    """What a red run must say, and what a user does then (None: that was the end)."""

    says: tuple[str, ...]
    then: Callable[[Project], object] | None = None
    code: int = 2


@dataclass(frozen=True)
class Shape:
    """One repository: its tables, whether Git ignores them, the red runs before the live one."""

    name: str
    tables: tuple[str, ...]
    target: str
    ignored: bool = False
    advice: tuple[Advice, ...] = ()
    row: dict[str, object] | None = None

    @property
    def arrives(self) -> bool:
        """Whether it ends with a live endpoint."""
        return not self.advice or self.advice[-1].then is not None


def _requirements(old: str, new: str, path: str = "requirements.txt") -> Callable[[Project], None]:
    return lambda project: project.replace(path, old, new)


def _take_the_patch(project: Project) -> None:
    ended = project.run("--relax")
    assert ended.code == 2
    ended.said("shipway-relax.patch", "git apply")
    project.git("apply", ".shipway/shipway-relax.patch")


CHURN_ROW = {"tenure": 3, "monthly_charges": 50.5, "support_calls": 4, "contract": "monthly"}
HOUSE_ROW = {"area": 90, "rooms": 4, "year": 1980, "district": "north"}
FLOWER_ROW = {"petal_length": 1.5, "petal_width": 0.3, "sepal_length": 5.0}
LOAN_ROW = {"amount": 9000, "income": 2500, "age": 40}

EACH = (
    Shape("bare_pickle", ("churn.csv",), "churned", row=CHURN_ROW),
    Shape("bare_parts", ("data/houses.csv",), "price", row=HOUSE_ROW),
    Shape(
        "bare_unsaved",
        ("flowers.csv",),
        "species",
        advice=(
            Advice(
                ("analysis.py:1", "pandas", "analysis.py:2", "scikit-learn", "requirements.txt"),
                lambda project: project.write("requirements.txt", "pandas\nscikit-learn\n"),
            ),
        ),
        row=FLOWER_ROW,
    ),
    Shape(
        "bare_crash",
        ("churn.csv",),
        "churned",
        advice=(Advice(("fit.py", "line 11", "IndexError"), code=1),),
    ),
    Shape(
        "sub_relative",
        ("data/loans.csv",),
        "default",
        ignored=True,
        advice=(
            Advice(
                ("requirements.txt:2", "sklearn", "scikit-learn"),
                _requirements("sklearn", "scikit-learn"),
            ),
        ),
        row=LOAN_ROW,
    ),
    Shape("sub_tests", ("data/flowers.csv",), "species", row=FLOWER_ROW),
    Shape(
        "sub_pins",
        ("ml/houses.csv",),
        "price",
        advice=(Advice(("numpy==1.21.0", "pandas==2.2.3", "requirements.txt:1"), _take_the_patch),),
        row=HOUSE_ROW,
    ),
    Shape("sub_class", ("ml/tickets.csv",), "team", row={"product": "phone", "channel": "call"}),
    Shape("module_json", ("data/churn.csv",), "churned", ignored=True, row=CHURN_ROW),
    Shape("module_mlflow", ("data/houses.csv",), "price", row=HOUSE_ROW),
    Shape(
        "module_undeclared",
        ("loans.csv",),
        "default",
        advice=(
            Advice(
                ("segments/__main__.py:4", "tabulate"),
                _requirements("pandas", "tabulate\npandas"),
            ),
        ),
        row=LOAN_ROW,
    ),
    Shape(
        "flags_frozen",
        ("data/flowers.csv",),
        "species",
        ignored=True,
        advice=(
            Advice(
                ("requirements.txt:6", "scikit-learn==1.0.2", "1.2", "--relax"), _take_the_patch
            ),
        ),
        row=FLOWER_ROW,
    ),
    Shape(
        "flags_environment",
        ("loans.csv",),
        "default",
        advice=(
            Advice(
                ("pywin32", "requirements.txt:3", "sys_platform == 'win32'"),
                _requirements("pywin32==306", "pywin32==306; sys_platform == 'win32'"),
            ),
        ),
        row=LOAN_ROW,
    ),
    Shape("console_yaml", ("data/flowers.csv",), "species", row=FLOWER_ROW),
    Shape("functions", ("data/houses.csv",), "price", row=HOUSE_ROW),
    Shape(
        "kedro",
        ("data/01_raw/wines.csv",),
        "quality",
        ignored=True,
        row={"alcohol": 11.0, "acidity": 0.5, "sugar": 4.0},
    ),
    Shape(
        "other_python",
        ("loans.csv",),
        "default",
        advice=(Advice(("pyproject.toml:8", ">=3.8,<3.9", "older than 3.9", "--relax")),),
    ),
    Shape("notebook", ("flowers.csv",), "species", row=FLOWER_ROW),
)


@pytest.mark.parametrize("shape", EACH, ids=lambda shape: shape.name)
def test_a_stranger_arrives(shape, project, record_property):
    begun = time.monotonic()
    _arrive(project, shape)
    questions = _questions(project)
    ended = project.shipway("init", "--yes", "--target", shape.target)
    assert ended.code == 0, ended.text
    ended.said("shipway run")
    written = project.read("shipway.yaml")
    project.commit("on the road")
    runs = 1
    for advice in shape.advice:
        ended = project.run()
        assert ended.code == advice.code, ended.text
        ended.said(*advice.says)
        assert not _versions(project)
        if advice.then is not None:
            advice.then(project)
            project.commit("as told")
            runs += 1
    if shape.arrives:
        code, document = project.report_run()
        assert code == 0, document
        assert len(_predict(document["endpoints"]["production"], shape.row)) == 1
    assert not project.git("status", "--porcelain"), "the user's files are as they were"
    lines = [line for line in written.splitlines() if line.strip() and line.strip()[0] != "#"]
    seconds = round(time.monotonic() - begun)
    record_property("shape", (shape.name, len(lines), questions, runs, seconds, shape.arrives))


def _arrive(project: Project, shape: Shape) -> None:
    shutil.copytree(SHAPES / shape.name, project.folder, dirs_exist_ok=True)
    for table in shape.tables:
        write_table(project.folder / table)
    if shape.ignored:
        project.write(".gitignore", "".join(f"/{table}\n" for table in shape.tables))
    project.repository()


def _questions(project: Project) -> int:
    """How many questions somebody at a terminal is asked, who takes the guess each time."""
    copy = project.folder.with_name("asked")
    shutil.copytree(project.folder, copy)
    return init(copy, ask=lambda question: question.options[0][0]).asked


def _versions(project: Project) -> list[object]:
    return list(project.json("models")["models"])


def _predict(endpoint: str, row: object) -> list[object]:
    body = json.dumps({"instances": [row]}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{endpoint}/predict", body, headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return list(json.load(answer)["predictions"])
