# SPDX-License-Identifier: Apache-2.0
"""`shipway schema`: the JSON Schema of `shipway.yaml`, for editors."""

from typing import Any

from shipway.spec.schema import json_schema


def schema() -> dict[str, Any]:
    """The JSON Schema of this version's `shipway.yaml`."""
    return json_schema()
