# SPDX-License-Identifier: Apache-2.0
"""Repositories as Git gives them: not fetched, detached, bare, linked, in odd places."""

import os
import shutil

import pytest
from journey import Project
from toy_project import write_toy

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{0}\nsize 48211\n"
ODD = "Ada’s wörk (копия) 模型"


@pytest.fixture
def short(toy):
    """The toy project without endpoint and champion: a run ends when the model is registered."""
    make_short(toy)
    toy.commit("no endpoint")
    return toy


def make_short(project):
    text = project.read("shipway.yaml").partition("deploy:")[0]
    project.write("shipway.yaml", text.replace(', "roc_auc >= champion - 0.05 at 95%"', ""))


def beside(project, name):
    """A folder beside the project's, with the same user."""
    return Project(project.folder.parent / name, dict(project.environ))


def submodule(project, path, **files):
    """Add a repository of its own to the project, as a submodule at `path`."""
    other = beside(project, f"origin of {path.replace('/', ' ')}")
    other.folder.mkdir()
    for name, text in files.items():
        other.write(name.replace("__", "/").replace("_py", ".py").replace("_csv", ".csv"), text)
    other.repository()
    allow = ("-c", "protocol.file.allow=always")
    project.git(*allow, "submodule", "--quiet", "add", str(other.folder), path)
    project.commit(f"{path} comes from elsewhere")


def clone(project, name, *options):
    """A clone of the project's repository."""
    made = beside(project, name)
    project.git("clone", "-q", *options, f"file://{project.folder}", str(made.folder))
    return made


def test_code_in_a_submodule(short):
    submodule(short, "shared", scale_py="BY = 1.0\n")
    short.replace(
        "toy/train.py", "import pandas", "from shared.scale import BY  # noqa\nimport pandas"
    )
    short.commit("use it")
    assert short.run("--until", "train").code == 0

    fresh = clone(short, "fresh")
    ended = fresh.run("--until", "train")
    assert ended.code == 2, ended.text
    ended.said("the Git submodule shared is not here: its folder is empty")
    ended.said("git submodule update --init --recursive shared")
    fresh.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")
    assert fresh.run("--until", "train").code == 0


def test_data_in_a_submodule(short):
    table = short.read("data/train.csv")
    short.git("rm", "-q", "data/train.csv")
    submodule(short, "tables", train_csv=table)
    short.replace("shipway.yaml", "data/train.csv", "tables/train.csv")
    short.commit("data from elsewhere")
    ended = short.run("--until", "validate")
    assert ended.code == 0, ended.text

    fresh = clone(short, "fresh")
    ended = fresh.run("--until", "validate")
    assert ended.code == 2, ended.text
    ended.said("shipway.yaml:", "the Git submodule tables is not here")


@pytest.mark.parametrize("path", ["data/train.csv", "toy/weights.bin"])
def test_a_file_that_lfs_did_not_fetch(short, path):
    short.write(path, POINTER.format("0" * 64))
    short.commit("large")
    ended = short.run("--until", "train")
    assert ended.code == 2, ended.text
    ended.said(path, "this is a Git LFS pointer", "git lfs pull")


def test_a_model_that_lfs_did_not_fetch(short):
    short.write("models/base.pkl", POINTER.format("1" * 64))
    short.replace("shipway.yaml", "toy.train:train,", "toy.train:train, inputs: [models/base.pkl],")
    short.commit("a model to begin with")
    ended = short.run("--until", "train")
    assert ended.code == 2, ended.text
    ended.said("models/base.pkl", "this is a Git LFS pointer")


def test_a_shallow_clone_works_and_says_what_it_can_not_know(toy):
    first = toy.git("rev-parse", "HEAD").strip()
    toy.replace("shipway.yaml", "c: 1.0", "c: 0.9")
    toy.commit("second")
    toy.git("checkout", "-q", "-b", "feature")
    toy.commit("third")

    main = clone(toy, "main only", "--depth", "1", "--branch", "main")
    code, document = main.report_run("--until", "evaluate")
    assert (code, document["note"]) == (0, ""), "its branch is known, and so is the default"

    side = clone(toy, "feature only", "--depth", "1", "--branch", "feature")
    side.git("remote", "set-head", "origin", "--delete")
    side.environ["CI"] = "true"
    _, document = side.report_run("--until", "validate")
    assert (
        document["note"] == "branch feature; production takes clean commits of the default branch"
    )

    ended = main.run("--commit", first, "--until", "validate")
    assert ended.code == 2, ended.text
    ended.said(f"there is no commit '{first}'", "git fetch --unshallow")


