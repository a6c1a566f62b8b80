# SPDX-License-Identifier: Apache-2.0
"""The page on formats says what really happens."""

import contextlib
import io
import re
import shlex
from pathlib import Path

from shipway.cli.main import run
from shipway.data.locate import SUFFIXES
from shipway.spec.reader import read_text

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "formats.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
HEAD = "shipway: 1\nproject: small\n"


def test_the_example_gives_what_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, codes = {}, []
    for kind, text in BLOCKS:
        if kind == "python":
            exec(text, names)
        elif kind == "console":
            command, _, printed = text.removeprefix("$ ").partition("\n")
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                codes.append(run(shlex.split(command)[1:]))
            assert out.getvalue() == printed
    assert codes == [1, 0]


def test_the_keys_are_keys(tmp_path):
    for kind, text in BLOCKS:
        if kind == "yaml":
            assert read_text(HEAD + text, tmp_path / "shipway.yaml").spec.data is not None


def test_every_ending_is_named():
    endings = {suffix.removesuffix(".gz").removesuffix(".zst") for suffix in SUFFIXES}
    assert all(f"`{ending}`" in PAGE for ending in endings)
