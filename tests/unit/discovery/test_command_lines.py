# SPDX-License-Identifier: Apache-2.0
"""What a script takes: flags of every library, environment variables, positions of sys.argv."""

from pathlib import Path

import pytest
from discovered import FIT, look_at

from shipway.discovery.flags import looks_like_data
from shipway.discovery.running import EntryPoint, Flag


def entry_of(root: Path, text: str, **others: str) -> EntryPoint:
    files = {"train.py": text + FIT, **{f"{name}.py": code for name, code in others.items()}}
    return look_at(root, files).entries[0]


def flags_of(root: Path, text: str) -> dict[str, Flag]:
    return {flag.name: flag for flag in entry_of(root, text).flags}


def test_argparse(tmp_path: Path) -> None:
    text = (
        "import argparse\np = argparse.ArgumentParser()\n"
        "p.add_argument('-d', '--data-path', required=True, help='the CSV  file')\n"
        "p.add_argument('--epochs', type=int, default=10)\n"
        "p.add_argument('--offset', type=float, default=-1.5)\n"
        "p.add_argument('--fast', action='store_true')\n"
        "p.add_argument('--kind', choices=['a', 'b'], default='a')\n"
        "p.add_argument('model_out')\n"
        "p.add_argument('extra', nargs='?')\n"
        "args = p.parse_args()\n"
    )
    flags = flags_of(tmp_path, text)
    data = flags["--data-path"]
    assert (data.required, data.default, data.data, data.help) == (True, None, True, "the CSV file")
    assert str(data.at) == "train.py:3"
    assert (flags["--epochs"].default, flags["--epochs"].type) == ("10", "int")
    assert not flags["--epochs"].data
    assert flags["--offset"].default == "-1.5"
    assert flags["--fast"].switch
    assert flags["--kind"].choices == ("a", "b")
    out = flags["model_out"]
    assert (out.positional, out.required, out.output) == (True, True, True)
    assert not flags["extra"].required


def test_what_is_done_with_a_flag_decides(tmp_path: Path) -> None:
    text = (
        "import argparse, joblib\nimport pandas as pd\np = argparse.ArgumentParser()\n"
        "p.add_argument('--source-of-truth-x')\np.add_argument('--where', default='m.pkl')\n"
        "args = p.parse_args()\npd.read_csv(args.source_of_truth_x)\njoblib.dump(1, args.where)\n"
    )
    flags = flags_of(tmp_path, text)
    assert flags["--source-of-truth-x"].output is False
    assert flags["--where"].output
    assert "joblib.dump writes to it (train.py:8)" in flags["--where"].why


def test_a_default_of_a_flag_is_the_path_that_is_read(tmp_path: Path) -> None:
    text = (
        "import argparse\nimport pandas as pd\n"
        "def main():\n    p = argparse.ArgumentParser()\n"
        "    p.add_argument('--data', default='in/all.csv')\n    args = p.parse_args()\n"
        "    load(args)\ndef load(args):\n    return pd.read_csv(args.data)\n"
    )
    found = look_at(tmp_path, {"train.py": text + FIT, "in/all.csv": "a\n"})
    read = found.data[0]
    assert (read.path, read.via, read.flag, read.exists) == (
        "in/all.csv",
        "flag --data",
        "--data",
        True,
    )


def test_click(tmp_path: Path) -> None:
    text = (
        "import click\n@click.command()\n@click.option('--data', '-d', required=True)\n"
        "@click.option('--verbose/--quiet', default=False)\n@click.argument('output')\n"
        "@click.option('--depth', type=click.INT, default=3)\n"
        "def main(data, verbose, output, depth): ...\n"
    )
    flags = flags_of(tmp_path, text)
    assert flags["--data"].required
    assert flags["--verbose"].switch
    assert flags["output"].positional
    assert (flags["--depth"].type, flags["--depth"].default) == ("int", "3")


def test_typer(tmp_path: Path) -> None:
    text = (
        "from pathlib import Path\nfrom typing import Annotated\nimport typer\n"
        "app = typer.Typer()\n@app.command()\n"
        "def main(data: Path, trees: int = typer.Option(100, help='how many'),"
        " out: Annotated[Path, typer.Option()] = Path('m.pkl'), fast: bool = False): ...\n"
    )
    flags = flags_of(tmp_path, text)
    assert (flags["data"].positional, flags["data"].required) == (True, True)
    assert (flags["--trees"].default, flags["--trees"].help) == ("100", "how many")
    assert (flags["--out"].default, flags["--out"].required) == ("m.pkl", False)
    assert flags["--fast"].switch


