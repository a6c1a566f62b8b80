# SPDX-License-Identifier: Apache-2.0
"""Where the project's Python comes from."""

CATALOGUE: dict[str, str] = {
    "uv": "shipway.adapters.environments.uv:UvEnvironments",
    "conda": "shipway.adapters.environments.conda:CondaEnvironments",
    "fake": "shipway.adapters.environments.fake:FakeEnvironments",
}
