# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks`: all benchmarks, one after the other, each in a process of its own."""

import subprocess
import sys

ALL = ("startup", "swaps", "validation", "profile", "gates")


def main() -> int:
    """Run all and print what they print; the largest exit code."""
    codes = []
    for name in ALL:
        print(f"== {name}", flush=True)
        module = f"benchmarks.{name}.run"
        codes.append(subprocess.run([sys.executable, "-m", module], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
