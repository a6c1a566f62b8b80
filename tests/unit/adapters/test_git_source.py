# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import threading

import pytest

from shipway.adapters.sources import providers
from shipway.adapters.sources.fake import FakeSources
from shipway.adapters.sources.git import GitSources
from shipway.base import catalogue
from shipway.base.errors import InputError

PROVIDERS = ("CI", "GITHUB_", "CIRCLE", "GIT_", "BRANCH_NAME", "BUILDKITE", "BITBUCKET", "CHANGE_")


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch):
    for name in os.environ:
        if name.startswith(PROVIDERS):
            monkeypatch.delenv(name)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.com")
        monkeypatch.setenv(f"GIT_{who}_DATE", "2026-01-02T03:04:05+02:00")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def commit(folder, message="work", **files):
    write(folder, **files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "First: é", a="1\n", lib__b="2\n")
    return folder


@pytest.fixture
def sources(tmp_path):
    return GitSources(tmp_path / "cache")


def test_a_clean_work_tree(repository, sources):
    source = sources.look(repository)
    assert source.commit == git(repository, "rev-parse", "HEAD")
    assert (source.branch, source.default_branch, source.dirty) == ("main", "main", False)
    assert source.author == "Ada <ada@example.com>"
    assert source.committed_at == "2026-01-02T01:04:05.000000Z"
    assert source.subject == "First: é"
    assert (source.folder, source.root, source.prefix) == (str(repository), str(repository), "")
    assert sources.files(source) == ["a", "lib/b"]


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: write(folder, a="other\n"),
        lambda folder: write(folder, untracked="x"),
        lambda folder: (folder / "a").unlink(),
        lambda folder: (folder / "a").chmod(0o755),
        lambda folder: (write(folder, c="x"), git(folder, "add", "c")),
        lambda folder: git(folder, "rm", "-q", "--cached", "a"),
    ],
)
def test_uncommitted_changes_are_seen(repository, sources, change):
    assert not sources.look(repository).dirty
    change(repository)
    assert sources.look(repository).dirty
    assert not sources.look(repository / "lib").dirty


def test_a_project_in_a_sub_folder_has_its_own_dirt(repository, sources):
    commit(repository, models__a__x="1", models__b__x="1", common__c="1")
    write(repository, models__b__x="2", models__b__new="2")
    a, b = repository / "models" / "a", repository / "models" / "b"
    assert (sources.look(a).dirty, sources.look(b).dirty) == (False, True)
    write(repository, common__c="2")
    assert not sources.look(a).dirty
    assert sources.look(a, also=["../../common"]).dirty
    assert not sources.look(a, also=["../../../outside"]).dirty


def test_projects_below_a_project_have_their_own_dirt(repository, sources):
    commit(repository, **{"sub__shipway.yaml": "x", "sub__deep__y": "1"})
    write(repository, sub__deep__y="2", **{"other__shipway.yaml": "not added yet"})
    assert not sources.look(repository).dirty
    assert sources.look(repository / "sub").dirty
    write(repository, a="2")
    assert sources.look(repository).dirty


def test_projects_are_found_where_git_sees_them(repository, sources):
    for place in ("", "one__", "two__deep__", "ignored__", ".shipway__x__"):
        write(repository, **{f"{place}shipway.yaml": "x"})
    write(repository, **{".gitignore": "ignored\n"})
    found = sources.projects(repository, "shipway.yaml")
    assert found == [repository, repository / "one", repository / "two" / "deep"]
    assert sources.projects(repository / "two", "shipway.yaml") == [repository / "two" / "deep"]


def test_files_of_the_whole_repository_are_named_from_the_folder(repository, sources):
    write(repository, common__new="1")
    source = sources.look(repository / "lib")
    assert sources.files(source, whole=True) == ["../a", "../common/new", "b"]
    exported = sources.look(repository / "lib", "HEAD")
    assert sources.files(exported, whole=True) == ["../a", "b"]


def test_shipways_own_folder_and_ignored_files_never_count(repository, sources):
    commit(repository, **{".gitignore": "*.log\n"})
    write(repository, **{".shipway__local__x": "1", "lib__.shipway__y": "1", "run.log": "1"})
    source = sources.look(repository)
    assert not source.dirty
    assert sources.files(source) == [".gitignore", "a", "lib/b"]


def test_files_are_those_of_the_folder_that_exist(repository, sources):
    write(repository, new="x", **{"lib__new é\n": "x"})
    (repository / "lib" / "link").symlink_to("b")
    commit(repository, lib__gone="x")
    (repository / "lib" / "gone").unlink()
    source = sources.look(repository / "lib")
    assert source.prefix == "lib"
    assert source.folder == str(repository / "lib")
    assert sources.files(source) == ["b", "link", "new é\n"]


