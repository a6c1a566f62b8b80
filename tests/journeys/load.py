# SPDX-License-Identifier: Apache-2.0
"""Asks an endpoint again and again from several threads, and counts what went wrong."""

import http.client
import json
import threading
import time
from typing import Self
from urllib.parse import urlsplit

BODY = json.dumps({"instances": [{"a": 0.3, "b": -0.2}]})
HEADERS = {"content-type": "application/json"}


class Load:
    """Two clients that keep their connection, two that make a new one each time."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self.host, self.port = parts.hostname or "", parts.port or 0
        self.failures: list[str] = []
        self.answered = 0
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self._ask_on, args=(keep,))
            for keep in (True, True, False, False)
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def until(self, more: int, seconds: float = 30.0) -> None:
        """Wait until `more` further requests were answered."""
        goal = self.answered + more
        deadline = time.monotonic() + seconds
        while self.answered < goal:
            assert time.monotonic() < deadline, f"no answers any more: {self.failures[:3]}"
            time.sleep(0.01)

    def _ask_on(self, keep: bool) -> None:
        connection = self._connect()
        while not self.over.is_set():
            try:
                connection.request("POST", "/predict", BODY, HEADERS)
                answer = connection.getresponse()
                text = answer.read()
                good = answer.status == 200 and b"predictions" in text
                problem = "" if good else f"{answer.status} {text[:200]!r}"
            except (OSError, http.client.HTTPException) as error:
                problem = repr(error)
            with self.lock:
                self.answered += not problem
                if problem:
                    self.failures.append(problem)
            if problem or not keep:
                connection.close()
                connection = self._connect()
            time.sleep(0.005)
        connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=30)
