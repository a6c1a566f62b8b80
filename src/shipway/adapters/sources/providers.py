# SPDX-License-Identifier: Apache-2.0
"""What CI providers say about the branch, for a checkout that is on none.

Providers check out a bare commit and name its branch in a variable. That name decides whether a
commit may be deployed, so it counts only for the commit that the provider built, and never for
tags or for pull requests, whose source branch may be anybody's `main`.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec


class Provider(msgspec.Struct, frozen=True):
    """Variables of one provider: where it names the branch, the commit, a tag, a pull request."""

    branch: tuple[str, ...]
    commit: str
    tag: str = ""
    request: str = ""


class _Repository(msgspec.Struct, frozen=True):
    default_branch: str = ""


class _Event(msgspec.Struct, frozen=True):
    repository: _Repository = _Repository()


PROVIDERS = (
    Provider(("GITHUB_REF_NAME", "GITHUB_HEAD_REF"), "GITHUB_SHA"),
    Provider(
        ("CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME"),
        "CI_COMMIT_SHA",
        tag="CI_COMMIT_TAG",
        request="CI_MERGE_REQUEST_IID",
    ),
    Provider(("CIRCLE_BRANCH",), "CIRCLE_SHA1", tag="CIRCLE_TAG", request="CIRCLE_PR_NUMBER"),
    Provider(("BRANCH_NAME", "GIT_BRANCH"), "GIT_COMMIT", tag="TAG_NAME", request="CHANGE_ID"),
    Provider(
        ("BUILDKITE_BRANCH",),
        "BUILDKITE_COMMIT",
        tag="BUILDKITE_TAG",
        request="BUILDKITE_PULL_REQUEST",
    ),
    Provider(
        ("BITBUCKET_BRANCH",), "BITBUCKET_COMMIT", tag="BITBUCKET_TAG", request="BITBUCKET_PR_ID"
    ),
)


# Set by providers that do not set CI: Azure Pipelines, Jenkins, AWS CodeBuild.
JOBS = ("TF_BUILD", "JENKINS_URL", "CODEBUILD_BUILD_ID")


def branch_of(environ: Mapping[str, str], commit: str) -> str:
    """The branch that a provider says `commit` belongs to; `""` when none does."""
    for provider in PROVIDERS:
        name = next((environ[key] for key in provider.branch if environ.get(key)), "")
        if name and _is_built(provider, environ, commit):
            return _as_branch(provider, environ, name)
    return ""


def in_ci(environ: Mapping[str, str]) -> bool:
    """True on a CI provider's machine, where a checkout need not hold all branches."""
    return environ.get("CI", "").lower() not in ("", "0", "false") or any(
        environ.get(key) for provider in PROVIDERS for key in provider.branch
    )


def is_job(environ: Mapping[str, str]) -> bool:
    """True in a job of a CI provider, whose checkout goes away with the job."""
    said = environ.get("CI", "").lower() not in ("", "0", "false")
    return said or any(environ.get(name) for name in JOBS)


def default_branch_of(environ: Mapping[str, str]) -> str:
    """The default branch, from the providers that name it: GitLab, and GitHub in its event."""
    return environ.get("CI_DEFAULT_BRANCH", "") or _in_event(environ.get("GITHUB_EVENT_PATH", ""))


def _in_event(path: str) -> str:
    """What the event that began a job of GitHub's says; `""` when it can't be read."""
    try:
        event = msgspec.json.decode(Path(path).read_bytes(), type=_Event) if path else _Event()
    except (OSError, msgspec.DecodeError):
        return ""
    return event.repository.default_branch


def _is_built(provider: Provider, environ: Mapping[str, str], commit: str) -> bool:
    built = environ.get(provider.commit, "")
    return built in ("", "HEAD", commit)


def _as_branch(provider: Provider, environ: Mapping[str, str], name: str) -> str:
    if environ.get(provider.tag) or environ.get("GITHUB_REF_TYPE") == "tag":
        return ""
    request = environ.get(provider.request, "")
    if request not in ("", "false"):
        return f"pull/{request}"
    return name.removeprefix("refs/heads/").removeprefix("origin/")
