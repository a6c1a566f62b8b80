# SPDX-License-Identifier: Apache-2.0
"""The router's process: its port, its control socket, housekeeping, and its orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shipway_runtime.router import logs
from shipway_runtime.router.control import Control
from shipway_runtime.router.frontend import Frontend
from shipway_runtime.router.ports import HOST, open_free_port, open_port
from shipway_runtime.router.router import Router
from shipway_runtime.router.sockets import make_socket_folder
from shipway_runtime.router.state import ReleaseSpec, load_state, write_whole

LOG = logging.getLogger("shipway.router")
ADDRESS_FILE = "router.json"
TIDY_SECONDS = 5.0
IDLE_SECONDS = 75.0
FAREWELL_SECONDS = 5.0


class Daemon:
    """Runs the router of `folder` until `stop` or SIGTERM. `port` 0: the one it had, or any."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self._wanted = port
        self._connections: set[Frontend] = set()
        self._listener: asyncio.Server | None = None
        self._ended = asyncio.Event()
        reading, self._lifeline = os.pipe()
        self._sockets = make_socket_folder(folder)
        self.router = Router(folder, load_state(folder), self._sockets, reading)
        verbs = {
            "ping": self._ping,
            "place": self._place,
            "route": self._route,
            "retire": self._retire,
            "observe": self._observe,
            "listen": self._listen,
            "stop": self._stop,
        }
        self._control = Control(self._sockets / "control", verbs)

    async def run(self, when_open: Callable[[], None]) -> None:
        """Open, call `when_open`, and stay until the end."""
        loop = asyncio.get_running_loop()
        await self._open_port(self._wanted)
        await self._control.open()
        address = {"pid": os.getpid(), "control": str(self._control.path)}
        write_whole(self.folder / ADDRESS_FILE, json.dumps(address).encode() + b"\n")
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        self.router.restore()
        LOG.info("listening on port %d", self.router.state.port)
        when_open()
        tidying = asyncio.create_task(self._tidy())
        await self._ended.wait()
        tidying.cancel()
        await self._close(forget=False)

    async def _open_port(self, wanted: int) -> None:
        """Listen on `wanted` (0: the remembered port, or a free one) and nowhere else."""
        remembered = self.router.state.port
        port = wanted or remembered
        if self._listener is not None and port == remembered:
            return
        opened: socket.socket = open_port(port) if port else open_free_port(self.folder)
        await self.router.remember_port(opened.getsockname()[1])
        previous = self._listener
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: Frontend(self.router.answer, self._connections), sock=opened
        )
        if previous is not None:
            previous.close()

    async def _close(self, *, forget: bool) -> None:
        """Take no more connections, answer what is under way, end the workers."""
        if self._listener is not None:
            self._listener.close()
        for connection in list(self._connections):
            connection.finish()
        await self.router.close(forget=forget)
        deadline = asyncio.get_running_loop().time() + FAREWELL_SECONDS
        while self._connections and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        self._control.close()
        self._control.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._sockets.rmdir()
        (self.folder / ADDRESS_FILE).unlink(missing_ok=True)
        LOG.info("ended")

    async def _tidy(self) -> None:
        """Every few seconds: close connections that are silent, cut long logs."""
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            now = asyncio.get_running_loop().time()
            for connection in list(self._connections):
                since = connection.idle_since
                if since is not None and now - since > IDLE_SECONDS:
                    connection.finish()
            try:
                in_use = {"router", *self.router.state.releases}
                logs.tidy(self.folder / "logs", in_use)
                await self._control.reopen_if_lost()
            except OSError as error:
                LOG.warning("housekeeping failed: %s", error)

    async def _ping(self, _request: dict[str, Any]) -> dict[str, Any]:
        return {"pid": os.getpid(), "port": self.router.state.port}

    async def _place(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            placed = await self.router.place(ReleaseSpec.build(request["release"]))
            return {**placed, "port": self.router.state.port}
        finally:
            self._end_if_useless()

    async def _route(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            await self.router.route(request["weights"])
            return {"port": self.router.state.port}
        finally:
            self._end_if_useless()

    async def _retire(self, request: dict[str, Any]) -> dict[str, Any]:
        await self.router.retire(request["release"])
        return {}

    async def _observe(self, _request: dict[str, Any]) -> dict[str, Any]:
        return self.router.observe()

    async def _listen(self, request: dict[str, Any]) -> dict[str, Any]:
        await self._open_port(request["port"])
        return {"port": self.router.state.port, "host": HOST}

    async def _stop(self, _request: dict[str, Any]) -> dict[str, Any]:
        await self._close(forget=True)
        self._end_soon()
        return {}

    def _end_if_useless(self) -> None:
        """A router without any release would only hold the port."""
        if self.router.empty:
            self._end_soon()

    def _end_soon(self) -> None:
        """End after the reply to the present verb has been sent."""
        asyncio.get_running_loop().call_later(0.05, self._ended.set)
