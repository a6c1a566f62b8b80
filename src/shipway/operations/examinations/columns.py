# SPDX-License-Identifier: Apache-2.0
"""Columns that the spec names and the data lack."""

from collections.abc import Iterator

from shipway.base.errors import ShipwayError
from shipway.base.names import did_you_mean
from shipway.operations.examinations.finding import Finding, Subject
from shipway.spec.types import Spec

PARTS = ("all", "train", "validation", "test")


def examine(subject: Subject) -> Iterator[Finding]:
    """Each name that stands in the spec but in no header."""
    spec = subject.spec
    if spec is None or spec.data is None:
        return
    try:
        names = _names(subject, spec)
    except ShipwayError as error:
        yield Finding("data", "trouble", error.what, error.cure, error.where)
        return
    for table, columns in names.items():
        for name, keys in _wanted(spec):
            if name not in columns:
                yield Finding(
                    "column",
                    "trouble",
                    f"{table} has no column {name!r}",
                    did_you_mean(name, columns),
                    subject.where(*keys),
                )


def _names(subject: Subject, spec: Spec) -> dict[str, list[str]]:
    from shipway.adapters.tables import table_format
    from shipway.data.locate import locate_tables
    from shipway.data.opening import open_tables

    assert spec.data is not None  # noqa: S101 - the caller looked
    located = locate_tables(subject.folder, spec.data, subject.where)
    main = {name: files for name, files in located.items() if name in PARTS}
    tables = open_tables(main, spec.data, table_format)
    return {name: table.frame.collect_schema().names() for name, table in tables.items()}


def _wanted(spec: Spec) -> Iterator[tuple[str, tuple[str, ...]]]:
    data = spec.data
    assert data is not None  # noqa: S101 - the caller looked
    if spec.model is not None:
        yield spec.model.target, ("model", "target")
    for key in ("id", "time"):
        if getattr(data, key) is not None:
            yield getattr(data, key), ("data", key)
    if data.split is not None and data.split.by is not None:
        yield data.split.by, ("data", "split", "by")
    for name in data.columns:
        yield name, ("data", "columns", name)
