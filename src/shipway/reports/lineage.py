# SPDX-License-Identifier: Apache-2.0
"""Where a deployment comes from: deployment ← image ← model ← code, rows, lock, gate decisions.

Links appear as far as the run came; each names its digest, by which it can be found in the store.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from shipway.base.digests import digest_of
from shipway.records.base import Record
from shipway.records.data import ValidatedData
from shipway.records.delivery import Deployment, ModelVersion, Package, StoredModel
from shipway.records.source import PythonEnvironment, Source
from shipway.records.training import Evaluation, TrainedModel

Kind = TypeVar("Kind", bound=Record)


class Link(msgspec.Struct, frozen=True):
    """One link of the chain: what it is, its name, and the digest that proves it."""

    what: str
    name: str
    digest: str = ""


def first(results: Mapping[str, Record], kind: type[Kind]) -> Kind | None:
    """The first result of that type."""
    return next((record for record in results.values() if isinstance(record, kind)), None)


def every(results: Mapping[str, Record], kind: type[Kind]) -> list[Kind]:
    """All results of that type, in order."""
    return [record for record in results.values() if isinstance(record, kind)]


def chain(results: Mapping[str, Record], source: Source | None) -> list[Link]:
    """Deployments, image and model, in that order, then what the model was made of."""
    return [*_products(results), *_origins(results, source)]


def _products(results: Mapping[str, Record]) -> list[Link]:
    links = [
        Link("Deployment", f"{item.release} in {item.environment}", item.package)
        for item in every(results, Deployment)
    ]
    package = first(results, Package)
    version = first(results, ModelVersion)
    model = first(results, TrainedModel)
    if package:
        links.append(Link("Image", "manifest", package.digest))
    if version:
        links.append(
            Link("Model version", f"{version.model} version {version.number}", version.digest)
        )
    elif model:
        links.append(Link("Model", model.flavour, model.digest))
    return links


def _origins(results: Mapping[str, Record], source: Source | None) -> list[Link]:
    links = []
    if source:
        state = "uncommitted changes on " if source.dirty else ""
        links.append(Link("Code", f"{state}{source.branch or 'no branch'}", source.commit))
    data = first(results, ValidatedData)
    for name, dataset in sorted(data.datasets.items()) if data else ():
        links.append(Link("Rows", f"{name}, {dataset.rows:,} rows", dataset.digest))
    environment = first(results, PythonEnvironment)
    if environment:
        links.append(Link("Lock", f"Python {environment.python}", environment.digest))
    return links + _decisions(results)


def _decisions(results: Mapping[str, Record]) -> list[Link]:
    links = []
    evaluation = first(results, Evaluation)
    if evaluation:
        passed = sum(gate.verdict == "passed" for gate in evaluation.gates)
        name = f"{passed} of {len(evaluation.gates)} passed"
        links.append(Link("Gate decisions", name, digest_of(evaluation.content())))
        if evaluation.champion:
            champion = evaluation.champion
            name = f"version {champion.version}" if champion.version else "predictions in a file"
            links.append(Link("Champion", name, champion.digest))
    stored = first(results, StoredModel)
    if stored:
        links.append(Link("Provenance", "signed statement", stored.provenance))
    return links
