# SPDX-License-Identifier: Apache-2.0
"""Which release answers, and what happens when its workers fail."""

import asyncio
import json
from collections import Counter
from types import SimpleNamespace

import pytest

from shipway_runtime.router import dispatch
from shipway_runtime.router.dispatch import Dispatcher, take_pin
from shipway_runtime.router.messages import Request, answer
from shipway_runtime.router.upstream import BrokenError, RefusedError


class FakeRelease:
    """A release with one worker that answers by `script`: a status or an error each time."""

    def __init__(self, name, *script, healthy=True, application=False):
        self.spec = SimpleNamespace(id=name, application=application)
        self.script = list(script)
        self.healthy = healthy
        self.pool = self
        self.in_flight = 0

    def pick(self):
        return self if self.healthy else None

    async def exchange(self, _request, _timeout):
        step = self.script.pop(0) if self.script else 200
        if isinstance(step, int):
            return answer(step, {"by": self.spec.id})
        raise step


def ask(weights, *releases, target=b"/predict", pin="", times=1, during=None, method=b"POST"):
    """The statuses and bodies of `times` requests, and the dispatcher."""

    async def everything():
        dispatcher = Dispatcher({one.spec.id: one for one in releases}, seed=1)
        dispatcher.weights = weights
        task = asyncio.create_task(during(dispatcher)) if during else None
        answers = []
        for _ in range(times):
            response = await dispatcher.answer(Request(method, target, release=pin))
            answers.append((response.status, json.loads(response.body)))
        if task:
            await task
        return answers, dispatcher

    return asyncio.run(everything())


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(dispatch, "PATIENCE_SECONDS", 0.2)


def test_requests_are_divided_by_weight():
    releases = FakeRelease("a"), FakeRelease("b"), FakeRelease("c")
    answers, dispatcher = ask({"a": 0.7, "b": 0.3, "c": 0.0}, *releases, times=4000)
    counts = Counter(body["by"] for _, body in answers)
    assert 0.67 < counts["a"] / 4000 < 0.73
    assert counts["c"] == 0
    assert dispatcher.counters["a"].requests == counts["a"]


def test_an_unhealthy_release_leaves_its_share_to_the_others():
    answers, _ = ask({"a": 0.9, "b": 0.1}, FakeRelease("a", healthy=False), FakeRelease("b"))
    assert answers == [(200, {"by": "b"})]


@pytest.mark.parametrize("error", [RefusedError("gone"), BrokenError("died")])
def test_a_request_whose_worker_died_is_answered_by_another(error):
    answers, dispatcher = ask({"a": 1.0}, FakeRelease("a", error, error))
    assert answers == [(200, {"by": "a"})]
    assert (dispatcher.counters["a"].requests, dispatcher.counters["a"].errors) == (1, 0)


def test_a_request_waits_for_the_replacement(monkeypatch):
    monkeypatch.setattr(dispatch, "PATIENCE_SECONDS", 30.0)
    release = FakeRelease("a", healthy=False)

    async def recover(dispatcher):
        await asyncio.sleep(0.05)
        release.healthy = True
        dispatcher.bell.ring()

    answers, _ = ask({"a": 1.0}, release, during=recover)
    assert answers == [(200, {"by": "a"})]


def test_nothing_live_is_a_503_with_words():
    for weights, releases in [({}, []), ({"a": 1.0}, [FakeRelease("a", healthy=False)])]:
        [(status, body)], _ = ask(weights, *releases)
        assert (status, body) == (503, {"error": "no release is live here"})


def test_a_request_that_kills_every_worker_is_not_tried_for_ever():
    [(status, body)], dispatcher = ask({"a": 1.0}, FakeRelease("a", *[BrokenError("died")] * 9))
    assert status == 502
    assert "ended while they answered this request" in body["error"]
    assert dispatcher.counters["a"].errors == 1


def test_a_worker_that_can_never_be_reached_is_a_503():
    [(status, _)], _ = ask({"a": 1.0}, FakeRelease("a", *[RefusedError("no")] * 100))
    assert status == 503


def test_a_worker_that_takes_too_long_is_a_504():
    release = FakeRelease("a", TimeoutError())
    [(status, body)], _ = ask({"a": 1.0}, release)
    assert (status, body) == (504, {"error": "no answer within 60 s"})
    assert release.in_flight == 0


def test_a_surprise_is_a_500_and_not_the_end():
    answers, _ = ask({"a": 1.0}, FakeRelease("a", ZeroDivisionError()), times=2)
    assert [status for status, _ in answers] == [500, 200]


def test_server_errors_count_as_errors_and_client_errors_do_not():
    _, dispatcher = ask({"a": 1.0}, FakeRelease("a", 200, 422, 500), times=3)
    assert (dispatcher.counters["a"].requests, dispatcher.counters["a"].errors) == (3, 1)


@pytest.mark.parametrize("how", [{"target": b"/releases/b/predict"}, {"pin": "b"}])
def test_a_pinned_release_answers_without_weight(how):
    answers, _ = ask({"a": 1.0}, FakeRelease("a"), FakeRelease("b"), **how)
    assert answers == [(200, {"by": "b"})]


@pytest.mark.parametrize("how", [{"target": b"/releases/x/predict"}, {"pin": "x"}])
def test_a_pinned_release_that_is_not_there_is_a_404(how):
    [(status, body)], dispatcher = ask({"a": 1.0}, FakeRelease("a"), **how)
    assert (status, body) == (404, {"error": "release 'x' is not placed here"})
    assert dispatcher.counters == {}


@pytest.mark.parametrize(
    ("target", "name", "rest"),
    [
        (b"/releases/r1/predict?a=1", "r1", b"/predict?a=1"),
        (b"/releases/r1", "r1", b"/"),
        (b"/releases/r1?a=1", "r1", b"/?a=1"),
        (b"/releases/r1/", "r1", b"/"),
        (b"/predict", "", b"/predict"),
        (b"/releasesx", "", b"/releasesx"),
    ],
)
def test_the_prefix_is_taken_off_the_path(target, name, rest):
    request = Request(b"GET", target)
    assert take_pin(request) == name
    assert request.target == rest


def test_what_an_application_began_is_asked_again_only_where_twice_is_as_good_as_once():
    def release():
        return FakeRelease("a", BrokenError("died"), application=True)

    [(status, body)], _ = ask({"a": 1.0}, release(), method=b"POST")
    assert (status, "did not come to the end" in body["error"]) == (502, True)
    assert ask({"a": 1.0}, release(), method=b"GET")[0] == [(200, {"by": "a"})]


def test_what_an_application_did_not_take_is_asked_again():
    answers, _ = ask({"a": 1.0}, FakeRelease("a", RefusedError("gone"), application=True))
    assert answers == [(200, {"by": "a"})]


def test_an_application_has_all_paths_but_those_that_name_a_release():
    releases = {"a": FakeRelease("a", application=True), "b": FakeRelease("b", application=True)}
    own, pinned = Request(b"GET", b"/releases/2024?x=1"), Request(b"GET", b"/releases/b/x")
    assert take_pin(own, releases) == "" and own.target == b"/releases/2024?x=1"
    assert take_pin(pinned, releases) == "b" and pinned.target == b"/x"


def test_an_application_need_not_say_who_it_is():
    dispatcher = Dispatcher({"a": FakeRelease("a", application=True)})
    dispatcher.weights = {"a": 1.0}
    response = asyncio.run(dispatcher.answer(Request(b"GET", b"/")))
    assert (b"x-shipway-release", b"a") in response.headers
    assert dispatcher.serves_applications