def test_fire(tmp_path: Path) -> None:
    text = "import fire\ndef main(data, c=1.0): ...\nfire.Fire(main)\n"
    flags = flags_of(tmp_path, text)
    assert (flags["--data"].required, flags["--c"].default) == (True, "1.0")


def test_each_sub_command_is_a_way_in_and_the_one_that_trains_is_first(tmp_path: Path) -> None:
    text = (
        "import typer\napp = typer.Typer()\n@app.command()\ndef predict(rows: str): ...\n"
        "@app.command()\ndef train_model(data: str = 'x.csv'): ...\n"
    )
    found = look_at(tmp_path, {"cli.py": text + FIT})
    assert [entry.command for entry in found.entries] == [
        "python cli.py train-model",
        "python cli.py predict",
    ]
    assert [flag.name for flag in found.entries[0].flags] == ["--data"]


def test_flags_of_an_imported_module_count_but_not_those_of_another_script(
    tmp_path: Path,
) -> None:
    options = (
        "import argparse\ndef parse():\n    p = argparse.ArgumentParser()\n"
        "    p.add_argument('--c')\n    return p.parse_args()\n"
    )
    other = options.replace("--c", "--d") + "if __name__ == '__main__':\n    parse()\n"
    entry = entry_of(tmp_path, "import options, other\n", options=options, other=other)
    assert [flag.name for flag in entry.flags] == ["--c"]


def test_environment_variables(tmp_path: Path) -> None:
    text = (
        "import os\na = os.environ['DATA_PATH']\nb = os.getenv('N_TREES', '10')\n"
        "c = os.environ.get('API_KEY')\n"
    )
    found = {one.name: one for one in entry_of(tmp_path, text).environment}
    assert (found["DATA_PATH"].required, found["DATA_PATH"].data) == (True, True)
    assert (found["N_TREES"].required, found["N_TREES"].default) == (False, "10")
    assert (found["API_KEY"].secret, found["API_KEY"].data) == (True, False)
    assert str(found["DATA_PATH"].at) == "train.py:2"


def test_a_variable_with_the_path_of_the_data(tmp_path: Path) -> None:
    text = "import os\nimport pandas as pd\npd.read_csv(os.environ.get('WHERE', 'd/x.csv'))\n"
    found = look_at(tmp_path, {"train.py": text + FIT})
    assert (found.data[0].path, found.data[0].variable) == ("d/x.csv", "WHERE")
    [variable] = found.entries[0].environment
    assert variable.data
    assert "read_csv reads it (train.py:3)" in variable.why


def test_positions_of_argv(tmp_path: Path) -> None:
    found = entry_of(tmp_path, "import sys\npath = sys.argv[1]\nout = sys.argv[2]\n").arguments
    assert [(one.position, one.name, one.data, one.required) for one in found] == [
        (1, "path", True, True),
        (2, "out", False, True),
    ]


def test_a_script_that_counts_its_arguments_can_do_without(tmp_path: Path) -> None:
    text = "import sys\nif len(sys.argv) > 1:\n    path = sys.argv[1]\n"
    assert [one.required for one in entry_of(tmp_path, text).arguments] == [False]


@pytest.mark.parametrize("name", ["data", "input-file", "train_csv", "dataset", "path", "datadir"])
def test_names_that_sound_like_data(name: str) -> None:
    assert looks_like_data(name)


@pytest.mark.parametrize(
    "name", ["output", "model-path", "test-size", "batch_size", "config", "seed", "split", "epochs"]
)
def test_names_that_do_not(name: str) -> None:
    assert not looks_like_data(name)


def test_the_settings_of_a_command_line_are_found(tmp_path: Path) -> None:
    text = (
        "import sys, yaml\nimport pandas as pd\nwith open(sys.argv[1]) as f:\n"
        "    job = yaml.safe_load(f)\npd.read_csv(job['input']['table'])\n"
    )
    files = {
        "train.py": text + FIT,
        "jobs/train.yaml": "input: {table: in/x.csv}\n",
        "jobs/other.yaml": "unrelated: 1\n",
    }
    found = look_at(tmp_path, files)
    assert found.entries[0].arguments[0].suggestion == "jobs/train.yaml"
    assert (found.data[0].path, found.data[0].via) == ("in/x.csv", "jobs/train.yaml: input.table")
