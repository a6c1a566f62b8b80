# SPDX-License-Identifier: Apache-2.0
"""CI providers: each writes the file that makes it run Shipway."""

CATALOGUE: dict[str, str] = {"github": "shipway.adapters.ci.github:GithubCi"}
