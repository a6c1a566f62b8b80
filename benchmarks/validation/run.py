# SPDX-License-Identifier: Apache-2.0
"""How long `shipway check` takes beside a bare scan of the same columns, and beside its peers.

    python -m benchmarks.validation.run [--rows 1 10] [--times 3] [--no-peers]

96 checks of 22 columns: types, missing values, ranges, outliers by quartiles, categories, a rule
across columns, and a unique key (left out in the rows "without key"). Whole processes, the median
of several; each number is also given as a multiple of the scan of the same run. Peers go into
throwaway environments in build/bench and check as much of it as they can say: the docstring of
each script in `peers` tells what is left out. They read Parquet. `--rows 30` shows that memory
does not grow. The scan of CSV reads dates as dates, as a check of dates must.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.validation.measure import Measured, measure
from benchmarks.validation.tables import demands, make_csv, make_parquet

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
BENCH = ROOT / "build" / "bench"
HERE = Path(__file__).parent
MILLION = 1_000_000


class Peer(NamedTuple):
    """A validator: its script, what is installed for it, and what of the demands it leaves out."""

    name: str
    packages: tuple[str, ...]
    leaves_out: str = ""


PEERS = (
    Peer("dataframely", ("dataframely",), "shares of missing values, outliers"),
    Peer("patito", ("patito",), "shares of missing values, outliers"),
    Peer("pointblank", ("pointblank", "polars", "pyarrow"), "outliers"),
    Peer("pandera_polars", ("pandera[polars]",)),
    Peer("pandera_pandas", ("pandera[pandas]", "pyarrow")),
    Peer("great_expectations", ("great-expectations", "pyarrow"), "quartiles: z-scores instead"),
)


class Budget(NamedTuple):
    """The largest multiple of a scan, and the largest memory in MB."""

    scans: float
    memory: float


class Row(NamedTuple):
    """Who read which table, and how long it took; or why it did not."""

    table: str
    who: str
    measured: Measured | str
    budget: Budget | None = None
    note: str = ""


def measure_all(millions: Sequence[int], times: int, peers: bool) -> Iterator[Row]:
    """All rows, as soon as they are known; each table begins with its scan."""
    folder = BENCH / "validation"
    folder.mkdir(parents=True, exist_ok=True)
    for name, unique in (("key", True), ("no-key", False)):
        (folder / f"{name}.yaml").write_text(demands(unique))
    for size in millions:
        parquet, csv = folder / f"{size}m.parquet", folder / f"{size}m.csv"
        make_parquet(parquet, size * MILLION)
        yield from _ours(parquet, size, times)
        if size <= 10:
            if peers:
                yield from _peers(parquet, 1 if size > 1 else times)
            make_csv(csv, parquet)
            yield from _ours(csv, size, times)


def _ours(table: Path, size: int, times: int) -> Iterator[Row]:
    folder, scan = table.parent, [sys.executable, HERE / "scan.py", table]
    yield Row(table.name, "bare scan", measure(scan, folder, times))
    budgets = {"no-key": Budget(1.8 if size == 1 else 1.5, 400), "key": Budget(3, 700)}
    for name, budget in budgets.items():
        check = [BIN / "shipway", "check", table, "--checks", folder / f"{name}.yaml"]
        who = "shipway" if name == "key" else "shipway, without key"
        yield Row(table.name, who, measure(check, folder, times), budget)


def _peers(table: Path, times: int) -> Iterator[Row]:
    for peer in PEERS:
        python = _install(peer)
        script = HERE / "peers" / f"with_{peer.name}.py"
        taken = (
            "not installed" if python is None else measure([python, script, table], BENCH, times)
        )
        note = f"without {peer.leaves_out}" if peer.leaves_out else ""
        yield Row(table.name, peer.name, taken, note=note)


def _install(peer: Peer) -> Path | None:
    """The Python of an environment that has the peer; None when it can't be installed."""
    folder = BENCH / f"validation-{peer.name}"
    python = folder / "bin" / "python"
    uv = BIN / "uv"
    commands: tuple[list[str | Path], ...] = (
        [uv, "venv", "-q", "--allow-existing", "-p", sys.executable, folder],
        [uv, "pip", "install", "-q", "--compile-bytecode", "-p", python, *peer.packages],
    )
    done = all(
        subprocess.run(c, check=False, capture_output=True).returncode == 0 for c in commands
    )
    return python if done else None


def print_row(row: Row, scans: dict[str, float]) -> None:
    """One line of the table; `scans` remembers the scan of each."""
    if isinstance(row.measured, str):
        print(f"{row.table:12} {row.who:21} {row.measured}", flush=True)
        return
    wall, cpu, memory = row.measured
    scan = scans.setdefault(row.table, wall)
    verdict = ""
    if row.budget is not None:
        kept = wall / scan <= row.budget.scans and memory <= row.budget.memory
        verdict = f"{row.budget.scans:.1f} {row.budget.memory:4.0f} {'kept' if kept else 'missed'}"
    print(
        f"{row.table:12} {row.who:21} {wall:7.2f} {cpu:7.2f} {memory:7.0f} {wall / scan:7.2f}  "
        f"{verdict or row.note}",
        flush=True,
    )


def show(description: str, measure_all: Callable[[Sequence[int], int, bool], Iterator[Row]]) -> int:
    """Measure what the command line asks for, and print it row by row."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 10], help="in millions")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    options = parser.parse_args()
    print(f"{'table':12} {'':21} {'wall s':>7} {'CPU s':>7} {'MB':>7} {'scans':>7}  budget")
    scans: dict[str, float] = {}
    for row in measure_all(options.rows, options.times, options.peers):
        print_row(row, scans)
    return 0


def main() -> int:
    """Measure and print."""
    return show("How long validating a table takes.", measure_all)


if __name__ == "__main__":
    sys.exit(main())
