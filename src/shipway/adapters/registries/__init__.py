# SPDX-License-Identifier: Apache-2.0
"""Who keeps the versions of a model."""

CATALOGUE: dict[str, str] = {"built-in": "shipway.adapters.registries.builtin:BuiltInRegistry"}
