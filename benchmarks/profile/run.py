# SPDX-License-Identifier: Apache-2.0
"""How long `shipway profile` takes beside a bare scan of the same table, and beside its peer.

    python -m benchmarks.profile.run [--rows 1 10] [--times 3] [--no-peers]

22 columns (those of benchmarks/validation), with a page in HTML and the relation of each column to
a target. Whole processes, the median of several; each number is also given as a multiple of the
scan of the same run. The peer goes into a throwaway environment in build/bench; it reads Parquet,
in its minimal mode, which leaves correlations out: with them it takes several times as long.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.validation.measure import measure
from benchmarks.validation.run import BENCH, BIN, MILLION, Budget, Peer, Row, _install, show
from benchmarks.validation.tables import make_csv, make_parquet

HERE = Path(__file__).parent
SCAN = HERE.parent / "validation" / "scan.py"
PEER = Peer("ydata_profiling", ("ydata-profiling", "setuptools<81", "pyarrow"), "correlations")
SECONDS = 3.0


def measure_all(millions: Sequence[int], times: int, peers: bool) -> Iterator[Row]:
    """All rows, as soon as they are known; each table begins with its scan."""
    folder = BENCH / "validation"
    folder.mkdir(parents=True, exist_ok=True)
    for size in millions:
        parquet, csv = folder / f"{size}m.parquet", folder / f"{size}m.csv"
        make_parquet(parquet, size * MILLION)
        yield from _ours(parquet, times)
        if peers and size == 1:
            python = _install(PEER)
            script = HERE / "peers" / f"with_{PEER.name}.py"
            found = measure([python, script, parquet], BENCH, 1) if python else "not installed"
            yield Row(parquet.name, PEER.name, found, note=f"without {PEER.leaves_out}")
        if size == 1:
            make_csv(csv, parquet)
            yield from _ours(csv, times)


def _ours(table: Path, times: int) -> Iterator[Row]:
    folder = table.parent
    scan = measure([sys.executable, SCAN, table], folder, times)
    yield Row(table.name, "bare scan", scan)
    page = folder / "profile.html"
    profile = [BIN / "shipway", "profile", table, "--target", "b", "--html", page]
    budget = None
    if table.name == "1m.parquet" and not isinstance(scan, str):
        budget = Budget(SECONDS / scan.wall, 600)
    yield Row(table.name, "shipway profile", measure(profile, folder, times), budget)


def main() -> int:
    """Measure and print."""
    return show("How long profiling a table takes.", measure_all)


if __name__ == "__main__":
    sys.exit(main())
