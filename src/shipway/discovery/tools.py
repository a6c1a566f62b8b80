# SPDX-License-Identifier: Apache-2.0
"""What else the repository uses: DVC, MLflow, Kedro, ZenML, Docker, CI, Git's own special cases."""

import re
from collections.abc import Iterator

from shipway.discovery.findings import Tool
from shipway.discovery.kedro import kedro_file
from shipway.discovery.project import CodeBase
from shipway.discovery.running import Place

CI_FILES = (
    *(".gitlab-ci.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "jenkinsfile"),
    *(".travis.yml", ".drone.yml", "cloudbuild.yaml", "buildspec.yml"),
)
NAMED = {
    "mlproject": ("mlflow", "an MLflow project"),
    "makefile": ("make", "targets of make"),
    "docker-compose.yml": ("compose", "services of docker compose"),
    "docker-compose.yaml": ("compose", "services of docker compose"),
    "compose.yaml": ("compose", "services of docker compose"),
    "dvc.yaml": ("dvc", "stages of DVC"),
    ".pre-commit-config.yaml": ("pre-commit", "hooks before a commit"),
    "shipway.yaml": ("shipway", "a spec of Shipway"),
}
LIBRARIES = {"mlflow": "mlflow", "zenml": "zenml", "hydra": "hydra", "wandb": "wandb"}
MOST_POINTERS = 2000


def tools(base: CodeBase) -> Iterator[Tool]:
    """All of them, each kind with the places that show it."""
    yield from _by_name(base)
    yield from _by_folder(base)
    yield from _by_import(base)
    path = kedro_file(base)
    if path:
        yield Tool("kedro", Place(path), "a Kedro project")
    yield from _git(base)


def _by_name(base: CodeBase) -> Iterator[Tool]:
    for path in base.listing.files:
        name = path.rpartition("/")[2].lower()
        if name in NAMED:
            kind, why = NAMED[name]
            yield Tool(kind, Place(path), why)  # type: ignore[arg-type]
        elif name == "dockerfile" or name.startswith("dockerfile."):
            text = base.listing.text(path)
            match = re.search(r"^FROM\s+(\S+)", text, re.M | re.I)
            yield Tool("docker", Place(path), "an image", match[1] if match else "")
        elif name.endswith(".dvc") and not path.startswith(".dvc/"):
            yield Tool("dvc", Place(path), "data that DVC keeps", path.removesuffix(".dvc"))
        elif name in CI_FILES or path.startswith((".github/workflows/", ".circleci/")):
            yield Tool("ci", Place(path), "a pipeline of CI")


def _by_folder(base: CodeBase) -> Iterator[Tool]:
    listing = base.listing
    for folder in sorted(listing.folders_seen):
        name = folder.rpartition("/")[2]
        if name == "mlruns":
            yield Tool("mlflow", Place(folder), "runs of MLflow in a folder", listing.state(folder))
        elif name == ".zenml":
            yield Tool("zenml", Place(folder), "a ZenML repository")
    if listing.has(".dvc"):
        yield Tool("dvc", Place(".dvc"), "a DVC repository")


def _by_import(base: CodeBase) -> Iterator[Tool]:
    seen: set[str] = set()
    for path, imports in base.imports.items():
        for one in imports:
            kind = LIBRARIES.get(one.top)
            if kind is not None and not one.level and kind not in seen:
                seen.add(kind)
                source = base.sources.get(path)
                at = source.place(one.line) if source is not None else Place(path, one.line)
                yield Tool(kind, at, f"the code imports {one.top}")  # type: ignore[arg-type]


def _git(base: CodeBase) -> Iterator[Tool]:
    listing = base.listing
    text = listing.text(".gitmodules")
    for match in re.finditer(r"^\s*path\s*=\s*(\S+)", text, re.M):
        full = listing.root / match[1]
        filled = full.is_dir() and any(full.iterdir())
        detail = match[1] if filled else f"{match[1]} (empty)"
        line = text.count("\n", 0, match.start(1)) + 1
        yield Tool("submodule", Place(".gitmodules", line), "another repository inside", detail)
    if "filter=lfs" in listing.text(".gitattributes"):
        pointers = [path for path in listing.files[:MOST_POINTERS] if listing.is_pointer(path)]
        detail = (
            f"{len(pointers)} files are pointers: {', '.join(pointers[:3])}" if pointers else ""
        )
        yield Tool("git lfs", Place(".gitattributes"), "large files are kept by Git LFS", detail)
    if (listing.root / ".git" / "shallow").is_file():
        yield Tool("shallow clone", Place(".git/shallow"), "only the last commits are here")
