# SPDX-License-Identifier: Apache-2.0
"""`environment.yml`: what is read, and what is said of what can't be."""

import pytest

from shipway.adapters.environments.conda_file import DEFAULTS, read_conda_file
from shipway.base.errors import InputError

GOOD = """\
name: fraud
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11   # ours
  - scikit-learn >=1.4
  - pip:
      - shap==0.46
      - -r more.txt
variables:
  THREADS: 04
prefix: /home/me/miniconda3/envs/fraud
"""


def read(folder, text):
    (folder / "environment.yml").write_text(text)
    return read_conda_file(folder, "environment.yml")


def test_what_an_environment_says(tmp_path):
    file = read(tmp_path, GOOD)
    assert [channel.text for channel in file.channels] == ["conda-forge"]
    assert [(line.text, line.where) for line in file.packages] == [
        ("python=3.11", "environment.yml:6:5"),
        ("scikit-learn >=1.4", "environment.yml:7:5"),
    ]
    assert [line.text for line in file.pip] == ["shap==0.46", "-r more.txt"]
    assert file.variables == {"THREADS": "04"}


@pytest.mark.parametrize(
    "text",
    [
        "dependencies: [tiny]",
        "channels: [defaults]\ndependencies: [tiny]",
        "channels:\ndependencies:",
    ],
)
def test_without_channels_it_is_condas_defaults(tmp_path, text):
    assert tuple(channel.text for channel in read(tmp_path, text).channels) == DEFAULTS


def test_a_folder_is_a_channel_by_its_address(tmp_path):
    file = read(tmp_path, "channels: [/srv/conda]\ndependencies: []")
    assert [channel.text for channel in file.channels] == ["file:///srv/conda"]


def test_all_mistakes_at_once_each_with_its_place(tmp_path):
    text = "chanels: [x]\ndependencies:\n  - conda: x\n  - [a]\n  -\nvariables: [A]\n"
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert said.startswith("5 mistakes in environment.yml:")
    assert "environment.yml:1:1: unknown key 'chanels'. Did you mean 'channels'?" in said
    assert "environment.yml:3:5: found the mapping 'conda'. Write name=version, or" in said
    assert "environment.yml:4:5: found nothing, expected a package such as numpy=1.26" in said
    assert "environment.yml:6:12: found no mapping, expected NAME: value" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "this is no conda environment"),
        ("", "this is no conda environment"),
        ("channels: [x]\n", "the key 'dependencies' is missing"),
        ("dependencies: tiny\n", "environment.yml:1:15: found no list"),
        ("dependencies: [tiny\n", "environment.yml:1:15: YAML:"),
        ("dependencies: [{pip: {a: b}}]\n", "found a mapping, expected a list"),
        ("channels: [./here]\ndependencies: []\n", "Write it as file:///folder"),
    ],
)
def test_a_file_that_says_it_otherwise(tmp_path, text, message):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "channel", ["https://me:hunter2@host/c", "https://host/t/hunter2/c", "https://:hunter2@host/c"]
)
def test_a_password_is_refused_and_not_repeated(tmp_path, channel):
    with pytest.raises(InputError, match=r"environment\.yml:1:12: .* with its password") as caught:
        read(tmp_path, f"channels: ['{channel}']\ndependencies: []\n")
    assert "hunter2" not in str(caught.value)
    assert "${NAME}" in caught.value.cure


def test_a_password_may_stand_in_a_variable(tmp_path):
    for channel in ("https://me:${TOKEN}@host/c", "https://host/t/${TOKEN}/c"):
        file = read(tmp_path, f"channels: ['{channel}']\ndependencies: []\n")
        assert file.channels[0].text == channel


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(
        InputError, match=r"nowhere\.yml: the conda environment file does not exist"
    ):
        read_conda_file(tmp_path, "nowhere.yml")
    (tmp_path / "e.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="can't be read"):
        read_conda_file(tmp_path, "e.yml")
