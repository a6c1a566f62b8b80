# SPDX-License-Identifier: Apache-2.0
"""Who makes the deployable unit."""

CATALOGUE: dict[str, str] = {
    "native": "shipway.adapters.builders.native:NativeBuilder",
    "dockerfile": "shipway.adapters.builders.dockerfile:DockerfileBuilder",
}
