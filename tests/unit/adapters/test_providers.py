# SPDX-License-Identifier: Apache-2.0
import pytest

from shipway.adapters.sources.providers import default_branch_of, is_job


@pytest.mark.parametrize(
    ("environ", "job"),
    [
        ({}, False),
        ({"CI": ""}, False),
        ({"CI": "false"}, False),
        ({"CI": "true"}, True),
        ({"CI": "1"}, True),
        ({"TF_BUILD": "True"}, True),
        ({"JENKINS_URL": "http://j"}, True),
        ({"BRANCH_NAME": "main"}, False),
    ],
)
def test_what_is_a_job(environ, job):
    assert is_job(environ) is job


@pytest.mark.parametrize(
    ("text", "branch"),
    [
        ('{"repository": {"default_branch": "develop", "id": 1}, "number": 7}', "develop"),
        ('{"repository": {}}', ""),
        ("{}", ""),
        ("not JSON", ""),
        ('{"repository": 5}', ""),
    ],
)
def test_githubs_event_names_the_default_branch(tmp_path, text, branch):
    event = tmp_path / "event.json"
    event.write_text(text)
    assert default_branch_of({"GITHUB_EVENT_PATH": str(event)}) == branch


def test_an_event_that_is_not_there(tmp_path):
    assert default_branch_of({"GITHUB_EVENT_PATH": str(tmp_path / "gone")}) == ""
    assert default_branch_of({"CI_DEFAULT_BRANCH": "trunk"}) == "trunk"
