# SPDX-License-Identifier: Apache-2.0
"""Look at a repository as a whole: list it, index its Python, ask every finder.

    findings = look(Path("a/repository"))
    findings.entries[0].command, findings.data[0].path, findings.metrics[0].pattern

Nothing is imported, run or written.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shipway.discovery import applications, estimators, metric_files, metrics, predictions
from shipway.discovery.command_lines import FlagBook
from shipway.discovery.declared import declared, project_name, python_hints, third_party
from shipway.discovery.entries import Clues, function_entries, python_entries
from shipway.discovery.findings import DataFile, MetricReport, RepositoryFindings
from shipway.discovery.folders import folder_names
from shipway.discovery.hazards import hazards
from shipway.discovery.kedro import kedro_data, kedro_models
from shipway.discovery.listing import Listing, list_files
from shipway.discovery.models import model_files
from shipway.discovery.project import CodeBase
from shipway.discovery.project_entries import project_entries
from shipway.discovery.reads import data_files
from shipway.discovery.running import EntryPoint, PredictionCode
from shipway.discovery.set_apart import set_apart
from shipway.discovery.suites import test_suites
from shipway.discovery.surroundings import environment_variables
from shipway.discovery.targets import rank, targets
from shipway.discovery.tools import tools
from shipway.discovery.usage import mark_used_flags, settle
from shipway.discovery.values import Values

TABLE_ENDINGS = (".csv", ".tsv", ".parquet", ".pq", ".csv.gz", ".feather", ".xlsx", ".jsonl")
MODEL_ENDINGS = (
    *(".pkl", ".pickle", ".joblib", ".sav", ".onnx", ".h5", ".keras", ".pt", ".pth", ".skops"),
    *(".ubj", ".cbm", ".safetensors"),
)


def look(folder: Path) -> RepositoryFindings:
    """Everything that the files below `folder` tell; nothing is imported, run or written."""
    with _without_collecting():
        return _look(list_files(folder.resolve()))


def _look(listing: Listing) -> RepositoryFindings:
    base = CodeBase(listing)
    values = Values(base, FlagBook().defaults)
    data = (*data_files(base, values), *kedro_data(base))
    models = (*model_files(base, values), *kedro_models(base))
    fitted = tuple(estimators.estimators(base))
    clues = Clues(base, models, data, fitted)
    entries = [*python_entries(clues), *function_entries(clues), *project_entries(clues)]
    folders = {path: folder_names(source) for path, source in base.sources.items()}
    entries = [
        mark_used_flags(entry, data, models, values.suggestions, folders) for entry in entries
    ]
    data, models = settle(entries, data), settle(entries, models)
    reported = (*_printed(base), *metric_files.metric_files(base, values))
    sources = base.sources.values()
    return RepositoryFindings(
        name=project_name(listing),
        entries=tuple(sorted(entries, key=_likeliest)),
        data=data,
        tables=tuple(listing.ending(*TABLE_ENDINGS)),
        targets=tuple(rank([one for source in sources for one in targets(values, source)])),
        models=models,
        saved_models=tuple(listing.ending(*MODEL_ENDINGS)),
        estimators=fitted,
        metrics=settle(entries, reported),
        set_apart=tuple(one for source in sources for one in set_apart(source)),
        predictions=_predictions(base, data),
        applications=tuple(applications.applications(base)),
        requirements=declared(listing),
        pythons=python_hints(listing),
        imports=third_party(base),
        tests=tuple(test_suites(base, data, models)),
        tools=tuple(tools(base)),
        hazards=tuple(hazards(base, values, data, models)),
        environment=tuple(one for source in sources for one in environment_variables(source)),
        unreadable=tuple(base.unreadable),
        git=listing.git,
        files=len(listing.files),
        left_out=listing.left_out,
    )


def _likeliest(entry: EntryPoint) -> tuple[int, str, int]:
    return (-entry.score, entry.at.path, entry.at.line)


def _printed(base: CodeBase) -> Iterator[MetricReport]:
    logged = metrics.shows_logs(base.sources.values())
    for source in base.sources.values():
        yield from metrics.printed_metrics(source, logged=logged)


def _predictions(base: CodeBase, data: Iterable[DataFile]) -> tuple[PredictionCode, ...]:
    reads: dict[str, list[str]] = {}
    for one in data:
        if one.model:
            reads.setdefault(one.at.path, []).append(one.path)
    found = predictions.predictions(base, reads)
    return tuple(sorted(found, key=lambda one: (-one.score, one.at)))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Thousands of syntax trees make the collector run often and find nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
