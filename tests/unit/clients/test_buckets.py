# SPDX-License-Identifier: Apache-2.0
"""Objects found by URL and glob, in a store that is in memory."""

import sys

import obstore
import pytest
from obstore.store import MemoryStore

from shipway.base.errors import InputError, OutsideError
from shipway.clients import buckets
from shipway.operations import fetched


@pytest.fixture
def store(monkeypatch):
    made = MemoryStore()
    for key in ("d/y=1/a.csv", "d/y=2/b.csv", "d/y=2/.part", "d/y=2/_SUCCESS", "dd/c.csv", "e.csv"):
        obstore.put(made, key, key.encode())
    monkeypatch.setattr(buckets, "_store", lambda root: buckets._Asked(made))
    return made


def keys(url):
    return [found.key for found in buckets.find_objects(url)]


def test_urls_and_globs(store):
    assert keys("s3://b/e.csv") == ["e.csv"]
    assert keys("s3://b/d/*/*") == ["d/y=1/a.csv", "d/y=2/b.csv"]
    assert keys("gs://b/d/**") == ["d/y=1/a.csv", "d/y=2/b.csv"]
    assert keys("az://b/?.csv") == ["e.csv"]
    assert keys("s3://b/**/*.csv") == ["d/y=1/a.csv", "d/y=2/b.csv", "dd/c.csv", "e.csv"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s3://b/nope.csv", "does not exist"),
        ("s3://b/*.parquet", "no object matches"),
        ("https://example.com/*.csv", "can't be asked for a list"),
    ],
)
def test_what_is_not_there(store, url, words):
    with pytest.raises(InputError, match=words):
        buckets.find_objects(url)


def test_what_counts_as_a_url():
    assert buckets.is_url("s3://b/x.csv")
    assert not buckets.is_url("data/x.csv")
    with pytest.raises(InputError, match="hdfs://"):
        buckets.is_url("hdfs://b/x.csv")


def test_objects_are_fetched_to_their_keys(store, tmp_path):
    found = buckets.find_objects("s3://b/d/*/*.csv")
    files = buckets.fetch_objects(found, tmp_path)
    assert [file.relative_to(tmp_path).as_posix() for file in files] == [
        "d/y=1/a.csv",
        "d/y=2/b.csv",
    ]
    assert [file.read_text() for file in files] == ["d/y=1/a.csv", "d/y=2/b.csv"]


def test_a_changed_object_is_refused(store, tmp_path):
    found = buckets.find_objects("s3://b/e.csv")
    obstore.put(store, "e.csv", b"other")
    with pytest.raises(InputError, match="changed"):
        buckets.fetch_objects(found, tmp_path)


def test_a_store_that_fails_is_outside(monkeypatch, store):
    def fail(*arguments):
        raise obstore.exceptions.GenericError("no route\nmore")

    asked = buckets._Asked(store)
    asked.head = fail
    monkeypatch.setattr(buckets, "_store", lambda root: asked)
    with pytest.raises(OutsideError, match="no route") as caught:
        buckets.find_objects("gs://b/e.csv")
    assert "GOOGLE_APPLICATION_CREDENTIALS" in caught.value.cure


def test_without_obstore_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    buckets._store.cache_clear()
    with pytest.raises(InputError, match="needs obstore") as caught:
        buckets.find_objects("s3://b/e.csv")
    assert "shipway[buckets]" in caught.value.cure


def test_errors_name_urls_not_where_files_were_put(store, tmp_path):
    @fetched.naming_urls
    def read(url):
        file = fetched.fetch_table(url)[0]
        raise InputError("odd", where=f"{file}:3")

    with pytest.raises(InputError) as caught:
        read("s3://b/d/y=1/a.csv")
    assert caught.value.where == "s3://b/d/y=1/a.csv:3"


def test_what_does_not_fit_on_the_disk_is_not_begun(store, monkeypatch):
    usage = type("Usage", (), {"free": 3})
    monkeypatch.setattr(fetched.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(InputError, match="are to be fetched") as caught:
        fetched.fetch_table("s3://b/e.csv")
    assert "TMPDIR" in caught.value.cure
