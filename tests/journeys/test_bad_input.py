# SPDX-License-Identifier: Apache-2.0
"""What users get wrong: the right exit code, what, where and the cure, and nothing is lost."""

import os
import shutil
import socket
import subprocess

import pytest
from journey import by_name

HEAD = "shipway: 1\nproject: small\n"
SPEC = HEAD + "steps:\n  one: {command: 'true'}\n"
TABLE = HEAD + "data:\n  train: data/train.csv\n  columns:\n    a: {type: float, min: 0}\n"

SPECS = {
    "empty": (b"", ["shipway.yaml"]),
    "only a comment": (b"# nothing\n", ["shipway.yaml"]),
    "not UTF-8": (b"shipway: 1\nproject: caf\xe9\n", ["shipway.yaml", "UTF-8"]),
    "tabs": (b"shipway: 1\nproject: small\nsteps:\n\tone: {command: 'true'}\n", [":4:1", "tab"]),
    "duplicate keys": (b"shipway: 1\nproject: a\nproject: b\n", [":3:1", "project"]),
    "aliases": (b"shipway: 1\nproject: &a small\nmodel: {name: *a}\n", [":3:15", "alias"]),
    "unknown key": (SPEC.encode() + b"tets: pytest\n", [":5:1", "tets", "tests"]),
    "wrong type": (HEAD.encode() + b"steps: [1, 2]\n", [":3:8", "steps"]),
    "two mistakes": (b"shipway: 1\nproject: A B\nstep: {}\n", [":2:10", ":3:1", "steps"]),
    "unquoted braces": (
        HEAD.encode() + b"train:\n  command: {data.train} x\n",
        ["shipway.yaml:", "quote"],
    ),
    "a reference in braces": (
        HEAD.encode() + b"train:\n  command: python t.py\n  env: {DATA: {data.train}}\n",
        [":5:", '"{data.train}"'],
    ),
    "not a mapping": (b"- 1\n- 2\n", ["shipway.yaml:1:1"]),
    "a broken line": (b"shipway: 1\nproject: [a\n", ["shipway.yaml:"]),
}


@pytest.mark.parametrize("kind", SPECS)
def test_a_wrong_spec_is_explained(project, kind):
    data, parts = SPECS[kind]
    project.write("shipway.yaml", data)
    project.repository()
    ended = project.run()
    assert ended.code == 2
    ended.said(*parts)
    assert "Traceback" not in ended.text
    assert ended.out == ""
    document = project.run("--json").document()
    assert document["exit_code"] == 2
    project.write("shipway.yaml", SPEC)
    assert project.run().code == 0


def test_no_spec(project):
    project.repository()
    ended = project.run()
    assert ended.code == 2
    ended.said("shipway.yaml", "shipway init")


def test_no_such_folder(project):
    ended = project.shipway("run", "--project", str(project.folder / "gone"))
    assert ended.code == 2
    ended.said("gone")


def test_no_repository_and_then_no_commit(project):
    project.write("shipway.yaml", SPEC)
    ended = project.run()
    assert ended.code == 2
    ended.said("git init")
    project.git("init", "-q", "-b", "main", ".")
    ended = project.run()
    assert ended.code == 2
    ended.said("git commit")
    project.commit("first")
    assert project.run().code == 0


def test_an_unknown_commit(project):
    project.write("shipway.yaml", SPEC)
    project.repository()
    ended = project.run("--commit", "nonsense")
    assert ended.code == 2
    ended.said("nonsense")


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, 2), (b"", 2), (b"a,b\n", 1), (b'a,b\n1,2\n"3,', 2), (b"b\n1\n", 1), (b"\0\1\2\3", 2)],
    ids=["missing", "empty", "no rows", "truncated", "no such column", "binary"],
)
def test_a_table_that_can_not_be_used(project, content, code):
    project.write("shipway.yaml", TABLE + "  rows: {min: 1}\n")
    if content is not None:
        project.write("data/train.csv", content)
    project.repository()
    ended = project.run("--until", "validate")
    assert ended.code == code, ended.text
    ended.said("train")
    assert "Traceback" not in ended.text
    project.write("data/train.csv", "a,b\n1,2\n3,4\n")
    assert project.run("--until", "validate").code == 0


def test_a_truncated_parquet_file(project):
    import polars

    project.write("shipway.yaml", TABLE.replace("train.csv", "train.parquet"))
    place = project.write("data/train.parquet", b"")
    polars.DataFrame({"a": [float(n) for n in range(5000)]}).write_parquet(place)
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2])
    project.repository()
    ended = project.run("--until", "validate")
    assert ended.code == 2
    ended.said("data/train.parquet")
    place.write_bytes(whole)
    assert project.run("--until", "validate").code == 0


