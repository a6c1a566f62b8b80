# SPDX-License-Identifier: Apache-2.0
"""What the last lines of a script say, and the cure for it."""

from pathlib import Path

import pytest

from shipway.stages.absolute_paths import absolute_files
from shipway.stages.complaints import explain_complaint
from shipway.stages.tails import readable

WORK = Path("/scratch/work")

USAGE = """usage: train.py [-h] --data DATA
                [--depth DEPTH]
train.py: error: the following arguments are required: --data"""


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        (USAGE, "                [--depth DEPTH]\nWrite them into `train.command`"),
        ("EOFError: EOF when reading a line", "standard input"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/home/a/x.csv'",
         "/home/a/x.csv is a path of another machine"),
        ("FileNotFoundError: No such file or directory (os error 2): /home/a/x.csv",
         "/home/a/x.csv is a path of another machine"),
        (r"FileNotFoundError: [Errno 2] No such file or directory: 'C:\\data\\x.csv'",
         "path of another machine"),
        ("urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>", "network"),
        ("requests.exceptions.ConnectionError: HTTPSConnectionPool(host='data.org', port=443): "
         "Max retries exceeded with url: /x", "(data.org)"),
        ("AttributeError: Can't get attribute 'Encoder' on <module '__main__' from 'x'>",
         "Move Encoder to a module of its own"),
        ("_tkinter.TclError: no display name and no $DISPLAY environment variable", "no screen"),
    ],
)  # fmt: skip
def test_a_complaint_has_its_cure(tail, said):
    assert said in explain_complaint(f"some lines\n{tail}\n", WORK, ["train", "test"])


@pytest.mark.parametrize(
    "tail",
    ["", "ValueError: no", "No such file or directory: 'x.csv'",
     "No such file or directory: '/scratch/work/x.csv'"],
)  # fmt: skip
def test_other_complaints_are_left_alone(tail):
    assert explain_complaint(tail, WORK, ["train"]) == ""


def test_names_of_data_are_offered():
    assert "{data.train}, {data.test}" in explain_complaint(USAGE, WORK, ["train", "test"])
    assert "declares no data" in explain_complaint(USAGE, WORK, [])


TRACEBACK = """\x1b[31mTraceback (most recent call last):\x1b[0m
  File "/scratch/work/train.py", line 2, in <module>
    pl.read_csv("x")
  File "/c/env/lib/python3.11/site-packages/polars/a.py", line 1, in f
    return g()
           ^^^
  File "/c/env/lib/python3.11/site-packages/polars/b.py", line 2, in g
    return h()
  File "/scratch/work/own/deep.py", line 9, in own
    raise ValueError("no")
ValueError: no
"""


def test_a_traceback_without_the_frames_of_libraries():
    assert readable(TRACEBACK, WORK) == (
        "Traceback (most recent call last):\n"
        '  File "train.py", line 2, in <module>\n'
        '    pl.read_csv("x")\n'
        "    …\n"
        '  File "own/deep.py", line 9, in own\n'
        '    raise ValueError("no")\n'
        "ValueError: no"
    )
    assert readable("just\n  text\n", WORK) == "just\n  text"


def test_absolute_paths_that_work_here_are_named(tmp_path):
    there = tmp_path / "data file.csv"
    there.write_text("")
    (tmp_path / "a.py").write_text(
        f'x = 1\nread("{there}")\nread("/no/such/file")\nread("/dev/null")'
    )
    (tmp_path / "b.txt").write_text(f'"{there}"')
    (remark,) = absolute_files(tmp_path, ["a.py", "b.txt", "gone.py"])
    assert remark.startswith(f"a.py:2 names {there}, a file of this machine alone")
