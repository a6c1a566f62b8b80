# SPDX-License-Identifier: Apache-2.0
"""Does a release answer as the model did in training? Asked over HTTP, as a user would.

Health, all golden rows in one request, then single rows for latency (whose answers must be right
too), and that every answer came from the release that is meant.
"""

from collections.abc import Callable, Sequence
from typing import Any

from shipway.delivery.asking import Answer, ModelServer, NoAnswerError
from shipway.delivery.golden import Golden, differences
from shipway.delivery.latency import percentiles
from shipway.records.base import Verdict, worst
from shipway.records.delivery import Probe, Verification


def verify_release(
    address: str,
    golden: Golden,
    *,
    environment: str,
    release: str,
    requests: int = 30,
    max_p99_ms: float | None = None,
    timeout: float = 30.0,
) -> Verification:
    """Ask the server at `address` for health, golden predictions and latency.

    `requests` single rows are timed (0: none are asked); latencies are in milliseconds. A server
    that does not answer gives a failed verification, not an error; without golden rows it is
    inconclusive.
    """
    with ModelServer(address, timeout) as server:
        probes = [_health(server)]
        answers: list[Answer] = []
        if probes[0].verdict == "passed":
            probes += _golden(server, golden, answers)
        singles: list[Answer] = []
        if requests and golden.rows and all(probe.verdict == "passed" for probe in probes):
            probes.append(_singles(server, golden, requests, singles))
    latency = percentiles([answer.milliseconds for answer in singles])
    probes += _origin([*answers, *singles], release)
    if max_p99_ms is not None and latency:
        probes.append(_latency(latency["p99"], max_p99_ms))
    return Verification(
        environment=environment,
        release=release,
        verdict=worst([probe.verdict for probe in probes]),
        probes=tuple(probes),
        latency_ms=latency,
    )


def _health(server: ModelServer) -> Probe:
    def ask() -> str:
        server.health()
        return "200"

    return _probe("health", "200", ask)


def _golden(server: ModelServer, golden: Golden, answers: list[Answer]) -> list[Probe]:
    count = len(golden.rows)
    if not count:
        return [Probe("golden predictions", "inconclusive", "no golden rows", "at least one row")]
    try:
        answers.append(server.predict(golden.rows))
    except NoAnswerError as error:
        return [Probe("golden predictions", "failed", str(error), f"{count} equal answers")]
    content = answers[-1].content
    probes = [_equal("golden predictions", golden.predictions, content.get("predictions"))]
    if golden.scores is not None:
        probes.append(_equal("golden scores", golden.scores, content.get("scores")))
    return probes


def _singles(server: ModelServer, golden: Golden, requests: int, singles: list[Answer]) -> Probe:
    """Single rows, one after the other; each must be answered as in the batch."""
    expected, found = [], []

    def ask() -> str:
        for turn in range(requests):
            row = turn % len(golden.rows)
            answer = server.predict([golden.rows[row]])
            singles.append(answer)
            predictions = answer.content.get("predictions")
            found.append(predictions[0] if isinstance(predictions, list) and predictions else None)
            expected.append(golden.predictions[row])
        return ""

    asked = _probe("single rows", f"{requests} equal answers", ask)
    return _equal("single rows", expected, found) if asked.verdict == "passed" else asked


def _origin(answers: Sequence[Answer], release: str) -> list[Probe]:
    """Which releases answered; a server that does not say is not judged."""
    told = sorted({answer.release for answer in answers} - {""})
    if not told or not release:
        return []
    verdict: Verdict = "passed" if told == [release] else "failed"
    return [Probe("release", verdict, ", ".join(told), release)]


def _latency(p99: float, limit: float) -> Probe:
    verdict: Verdict = "passed" if p99 <= limit else "failed"
    return Probe("latency p99", verdict, f"{p99:.1f} ms", f"at most {limit:g} ms")


def _equal(name: str, expected: Sequence[Any], found: Any) -> Probe:
    count = len(expected)
    demanded = f"{count} equal answers"
    if not isinstance(found, list) or len(found) != count:
        shape = f"{len(found)} answers" if isinstance(found, list) else "no list of answers"
        return Probe(name, "failed", shape, demanded)
    wrong = differences(expected, found)
    if not wrong:
        return Probe(name, "passed", f"{count} equal", demanded)
    first = wrong[0]
    example = f"row {first} gave {found[first]!r} instead of {expected[first]!r}"
    return Probe(name, "failed", f"{len(wrong)} of {count} differ; {example}", demanded)


def _probe(name: str, expected: str, ask: Callable[[], str]) -> Probe:
    try:
        return Probe(name, "passed", ask(), expected)
    except NoAnswerError as error:
        return Probe(name, "failed", str(error), expected)
