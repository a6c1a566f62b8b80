# SPDX-License-Identifier: Apache-2.0
"""Which files the code reads, however the path is written; which column it predicts."""

from pathlib import Path

import pytest
from discovered import look_at

from shipway.discovery.findings import DataFile, RepositoryFindings

HEAD = "import os\nfrom pathlib import Path\nimport numpy as np\nimport pandas as pd\n"


def reads(root: Path, text: str, **others: str) -> tuple[DataFile, ...]:
    return look_at(root, {"train.py": HEAD + text, **others}).data


@pytest.mark.parametrize(
    "text",
    [
        "pd.read_csv('data/x.csv')",
        "pd.read_csv(filepath_or_buffer='data/x.csv', sep=';')",
        "pd.read_csv(Path('data') / 'x.csv')",
        "pd.read_csv(os.path.join('data', 'x.csv'))",
        "pd.read_csv(Path('data', 'x.csv').resolve())",
        "D = 'data'\npd.read_csv(f'{D}/x.csv')",
        "D = 'data/'\npd.read_csv(D + 'x.csv')",
        "pd.read_csv('%s/x.csv' % 'data')",
        "pd.read_csv('{}/{}.csv'.format('data', 'x'))",
        "pd.read_csv('./data//x.csv')",
        "CONFIG = {'data': {'path': 'data/x.csv'}}\npd.read_csv(CONFIG['data']['path'])",
        "class C:\n    PATH = 'data/x.csv'\npd.read_csv(C.PATH)",
        "def load(path):\n    return pd.read_csv(path)\nload('data/x.csv')",
        "def load(path='data/x.csv'):\n    return pd.read_csv(path)\nload()",
        "class L:\n    def __init__(self, p):\n        self.p = p\n    def go(self):\n"
        "        return pd.read_csv(self.p)\nL('data/x.csv').go()",
        "def where():\n    return Path('data') / 'x.csv'\npd.read_csv(where())",
        "import yaml\nwith open('c.yaml') as f:\n  c = yaml.safe_load(f)\npd.read_csv(c['table'])",
        "import yaml\nc = yaml.safe_load(Path('c.yaml').read_text())\npd.read_csv(c.get('table'))",
        "from config import TABLE\npd.read_csv(TABLE)",
        "import config\npd.read_csv(config.TABLE)",
        "from config import Paths\npd.read_csv(Paths.table)",
        "ROOT = Path(__file__).resolve().parent\npd.read_csv(ROOT / 'data' / 'x.csv')",
        "HERE = os.path.dirname(os.path.abspath(__file__))\n"
        "pd.read_csv(os.path.join(HERE, 'data/x.csv'))",
        "import csv\nwith open('data/x.csv') as f:\n    rows = list(csv.reader(f))",
        "if os.path.exists('/data'):\n    p = 'data/x.csv'\nelse:\n    p = 'data/x.csv'\n"
        "pd.read_csv(p)",
    ],
)
def test_a_path_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    others = {
        "data/x.csv": "a\n1\n",
        "c.yaml": "table: data/x.csv\n",
        "config.py": "TABLE = 'data/x.csv'\nclass Paths:\n    table = TABLE\n",
    }
    found = [one for one in reads(tmp_path, text, **others) if not one.configuration]
    assert [(one.path, one.exists) for one in found] == [("data/x.csv", True)]


def test_where_a_value_comes_from_is_said(tmp_path: Path) -> None:
    text = "import yaml\nc = yaml.safe_load(open('p.yaml'))\npd.read_csv(c['data']['raw'])"
    table = reads(tmp_path, text, **{"p.yaml": "data:\n  raw: x.csv\n"})[-1]
    assert table.via == "p.yaml: data.raw"
    assert table.why.endswith("from 'x.csv', which comes from p.yaml: data.raw")
    assert str(table.at) == "train.py:7"


def test_settings_are_not_data(tmp_path: Path) -> None:
    found = reads(tmp_path, "import yaml\nyaml.safe_load(open('p.yaml'))", **{"p.yaml": "a: 1"})
    assert [(one.path, one.configuration) for one in found] == [("p.yaml", True)]


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        ("pd.read_csv('/home/me/x.csv')", "/home/me/x.csv", "absolute"),
        (r"pd.read_csv('C:\\data\\x.csv')", r"C:\data\x.csv", "absolute"),
        ("pd.read_csv('~/x.csv')", "~/x.csv", "absolute"),
        ("pd.read_csv('https://host/x.csv')", "https://host/x.csv", "url"),
        (
            "from sklearn import datasets as d\nd.load_iris()",
            "sklearn.datasets.load_iris",
            "library",
        ),
    ],
)
def test_what_is_not_a_file_of_the_repository(
    tmp_path: Path, text: str, path: str, kind: str
) -> None:
    [found] = reads(tmp_path, text)
    assert (found.path, found.kind) == (path, kind)


