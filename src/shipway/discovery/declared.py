# SPDX-License-Identifier: Apache-2.0
"""What the repository declares that it needs, and what its code imports without declaring it.

Names only: whether versions contradict each other is for a resolver to say. A file that can't be
read as it is (UTF-16, a lock for another tool) says so in `trouble`.
"""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from shipway.codescan.distributions import distribution_of, normal
from shipway.codescan.imports import is_standard
from shipway.discovery.configuration import read_mapping
from shipway.discovery.findings import ImportUse, PythonHint, RequirementsFile
from shipway.discovery.listing import Listing
from shipway.discovery.project import CodeBase
from shipway.discovery.running import Place

REQUIREMENTS = re.compile(
    r"(^|/)(requirements?[\w.-]*\.(txt|in)|requirements/[\w.-]+\.(txt|in))$", re.I
)
CONSTRAINTS = re.compile(r"(^|/)constraints?[\w.-]*\.txt$", re.I)
DEVELOPMENT = re.compile(r"dev|test|lint|docs?|ci|jupyter|notebook", re.I)
NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
EGG = re.compile(r"#egg=([\w.-]+)")
BROUGHT_BY = {
    "joblib": ("scikit-learn", "sklearn"),
    "numpy": ("pandas", "scikit-learn", "sklearn", "scipy", "xgboost", "lightgbm", "matplotlib"),
    "pandas": ("seaborn", "mlflow", "statsmodels", "prophet", "catboost"),
    "pydantic": ("fastapi",),
    "scipy": ("scikit-learn", "sklearn", "xgboost", "lightgbm", "statsmodels"),
    "starlette": ("fastapi",),
    "threadpoolctl": ("scikit-learn", "sklearn"),
    "yaml": ("mlflow", "kedro", "dvc", "omegaconf", "hydra-core"),
}
DEEPEST = 2
TROUBLES = {
    "pipfile lock": "a lock of Pipenv: its pins can be written out with pipenv requirements",
    "poetry lock": "a lock of Poetry: its pins can be written out with poetry export",
}


def declared(listing: Listing) -> tuple[RequirementsFile, ...]:
    """The files that declare dependencies, those in the root and for running first."""
    found = [one for path in listing.files for one in _file(listing, path)]
    return tuple(
        sorted(found, key=lambda one: (one.at.path.count("/"), one.development, one.at.path))
    )


def project_name(listing: Listing) -> str:
    """The name that the project gives itself, else that of its folder."""
    content = _mapping(listing, "pyproject.toml")
    named = _dict(content.get("project")).get("name")
    named = named or _dict(_dict(content.get("tool")).get("poetry")).get("name")
    if isinstance(named, str) and named:
        return named
    match = re.search(r"^\s*name\s*=\s*[\"']?([\w.-]+)", listing.text("setup.cfg"), re.M)
    match = match or re.search(r"\bname\s*=\s*[\"']([\w .-]+)[\"']", listing.text("setup.py"))
    return match[1] if match else listing.root.name


def python_hints(listing: Listing) -> tuple[PythonHint, ...]:
    """Where the repository says which Python it wants, the most binding place first."""
    return tuple(_pythons(listing))


def third_party(base: CodeBase) -> tuple[ImportUse, ...]:
    """Each third-party module that the code imports, at its first place."""
    names = {normal(name) for one in declared(base.listing) for name in one.names}
    found: dict[str, ImportUse] = {}
    for path, imports in base.imports.items():
        source = base.sources.get(path)
        for one in imports:
            importer = base.root / path
            if one.level or is_standard(one.top) or base.modules.has(one.top, importer):
                continue
            distribution = distribution_of(one.name, one.names)
            known = {normal(distribution), normal(one.top)}
            known |= {_other(name) for name in known}
            known |= {normal(name) for name in BROUGHT_BY.get(one.top, ())}
            at = source.place(one.line) if source is not None else Place(path, one.line)
            optional = one.optional or one.lazy
            use = ImportUse(one.top, distribution, at, optional, not names.isdisjoint(known))
            before = found.get(one.top)
            if before is None or (before.optional and not optional):
                found[one.top] = use
    return tuple(sorted(found.values(), key=lambda use: use.module))


