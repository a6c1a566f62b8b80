# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from shipway.base.errors import InputError
from shipway.operations.run_all import NOT_RUN, ProjectRun, all_document, worst


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 4], 4),
        ([4, 1, 0], 1),
        ([1, 2, 0], 2),
        ([2, 3], 3),
        ([3, 130, NOT_RUN], 130),
        ([130, 70], 70),
    ],
)
def test_the_worst_exit_code_is_that_of_all(codes, expected):
    assert worst(codes) == expected


def test_a_project_that_never_began_is_no_success():
    error = InputError("no", where="shipway.yaml:1:1", cure="yes")
    runs = [ProjectRun("a", Path("a"), error=error), ProjectRun("b", Path("b"))]
    document = all_document(runs)
    first, second = document["projects"]
    assert document["exit_code"] == 2
    assert first["error"] == {"what": "no", "where": "shipway.yaml:1:1", "cure": "yes"}
    assert (first["verdict"], first["unchanged"]) == ("error", False)
    assert (second["verdict"], second["exit_code"], second["unchanged"]) == ("not run", None, False)
