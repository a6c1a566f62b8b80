# SPDX-License-Identifier: Apache-2.0
"""How long a command takes that has little or nothing to do, beside DVC and make.

    python -m benchmarks.startup.run [--times 7] [--files 10000] [--gib 2] [--no-peers]

Whole processes, the median of several; each first run begins without anything remembered. The
budgets are for a quiet 2-core machine, so that CPU time stands beside the wall clock. DVC goes
into a throwaway environment in build/bench; where it can't be installed its rows say so. The
example is the one that `make demo` leaves in build/demo.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.startup import projects
from benchmarks.startup.measure import Measured, measure, nothing

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
DEMO = ROOT / "build" / "demo"
BENCH = ROOT / "build" / "bench"
RUN: dict[str, tuple[str | Path, ...]] = {
    "shipway": (BIN / "shipway", "run"),
    "dvc": (BENCH / "dvc" / "bin" / "dvc", "repro", "-q"),
    "make": ("make", "-s"),
}


class Row(NamedTuple):
    """What was done by which tool; None when the tool or the project is not there."""

    what: str
    tool: str
    measured: Measured | None
    budget: float | None = None
    note: str = ""


class Options(NamedTuple):
    """What is measured, and how often."""

    times: int
    files: int
    gib: int
    peers: bool


def measure_all(scratch: Path, options: Options) -> Iterator[Row]:
    """All rows, as soon as they are known."""
    times = options.times
    version = measure([RUN["shipway"][0], "--version"], ROOT, times)
    yield Row("--version", "shipway", version, 60)
    dvc = options.peers and install_dvc()
    if dvc:
        yield Row("--version", "dvc", measure([RUN["dvc"][0], "--version"], ROOT, times))
    else:
        yield Row("--version", "dvc", None, note="not installed")
    yield _example(times)
    peers = ("dvc", "make") if dvc else ("make",)
    folder = scratch / "ten"
    projects.ten_steps(folder)
    yield Row("ten processes", "sh", _bare_steps(folder, times))
    yield from _both(folder, "ten steps", ("shipway", *peers), times, (None, 200))
    folder = scratch / "many"
    projects.many_files(folder, options.files)
    name = f"{options.files:,} files"
    yield from _both(folder, name, ("shipway", *peers[:-1]), min(times, 3), (500, 200))
    folder = scratch / "large"
    projects.large_file(folder, options.gib << 30)
    name = f"{options.gib} GiB file"
    yield Row(name, "sha256sum", measure(["sha256sum", folder / "large.bin"], folder, 1))
    budget = 850.0 * options.gib
    yield from _both(folder, name, ("shipway", *peers[:-1]), 2, (budget, 200))


def install_dvc() -> bool:
    """DVC in an environment of its own; False when it can't be installed."""
    if RUN["dvc"][0].exists():  # type: ignore[union-attr]
        return True
    folder = BENCH / "dvc"
    uv = BIN / "uv"
    commands: tuple[list[str | Path], ...] = (
        [uv, "venv", "-q", "-p", sys.executable, folder],
        [uv, "pip", "install", "-q", "--compile-bytecode", "-p", folder / "bin" / "python", "dvc"],
    )
    done = all(
        subprocess.run(c, check=False, capture_output=True).returncode == 0 for c in commands
    )
    return done and Path(RUN["dvc"][0]).exists()


def _example(times: int) -> Row:
    if not (DEMO / ".shipway").is_dir():
        return Row("example unchanged", "shipway", None, 200, "run `make demo` first")
    return Row("example unchanged", "shipway", measure(RUN["shipway"], DEMO, times), 200)


def _bare_steps(folder: Path, times: int) -> Measured:
    """The processes of the ten steps alone, one after the other."""
    (folder / "out").mkdir()
    command = "; ".join(f"/usr/bin/env touch out/{number}" for number in range(10))
    return measure(["sh", "-c", command], folder, times, projects.forget(folder, "make"))


def _both(
    folder: Path,
    what: str,
    tools: tuple[str, ...],
    times: int,
    budgets: tuple[float | None, float | None],
) -> Iterator[Row]:
    """First and unchanged runs of each tool in `folder`; `budgets` are Shipway's for the two."""
    for tool in tools:
        forget = projects.forget(folder, tool)
        forget()
        if tool == "dvc":
            projects.prepare_dvc(folder, Path(RUN["dvc"][0]))
        for moment, budget in zip(("first", "unchanged"), budgets, strict=True):
            before = forget if moment == "first" else nothing
            taken = measure(RUN[tool], folder, times, before)
            yield Row(f"{what}, {moment}", tool, taken, budget if tool == "shipway" else None)


def print_row(row: Row, ours: dict[str, float]) -> None:
    """One line of the table; `ours` remembers Shipway's times, which peers are compared with."""
    if row.measured is None:
        print(f"{row.what:24} {row.tool:10} {row.note}", flush=True)
        return
    wall, cpu = row.measured
    if row.tool == "shipway":
        ours[row.what] = wall
    budget = f"{row.budget:8.0f} {wall / row.budget:7.2f}" if row.budget else " " * 16
    known = ours.get(row.what)
    peer = f"{wall / known:8.1f}" if known and row.tool != "shipway" else ""
    print(f"{row.what:24} {row.tool:10} {wall:8.0f} {cpu:8.0f} {budget} {peer}", flush=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long starting and doing nothing takes.")
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--gib", type=int, default=2)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    options = Options(**vars(parser.parse_args()))
    BENCH.mkdir(parents=True, exist_ok=True)
    print(f"{'':24} {'tool':10} {'wall ms':>8} {'CPU ms':>8} {'budget':>8} {'of it':>7} ", end="")
    print("times Shipway's")
    ours: dict[str, float] = {}
    with tempfile.TemporaryDirectory(dir=BENCH, prefix="startup-") as scratch:
        for row in measure_all(Path(scratch), options):
            print_row(row, ours)
    return 0


if __name__ == "__main__":
    sys.exit(main())
