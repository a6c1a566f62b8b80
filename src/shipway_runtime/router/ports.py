# SPDX-License-Identifier: Apache-2.0
"""A free port, chosen once: for an endpoint, and for a worker that listens on a port.

An endpoint's first candidate follows from the state folder, so that one whose state was lost most
likely gets its old address again. All lie below the range from which systems take the ports of
outgoing connections: a kept port is not lost to one of those while the endpoint is down.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import random
import socket
from pathlib import Path

from shipway_runtime.router.state import RouterError

FIRST, COUNT = 20000, 10000
FIRST_OF_WORKERS, COUNT_OF_WORKERS = 30000, 2768
HOST = "127.0.0.1"
BACKLOG = 2048


def open_port(port: int) -> socket.socket:
    """A listening socket on `port` of the loopback interface; RouterError of kind port if taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reasons = {errno.EADDRINUSE: "is taken", errno.EACCES: "is not allowed for this user"}
        reason = reasons.get(error.errno or 0, f"can't be opened ({error.strerror})")
        raise RouterError("port", f"port {port} {reason}") from error
    listener.setblocking(False)
    return listener


def open_free_port(state_dir: Path) -> socket.socket:
    """A listening socket on a free port, the same for the same folder while that one is free."""
    digest = hashlib.sha256(os.fsencode(state_dir.resolve())).digest()
    start = int.from_bytes(digest[:4], "big")
    for step in range(COUNT):
        try:
            return open_port(FIRST + (start + step * 7) % COUNT)
        except RouterError:
            continue
    raise RouterError("port", f"no port from {FIRST} to {FIRST + COUNT - 1} is free")


class WorkerPort:
    """A port for one worker, free now, and not given to another worker of this user meanwhile.

    The worker itself opens it; until `close` a lock on a file in `folder` keeps other routers from
    handing it out.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        ports = range(FIRST_OF_WORKERS, FIRST_OF_WORKERS + COUNT_OF_WORKERS)
        for port in random.sample(ports, len(ports)):
            self._lock = os.open(folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
            if _lock(self._lock) and _is_free(port):
                self.number = port
                return
            os.close(self._lock)
        raise OSError(errno.EADDRINUSE, f"no port from {ports[0]} to {ports[-1]} is free")

    def close(self) -> None:
        """Let others have it."""
        os.close(self._lock)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port: int) -> bool:
    try:
        open_port(port).close()
    except RouterError:
        return False
    return True
