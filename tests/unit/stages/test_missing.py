# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys

import pytest

from shipway.stages.missing import explain_missing, missing_file_hint, missing_module_hint


@pytest.fixture
def folders(tmp_path):
    user, work = tmp_path / "project", tmp_path / "work"
    for path in ("assets/words.txt", "conf.json", "lib/tool.py", "src/fraud/a.py", "here.py"):
        (user / path).parent.mkdir(parents=True, exist_ok=True)
        (user / path).write_text("x = 1\n")
    work.mkdir()
    (work / "here.py").write_text("x = 1\n")
    (work / "src").mkdir()
    return user, work


def tail(work, script):
    done = subprocess.run(
        script, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode
    return done.stdout


def python(code):
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("script", "line"),
    [
        (python("open('conf.json')"), "inputs: [conf.json]"),
        (python("import os; open(os.path.abspath('conf.json'))"), "inputs: [conf.json]"),
        (python("import os; os.listdir('assets')"), "inputs: [assets/]"),
        (["cat", "assets/words.txt"], "inputs: [assets/words.txt]"),
        (["sh", "-c", "exec < conf.json"], "inputs: [conf.json]"),
        ([sys.executable, "lib/tool.py"], "inputs: [lib/tool.py]"),
        (python("import lib.tool"), 'code: ["lib/**"]'),
        (python("import conf"), None),
        (python("open('really-gone')"), None),
        (python("open('/etc/really-gone')"), None),
        (python("open('../project/x')"), None),
        (python("1/0"), None),
    ],
)
def test_what_real_programs_say(folders, script, line):
    user, work = folders
    said = explain_missing(tail(work, script), user, work)
    if line is None:
        assert said == ""
    else:
        assert said.splitlines()[-1].startswith(f"Add to the stage in shipway.yaml: {line}")
        assert str(user) in said


def test_what_polars_says(folders):
    said = explain_missing("No such file or directory (os error 2): conf.json", *folders)
    assert "inputs: [conf.json]" in said


def test_names_are_relative_to_where_the_process_ran(folders):
    user, work = folders
    said = explain_missing("No such file or directory: 'fraud/a.py'", user, work, "src")
    assert "inputs: [src/fraud/a.py]" in said
    assert "src/fraud/**" in missing_module_hint(user, work, "fraud", "src")


def test_what_is_there_is_not_missing(folders):
    user, work = folders
    assert missing_file_hint(user, work, "here.py") is None
    assert missing_module_hint(user, work, "here") is None
    assert missing_module_hint(user, work, "numpy") is None


def test_the_last_mention_counts(folders):
    text = "No such file or directory: 'assets/words.txt'\nNo such file or directory: 'conf.json'"
    assert "inputs: [conf.json]" in explain_missing(text, *folders)
