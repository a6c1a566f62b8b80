# SPDX-License-Identifier: Apache-2.0
"""A free port, chosen once.

The first candidate follows from the state folder, so that an endpoint whose state was lost most
likely gets its old address again. All lie below the range from which systems take the ports of
outgoing connections: a kept port is not lost to one of those while the endpoint is down.
"""

from __future__ import annotations

import errno
import hashlib
import os
import socket
from pathlib import Path

from shipway_runtime.router.state import RouterError

FIRST, COUNT = 20000, 10000
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
