# SPDX-License-Identifier: Apache-2.0
"""Every value that a stage gives survives the cache, and names content rather than places."""

import typing

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.digests import digest_of
from shipway.engine.cache import CacheEntry, ResultCache
from shipway.records.base import Skipped, worst
from shipway.records.results import Result, decode, reason_of, verdict_of
from shipway.records.training import Evaluation, GateResult, TestReport
from shipway.storage.memory import MemoryStore

KINDS = typing.get_args(Result)
VERDICTS = ["passed", "failed", "inconclusive"]
PLACES = ("/home/ada/secret-place", "2026-11-23T09:00:12.000000Z")
TEXTS = st.text(max_size=8)
ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), TEXTS, st.lists(TEXTS))


def made(kind):
    """A strategy for records of a kind, from the types of its fields."""
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{f.name: value_of(hints[f.name])
                              for f in msgspec.structs.fields(kind)})  # fmt: skip


def value_of(hint):
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Any:
        return ANYTHING
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(value_of(arguments[0]), max_size=2).map(tuple)
        return st.tuples(*map(value_of, arguments))
    if origin is dict:
        return st.dictionaries(TEXTS, value_of(arguments[1]), max_size=2)
    if arguments:
        return st.one_of(*map(value_of, arguments))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return made(hint)
    simple = {str: TEXTS, bool: st.booleans(), int: st.integers(0, 2**40), type(None): st.none(),
              float: st.floats(allow_nan=False, allow_infinity=False)}  # fmt: skip
    return simple[hint]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_result_survives_the_cache(kind, data):
    record = data.draw(made(kind))
    assert decode(msgspec.json.decode(msgspec.json.encode(record))) == record
    store = MemoryStore()
    cache = ResultCache(store)
    fingerprint = f"sha256:{'f' * 64}"
    cache.keep("stage", fingerprint, record)
    kept = store.get(f"cache/{'f' * 64}.json")
    found = msgspec.json.decode(kept, type=CacheEntry).result
    assert found == record
    assert digest_of(found.content()) == digest_of(record.content())
    assert cache.find(f"sha256:{'e' * 64}") is None


def filled(kind, text):
    """A record of a kind whose free texts about time, place and person are `text`."""
    hints = typing.get_type_hints(kind)
    moving = {"run", "created", "at", "author", "committed_at", "subject", "folder", "root",
              "prefix", "interpreter", "overlay", "provenance", "card", "by"}  # fmt: skip
    values = {}
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        if field.name in moving and hint is str:
            values[field.name] = text
        elif field.required:
            empty = {str: "x", bool: False, int: 1, float: 1.0}
            values[field.name] = empty[hint] if hint in empty else (
                {} if typing.get_origin(hint) is dict else
                typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Literal else ()
            )  # fmt: skip
    return kind(**values)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_content_names_no_time_place_or_person(kind):
    first, second = (filled(kind, text) for text in PLACES)
    assert first.content() == second.content()
    text = msgspec.json.encode(first.content()).decode()
    assert not any(place in text for place in PLACES)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_fields_of_later_versions_are_tolerated(kind):
    value = msgspec.to_builtins(filled(kind, "x"))
    assert decode({**value, "from_the_future": [1]}) == filled(kind, "x")


def test_the_worst_verdict_wins():
    assert worst([]) == "passed"
    assert worst(["passed", "inconclusive"]) == "inconclusive"
    assert worst(["inconclusive", "failed", "passed"]) == "failed"


def test_a_warning_is_no_reason_to_stop():
    gates = (GateResult("a >= 1", "failed", 0, "", "no", on_fail="warn"),
             GateResult("b >= 1", "failed", 0, "", "too low"))  # fmt: skip
    found = Evaluation("m", "test", "t", 1, gates=gates, verdict="failed")
    assert reason_of(found) == "b >= 1: too low"
    assert verdict_of(found) == "failed"
    assert reason_of(TestReport(0, 0, 0)) == "no test ran"
    assert (verdict_of(Skipped("x")), reason_of(Skipped("x"))) == ("passed", "")
