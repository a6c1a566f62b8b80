# SPDX-License-Identifier: Apache-2.0
"""The parts of a first spec around training: name, environment, tests, the web application."""

import re
from pathlib import Path

from shipway.discovery.compose_notes import Notes
from shipway.discovery.findings import ImportUse, RepositoryFindings, RequirementsFile
from shipway.discovery.running import EntryPoint, TestSuite, WebApplication
from shipway.spec.types import EnvironmentSpec, TestsSpec

READ_BY_UV = ("requirements", "pyproject", "setup.py", "setup.cfg", "pipfile", "poetry")
DEFAULT_FILES = ("requirements.txt", "pyproject.toml")
MOST_SHOWN = 8


def project_name(folder: Path) -> str:
    """The folder's name in the letters that every store and platform takes."""
    name = re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).strip("-._")
    return name[:63].strip("-._") or "project"


def compose_environment(
    findings: RepositoryFindings, entry: EntryPoint | None, notes: Notes
) -> EnvironmentSpec | None:
    """Where the requirements stand; None when nothing declares any."""
    found = [each for each in findings.requirements if not each.development]
    _say_undeclared(findings, entry, found, notes)
    listed = [each for each in found if each.kind == "requirements"]
    if not listed:
        listed = [each for each in found if each.kind in READ_BY_UV]
    if listed:
        chosen = _nearest(listed, entry)
        for other in [each for each in found if each not in chosen and each.kind != "constraints"]:
            notes.found(f"{other.at.path} ({other.why}), not used")
        for each in chosen:
            if each.trouble:
                notes.unknown(f"{each.at}: {each.trouble}")
        paths = tuple(dict.fromkeys(each.at.path for each in chosen))
        notes.found(f"requirements: {', '.join(paths)}")
        return EnvironmentSpec(requirements=paths)
    conda = next((each for each in found if each.kind == "conda"), None)
    if conda is not None:
        notes.found(f"environment: {conda.at.path} (conda)")
        return EnvironmentSpec(conda=conda.at.path)
    return None


def reads_parquet(findings: RepositoryFindings) -> bool:
    """Whether the declared packages can read Parquet: pandas alone can't."""
    names = {name.lower() for each in findings.requirements for name in each.names}
    return bool(names & {"pyarrow", "fastparquet", "polars"})


def _nearest(listed: list[RequirementsFile], entry: EntryPoint | None) -> list[RequirementsFile]:
    """The files of the folder of the training, else those of the top, else the first."""
    for folder in (entry.folder if entry is not None else ".", "."):
        here = [each for each in listed if str(Path(each.at.path).parent) == folder]
        plain = [each for each in here if Path(each.at.path).name == "requirements.txt"]
        if here:
            return plain or here[:1]
    return listed[:1]


def _say_undeclared(
    findings: RepositoryFindings,
    entry: EntryPoint | None,
    found: list[RequirementsFile],
    notes: Notes,
) -> None:
    used = findings.undeclared
    if entry is not None:
        used = findings.of(entry, used)
    if not used:
        return
    names = ", ".join(dict.fromkeys(use.distribution for use in used[:MOST_SHOWN]))
    if found:
        notes.unknown(f"{_places(used)} not declared by {found[0].at.path}: {names}")
    else:
        notes.unknown(
            "no file declares what the code imports; write a requirements.txt with a line each: "
            + names
        )


def _places(used: tuple[ImportUse, ...]) -> str:
    first = used[0]
    more = f" and {len(used) - 1} more" if len(used) > 1 else ""
    return f"{first.at} imports {first.module}{more},"


def compose_tests(folder: Path, findings: RepositoryFindings, notes: Notes) -> TestsSpec | None:
    """How the unit tests are run; those that need a trained model are left out, and it is said."""
    if not findings.tests:
        notes.unknown("no unit tests; `shipway init --tests` writes a few to start with")
        return None
    suite = findings.tests[0]
    notes.found(f"tests: {suite.command} ({suite.why})")
    if suite.runner not in ("pytest", "unittest"):
        lines = (
            f"tests: {{command: {suite.command}, junit: report.xml}}   # name its JUnit report",
        )
        notes.after(lines=lines)
        notes.unknown(f"which JUnit report does {suite.command} write? see the end of the file")
        return None
    words = ["pytest", "-q", *_import_path(suite), *_ignored(folder, suite, notes), *_where(suite)]
    return TestsSpec(command=" ".join(words))


def _where(suite: TestSuite) -> list[str]:
    path = suite.tests if suite.folder in ("", ".") else f"{suite.folder}/{suite.tests}"
    known = [file for file in suite.files if file.startswith(f"{path}/")] or suite.tests != "tests"
    if suite.files and not known:
        return sorted({str(Path(file).parent) for file in suite.files})
    return [] if path in ("", ".", "./.") else [path.removesuffix("/.")]


def _import_path(suite: TestSuite) -> list[str]:
    """pytest finds modules beside the tests only; the top and `src` are on the path anyway."""
    wanted = [suite.pythonpath, suite.folder]
    paths = [each for each in dict.fromkeys(wanted) if each not in ("", ".", "src")]
    return ["-o", f"pythonpath={','.join(paths)}"] if paths else []


def _ignored(folder: Path, suite: TestSuite, notes: Notes) -> list[str]:
    """Test files that open a model which only a training writes: they can't run before it."""
    names = {Path(path).name for path in suite.written_by_training}
    left_out = [
        file
        for file in suite.files
        if names and any(name in _text(folder / file) for name in names)
    ]
    if left_out:
        notes.on("tests", text=f"{', '.join(left_out)} needs a trained model, tests run before")
        notes.guessed(f"{', '.join(left_out)} is left out: it opens a model that is trained later")
    return [f"--ignore={file}" for file in left_out]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def suggest_application(findings: RepositoryFindings, notes: Notes) -> None:
    """The web application that is there, as a suggestion: is it the one that serves the model?"""
    served = [each for each in findings.applications if each.command and each.predict]
    if not served:
        return
    app: WebApplication = served[0]
    health = app.health or "/"
    port = app.port or 8000
    notes.found(f"a {app.framework} application ({app.at}); Shipway's own server is used instead")
    notes.after(
        lines=(
            "To keep the web application that is here, and have it checked and deployed:",
            "package:",
            f"  server: {{command: {app.command}, port: {port}, health: {health}}}",
        )
    )


def mention_tools(findings: RepositoryFindings, notes: Notes) -> None:
    """Other tools that the repository uses, each once."""
    kinds = dict.fromkeys(tool.kind for tool in findings.tools if tool.kind != "shipway")
    if kinds:
        notes.found(f"also here: {', '.join(kinds)}; Shipway changes none of it")