def _other(name: str) -> str:
    """Another distribution that brings the same module."""
    return {
        "opencv-python": "opencv-python-headless",
        "tensorflow": "tensorflow-cpu",
        "keras": "tensorflow",
        "psycopg2-binary": "psycopg2",
        "scikit-learn": "sklearn",
        "faiss-cpu": "faiss-gpu",
        "lightning": "pytorch-lightning",
        "mlflow": "mlflow-skinny",
        "xgboost": "xgboost-cpu",
    }.get(name, name)


def _file(listing: Listing, path: str) -> Iterator[RequirementsFile]:
    if path.count("/") > DEEPEST:
        return
    name = posixpath.basename(path)
    if CONSTRAINTS.search(path):
        yield _plain(listing, path, "constraints")
    elif REQUIREMENTS.search(path):
        yield _plain(listing, path, "pip-tools" if path.endswith(".in") else "requirements")
    elif name == "pyproject.toml":
        yield from _pyproject(listing, path)
    elif name == "setup.py":
        names = tuple(_setup_names(listing.text(path)))
        yield RequirementsFile("setup.py", Place(path), "a project that is installed", names)
    elif name == "setup.cfg" and "install_requires" in listing.text(path):
        text = listing.text(path).partition("install_requires")[2].partition("\n[")[0]
        lines = [line for line in text.lstrip(" =").splitlines() if line[:1] in (" ", "\t", "")]
        yield RequirementsFile(
            "setup.cfg", Place(path), "a project that is installed", tuple(_names(lines))
        )
    elif name == "Pipfile":
        content = _mapping(listing, path)
        yield RequirementsFile(
            "pipfile", Place(path), "Pipenv's file", tuple(_dict(content.get("packages")))
        )
    elif name == "Pipfile.lock":
        names = tuple(_dict(_mapping_json(listing, path).get("default")))
        yield _lock("pipfile lock", path, names)
    elif name in ("poetry.lock", "uv.lock"):
        packages = _mapping(listing, path).get("package")
        listed = packages if isinstance(packages, list) else []
        names = tuple(str(_dict(one).get("name", "")) for one in listed)
        yield _lock("uv lock" if name == "uv.lock" else "poetry lock", path, names)
    elif re.fullmatch(r"(environment|conda|env)[\w.-]*\.ya?ml", name):
        yield from _conda(listing, path)


def _plain(listing: Listing, path: str, kind: str) -> RequirementsFile:
    content = _bytes(listing, path)
    trouble = ""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        trouble = "it is UTF-16, as PowerShell's > writes; pip wants UTF-8"
    lines = listing.text(path).splitlines()
    why = {"constraints": "bounds on versions", "pip-tools": "the source of a compiled file"}
    return RequirementsFile(
        kind,  # type: ignore[arg-type]
        Place(path),
        why.get(kind, "a requirements file"),
        tuple(_names(lines)),
        trouble,
        bool(DEVELOPMENT.search(posixpath.basename(path))),
    )


def _pyproject(listing: Listing, path: str) -> Iterator[RequirementsFile]:
    content = _mapping(listing, path)
    project = _dict(content.get("project"))
    poetry = _dict(_dict(content.get("tool")).get("poetry"))
    if poetry.get("dependencies") and not project.get("dependencies"):
        names = [name for name in _dict(poetry["dependencies"]) if name.lower() != "python"]
        yield RequirementsFile("poetry", Place(path), "Poetry's dependencies", tuple(names))
    elif project:
        listed = project.get("dependencies")
        names = list(_names(listed if isinstance(listed, list) else []))
        for extra in _dict(project.get("optional-dependencies")).values():
            names += _names(extra if isinstance(extra, list) else [])
        why = "the project's dependencies" if names else "a project without dependencies"
        yield RequirementsFile("pyproject", Place(path), why, tuple(names))


