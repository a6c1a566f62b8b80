# SPDX-License-Identifier: Apache-2.0
"""Who makes the deployable unit."""

CATALOGUE: dict[str, str] = {}
