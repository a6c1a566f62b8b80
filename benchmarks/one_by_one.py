# SPDX-License-Identifier: Apache-2.0
"""Runs benchmarks one after the other, each in a process of its own."""

import subprocess
import sys
from collections.abc import Iterable


def run_modules(modules: Iterable[str]) -> int:
    """Run each module and print what it prints; the largest exit code."""
    codes = []
    for module in modules:
        print(f"== {module}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", module], check=False).returncode)
    return max(codes)