def test_a_detached_head_has_the_branch_that_the_provider_names(toy):
    commit = toy.git("rev-parse", "HEAD").strip()
    toy.git("checkout", "-q", "--detach")
    _, document = toy.report_run("--until", "validate")
    assert document["note"] == "no branch is checked out; production takes clean commits of main"

    toy.environ = toy.environ | {"GITHUB_REF_NAME": "main", "GITHUB_SHA": commit}
    assert toy.report_run("--until", "validate")[1]["note"] == ""
    toy.environ |= {"GITHUB_REF_NAME": "7/merge"}
    assert "branch 7/merge" in toy.report_run("--until", "validate")[1]["note"]


def test_a_linked_work_tree(short):
    short.git("worktree", "add", "-q", "-b", "side", "../side by side")
    side = beside(short, "side by side")
    assert side.run("--until", "train").code == 0
    assert short.git("status", "--porcelain") == ""
    assert side.git("status", "--porcelain") == ""


def test_a_work_tree_of_a_bare_repository(short):
    bare = beside(short, "bare.git")
    short.git("clone", "-q", "--bare", ".", str(bare.folder))
    ended = bare.run()
    assert ended.code == 2, ended.text
    ended.said("this is a bare Git repository", "git worktree add ../work main")

    bare.git("worktree", "add", "-q", "../work", "main")
    work = beside(short, "work")
    assert work.run("--until", "train").code == 0
    assert work.run("--commit", "main", "--until", "train").code == 0


def test_no_repository_and_no_commit(project):
    write_toy(project)
    ended = project.run()
    assert ended.code == 2, ended.text
    ended.said("not in the work tree of a Git repository", "git init -b main")
    project.git("init", "-q", "-b", "main")
    ended = project.run()
    assert ended.code == 2, ended.text
    ended.said("the repository has no commit yet", "git add . && git commit")


def test_a_project_in_a_sub_folder_goes_live(project):
    inner = Project(project.folder / "ml" / "scoring", project.environ)
    inner.folder.mkdir(parents=True)
    write_toy(inner)
    project.write("app/unfinished.txt", "x")
    project.repository()
    project.write("app/unfinished.txt", "somebody else's business")
    ended = project.shipway("--project", "ml/scoring", "run")
    assert ended.code == 0, ended.text
    ended.said("production: r1-")
    assert not (project.folder / ".shipway").exists()
    inner.stop_all()


def test_the_whole_road_in_a_home_and_a_folder_with_odd_names(tmp_path, surroundings):
    home = tmp_path / "First Last"
    home.mkdir()
    environ = {k: v for k, v in surroundings.items() if not k.startswith("XDG_")}
    toy = Project(home / ODD / "toy project", environ | {"HOME": str(home)})
    toy.folder.mkdir(parents=True)
    write_toy(toy)
    toy.repository()
    try:
        ended = toy.run()
        assert ended.code == 0, ended.text
        ended.said("production: r1-", str(toy.folder))
        assert list((home / ".cache/shipway/environments").iterdir())
        assert all(stage["cached"] for name, stage in toy.stages().items() if name != "checkout")
        toy.replace(
            "shipway.yaml",
            "pytest -q tests",
            "{command: python -m pytest -q tests --junitxml=j.xml, junit: j.xml}",
        )
        toy.replace("shipway.yaml", "c: 1.0", "c: 0.9")
        toy.commit("another way to test")
        assert toy.run().code == 0
        assert toy.shipway("rollback", "production").code == 0
    finally:
        toy.stop_all()
    toy.await_no_processes()
    shutil.rmtree(home)
    assert os.environ.get("HOME") != str(home)
