# SPDX-License-Identifier: Apache-2.0
"""Requests lost over 50 swaps and rollbacks under load, with workers killed in between.

    python benchmarks/swaps/run.py [--swaps 50] [--clients 8] [--kills 10]

Half of the clients keep their connection, half open one for each request; all ask without pause.
A swap places a new release, routes to it and retires the one before the previous; every second
one is rolled back. The goal is 0 lost requests. Latencies are given beside those of the same load
without swaps, in the same process on the same machine.
"""

import argparse
import http.client
import json
import os
import signal
import statistics
import sys
import sysconfig
import tempfile
import threading
import time
from pathlib import Path

from shipway.adapters.targets.interface import Release
from shipway.adapters.targets.local import LocalOptions, LocalTarget

SOURCE = Path(__file__).resolve().parents[2] / "src"
BODY = b'{"instances": [{"amount": 1.5}]}'
CALM_SECONDS = 5.0


class Load:
    """Clients that ask without pause, each in its thread."""

    def __init__(self, address: str, clients: int) -> None:
        self.host = address.removeprefix("http://")
        self.seconds: list[float] = []
        self.lost: list[object] = []
        self._end = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(number % 2 == 0,)) for number in range(clients)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, keep: bool) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        while not self._end.is_set():
            started = time.perf_counter()
            try:
                connection.request("POST", "/predict", body=BODY)
                response = connection.getresponse()
                answer = json.loads(response.read())
                if response.status != 200 or answer["predictions"] != [3.0]:
                    self.lost.append((response.status, answer))
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                connection.close()
            self.seconds.append(time.perf_counter() - started)
            if not keep:
                connection.close()
        connection.close()

    def percentile(self, share: int) -> float:
        """Milliseconds."""
        return statistics.quantiles(self.seconds, n=100)[share - 1] * 1000


def make_release(folder: Path, number: int) -> Release:
    """A toy model whose answers can be checked."""
    bundle = folder / f"bundle{number}"
    (bundle / "model").mkdir(parents=True)
    (bundle / "code").mkdir()
    code = "def predict(rows): return [row['amount'] * 2 for row in rows]\n"
    (bundle / "code" / "api.py").write_text(code)
    model = {
        "flavour": "python",
        "task": "regression",
        "target": "y",
        "features": [{"name": "amount", "type": "float"}],
        "frame": "rows",
        "predict": "api:predict",
    }
    (bundle / "model" / "model.json").write_text(json.dumps(model))
    service = {"model": "toy", "version": number, "sys_path": ["code"]}
    (bundle / "service.json").write_text(json.dumps(service))
    overlay = folder / "overlay"
    if not overlay.exists():
        (overlay / "runtime").mkdir(parents=True)
        (overlay / "runtime" / "shipway_runtime").symlink_to(SOURCE / "shipway_runtime")
        (overlay / "site").symlink_to(sysconfig.get_path("purelib"))
    digest = f"sha256:{number:064x}"
    return Release(
        f"r{number}", digest, bundle, sys.executable, str(overlay), "toy", number, settings={}
    )


def kill_workers(release: Release) -> None:
    """SIGKILL for every worker of `release`, told from all others by its bundle."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"shipway_runtime.server" in command and os.fsencode(release.bundle) in command:
            os.kill(int(process.name), signal.SIGKILL)


def swap_all(target: LocalTarget, folder: Path, swaps: int, kills: int) -> list[float]:
    """Swap and roll back under the present load; milliseconds of each `route`."""
    routes: list[float] = []

    def route(number: int) -> None:
        started = time.perf_counter()
        target.route({f"r{number}": 1.0})
        routes.append((time.perf_counter() - started) * 1000)

    for number in range(1, swaps + 1):
        release = make_release(folder, number)
        target.place(release)
        route(number)
        if number % 2 == 0:
            route(number - 1)
            route(number)
        if kills and number % max(swaps // kills, 1) == 0:
            kill_workers(release)
        target.retire(f"r{number - 1}")
    return routes


def main() -> int:
    """Run and print; 1 when a request was lost."""
    parser = argparse.ArgumentParser(description="Requests lost during swaps and rollbacks.")
    parser.add_argument("--swaps", type=int, default=50)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = LocalTarget(folder / "endpoint", LocalOptions(start_timeout=60))
        try:
            target.place(make_release(folder, 0))
            address = target.route({"r0": 1.0})
            with Load(address, options.clients) as calm:
                time.sleep(CALM_SECONDS)
            with Load(address, options.clients) as busy:
                routes = swap_all(target, folder, options.swaps, options.kills)
        finally:
            target.stop()
    changes = f"{options.swaps} swaps, {options.swaps // 2} rollbacks, {options.kills} kills"
    print(f"{changes}, {options.clients} clients")
    print(f"requests lost: {len(busy.lost)} of {len(busy.seconds)}")
    print(f"route: median {statistics.median(routes):.1f} ms, longest {max(routes):.1f} ms")
    for share in (50, 99):
        here, there = busy.percentile(share), calm.percentile(share)
        print(f"p{share}: {here:.1f} ms, without swaps {there:.1f} ms, ratio {here / there:.2f}")
    for lost in busy.lost[:5]:
        print(f"lost: {lost}")
    return 1 if busy.lost or calm.lost else 0


if __name__ == "__main__":
    sys.exit(main())
