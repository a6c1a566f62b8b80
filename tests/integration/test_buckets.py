# SPDX-License-Identifier: Apache-2.0
"""Tables in a bucket and on a web server: against a stand-in for S3, and Python's own server."""

import contextlib
import functools
import http.server
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import polars as pl
import pytest

from shipway.base.errors import InputError, OutsideError
from shipway.clients import buckets

obstore = pytest.importorskip("obstore", reason="needs obstore: pip install 'shipway[buckets]'")
SERVER = shutil.which("moto_server", path=str(Path(sys.executable).parent))
SHIPWAY = str(Path(sys.executable).parent / "shipway")
CHECKS = "columns:\n  n: {type: integer, min: 0}\n  year: {type: integer}\n"


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """The address of a stand-in for S3."""
    if SERVER is None:
        pytest.skip("needs moto: pip install 'moto[server]'")
    port = free_port()
    command = [SERVER, "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        with contextlib.suppress(urllib.error.URLError):
            urllib.request.urlopen(f"{address}/moto-api/")
            break
        time.sleep(0.1)
    yield address
    process.terminate()
    process.wait()


@pytest.fixture
def bucket(server, monkeypatch):
    """An empty bucket of its own, which the environment's credentials open."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{time.monotonic_ns()}"
    urllib.request.urlopen(urllib.request.Request(f"{server}/{name}", method="PUT"))
    return f"s3://{name}"


def put(bucket, key, content):
    obstore.put(obstore.store.from_url(bucket), key, content)


def parquet(frame, folder):
    path = folder / "x.parquet"
    frame.write_parquet(path)
    return path.read_bytes()


def shipway(folder, *arguments):
    return subprocess.run([SHIPWAY, *arguments], cwd=folder, capture_output=True, text=True)


def test_a_partitioned_table_is_checked_where_it_lies(bucket, tmp_path):
    (tmp_path / "checks.yaml").write_text(CHECKS)
    for year in (2023, 2024):
        content = parquet(pl.DataFrame({"n": [year]}), tmp_path)
        put(bucket, f"data/year={year}/a.parquet", content)
    put(bucket, "data/year=2024/_SUCCESS", b"")
    ended = shipway(
        tmp_path, "check", f"{bucket}/data/*/*.parquet", "--checks", "checks.yaml", "--json"
    )
    document = json.loads(ended.stdout)
    assert (document["verdict"], document["rows"]) == ("passed", 2)
    assert document["file"] == f"{bucket}/data/*/*.parquet"
    profiled = shipway(tmp_path, "profile", f"{bucket}/data/*/*.parquet")
    assert "year" in profiled.stdout


def test_what_is_wrong_is_named_by_its_url(bucket, tmp_path):
    (tmp_path / "checks.yaml").write_text(CHECKS)
    put(bucket, "a.csv", b"n,year\n1,2\n3\n")
    ended = shipway(tmp_path, "check", f"{bucket}/a.csv", "--checks", "checks.yaml")
    assert ended.returncode == 2
    assert f"{bucket}/a.csv:3: this row has 1 fields" in ended.stderr
    for name in ("b.csv", "*.parquet"):
        ended = shipway(tmp_path, "check", f"{bucket}/{name}", "--checks", "checks.yaml")
        assert ended.returncode == 2
        assert f"{bucket}/{name}" in ended.stderr


def test_an_object_that_changes_under_way_is_refused(bucket, tmp_path):
    put(bucket, "a.csv", b"n\n1\n")
    found = buckets.find_objects(f"{bucket}/a.csv")
    put(bucket, "a.csv", b"n\n2\n")
    with pytest.raises(InputError, match="changed while it was fetched"):
        buckets.fetch_objects(found, tmp_path)


def test_wrong_credentials_and_silence_are_from_outside(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    buckets._store.cache_clear()
    with pytest.raises(OutsideError, match="can't be read") as caught:
        buckets.find_objects(f"{bucket}/a.csv")
    assert "AWS_ACCESS_KEY_ID" in caught.value.cure


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Nothing."""


def test_a_file_on_a_web_server(tmp_path):
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "a.csv").write_text("n,year\n1,2024\n")
    (tmp_path / "checks.yaml").write_text(CHECKS)
    handler = functools.partial(Quiet, directory=str(tmp_path / "served"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        ended = shipway(tmp_path, "check", f"{address}/a.csv", "--checks", "checks.yaml")
        assert ended.returncode == 0, ended.stderr
        ended = shipway(tmp_path, "check", f"{address}/b.csv", "--checks", "checks.yaml")
        assert ended.returncode == 2
        assert "does not exist" in ended.stderr
        server.shutdown()
