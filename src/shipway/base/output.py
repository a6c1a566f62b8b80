# SPDX-License-Identifier: Apache-2.0
"""What a process writes: cut into lines, secrets masked, shown, logged, the last lines kept."""

import collections
from collections.abc import Callable, Iterable
from typing import BinaryIO

MASK = b"****"
KEPT_LINES = 50
LONGEST_LOG = 8 << 20
LONGEST = 1 << 16


class Output:
    """Takes bytes as they arrive and hands out lines; not for several threads at once.

    A line longer than 64 KiB is handed out in pieces. Of a line that a progress bar overwrote
    with carriage returns, `on_line` and `tail` see the last state; `log` gets everything of the
    first 8 MiB, and the last lines.
    """

    def __init__(
        self,
        on_line: Callable[[str], None] | None = None,
        log: BinaryIO | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        self._on_line = on_line
        self._log = log
        self._secrets = _pieces(secrets)
        self._reserve = max(map(len, self._secrets), default=1) - 1
        self._rest = b""
        self._logged = 0
        self._left_out = 0
        self._tail: collections.deque[str] = collections.deque(maxlen=KEPT_LINES)

    @property
    def tail(self) -> str:
        """The last 50 lines."""
        return "\n".join(self._tail)

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        if len(self._rest) + len(data) <= LONGEST and b"\n" not in data:
            self._rest += data
            return
        *lines, rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(self._masked(line), b"\n")
        while len(rest) > LONGEST:
            # A secret may lie across the cut: what could be its beginning waits for more.
            rest = self._masked(rest)
            cut = max(len(rest) - self._reserve, 1)
            self._line(rest[: min(cut, LONGEST)], b"")
            rest = rest[min(cut, LONGEST) :]
        self._rest = rest

    def close(self) -> None:
        """Hand out what came after the last line end."""
        if self._rest:
            self._line(self._masked(self._rest), b"")
            self._rest = b""
        if self._log is not None and self._left_out:
            note = f"[{self._left_out:,} more bytes were written; the last lines are:]"
            self._log.write(f"\n{note}\n{self.tail}\n".encode())
            self._log.flush()

    def _masked(self, line: bytes) -> bytes:
        for secret in self._secrets:
            line = line.replace(secret, MASK)
        return line

    def _line(self, line: bytes, end: bytes) -> None:
        if self._log is not None:
            if self._logged < LONGEST_LOG:
                self._logged += self._log.write(line + end)
                self._log.flush()
            else:
                self._left_out += len(line) + len(end)
        for start in range(0, max(len(line), 1), LONGEST):
            text = line[start : start + LONGEST].decode("utf-8", "replace").rstrip("\r")
            text = text.rpartition("\r")[2]
            self._tail.append(text)
            if self._on_line is not None:
                self._on_line(text)


def _pieces(secrets: Iterable[str]) -> list[bytes]:
    """The lines of all secrets, the longest first, so that a part never hides the whole."""
    lines = {line.strip() for secret in secrets for line in secret.splitlines()}
    return sorted((line.encode() for line in lines if len(line) > 3), key=len, reverse=True)
