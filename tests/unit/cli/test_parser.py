# SPDX-License-Identifier: Apache-2.0
"""The command line: commands, options, help; errors and bugs as they are shown."""

import importlib
import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway import __version__
from shipway.base.errors import BUG, INPUT, INTERRUPTED, OUTSIDE, InputError, OutsideError
from shipway.cli import errors, parser
from shipway.cli.commands import COMMANDS
from shipway.cli.main import run
from shipway.cli.output import command_line


def test_the_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"shipway {__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"], ["--project", "x"]])
def test_the_overview_names_every_command(words, capsys):
    assert run(words) == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^  {name} +\w", shown, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_ends_with_its_example(name, capsys):
    assert run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    example = importlib.import_module(f"shipway.cli.commands.{name}").EXAMPLE
    assert shown.rstrip().endswith(example.rstrip())
    assert f"shipway {name}" in example
    assert "--project DIR" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu"], "Did you mean 'run'?"),
        (["roll-back"], "Did you mean 'rollback'?"),
        (["--jsno"], "there is no option '--jsno'"),
        (["xyzzy"], "Known here: budget, check, "),
        (["run", "--untl", "train"], "--untl"),
        (["rollback"], "usage: shipway rollback"),
        (["runs", "--limit", "many"], "--limit"),
    ],
)
def test_what_is_not_known_is_said_with_its_neighbour(words, said, capsys):
    assert run(words) == INPUT
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("error: ")
    assert said in shown.err


@pytest.mark.parametrize(
    "words",
    [["--project", "d", "status"], ["--project=d", "status"], ["status", "--project", "d"],
     ["--project", "e", "status", "--project", "d"]],
)  # fmt: skip
def test_the_project_stands_before_or_after(words):
    assert parser.parse(words)[1].project == "d"


def test_without_a_project_it_is_this_folder():
    assert parser.parse(["status"])[1].project == "."


def test_an_expected_error_with_json_is_one_document(tmp_path, capsys):
    assert run(["status", "--json", "--project", str(tmp_path)]) == INPUT
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert document["exit_code"] == INPUT
    assert set(document["error"]) == {"what", "where", "cure"}
    assert shown.err.startswith("error: ")
    assert "Traceback" not in shown.err


def test_without_json_nothing_is_on_standard_output(capsys):
    assert errors.show(OutsideError("no\nway", where="here", cure="go"), as_json=False) == OUTSIDE
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "error: here: no\nway\ngo\n")


@given(st.text(), st.text())
def test_any_error_is_one_json_document(what, where):
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        errors.show(InputError(what, where=where), as_json=True)
    assert json.loads(out.getvalue())["error"]["what"] == what


def stands_in(monkeypatch, error):
    def execute(arguments):
        raise error

    monkeypatch.setattr("shipway.cli.commands.schema.execute", execute)


def test_a_bug_leaves_a_report_without_arguments(monkeypatch, capsys):
    stands_in(monkeypatch, RuntimeError("what now"))
    assert run(["schema"]) == BUG
    shown = capsys.readouterr().err
    path = Path(re.search(r"The report (\S+) says more", shown)[1])
    text = path.read_text()
    path.unlink()
    assert "this is a bug in Shipway: RuntimeError: what now" in shown
    assert "Traceback" in text
    assert __version__ in text
    assert "command: schema" in text


def test_ctrl_c_says_how_to_go_on(monkeypatch, capsys):
    stands_in(monkeypatch, KeyboardInterrupt())
    assert run(["schema"]) == INTERRUPTED
    assert "again" in capsys.readouterr().err


@given(st.text(alphabet=st.characters(exclude_characters="\0"), min_size=1), st.text())
def test_printed_commands_work_when_pasted(folder, word):
    words = shlex.split(command_line(Path("/p", folder), "show", word))
    assert words[1:] == ["show", word, "--project", str(Path("/p", folder))]


def test_a_printed_command_has_its_full_path(tmp_path, monkeypatch):
    program = tmp_path / "shipway"
    program.write_text("")
    monkeypatch.setattr(sys, "argv", [str(program)])
    assert command_line(tmp_path, "run").startswith("shipway run")
    program.chmod(0o755)
    assert command_line(tmp_path, "run").startswith(f"{program} run")
