# SPDX-License-Identifier: Apache-2.0
"""Where the project's Python comes from."""

CATALOGUE: dict[str, str] = {
    "uv": "shipway.adapters.environments.uv:UvEnvironments",
    "fake": "shipway.adapters.environments.fake:FakeEnvironments",
}
