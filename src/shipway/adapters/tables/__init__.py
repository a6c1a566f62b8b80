# SPDX-License-Identifier: Apache-2.0
"""How tables are read."""

CATALOGUE: dict[str, str] = {}