def test_a_file_that_changes_while_a_step_reads_it(project):
    step = "read: {command: sh mess.sh, inputs: [in.txt], code: [mess.sh], env: {MINE: '${MINE}'}}"
    project.write("shipway.yaml", f"{HEAD}steps:\n  {step}\n")
    project.write("mess.sh", 'cat in.txt; echo 2 > "$MINE"\n')
    mine = project.write("in.txt", "1\n")
    project.environ = project.environ | {"MINE": str(mine)}
    project.repository()
    ended = project.run()
    assert ended.code == 1
    ended.said("in.txt")
    project.write(
        "shipway.yaml", HEAD + "steps:\n  read: {command: cat in.txt, inputs: [in.txt], code: []}\n"
    )
    assert project.run().code == 0


TRAININGS = {
    "missing": ("toy.train:fit", "", ["toy.train", "fit", "train"]),
    "no module": ("toy.trian:train", "", ["toy.trian"]),
    "raising": (
        "toy.train:bad",
        "def bad(train, c):\n    raise ValueError('it is wrong')\n",
        ["it is wrong", "toy/train.py"],
    ),
    "None": (
        "toy.train:none",
        "def none(train, c):\n    return None\n",
        ["None", "toy.train:none"],
    ),
}


@pytest.mark.parametrize("kind", TRAININGS)
def test_a_training_function_that_is_wrong(trained, kind):
    function, code, parts = TRAININGS[kind]
    expected = 1 if code else 2
    trained.replace("shipway.yaml", "toy.train:train", function)
    trained.write("toy/train.py", trained.read("toy/train.py") + "\n\n" + code)
    ended = trained.run("--until", "train")
    assert ended.code == expected
    ended.said("train stopped the run", *parts)
    assert trained.run("--until", "train", "--json").document()["model"] is None
    trained.git("checkout", "-q", ".")
    assert trained.stages("--until", "train")["train"]["cached"]


def test_a_test_command_that_does_not_exist(trained):
    trained.replace("shipway.yaml", "pytest -q tests", "pyytest -q")
    ended = trained.run("--until", "test")
    assert ended.code == 2
    ended.said("test stopped the run", "pyytest", "shipway.yaml:")


def test_no_test_is_a_failure(trained):
    trained.write("tests/test_toy.py", "")
    ended = trained.run("--until", "test")
    assert ended.code == 1
    ended.said("test stopped the run")


def test_a_requirement_that_does_not_exist(toy):
    toy.write("requirements.txt", "shipway-no-such-package-x==9\n")
    ended = toy.run("--until", "environment")
    assert ended.code == 2
    ended.said("environment stopped the run", "shipway-no-such-package-x")


@pytest.mark.parametrize("place", ["a file", "below a file"])
def test_a_store_that_can_not_be_written(project, place):
    project.write("wall", "a file\n")
    store = "wall" if place == "a file" else "wall/store"
    project.write("shipway.yaml", SPEC + f"store: {store}\n")
    project.repository()
    ended = project.run()
    assert ended.code == 3
    ended.said("wall")
    assert project.read("wall") == "a file\n"
    project.write("shipway.yaml", SPEC)
    assert project.run().code == 0


def test_a_port_that_is_taken(trained):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        trained.replace("shipway.yaml", "{target: local}", f"{{target: local, port: {port}}}")
        trained.commit("port")
        code, document = trained.report_run()
        assert code == 3
        reason = by_name(document)["deploy production"]["reason"]
        assert str(port) in reason
    code, document = trained.report_run()
    assert code == 0
    assert document["endpoints"]["production"].endswith(f":{port}")
    assert len(trained.json("models")["models"]) == 1


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of one megabyte."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root may mount a tiny disk")
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a tiny disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_disk_of_the_store_is_full(project, tiny_disk):
    line = f"store: {tiny_disk}/store\n"
    step = "steps:\n  big: {command: head -c 3000000 /dev/zero, outputs: [big.bin]}\n"
    step = step.replace("head -c 3000000 /dev/zero", "dd if=/dev/zero of=big.bin bs=1M count=3")
    project.write("shipway.yaml", HEAD + step + line)
    project.repository()
    ended = project.run()
    assert ended.code == 3
    ended.said("full", str(tiny_disk))
    project.write("shipway.yaml", HEAD + step)
    assert project.run().code == 0
    assert project.stages()["big"]["cached"]


def test_the_disk_of_the_project_is_full(project, tiny_disk):
    local = project.folder / ".shipway"
    local.mkdir()
    (local / "local").symlink_to(tiny_disk)
    project.write("big.bin", os.urandom(3 << 20))
    project.write("shipway.yaml", HEAD + "steps:\n  one: {command: 'true'}\nstore: kept\n")
    project.write(".gitignore", "kept/\n")
    project.repository()
    ended = project.run()
    assert ended.code == 3
    ended.said("full")
    (local / "local").unlink()
    assert project.run().code == 0
