# SPDX-License-Identifier: Apache-2.0
"""What every CI provider's file promises, and GitHub's own forms."""

import re

import pytest
import yaml

from shipway.adapters.ci import CATALOGUE
from shipway.adapters.ci.interface import CiWanted
from shipway.base.catalogue import load

WANTED = CiWanted(
    command="shipway run --all",
    install="pip install shipway==9.9",
    branch="main",
    stores=("~/.local/share/shipway",),
    python="3.12",
)


@pytest.fixture(params=CATALOGUE)
def provider(request):
    return load("ci", CATALOGUE, request.param)()


def github(**changes):
    import msgspec

    text = load("ci", CATALOGUE, "github")().text(msgspec.structs.replace(WANTED, **changes))
    return yaml.load(text, yaml.BaseLoader)  # plain texts: `on` stays `on`


def steps(**changes):
    return github(**changes)["jobs"]["run"]["steps"]


def step(word, **changes):
    (found,) = [s for s in steps(**changes) if word in s.get("uses", "") + s.get("run", "")]
    return found


def test_the_file_is_yaml_and_says_what_was_wanted(provider):
    text = provider.text(WANTED)
    assert yaml.safe_load(text)
    for word in (WANTED.command, WANTED.install, WANTED.branch, *WANTED.stores, WANTED.python):
        assert word in text
    assert not provider.path.startswith("/")
    assert provider.text(WANTED) == text


def test_nothing_more_than_needed_is_permitted():
    assert github()["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert set(github()["on"]) == {"push", "pull_request"}, "pull_request_target has the secrets"
    assert step("checkout")["with"]["persist-credentials"] == "false"


def test_actions_are_named_by_commit():
    used = [s["uses"] for s in steps() if "uses" in s]
    assert len(used) == 5
    assert all(re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", name) for name in used)


def test_a_store_is_kept_by_pushes_alone_whatever_comes_out():
    restored, saved = step("cache/restore"), step("cache/save")
    assert restored["with"]["path"] == saved["with"]["path"] == "~/.local/share/shipway"
    assert restored["with"]["key"] == saved["with"]["key"]
    assert saved["with"]["key"].startswith(restored["with"]["restore-keys"])
    assert "always()" in saved["if"] and "github.event_name == 'push'" in saved["if"]
    assert github()["concurrency"]["cancel-in-progress"] == "false"


def test_a_stranger_can_not_make_it_comment():
    comment = step("gh api")
    assert "head.repo.full_name == github.repository" in comment["if"]
    assert "${{" not in comment["run"], "what others write never becomes part of a script"


def test_several_stores_are_a_list_of_lines():
    assert step("cache/save", stores=("~/a b", "/srv/c"))["with"]["path"] == "~/a b\n/srv/c"


def test_a_command_that_yaml_would_take_for_something_else():
    command = "pip install 'x @ git+https://h/x#egg=x' && echo \"a: b\""
    assert step("egg=x", install=command)["run"].strip() == command


@pytest.mark.parametrize(
    ("branch", "pattern"),
    [
        ("main", "main"),
        ("release/1.0", "release/1.0"),
        ("c++/it's{x}", r"c\+\+/it's{x}"),
        ("1.0", "1.0"),
    ],
)
def test_a_branch_is_no_pattern(branch, pattern):
    assert github(branch=branch)["on"]["push"]["branches"] == [pattern]


def test_a_checkout_is_complete():
    given = step("checkout", lfs=True, submodules=True)["with"]
    assert (given["lfs"], given["submodules"]) == ("true", "recursive")
    assert step("checkout")["with"] == {"fetch-depth": "0", "persist-credentials": "false"}
