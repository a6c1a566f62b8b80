# SPDX-License-Identifier: Apache-2.0
"""Where releases live."""

CATALOGUE: dict[str, str] = {"local": "shipway.adapters.targets.local:LocalTarget"}
