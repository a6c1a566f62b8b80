# SPDX-License-Identifier: Apache-2.0
"""A few unit tests for a repository that has none: a tiny fit, a prediction, a metric by hand.

The tests make up rows that look like the data; no row of the data itself is copied into them. A
training function is called; a script is carried out on a copy of the repository, beside a small
table of its own.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from shipway.discovery.compose import Proposal
from shipway.discovery.findings import RepositoryFindings
from shipway.discovery.running import EntryPoint
from shipway.discovery.tables import ColumnFinding, TableFinding
from shipway.discovery.tables_target import Guess
from shipway.spec.scalar_text import number
from shipway.spec.types import TrainSpec

STARTER = "tests/test_shipway_starter.py"
ROWS = 120
MOST_VALUES = 8

HEAD = '''\
"""First tests of the training, written by `shipway init`. Make them yours.

The rows are made up; they only look like {path}.
"""

{imports}

ROWS = {rows}
TARGET = {target}


def small_table() -> pd.DataFrame:
    chance = np.random.default_rng(0)
    return pd.DataFrame(
        {{
{columns}
        }}
    )


'''

BY_FUNCTION = """\
@pytest.fixture(scope="module")
def model():
    return {function}({arguments})


"""

BY_COMMAND = '''\
@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """What the training writes, on a copy of this repository with the small table."""
    root = Path(__file__).resolve().parents[1]
    copy = tmp_path_factory.mktemp("training") / "copy"
    left_out = shutil.ignore_patterns(".git", ".shipway", "__pycache__", ".venv", "venv")
    shutil.copytree(root, copy, ignore=left_out)
    table = copy / {path}
    table.unlink(missing_ok=True)
    small_table().{writer}(table, index=False)
    for model in {models}:
        (copy / model).unlink(missing_ok=True)
        (copy / model).parent.mkdir(parents=True, exist_ok=True)
    environment = {{**os.environ, {environment}}}
    command = [sys.executable, *{words}]
    subprocess.run(command, cwd=copy / {folder}, env=environment, check=True, timeout=600)
    return joblib.load(copy / {model})


'''

TESTS = """\
def features(model) -> pd.DataFrame:
    table = small_table().drop(columns=TARGET)
    return table[list(getattr(model, "feature_names_in_", table.columns))]


def test_a_tiny_fit_predicts_each_row(model):
    predictions = np.asarray(model.predict(features(model)))
    assert len(predictions) == ROWS
    {check}


def test_a_prediction_stays_the_same(model):
    rows = features(model)
    assert list(model.predict(rows)) == list(model.predict(rows))


def test_the_steps_before_the_model_keep_the_rows(model):
    if len(getattr(model, "steps", [])) < 2:
        pytest.skip("the model has no steps before it")
    found = model[:-1].transform(features(model))
    found = found.toarray() if hasattr(found, "toarray") else np.asarray(found)
    assert found.shape[0] == ROWS
    if np.issubdtype(found.dtype, np.number):
        assert np.isfinite(found).all()


def test_a_metric_by_hand():
    {metric}
