# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks`: all benchmarks."""

import sys

from benchmarks.one_by_one import run_modules

ALL = ("startup", "swaps", "validation", "profile", "gates")

if __name__ == "__main__":
    sys.exit(run_modules(f"benchmarks.{name}.run" for name in ALL))
