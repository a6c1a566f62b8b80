# SPDX-License-Identifier: Apache-2.0
"""How tables are read."""

from shipway.adapters.tables.interface import TableFormat
from shipway.base.catalogue import load

CATALOGUE: dict[str, str] = {
    "parquet": "shipway.adapters.tables.parquet:ParquetFormat",
    "csv": "shipway.adapters.tables.csv:CsvFormat",
    "jsonl": "shipway.adapters.tables.json_lines:JsonLinesFormat",
    "arrow": "shipway.adapters.tables.arrow:ArrowFormat",
}


def table_format(kind: str) -> TableFormat:
    """The format of that kind, such as `parquet`; InputError for an unknown one."""
    found: TableFormat = load("tables", CATALOGUE, kind)()
    return found
