# SPDX-License-Identifier: Apache-2.0
"""All benchmarks of gates, one after the other, each in a process of its own.

python -m benchmarks.gates.run
"""

import subprocess
import sys

ALL = ("coverage", "operating", "budget", "speed")


def main() -> int:
    """Run all and print what they print; the largest exit code."""
    codes = []
    for name in ALL:
        print(f"-- {name}", flush=True)
        module = f"benchmarks.gates.{name}"
        codes.append(subprocess.run([sys.executable, "-m", module], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
