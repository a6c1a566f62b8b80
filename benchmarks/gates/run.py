# SPDX-License-Identifier: Apache-2.0
"""All benchmarks of gates.

python -m benchmarks.gates.run
"""

import sys

from benchmarks.one_by_one import run_modules

ALL = ("coverage", "operating", "budget", "speed")

if __name__ == "__main__":
    sys.exit(run_modules(f"benchmarks.gates.{name}" for name in ALL))
