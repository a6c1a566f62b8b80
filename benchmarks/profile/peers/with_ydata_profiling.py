# SPDX-License-Identifier: Apache-2.0
"""The same table for ydata-profiling, in its minimal mode, with a page in HTML."""

import sys

import pandas as pd
from ydata_profiling import ProfileReport


def main() -> None:
    """Profile the file that is named."""
    report = ProfileReport(pd.read_parquet(sys.argv[1]), minimal=True, progress_bar=False)
    report.to_file("ydata.html", silent=True)


if __name__ == "__main__":
    main()