def test_git_is_asked(tmp_path: Path) -> None:
    files = {
        "train.py": HEAD + "pd.read_csv('a.csv')\npd.read_csv('data/b.csv')\npd.read_csv('c.csv')",
        ".gitignore": "data/\n",
        "a.csv": "x",
        "data/b.csv": "x",
    }
    found = look_at(tmp_path, files, git=True)
    assert [(one.path, one.git) for one in found.data] == [
        ("a.csv", "tracked"),
        ("data/b.csv", "ignored"),
        ("c.csv", "absent"),
    ]
    assert found.git


def test_a_repository_inside_another_one_is_not_confused(tmp_path: Path) -> None:
    look_at(tmp_path, {"outer.csv": "a"}, git=True)
    found = look_at(tmp_path / "inner", {"train.py": HEAD + "pd.read_csv('x.csv')", "x.csv": "a"})
    assert found.data[0].git == "untracked"


def test_options_of_the_reader_are_kept(tmp_path: Path) -> None:
    text = "pd.read_csv('x.csv', sep=';', header=None, names=['a', 'b'], encoding='latin-1')"
    [found] = reads(tmp_path, text)
    assert dict(found.options) == {
        "sep": "';'",
        "header": "None",
        "names": "['a', 'b']",
        "encoding": "'latin-1'",
    }
    assert (found.headless, found.columns) == (True, ("a", "b"))


@pytest.mark.parametrize(
    ("name", "role"),
    [("train.csv", "train"), ("X_test.csv", "test"), ("val.csv", "validation"), ("all.csv", "all")],
)
def test_names_tell_what_a_table_is_for(tmp_path: Path, name: str, role: str) -> None:
    assert reads(tmp_path, f"pd.read_csv('{name}')")[0].role == role


def test_models_that_are_read_are_marked(tmp_path: Path) -> None:
    text = "import joblib, pickle\njoblib.load('m.pkl')\npickle.load(open('data/rows.pkl', 'rb'))"
    assert [(one.path, one.model) for one in reads(tmp_path, text)] == [
        ("m.pkl", True),
        ("data/rows.pkl", False),
    ]


def test_a_pointer_of_git_lfs_is_noticed(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n"
    assert reads(tmp_path, "pd.read_csv('x.csv')", **{"x.csv": pointer})[0].pointer


def test_what_is_written_is_not_read(tmp_path: Path) -> None:
    assert reads(tmp_path, "open('out.csv', 'w')\nPath('o.csv').open('a')") == ()


def targets(found: RepositoryFindings) -> list[str | int | None]:
    return [one.column or one.position for one in found.targets]


@pytest.mark.parametrize(
    "text",
    [
        "y = df['churn']",
        "y = df['churn'].values.astype(int)",
        "y = df.churn",
        "y = df.pop('churn')",
        "X = df.drop('churn', axis=1)",
        "X = df.drop(columns=['churn'])",
        "TARGET = 'churn'",
        "TARGET_COL = 'churn'\ny = df[TARGET_COL]",
        "X, y = df.drop(columns='churn'), df['churn']",
        "train_test_split(df, df['churn'])",
        "model.fit(df, df['churn'])",
        "y = df[['churn']]",
        "y = df.loc[:, 'churn']",
        "y = LabelEncoder().fit_transform(df['churn'])",
        "y = (df['churn']).map({'yes': 1, 'no': 0})",
    ],
)
def test_the_target_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    assert targets(look_at(tmp_path, {"train.py": HEAD + text})) == ["churn"]


def test_a_target_by_position(tmp_path: Path) -> None:
    found = look_at(tmp_path, {"train.py": HEAD + "y = df.iloc[:, -1].values"})
    assert (found.targets[0].column, found.targets[0].position) == ("", -1)
    assert found.targets[0].why == "the last column: it becomes y"


def test_more_hints_make_a_target_likelier(tmp_path: Path) -> None:
    text = "X = df.drop(columns=['id', 'churn'])\ny = df['churn']\n"
    found = look_at(tmp_path, {"train.py": HEAD + text})
    assert targets(found) == ["churn", "id"]
    assert found.targets[0].score > found.targets[1].score