"""

CLASSES = (
    "assert set(predictions.tolist()) <= set(small_table()[TARGET].tolist())",
    "truth, guess = [1, 1, 1, 0, 0], [1, 0, 1, 0, 1]\n"
    "    hits = sum(t == g for t, g in zip(truth, guess))\n"
    "    assert accuracy_score(truth, guess) == hits / len(truth) == 0.6",
    "accuracy_score",
)
NUMBERS = (
    "assert np.isfinite(predictions.astype(float)).all()",
    "truth, guess = [1.0, 2.0, 4.0], [1.0, 3.0, 2.0]\n"
    "    assert mean_absolute_error(truth, guess) == (0 + 1 + 2) / 3",
    "mean_absolute_error",
)


def starter_tests(folder: Path, findings: RepositoryFindings, proposal: Proposal) -> str | None:
    """The text of the tests; None where nothing can be tested without knowing more."""
    table, found, entry, train = (
        proposal.table,
        proposal.guess,
        proposal.entry,
        proposal.spec.train,
    )
    if table is None or found is None or entry is None or train is None:
        return None
    if not _uses(folder, entry, "pandas") or not _uses(folder, entry, "sklearn"):
        return None
    fixture = _by_function(entry, train) if train.function else _by_command(train, table)
    if fixture is None:
        return None
    check, metric, name = NUMBERS if found.task == "regression" else CLASSES
    head = HEAD.format(
        path=table.path,
        rows=ROWS,
        target=_text(found.target),
        imports=_imports(train, name),
        columns="\n".join(_columns(table, found)),
    )
    return head + fixture + TESTS.format(check=check, metric=metric)


def _uses(folder: Path, entry: EntryPoint, module: str) -> bool:
    form = re.compile(rf"^\s*(import|from)\s+{module}\b", re.MULTILINE)
    return any(form.search(_read(folder / file)) for file in entry.files)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _imports(train: TrainSpec, metric: str) -> str:
    standard = ["os", "shutil", "subprocess", "sys"]
    third = ["import numpy as np", "import pandas as pd", "import pytest"]
    lines = [f"import {name}" for name in standard] + ["from pathlib import Path", ""]
    if train.function:
        lines, ours = [], ["", "from {} import {}".format(*train.function.split(":"))]
    else:
        third, ours = ["import joblib", *third], []
    return "\n".join([*lines, *third, f"from sklearn.metrics import {metric}", *ours])


def _by_function(entry: EntryPoint, train: TrainSpec) -> str | None:
    """The fixture that calls a function; None when it needs more than a table."""
    needed = [each for each in entry.parameters if each.default is None]
    if len(needed) != 1 or train.params or "." in (train.function or ":").split(":")[1]:
        return None
    name = (train.function or ":").split(":")[1]
    return BY_FUNCTION.format(function=name, arguments="small_table()")


def _by_command(train: TrainSpec, table: TableFinding) -> str | None:
    """The fixture that carries a command out; None for more than one command or model file."""
    if len(train.command) != 1 or len(train.model) != 1 or train.predict or table.path[:1] == "/":
        return None
    words = shlex.split(train.command[0])
    if words[0] not in ("python", "python3") or not train.model[0].endswith((".pkl", ".joblib")):
        return None
    path = f"str(copy / {_text(table.path)})"
    arguments = [path if "{data." in word else _text(word) for word in words[1:]]
    variables = [
        f"{_text(name)}: {path if '{data.' in value else _text(value)}"
        for name, value in train.env.items()
    ]
    return BY_COMMAND.format(
        path=_text(table.path),
        writer="to_parquet" if table.path.endswith(".parquet") else "to_csv",
        models=_list(train.model),
        environment=", ".join(variables),
        words="[" + ", ".join(arguments) + "]",
        folder=_text(train.folder),
        model=_text(train.model[0]),
    )


def _columns(table: TableFinding, found: Guess) -> Iterator[str]:
    for column in table.columns:
        name = column.name or "Unnamed: 0"
        yield f"            {_text(name)}: {_made_up(column, column.name == found.target, found)},"


def _made_up(column: ColumnFinding, is_target: bool, found: Guess) -> str:
    """An expression for ROWS values that look like those of the column."""
    values = [value for value, _ in column.values][:MOST_VALUES]
    if is_target and found.task != "regression":
        return f"np.resize({_list_of(column, values)}, ROWS)"
    if column.unique and column.type == "string":
        return '[f"row {number}" for number in range(ROWS)]'
    match column.type:
        case "integer":
            low, high = int(column.low or 0), int(column.high or 0)
            return f"chance.integers({low}, {high + 1}, ROWS)"
        case "float":
            low_, high_ = number(column.low or 0), number(column.high or 0)
            return f"chance.uniform({low_}, {high_}, ROWS)"
        case "boolean":
            return "chance.choice([True, False], ROWS)"
        case "date" | "datetime":
            return 'pd.date_range("2024-01-01", periods=ROWS).astype(str)'
        case "string" if values:
            return f"chance.choice({_list(values)}, ROWS)"
        case "string":
            return '[f"text {number}" for number in range(ROWS)]'
        case _:
            return "None"


def _list_of(column: ColumnFinding, values: list[str]) -> str:
    if column.type == "boolean":
        return "[True, False]"
    if column.type in ("integer", "float"):
        return "[" + ", ".join(values) + "]"
    return _list(values)


def _list(values: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(map(_text, values)) + "]"


def _text(value: str) -> str:
    """A text as Python writes it, in double quotes where that is possible."""
    shown = repr(value)
    if shown[0] == "'" and '"' not in shown and "\\" not in shown:
        return f'"{shown[1:-1]}"'
    return shown
