# SPDX-License-Identifier: Apache-2.0
"""Strangers' requirements: pins that contradict, modules that nobody declared, own scripts."""

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

SPEC = """\
shipway: 1
project: pins
environment: {{requirements: {requirements}}}
model: {{name: pins, task: regression, target: y}}
train: {{command: {command}, model: model.pkl, allow_pickle: true, predict: "tool.cli:load"}}
"""
SCRIPT = """\
import sys
import left

def main():
    with open("model.pkl", "w") as stream:
        stream.write(left.version)

def load(path):
    return None

if __name__ == "__main__":
    main()
"""


def write_wheel(folder: Path, name: str, version: str, requires: str = "") -> None:
    info = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    lines = [f"{path},{_digest(text)},{len(text)}\n" for path, text in files.items()]
    files[f"{info}/RECORD"] = "".join([*lines, f"{info}/RECORD,,\n"])
    folder.mkdir(exist_ok=True, parents=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture
def wheels(tmp_path) -> Path:
    folder = tmp_path / "wheels"
    write_wheel(folder, "left", "1.0")
    write_wheel(folder, "left", "1.4")
    write_wheel(folder, "left", "2.0")
    write_wheel(folder, "right", "3.0", "left>=1.2")
    return folder


def need(project, wheels: Path, *lines: str, encoding: str = "utf-8") -> None:
    text = "\r\n".join(["--no-index", f"--find-links {wheels}", *lines, ""])
    project.write("requirements.txt", text.encode(encoding))


def test_pins_that_contradict_are_explained_and_loosened_by_a_patch(project, wheels):
    project.write(
        "shipway.yaml", SPEC.format(requirements="requirements.txt", command="python t.py")
    )
    need(project, wheels, "left==1.0  # old", "right==3.0", encoding="utf-16")
    project.write("t.py", "import right\n")
    project.repository()
    ended = project.run("--until", "environment")
    assert ended.code == 2
    ended.said(
        "requirements.txt:3: the requirements contradict each other on Python",
        "requirements.txt:3: left==1.0",
        "requirements.txt:4: right==3.0, which needs left>=1.2",
        "shipway run --relax",
    )
    before = (project.folder / "requirements.txt").read_bytes()
    ended = project.run("--relax", "--until", "environment")
    assert ended.code == 2
    ended.said("left==1.0 → left>=1.0,<2   (takes 1.4)", "Nothing was changed.", "git apply")
    assert (project.folder / "requirements.txt").read_bytes() == before
    project.git("apply", ".shipway/shipway-relax.patch")
    after = (project.folder / "requirements.txt").read_bytes()
    assert after == before.decode("utf-16").replace("left==1.0", "left>=1.0,<2").encode("utf-16")
    project.commit("loosened")
    ended = project.run("--relax", "--until", "environment")
    assert ended.code == 0, ended.text
    ended.said("the requirements resolve as they are")


def test_an_undeclared_import_is_found_before_the_training(project, wheels):
    project.write(
        "shipway.yaml", SPEC.format(requirements="requirements.txt", command="python t.py")
    )
    need(project, wheels, "right")
    project.write("t.py", "open('began', 'w')\nimport left\nimport sklearn.svm\n")
    project.write("tool/cli.py", SCRIPT)
    project.repository()
    ended = project.run("--until", "train")
    assert ended.code == 2
    ended.said("t.py:3: the module sklearn is imported", "Add to requirements.txt: scikit-learn")


def test_a_console_script_of_the_project_is_a_command(project, wheels):
    project.write("shipway.yaml", SPEC.format(requirements="requirements.txt", command="my-train"))
    need(project, wheels, "-e .")
    project.write(
        "pyproject.toml",
        '[project]\nname = "tool"\nversion = "1"\ndependencies = ["left<2"]\n'
        '[project.scripts]\nmy-train = "tool.cli:main"\n',
    )
    project.write("src/tool/__init__.py", "")
    project.write("src/tool/cli.py", SCRIPT.replace('"model.pkl", "w"', '"other.pkl", "w"'))
    project.repository()
    ended = project.run("--until", "train")
    assert ended.code == 1
    # The script ran, with its requirement; what it does not write is what is missing.
    ended.said("model.pkl")
    assert "No such file or directory: 'my-train'" not in ended.text
