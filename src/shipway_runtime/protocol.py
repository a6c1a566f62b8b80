# SPDX-License-Identifier: Apache-2.0
"""The wire format of `/predict`: JSON rows in, JSON predictions out.

A request is `{"instances": [{"amount": 12.5, …}, …]}`, a bare list of rows, or one bare row; the
answer is `{"predictions": […], "scores": […]?, "model": …, "version": …, "release": …}`. Every
mistake is a `RequestError` that names the place: `instances[3]: expected an object of features`.
"""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, NoReturn

MAX_BODY = 64 * 2**20
"""Bytes of the largest request body that server and router take."""


class RequestError(Exception):
    """The request is wrong: an HTTP status from 400 to 499 and a sentence for its sender."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def parse_rows(body: bytes) -> List[Dict[str, Any]]:
    """The rows of a request body, in any of its three shapes."""
    document = _parse_json(body)
    if isinstance(document, dict):
        instances = document.get("instances", [document]) if document else None
        if instances is None:
            raise RequestError(400, "the body is an empty object; expected 'instances'")
        if not isinstance(instances, list):
            raise RequestError(400, f"instances: expected a list, found {_kind(instances)}")
    elif isinstance(document, list):
        instances = document
    else:
        raise RequestError(400, f"expected an object or a list of rows, found {_kind(document)}")
    for index, row in enumerate(instances):
        if not isinstance(row, dict):
            raise RequestError(
                400, f"instances[{index}]: expected an object of features, found {_kind(row)}"
            )
    return instances


def encode(document: Any) -> bytes:
    """Compact JSON; a number that JSON can't say (NaN, infinity) becomes null."""
    try:
        text = json.dumps(document, allow_nan=False, separators=(",", ":"), default=_plain)
    except ValueError:
        text = json.dumps(_finite(document), allow_nan=False, separators=(",", ":"), default=_plain)
    return text.encode()


def _parse_json(body: bytes) -> Any:
    if not body.strip():
        raise RequestError(400, "the body is empty; expected JSON with 'instances'")
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the body is not valid UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RequestError(400, f"the body is not valid JSON: {error.msg} ({place})") from None
    except RecursionError:
        raise RequestError(400, "the body is nested too deeply") from None
    except ValueError:
        raise RequestError(400, "the body holds a number that is too long") from None


def _refuse_constant(name: str) -> NoReturn:
    raise RequestError(400, f"the body is not valid JSON: {name} is not a JSON number; use null")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), "a number")


def _plain(value: Any) -> Any:
    """What NumPy-like scalars and arrays, dates and bytes are in JSON."""
    for method in ("tolist", "isoformat"):
        if hasattr(value, method):
            return getattr(value, method)()
    return str(value)


def _finite(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value
