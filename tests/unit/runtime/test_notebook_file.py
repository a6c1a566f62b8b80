# SPDX-License-Identifier: Apache-2.0
"""Notebook files: both formats, parameters, and what is no notebook for us."""

import json

import pytest

from shipway_runtime import notebook_file
from shipway_runtime.errors import UserError


def code(source, *tags):
    metadata = {"tags": list(tags)}
    old = [{"output_type": "stream", "name": "stdout", "text": "old"}]
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": old}


def opened(tmp_path, *cells, minor=4, **metadata):
    document = {
        "cells": list(cells),
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": minor,
    }
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(document))
    return notebook_file.read(path, "n.ipynb")


def test_parameters_come_behind_the_cell_that_is_tagged(tmp_path):
    title = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    found = opened(tmp_path, title, code(["c = 1.0\n", "path = 'x'"], "parameters"), code("c"))
    found.inject({"c": 0.5}, {"data_train": "/d/train.csv"})
    assert [cell.number for cell in found.code] == [2, 0, 3]
    injected = found.document["cells"][2]
    assert injected["metadata"]["tags"] == ["injected-parameters"]
    assert injected["source"].splitlines()[1:] == ["data_train = '/d/train.csv'", "c = 0.5"]
    assert found.code[0].content["outputs"] == []
    assert found.place(found.code[2]) == "cell 3 of 3"


def test_without_a_tagged_cell_they_come_first_and_have_an_id_where_cells_have_one(tmp_path):
    found = opened(tmp_path, code("print(c)"), minor=5)
    found.inject({"c": [1, {"d": None}]}, {})
    assert found.document["cells"][0]["id"] == "injected-parameters"
    assert "c = [1, {'d': None}]" in found.code[0].source
    untouched = opened(tmp_path, code("print(c)"))
    untouched.inject({}, {})
    assert len(untouched.code) == 1


@pytest.mark.parametrize(
    ("values", "known", "message"),
    [
        ({"dept": 1}, {}, "has no 'dept'\nDid you mean 'depth'? It has: depth."),
        ({"data_train": 1}, {"data_train": "x"}, "is the path of a dataset already"),
        ({"class": 1}, {}, "has no 'class'"),
    ],
)
def test_parameters_that_the_notebook_can_not_take(tmp_path, values, known, message):
    found = opened(tmp_path, code("depth = 3", "parameters"))
    with pytest.raises(UserError) as raised:
        found.inject(values, known)
    assert message in str(raised.value)
    with pytest.raises(UserError, match="can't be a variable"):
        opened(tmp_path, code("x")).inject({"no-name": 1}, {})


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code("import os"), code("import sys\nc = 5.0")], "cell 2 of n.ipynb sets c again"),
        ([code("c = 5.0")], "Give that cell the tag `parameters`"),
        ([code("c = 1", "parameters"), code("c = 2")], "Leave c out there"),
        ([code("print(cc)")], "no cell of n.ipynb uses c"),
    ],
)
def test_a_parameter_that_would_change_nothing(tmp_path, cells, message):
    with pytest.raises(UserError) as raised:
        opened(tmp_path, *cells).inject({"c": 0.5}, {})
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "cells",
    [
        [code("print(c)"), code("c = 0")],
        [code("c = float(c)")],
        [code("%time\nc = 3")],
        [code("c = 1", "parameters")],
    ],
)
def test_a_parameter_that_somebody_uses_or_might_use(tmp_path, cells):
    found = opened(tmp_path, *cells)
    found.inject({"c": 0.5}, {})
    assert len(found.code) == len(cells) + 1


def test_a_cell_of_parameters_with_a_magic_is_not_looked_into(tmp_path):
    found = opened(tmp_path, code("%time\ndepth = 3", "parameters"))
    found.inject({"other": 1}, {})
    assert len(found.code) == 2


def test_format_3_is_read_and_written_as_format_4(tmp_path):
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Title"]},
        {"cell_type": "code", "input": ["x = 1\n", "x"], "language": "python", "outputs": []},
        {"cell_type": "markdown", "source": "text"},
    ]
    old = {"nbformat": 3, "metadata": {"name": "n"}, "worksheets": [{"cells": cells}]}
    (tmp_path / "old.ipynb").write_text(json.dumps(old))
    found = notebook_file.read(tmp_path / "old.ipynb", "old.ipynb")
    assert [cell.source for cell in found.code] == ["x = 1\nx"]
    found.write(tmp_path / "new.ipynb", found.code[0])
    new = json.loads((tmp_path / "new.ipynb").read_bytes())
    assert (new["nbformat"], new["cells"][0]["source"]) == (4, "## Title")
    assert new["metadata"]["shipway"] == {"running": "cell 2 of 3"}
    found.write(tmp_path / "new.ipynb")
    assert "shipway" not in json.loads((tmp_path / "new.ipynb").read_bytes())["metadata"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<<<<<< HEAD\n", "merge conflict"),
        ("[]", "does not say its format"),
        ('{"nbformat": 4}', "not a whole notebook"),
        ('{"nbformat": 2, "worksheets": []}', "formats 3 and 4 can be run"),
        ('{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"name": "ir"}}}', "kernel ir"),
        (
            '{"nbformat": 4, "cells": [], "metadata": {"language_info": {"name": "julia"}}}',
            "is a notebook for julia, not for Python\nTrain it by a command",
        ),
    ],
)
def test_what_is_no_notebook_for_us(tmp_path, text, message):
    (tmp_path / "n.ipynb").write_text(text)
    with pytest.raises(UserError) as raised:
        notebook_file.read(tmp_path / "n.ipynb", "notebooks/n.ipynb")
    assert message in str(raised.value)
    assert "notebooks/n.ipynb" in str(raised.value)
