# SPDX-License-Identifier: Apache-2.0
"""A file that a stage missed in its workspace, but that the user has: which line declares it.

explain_missing(tail, user_folder, workspace)
→ conf.json exists in /home/me/fraud, but this stage does not declare it.
  Add to the stage in shipway.yaml: inputs: [conf.json]
"""

import re
from pathlib import Path, PurePosixPath

FILES = (
    re.compile(r"[Nn]o such file or directory(?: \(os error 2\))?:? '([^'\n]+)'"),
    re.compile(r'[Nn]o such file or directory(?: \(os error 2\))?:? "([^"\n]+)"'),
    re.compile(r"[Nn]o such file or directory \(os error 2\): ([^\s'\"]+)"),
    re.compile(r"^[^:\n]+: (?:[^:\n]+: )?'?([^:'\n]+)'?: No such file or directory", re.MULTILINE),
    re.compile(r"can't open file '([^'\n]+)'"),
    re.compile(r"cannot open ([^'\n]+): No such file"),
    re.compile(r"(?:FileNotFoundError|OSError): ([^\s'\"]+) (?:not found|does not exist)"),
)
MODULE = re.compile(r"No module named '([\w.]+)'")


def explain_missing(tail: str, user_folder: Path, workspace: Path, folder: str = ".") -> str:
    """What the last lines of a failed process say about missing files, as a cure; `""` if nothing.

    `folder` is where the process ran, relative to the workspace.
    """
    hints = [missing_file_hint(user_folder, workspace, name, folder) for name in files_in(tail)]
    modules = MODULE.findall(tail)
    hints += [missing_module_hint(user_folder, workspace, name, folder) for name in modules]
    return next((hint for hint in reversed(hints) if hint), "")


def missing_file_hint(
    user_folder: Path, workspace: Path, name: str, folder: str = "."
) -> str | None:
    """The cure for a file that is missing in `workspace` but exists in the user's folder."""
    for path in _candidates(workspace, name, folder):
        if (user_folder / path).exists() and not (workspace / path).exists():
            shown = f"{path}/" if (user_folder / path).is_dir() else path
            return (
                f"{shown} exists in {user_folder}, but this stage does not declare it.\n"
                f"Add to the stage in shipway.yaml: inputs: [{shown}]"
            )
    return None


def missing_module_hint(
    user_folder: Path, workspace: Path, name: str, folder: str = "."
) -> str | None:
    """The cure for a module that can't be imported in `workspace` but lies in the user's folder."""
    path = name.replace(".", "/")
    for place in _candidates(workspace, path, folder):
        module = f"{place}.py"
        if (user_folder / module).is_file() and not (workspace / module).exists():
            return _code_hint(user_folder, name, module)
        has_code = any((user_folder / place).glob("*.py"))
        if has_code and not any((workspace / place).glob("*.py")):
            return _code_hint(user_folder, name, f"{place}/**")
    return _above_hint(user_folder, name)


def _above_hint(user_folder: Path, name: str) -> str | None:
    """The same for a module that lies above the user's folder, in the same repository."""
    first = name.partition(".")[0]
    up, folder = "", user_folder
    while not (folder / ".git").exists() and folder != folder.parent:
        up, folder = f"../{up}", folder.parent
        if (folder / f"{first}.py").is_file():
            return _code_hint(folder, first, f"{up}{first}.py")
        if any((folder / first).glob("*.py")):
            return _code_hint(folder, first, f"{up}{first}/**")
    return None


def _code_hint(user_folder: Path, name: str, pattern: str) -> str:
    return (
        f"The module {name} exists in {user_folder}, but is not in this stage's code set.\n"
        f'Add to the stage in shipway.yaml: code: ["{pattern}"] (with what it names already);'
        " a file that Git ignores has to be added to Git first."
    )


def files_in(tail: str) -> list[str]:
    """File names in messages, in the order of their lines."""
    found = [(match.start(), match[1]) for form in FILES for match in form.finditer(tail)]
    return [name for _, name in sorted(found)]


def _candidates(workspace: Path, name: str, folder: str) -> list[str]:
    """Relative paths that a name in a message may mean; none for a path somewhere else."""
    path = PurePosixPath(name)
    if path.is_absolute():
        roots = (PurePosixPath(workspace), PurePosixPath(workspace.resolve()))
        places = [path.relative_to(root) for root in roots if path.is_relative_to(root)]
    else:
        places = [PurePosixPath(folder) / path, path]
    return [str(place) for place in places if ".." not in place.parts and str(place) != "."]