def test_a_submodule_has_its_files_and_a_nested_repository_none(repository, sources, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    commit(other, z="z")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other, "sub")
    commit(repository)
    git(repository, "clone", "-q", other, "nested")
    source = sources.look(repository)
    assert sources.files(source) == [".gitmodules", "a", "lib/b", "sub/z"]
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", repository, clone)
    assert "sub/" in sources.files(sources.look(clone))
    assert "../sub/" in sources.files(sources.look(clone / "lib"), whole=True)
    assert "sub/" in sources.files(sources.look(repository, "HEAD"))


def test_no_repository(sources, tmp_path):
    with pytest.raises(InputError, match="not in the work tree") as caught:
        sources.look(tmp_path)
    assert "git init" in caught.value.cure


def test_no_commit_yet(sources, tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    with pytest.raises(InputError, match="no commit yet") as caught:
        sources.look(tmp_path)
    assert "git commit" in caught.value.cure


def test_no_git(sources, repository, monkeypatch):
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(InputError, match="git is not installed"):
        sources.look(repository)


def test_somebody_elses_repository(sources, repository, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setattr("shipway.adapters.sources.repository.KEPT", ("GIT_",))
    with pytest.raises(InputError, match="another user") as caught:
        sources.look(repository)
    assert f"safe.directory '{repository}'" in caught.value.cure


def test_a_bare_repository_has_no_work_tree(sources, tmp_path):
    git(tmp_path, "init", "-q", "--bare", "bare")
    with pytest.raises(InputError, match="a bare Git repository") as caught:
        sources.look(tmp_path / "bare")
    assert "git worktree add" in caught.value.cure


@pytest.mark.parametrize("name", ["no-such", "--help", "HEAD~9", "", "a"])
def test_an_unknown_commit(sources, repository, name):
    with pytest.raises(InputError, match="there is no commit"):
        sources.look(repository, name)


def test_variables_of_a_hook_do_not_lead_astray(sources, repository, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no-index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    source = sources.look(repository)
    assert not source.dirty
    assert source.root == str(repository)


def test_a_linked_work_tree(sources, repository, tmp_path):
    git(repository, "worktree", "add", "-q", "-b", "side", tmp_path / "linked")
    write(repository, a="changed in the other one")
    source = sources.look(tmp_path / "linked")
    assert (source.branch, source.default_branch, source.dirty) == ("side", "main", False)
    assert source.root == str(tmp_path / "linked")
    exported = sources.look(tmp_path / "linked", "HEAD")
    assert sources.files(exported) == ["a", "lib/b"]


def snapshot(folder):
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in (folder / ".git").rglob("*")
    }


def test_nothing_is_written_to_the_repository(sources, repository):
    os.utime(repository / "a", (1, 1))  # git would like to refresh its index
    before = snapshot(repository)
    sources.files(sources.look(repository))
    sources.look(repository, "HEAD")
    assert snapshot(repository) == before


def test_a_named_commit_is_exported(sources, repository, tmp_path):
    first = git(repository, "rev-parse", "HEAD")
    (repository / "run.sh").write_text("#!/bin/sh\n")
    (repository / "run.sh").chmod(0o755)
    (repository / "link").symlink_to("a")
    commit(repository, "second", a="2\n", **{".gitattributes": "lib export-ignore\n"})
    write(repository, a="dirty\n")
    source = sources.look(repository, "HEAD")
    folder = tmp_path / "cache" / source.commit
    assert (source.folder, source.dirty, source.branch) == (str(folder), False, "main")
    assert sources.files(source) == [".gitattributes", "a", "lib/b", "link", "run.sh"]
    assert (folder / "a").read_text() == "2\n"
    assert os.access(folder / "run.sh", os.X_OK)
    assert os.readlink(folder / "link") == "a"
    older = sources.look(repository / "lib", first[:10])
    assert older.commit == first
    assert older.subject == "First: é"
    assert older.folder == str(tmp_path / "cache" / first / "lib")
    assert sources.files(older) == ["b"]
    assert sorted(os.listdir(tmp_path / "cache")) == sorted([first, source.commit])


def test_a_folder_that_a_commit_lacks_is_named(sources, repository):
    commit(repository, later__x="1")
    with pytest.raises(InputError, match="has no folder 'later'"):
        sources.look(repository / "later", "HEAD~1")


def test_two_may_export_one_commit_at_once(sources, repository):
    seen = []
    threads = [
        threading.Thread(target=lambda: seen.append(sources.look(repository, "HEAD").folder))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert len(set(seen)) == 1


def test_the_branch_of_a_named_commit(sources, repository):
    first = git(repository, "rev-parse", "HEAD")
    second = commit(repository, "second")
    git(repository, "checkout", "-q", "-b", "zz", first)
    third = commit(repository, "third")
    assert sources.look(repository, first).branch == "zz"
    assert sources.look(repository, second).branch == "main"
    assert sources.look(repository, "main").branch == "main"
    git(repository, "branch", "aa", first)
    git(repository, "checkout", "-q", "--detach", first)
    assert sources.look(repository, first).branch == "main"
    assert sources.look(repository, third).branch == "zz"


def test_a_detached_head_takes_the_providers_branch(sources, repository, monkeypatch):
    git(repository, "checkout", "-q", "--detach")
    assert sources.look(repository).branch == ""
    monkeypatch.setenv("CI_COMMIT_BRANCH", "feature")
    assert sources.look(repository).branch == "feature"
    git(repository, "checkout", "-q", "main")
    assert sources.look(repository).branch == "main"


def branch_of(**environ):
    return providers.branch_of(environ, "c0ffee")


def test_branch_variables_of_each_provider():
    assert branch_of(GITHUB_REF_NAME="main", GITHUB_SHA="c0ffee") == "main"
    assert branch_of(GITHUB_HEAD_REF="topic") == "topic"
    assert branch_of(CI_COMMIT_BRANCH="main") == "main"
    assert branch_of(CI_COMMIT_REF_NAME="topic") == "topic"
    assert branch_of(CIRCLE_BRANCH="main") == "main"
    assert branch_of(GIT_BRANCH="origin/main", GIT_COMMIT="c0ffee") == "main"
    assert branch_of(BRANCH_NAME="main") == "main"
    assert branch_of(BUILDKITE_BRANCH="main", BUILDKITE_PULL_REQUEST="false") == "main"
    assert branch_of(BITBUCKET_BRANCH="main") == "main"
    assert branch_of() == ""


def test_tags_pull_requests_and_other_commits_are_not_the_branch():
    assert branch_of(GITHUB_REF_NAME="main", GITHUB_REF_TYPE="tag") == ""
    assert branch_of(GITHUB_REF_NAME="7/merge", GITHUB_HEAD_REF="main") == "7/merge"
    assert branch_of(GITHUB_REF_NAME="main", GITHUB_SHA="other") == ""
    assert branch_of(CI_COMMIT_REF_NAME="main", CI_MERGE_REQUEST_IID="3") == "pull/3"
    assert branch_of(CI_COMMIT_REF_NAME="main", CI_COMMIT_TAG="main") == ""
    assert branch_of(BUILDKITE_BRANCH="main", BUILDKITE_PULL_REQUEST="12") == "pull/12"


def only_branch(sources, folder, name):
    folder.mkdir()
    git(folder, "init", "-q", "-b", name)
    commit(folder)
    return sources.look(folder).default_branch


def test_the_default_branch(sources, tmp_path):
    assert only_branch(sources, tmp_path / "1", "trunk") == "trunk"
    assert only_branch(sources, tmp_path / "2", "master") == "master"
    git(tmp_path / "2", "branch", "main")
    assert sources.look(tmp_path / "2").default_branch == "main"
    git(tmp_path / "1", "branch", "other")
    assert sources.look(tmp_path / "1").default_branch == ""


def test_the_default_branch_is_origins(sources, repository, tmp_path):
    git(repository, "branch", "-m", "main", "develop")
    git(tmp_path, "clone", "-q", repository, "clone")
    clone = tmp_path / "clone"
    git(clone, "branch", "main")
    assert sources.look(clone).default_branch == "develop"


def test_a_providers_clone_of_one_branch_does_not_make_it_the_default(
    sources, repository, tmp_path, monkeypatch
):
    git(repository, "checkout", "-q", "-b", "feature")
    git(tmp_path, "clone", "-q", "--single-branch", "-b", "feature", repository, "clone")
    clone = tmp_path / "clone"
    git(clone, "remote", "set-head", "origin", "-d")
    assert sources.look(clone).default_branch == "feature"
    monkeypatch.setenv("CI", "true")
    assert sources.look(clone).default_branch == ""
    monkeypatch.setenv("CI_DEFAULT_BRANCH", "main")
    assert sources.look(clone).default_branch == "main"


def test_the_catalogue_names_what_exists():
    assert catalogue.load("sources", {"git": "shipway.adapters.sources.git:GitSources"}, "git")
    from shipway.adapters.sources import CATALOGUE

    for kind in CATALOGUE:
        assert hasattr(catalogue.load("sources", CATALOGUE, kind), "look")


def test_the_fake_gives_what_it_is_told(repository, sources):
    source = sources.look(repository)
    fake = FakeSources(source, commits={"v1": source})
    assert fake.look(repository) is source
    assert fake.look(repository, "v1") is source
    assert [path for path in fake.files(source) if ".git/" not in path] == ["a", "lib/b"]
    with pytest.raises(InputError):
        fake.look(repository, "v2")
    fake.error = InputError("broken")
    with pytest.raises(InputError, match="broken"):
        fake.look(repository)
