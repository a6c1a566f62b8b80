# SPDX-License-Identifier: Apache-2.0
"""Where code comes from."""

CATALOGUE: dict[str, str] = {
    "git": "shipway.adapters.sources.git:GitSources",
    "fake": "shipway.adapters.sources.fake:FakeSources",
}
