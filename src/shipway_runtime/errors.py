# SPDX-License-Identifier: Apache-2.0
"""A user's mistake on the data plane: what happened and what to do about it."""

from __future__ import annotations


class UserError(Exception):
    """Something that the user can mend; `kind` is one word for programs.

    Whoever runs the worker or the server turns it into a message; it never becomes a traceback.
    """

    def __init__(self, kind: str, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message}\n{self.cure}" if self.cure else self.message


class RowError(UserError):
    """A row that does not fit the model's signature: number of the row from 0, and the feature."""

    def __init__(self, row: int, feature: str, message: str) -> None:
        super().__init__("row", f"row {row}: feature {feature!r} {message}")
        self.row = row
        self.feature = feature
