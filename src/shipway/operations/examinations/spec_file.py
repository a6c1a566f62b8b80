# SPDX-License-Identifier: Apache-2.0
"""`shipway.yaml`: is it there, and can it be read?"""

from collections.abc import Iterator

from shipway.base.errors import ShipwayError
from shipway.engine.wiring import SPEC_NAME
from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """The spec, with all its mistakes."""
    opened = subject.opened
    if opened is None:
        found = f"no {SPEC_NAME} in {subject.folder}"
        yield Finding("spec", "warning", found, "Make one: shipway init")
    elif isinstance(opened, ShipwayError):
        yield Finding("spec", "trouble", str(opened), "Correct the file.")
    else:
        yield Finding("spec", "good", f"{SPEC_NAME} of project {opened.spec.project}")
