# SPDX-License-Identifier: Apache-2.0
"""The verbs over a unix socket: one JSON line in, one JSON line out, as often as wanted.

    {"op": "route", "weights": {"r2-1a2b3c": 1.0}}
    {"ok": true, "result": {}}      or      {"ok": false, "error": {"kind": …, "what": …}}

A verb that was begun is carried out to its end, whatever happens to the one who asked for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from shipway_runtime.router.sockets import renew
from shipway_runtime.router.state import RouterError

LOG = logging.getLogger("shipway.router")
LONGEST_LINE = 2**20
Verb = Callable[[dict[str, Any]], Awaitable[Any]]


class Control:
    """Listens at `path` (mode 0600, in a folder of mode 0700) and calls `verbs` by name."""

    def __init__(self, path: Path, verbs: Mapping[str, Verb]) -> None:
        self.path = path
        self._verbs = verbs
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[bytes]] = set()

    async def open(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_unix_server(
            self._converse, self.path, limit=LONGEST_LINE
        )
        self.path.chmod(0o600)

    async def reopen_if_lost(self) -> None:
        """Listen again when something has removed the socket (a cleaner of temporary folders)."""
        if not self.path.exists():
            renew(self.path.parent)
            self.close()
            await self.open()

    def close(self) -> None:
        """Take no more connections."""
        if self._server is not None:
            self._server.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                task = asyncio.create_task(self._carry_out(line))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
                writer.write(await asyncio.shield(task))
                await writer.drain()
        except (ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def _carry_out(self, line: bytes) -> bytes:
        try:
            request = json.loads(line)
            result = await self._verbs[request["op"]](request)
            reply = {"ok": True, "result": result}
        except RouterError as error:
            reply = {"ok": False, "error": vars(error)}
        except (ValueError, KeyError, TypeError) as error:
            LOG.exception("a request on the control socket failed")
            reply = {"ok": False, "error": {"kind": "input", "what": f"bad request: {error!r}"}}
        except Exception as error:
            LOG.exception("a request on the control socket failed")
            reply = {"ok": False, "error": {"kind": "outside", "what": repr(error)}}
        return json.dumps(reply).encode() + b"\n"
