# SPDX-License-Identifier: Apache-2.0
"""Several models in one repository: each in a folder of its own, all with code from above it."""

import pytest
from journey import Project
from toy_project import write_toy

MODELS = ("churn", "fraud")
SHARED = """\
def scaled(column, by=1.0):
    return column / by
"""


@pytest.fixture
def repository(tmp_path, surroundings):
    """Two models below `models/`, a package `common/` at the top; nothing was ever run."""
    top = Project(tmp_path / "repository", surroundings)
    for name in MODELS:
        made = model(top, name)
        made.folder.mkdir(parents=True)
        write_toy(made)
        made.replace("shipway.yaml", "project: toy", f"project: {name}")
        made.replace("shipway.yaml", "toy.train:train,", 'toy.train:train, code: ["../../common"],')
        made.replace(
            "toy/train.py", "import pandas", "from common.scale import scaled\nimport pandas"
        )
        made.replace(
            "toy/train.py", "    model =", '    train["a"] = scaled(train["a"])\n    model ='
        )
    top.write("common/__init__.py", "")
    top.write("common/scale.py", SHARED)
    top.write("notes.md", "Nobody's code.")
    top.repository()
    yield top
    for name in MODELS:
        model(top, name).stop_all()
    top.await_no_processes()


@pytest.fixture
def quick(repository):
    """The same without endpoints, so that a run ends when the model is registered."""
    for name in MODELS:
        made = model(repository, name)
        text = made.read("shipway.yaml").partition("deploy:")[0]
        made.write("shipway.yaml", text.replace(', "roc_auc >= champion - 0.05 at 95%"', ""))
    repository.commit("no endpoints")
    return repository


def model(top, name):
    return Project(top.folder / "models" / name, top.environ)


def ran(top, *words, code=0):
    """What each project did in a `run --all`, by folder."""
    ended = top.run("--all", "--json", *words)
    assert ended.code == code, ended.text
    document = ended.document()
    assert document["exit_code"] == code
    return {project["folder"]: project["ran"] for project in document["projects"]}


def note_of(made):
    """Why a short run would not have been deployed."""
    return made.report_run("--until", "validate")[1]["note"]


def test_all_models_go_live_and_share_code(repository):
    ended = repository.run("--all")
    assert ended.code == 0, ended.text
    ended.said("models/churn (1 of 2)", "models/fraud (2 of 2)", "2 of 2 projects are well")
    table = ended.out[ended.out.index("PROJECT") :]
    assert "models/churn  " in table and "passed" in table
    for name in MODELS:
        made = model(repository, name)
        assert made.json("status")["endpoints"][0]["running"]
        (bundle,) = (made.folder / ".shipway/local").rglob("bundle*/*/code/common/scale.py")
        assert bundle.read_text() == SHARED

    again = repository.run("--all")
    assert again.code == 0, again.text
    again.said("unchanged", "2 of 2 projects are well, 2 unchanged")
    assert "(1 of 2)" not in again.out, "there is nothing to show of a project that did nothing"


def test_only_what_changed_runs_and_shared_code_changes_all(quick):
    assert all("train" in stages for stages in ran(quick).values())
    assert ran(quick) == {"models/churn": [], "models/fraud": []}

    model(quick, "churn").write("toy/extra.py", "X = 1\n")
    quick.commit("something for churn")
    did = ran(quick)
    assert "train" in did["models/churn"] and did["models/fraud"] == []

    quick.write("common/scale.py", SHARED.replace("1.0", "2.0"))
    quick.commit("something for all")
    assert all("train" in stages for stages in ran(quick).values())

    quick.write("notes.md", "Still nobody's code.")
    quick.commit("notes")
    assert ran(quick) == {"models/churn": [], "models/fraud": []}


