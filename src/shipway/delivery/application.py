# SPDX-License-Identifier: Apache-2.0
"""Does the user's own web application answer as `package.server.golden` says?

Its health first, then each golden request, once: nobody knows what it does besides answering.
"""

from typing import Any

import msgspec

from shipway.delivery.asking import ModelServer, NoAnswerError, Said, shorten
from shipway.delivery.golden import same_answer
from shipway.delivery.latency import percentiles
from shipway.packaging.application import Application, GoldenCall
from shipway.records.base import Verdict, worst
from shipway.records.delivery import Probe, Verification

HEALTH_ONLY = (
    "verified by its health alone: package.server.golden names no request with the answer that it "
    "must give"
)


def verify_application(
    address: str,
    application: Application,
    *,
    environment: str,
    release: str,
    timeout: float = 30.0,
) -> Verification:
    """Ask the application at `address` for its health, and its golden requests.

    One that does not answer gives a failed verification, not an error. Without golden requests
    its health alone decides, and the verification's `note` says so.
    """
    said: list[Said] = []
    with ModelServer(address, timeout) as server:
        probes = [_health(server, application, said)]
        if probes[0].verdict == "passed":
            probes += [_call(server, call, said) for call in application.golden]
    probes += _origin(said, release)
    return Verification(
        environment=environment,
        release=release,
        verdict=worst([probe.verdict for probe in probes]),
        probes=tuple(probes),
        latency_ms=percentiles([each.milliseconds for each in said[1:]]),
        note="" if application.golden else HEALTH_ONLY,
    )


def _health(server: ModelServer, application: Application, said: list[Said]) -> Probe:
    name = f"GET {application.health}"
    try:
        said.append(server.call("GET", application.health))
    except NoAnswerError as error:
        return Probe(name, "failed", str(error), "200")
    verdict: Verdict = "passed" if said[-1].status == 200 else "failed"
    return Probe(name, verdict, _shown(said[-1]) if verdict == "failed" else "200", "200")


def _call(server: ModelServer, call: GoldenCall, said: list[Said]) -> Probe:
    """One golden request; what differs is shown beside the request."""
    name = f"{call.method} {call.path}" + (f" {shorten(call.body)}" if call.body else "")
    body = None if call.body is None else call.body.encode()
    try:
        said.append(server.call(call.method, call.path, body, call.headers))
    except NoAnswerError as error:
        return Probe(name, "failed", str(error), _demanded(call))
    wrong = difference(call, said[-1])
    if not wrong:
        return Probe(name, "passed", str(said[-1].status), _demanded(call))
    return Probe(name, "failed", f"{_shown(said[-1])} ({wrong})", _demanded(call))


def difference(call: GoldenCall, said: Said) -> str:
    """What is not as it was to be, in a few words; empty when all is."""
    if said.status != call.status:
        return f"status {said.status} instead of {call.status}"
    if isinstance(call.contains, str) and call.contains not in said.body.decode(errors="replace"):
        return f"no {call.contains!r} in it"
    if call.json is None and not isinstance(call.contains, dict):
        return ""
    try:
        found = msgspec.json.decode(said.body)
    except msgspec.DecodeError:
        return "not JSON"
    if call.json is not None:
        wrong = _compare(call.json, found, "", call.tolerance, whole=True)
        if wrong:
            return wrong
    if isinstance(call.contains, dict):
        return _compare(call.contains, found, "", call.tolerance, whole=False)
    return ""


def _compare(expected: Any, found: Any, path: str, tolerance: float, *, whole: bool) -> str:
    """The first place where `found` is another; with `whole`, it has nothing besides."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return _compare_mappings(expected, found, path, tolerance, whole=whole)
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = zip(expected, found, strict=True)
        wrong = (
            _compare(one, other, f"{path}[{place}]", tolerance, whole=whole)
            for place, (one, other) in enumerate(pairs)
        )
        return next(filter(None, wrong), "")
    if same_answer(expected, found, tolerance):
        return ""
    return f"{path or 'it'} is {_json(found)} instead of {_json(expected)}"


def _compare_mappings(
    expected: dict[Any, Any], found: dict[Any, Any], path: str, tolerance: float, *, whole: bool
) -> str:
    dot = f"{path}." if path else ""
    for key, value in expected.items():
        if key not in found:
            return f"{dot}{key} is missing"
        wrong = _compare(value, found[key], f"{dot}{key}", tolerance, whole=whole)
        if wrong:
            return wrong
    more = [key for key in found if key not in expected]
    return f"{dot}{more[0]} is not expected" if whole and more else ""


def _origin(said: list[Said], release: str) -> list[Probe]:
    """Which releases answered; a target that does not say is not judged."""
    told = sorted({each.release for each in said} - {""})
    if not told or not release:
        return []
    return [Probe("release", "passed" if told == [release] else "failed", ", ".join(told), release)]


def _demanded(call: GoldenCall) -> str:
    parts = [str(call.status)]
    if call.json is not None:
        parts.append(shorten(_json(call.json)))
    if call.contains is not None:
        parts.append(f"with {shorten(_json(call.contains))}")
    return " ".join(parts)


def _shown(said: Said) -> str:
    text = said.body.decode(errors="replace")
    return f"{said.status} {shorten(text)}" if text.strip() else f"{said.status} without a body"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
