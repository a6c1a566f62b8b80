# SPDX-License-Identifier: Apache-2.0
"""`shipway run --relax`: which pins to loosen so that the requirements resolve, as a patch.

Nothing of the user's is changed: the patch lies in `.shipway/` and is theirs to take.
"""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError, ShipwayError
from shipway.base.files import disk_errors
from shipway.engine.wiring import Project
from shipway.records.source import Source
from shipway.spec.types import EnvironmentSpec

if TYPE_CHECKING:
    from shipway.adapters.environments.pythons import Python
    from shipway.adapters.environments.relaxing import Change, Unrelaxable
    from shipway.adapters.environments.requirements import Inputs

PATCH = "shipway-relax.patch"
Tell = Callable[[str], None]


def relax(project: Project, source: Source, tell: Tell) -> None:
    """Nothing when the requirements resolve.

    Else an InputError that lists the changes and says how to take the patch that was written.
    """
    from shipway.adapters.environments.patching import patch_of
    from shipway.adapters.environments.pythons import project_python
    from shipway.adapters.environments.relaxing import Relaxing, Unrelaxable
    from shipway.adapters.environments.requirements import read_inputs
    from shipway.stages.environment import environment_spec

    folder = Path(source.folder)
    spec = environment_spec(project.spec, folder)
    _check(spec, project)
    python = project_python(folder, spec, tell)
    inputs = read_inputs(folder, spec.requirements)
    search = Relaxing(inputs, python.path, tell)
    try:
        changes = search.find()
    except Unrelaxable as error:
        raise _no_way(error, inputs, python) from error
    if not changes:
        tell("the requirements resolve as they are: nothing to loosen")
        return
    content = patch_of(changes, folder, source.prefix)
    place = project.paths.shipway / PATCH
    with disk_errors(place):
        place.write_bytes(content)
    fewest = "the fewest changes that do" if search.exact else "these changes do (not the fewest)"
    what = f"the requirements do not resolve on Python {python.minor}"
    raise InputError(
        "\n".join([f"{what}; {fewest}:", *_rows(changes)]),
        where=changes[0].statement.where,
        cure=_cure(place, Path(source.root)),
    )


def _check(spec: EnvironmentSpec, project: Project) -> None:
    if spec.conda is not None:
        raise InputError(
            "--relax loosens requirements of pip; this project has a conda environment",
            where=project.document.where("environment", "conda"),
            cure="Loosen the versions in its file by hand.",
        )


def _rows(changes: "Sequence[Change]") -> list[str]:
    from shipway.adapters.environments.patching import Row

    rows = [Row.of(change) for change in changes]
    width = max(len(row.old) for row in rows)
    lines = []
    for row in rows:
        takes = f"   (takes {row.takes})" if row.takes else ""
        lines.append(f"  {row.where}: {row.old:<{width}} → {row.new}{takes}")
    return lines


def _cure(place: Path, root: Path) -> str:
    shown = place.relative_to(root) if place.is_relative_to(root) else place
    return (
        f"Nothing was changed. To take them all, in {root}:\n"
        f"  git apply {shlex.quote(str(shown))}\n"
        "then commit, and run again. Train and test decide whether the newer versions do."
    )


def _no_way(error: "Unrelaxable", inputs: "Inputs", python: "Python") -> ShipwayError:
    from shipway.adapters.environments.explaining import explain_unmet
    from shipway.adapters.environments.offers import Offers

    found = explain_unmet(error.error, inputs, python.minor, Offers(inputs, python.path))
    return type(found)(
        f"no loosening of pins makes the requirements resolve. {found.what}",
        where=found.where,
        cure="Change the lines that are named; they can't be mended by other versions.",
    )