def test_one_that_fails_does_not_keep_the_others_from_running(quick, tmp_path):
    model(quick, "churn").replace("shipway.yaml", "roc_auc >= 0.70", "roc_auc >= 0.999")
    quick.commit("too much to ask")
    page = tmp_path / "out" / "summary.md"
    ended = quick.run("--all", "--markdown", str(page))
    assert ended.code == 1, ended.text
    ended.said("evaluate stopped the run:", "failed at evaluate", "1 of 2 projects are well")
    text = page.read_text()
    assert text.startswith("<!-- shipway -->\n") and "❌ churn" in text and "✅ fraud" in text

    model(quick, "fraud").replace("shipway.yaml", "evaluate:", "evaluat:")
    ended = quick.run("--all", "--markdown", str(page))
    assert ended.code == 2, ended.text
    ended.said("models/fraud (2 of 2)", "unknown key 'evaluat'", "0 of 2 projects are well")
    assert "models/fraud could not begin" in page.read_text()


def test_several_at_a_time(quick):
    ended = quick.run("--all", "--jobs", "2", "--until", "train")
    assert ended.code == 0, ended.text
    ended.said("models/churn: ✓ train", "models/fraud: ✓ train", "2 of 2 projects are well")
    refused = quick.run("--all", "--jobs", "0")
    assert refused.code == 2
    refused.said("--jobs needs a number from 1 on")


def test_each_model_has_its_own_dirt(repository):
    churn, fraud = model(repository, "churn"), model(repository, "fraud")
    churn.write("toy/more.py", "X = 1\n")
    assert "uncommitted changes" in note_of(churn)
    assert note_of(fraud) == ""

    repository.write("common/scale.py", SHARED + "\n")
    assert "uncommitted changes" in note_of(fraud)


def test_a_commit_is_run_with_the_code_above_it(quick):
    first = quick.git("rev-parse", "HEAD").strip()
    quick.write("common/scale.py", "raise SystemExit('not this one')\n")
    churn = model(quick, "churn")
    ended = churn.run("--commit", first, "--until", "train")
    assert ended.code == 0, ended.text
    assert churn.run("--until", "train").code == 1


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("../../../elsewhere/**", ["leads out of the Git repository", "make a package of it"]),
        ("../../comon/**", ["'../../comon/**', which means no file above this folder"]),
    ],
)
def test_code_that_can_not_be_shared(quick, pattern, parts):
    churn = model(quick, "churn")
    churn.replace("shipway.yaml", "../../common", pattern)
    ended = churn.run("--until", "train")
    assert ended.code == 2, ended.text
    ended.said("shipway.yaml:", *parts)


def test_shared_code_and_own_code_of_one_name(quick):
    churn = model(quick, "churn")
    churn.write("common/scale.py", SHARED)
    ended = churn.run("--until", "train")
    assert ended.code == 2, ended.text
    ended.said("would both be common/scale.py for the stage", "rename one of them")


def test_code_above_that_is_not_declared_is_named_with_its_line(quick):
    churn = model(quick, "churn")
    churn.replace("shipway.yaml", ', code: ["../../common"]', "")
    ended = churn.run("--until", "train")
    assert ended.code == 1, ended.text
    ended.said("No module named 'common'", 'code: ["../../common/**"]')


def test_a_folder_without_any_project(quick):
    ended = quick.run("--all", "--project", "common")
    assert ended.code == 2
    ended.said("there is no shipway.yaml here or below that Git sees", "shipway init")
    quick.write(".gitignore", "models/fraud/\n")
    quick.git("rm", "-rq", "--cached", "models/fraud")
    assert list(ran(quick, "--until", "validate")) == ["models/churn"]


def test_two_projects_of_one_name_in_one_store(quick, tmp_path):
    for name in MODELS:
        made = model(quick, name)
        made.replace("shipway.yaml", f"project: {name}", f"project: same\nstore: {tmp_path}/store")
    ended = quick.run("--all", "--until", "validate")
    assert ended.code == 2, ended.text
    ended.said("the project in models/churn is called 'same' as well", "a name of its own")
