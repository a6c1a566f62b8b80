# SPDX-License-Identifier: Apache-2.0
import contextlib
import threading
import time
from types import SimpleNamespace

import pytest

from shipway.base.errors import BUG, DONE, OUTSIDE, STOPPED, OutsideError
from shipway.engine.cache import ResultCache
from shipway.engine.fingerprint import LastParts, changes
from shipway.engine.plan import Node
from shipway.engine.runner import Runner, Tools
from shipway.records.base import Record
from shipway.records.steps import Output, StepResult
from shipway.records.training import TestCase, TestReport
from shipway.stages.stage import Stage
from shipway.storage.memory import MemoryStore


class Road:
    """Toy stages around one store, so that a second run meets the cache of the first."""

    def __init__(self, tmp_path):
        self.store = MemoryStore()
        self.parts = LastParts(tmp_path / "parts")
        self.events = []
        self.ran = []
        self.cancelled = threading.Event()
        self.settings = {}

    def node(self, name, after=(), work=None, **more):
        def run(ctx) -> StepResult:
            self.ran.append(name)
            found = work(ctx) if work is not None else None
            return found if isinstance(found, Record) else StepResult(name)

        def depends(scope):
            return {"setting": self.settings.get(name)}

        return Node(name, Stage(name, run, depends=depends, **more), after=frozenset(after))

    @contextlib.contextmanager
    def context(self, node, results):
        yield SimpleNamespace(cancelled=self.cancelled)

    def run(self, *nodes, force=()):
        self.ran.clear()
        tools = Tools(
            context=self.context,
            scope=lambda node, results: None,
            cache=ResultCache(self.store),
            parts=self.parts,
            emit=self.events.append,
            summary=lambda record: "",
            redact=lambda record: record,
            cancelled=self.cancelled,
            force=force,
        )
        return Runner(tuple(nodes), tools, {}).run()


@pytest.fixture
def road(tmp_path):
    return Road(tmp_path)


def test_stages_run_in_order_and_are_cached_the_next_time(road):
    nodes = [road.node("a"), road.node("b", ["a"])]
    first = road.run(*nodes)
    assert (first.exit_code, road.ran) == (DONE, ["a", "b"])
    second = road.run(*nodes)
    assert road.ran == []
    assert all(stage.cached for stage in second.stages.values())


def test_only_what_changed_runs_again(road):
    nodes = [road.node("a"), road.node("b", ["a"])]
    road.run(*nodes)
    road.settings["b"] = 2
    road.run(*nodes)
    assert road.ran == ["b"]
    changed = [e for e in road.events if e.kind == "stage-changed"][-1]
    assert changed.details["changes"] == ["setting: null → 2"]


def test_force_ignores_the_cache(road):
    nodes = [road.node("a"), road.node("b", ["a"])]
    road.run(*nodes)
    road.run(*nodes, force=["a"])
    assert road.ran == ["a"]


def test_a_result_whose_objects_are_gone_is_made_again(road):
    lost = StepResult("a", (Output("o", "sha256:" + "0" * 64),))
    node = road.node("a", work=lambda ctx: lost)
    road.run(node)
    road.run(node)
    assert road.ran == ["a"]


def test_stages_that_are_never_cached_run_each_time(road):
    node = road.node("a", cached=False)
    road.run(node)
    road.run(node)
    assert road.ran == ["a"]


def test_a_failure_starts_nothing_more_and_says_why(road):
    def fail(ctx):
        raise OutsideError("the store is gone", cure="mount it")

    found = road.run(road.node("a", work=fail), road.node("b", ["a"]))
    assert found.exit_code == OUTSIDE
    assert found.stages["a"].status == "failed"
    assert "mount it" in found.stages["a"].reason
    assert found.stages["b"].status == "not-run"


def test_a_verdict_that_is_not_passed_stops_the_run_and_is_not_cached(road):
    report = TestReport(1, 1, 0, (TestCase("t::x", "failed", "assert 1 == 2"),))
    nodes = [road.node("test", work=lambda ctx: report), road.node("train", ["test"])]
    for _ in range(2):
        found = road.run(*nodes)
        assert found.exit_code == STOPPED
        assert found.stages["test"].reason == "t::x: assert 1 == 2"
        assert road.ran == ["test"]


def test_independent_stages_run_side_by_side(road):
    barrier = threading.Barrier(2, timeout=5)
    nodes = [road.node(name, work=lambda ctx: barrier.wait() and None) for name in "ab"]
    assert road.run(*nodes).exit_code == DONE


def test_a_failure_cancels_running_siblings(road):
    def wait(ctx):
        assert ctx.cancelled.wait(5)
        raise OutsideError("cancelled")

    def fail(ctx):
        time.sleep(0.05)
        raise OutsideError("no")

    began = time.monotonic()
    found = road.run(road.node("slow", work=wait), road.node("bad", work=fail))
    assert found.stages["slow"].status == "cancelled"
    assert time.monotonic() - began < 3


def test_a_bug_is_reported_as_one(road):
    def crash(ctx):
        raise ZeroDivisionError("x")

    found = road.run(road.node("a", work=crash))
    assert found.exit_code == BUG
    assert "ZeroDivisionError" in found.bug


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (None, {"a": 1}, ["it has not run here before"]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b: 1 → 2"]),
        ({"a": 1}, {}, ["a is gone"]),
        ({}, {"a": 1}, ["a is new"]),
        ({"a": [1]}, {"a": (1,)}, []),
    ],
)
def test_what_changed_is_said_by_its_path(before, now, said):
    assert changes(before, now) == said
