# SPDX-License-Identifier: Apache-2.0
"""Where code comes from."""

CATALOGUE: dict[str, str] = {}