def _conda(listing: Listing, path: str) -> Iterator[RequirementsFile]:
    content = _mapping(listing, path)
    listed = content.get("dependencies")
    if not isinstance(listed, list):
        return
    names = list(_names([one for one in listed if isinstance(one, str)]))
    for one in listed:
        if isinstance(one, dict) and isinstance(one.get("pip"), list):
            names += _names(one["pip"])
    yield RequirementsFile("conda", Place(path), "a conda environment", tuple(names))


def _lock(kind: str, path: str, names: tuple[str, ...]) -> RequirementsFile:
    return RequirementsFile(
        kind,  # type: ignore[arg-type]
        Place(path),
        "exact versions",
        names,
        TROUBLES.get(kind, ""),
    )


def _names(lines: Iterable[Any]) -> Iterator[str]:
    for line in lines:
        text = str(line).partition(" #")[0].strip()
        egg = EGG.search(str(line))
        if egg:
            yield egg[1]
        elif "://" in text.partition("@")[0] or text.startswith(("-", "#", ".", "/")):
            continue
        elif match := NAME.match(text):
            yield match[1]


def _setup_names(text: str) -> Iterator[str]:
    """The names in `install_requires=[…]` of a setup.py, also when it is a constant above."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    lists = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            value = lists.get(node.value.id) if isinstance(node.value, ast.Name) else node.value
            if isinstance(value, ast.List | ast.Tuple):
                yield from _names(one.value for one in value.elts if isinstance(one, ast.Constant))


def _pythons(listing: Listing) -> Iterator[PythonHint]:
    content = _mapping(listing, "pyproject.toml")
    wanted = _dict(content.get("project")).get("requires-python")
    if wanted:
        yield PythonHint(str(wanted), Place("pyproject.toml"), "requires-python")
    poetry = _dict(_dict(content.get("tool")).get("poetry"))
    wanted = _dict(poetry.get("dependencies")).get("python")
    if wanted:
        yield PythonHint(str(wanted), Place("pyproject.toml"), "Poetry's python")
    patterns = (
        (".python-version", r"^\s*(\d+\.\d+[\w.]*)", "what pyenv and uv take"),
        ("runtime.txt", r"python-(\d+\.\d+[\d.]*)", "what Heroku takes"),
        ("Pipfile", r"python_(?:full_)?version\s*=\s*\"([\d.]+)\"", "Pipenv's python"),
        ("setup.py", r"python_requires\s*=\s*[\"']([^\"']+)", "python_requires"),
        ("setup.cfg", r"python_requires\s*=\s*(\S+)", "python_requires"),
        (".tool-versions", r"^python\s+(\d+\.\d+[\d.]*)", "what asdf takes"),
    )
    for path, pattern, why in patterns:
        yield from _match(listing, path, pattern, why)
    for path in listing.named("environment.yml", "environment.yaml", "conda.yaml"):
        yield from _match(listing, path, r"-\s*python\s*[=~><]+\s*([\d.]+)", "conda's python")
    for path in listing.named("dockerfile"):
        yield from _match(listing, path, r"^FROM\s+\S*python:(\d+\.\d+)", "the image's python")
    for path in listing.files:
        if path.startswith(".github/workflows/"):
            yield from _match(
                listing, path, r"python-version:\s*\[?[\"']?(\d+\.\d+)", "what CI tests with"
            )


def _match(listing: Listing, path: str, pattern: str, why: str) -> Iterator[PythonHint]:
    text = listing.text(path)
    match = re.search(pattern, text, re.M | re.I)
    if match:
        line = text.count("\n", 0, match.start(1)) + 1
        yield PythonHint(match[1], Place(path, line), why)


def _mapping(listing: Listing, path: str) -> dict[str, Any]:
    return _dict(read_mapping(listing, path))


def _mapping_json(listing: Listing, path: str) -> dict[str, Any]:
    import json

    try:
        return _dict(json.loads(listing.text(path, 8 << 20) or "{}"))
    except ValueError:
        return {}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _bytes(listing: Listing, path: str) -> bytes:
    try:
        with (listing.root / path).open("rb") as file:
            return file.read(4)
    except OSError:
        return b""
