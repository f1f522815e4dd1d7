"""Somebody who looks at a console over the loopback: signs in, reads, keeps a line open."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from edge.errors import ConfigError

TIMEOUT_S = 60.0
KEPT_S = 3.0
"""Servers close a connection that says nothing for five seconds."""


class Visitor:
    """One browser's connection and session."""

    def __init__(self, port: int, name: str, password: str) -> None:
        """Sign in.

        Raises:
            ConfigError: The console refuses.
        """
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        body = json.dumps({"name": name, "password": password})
        self._connection.request(
            "POST", "/api/v1/login", body, {"Content-Type": "application/json"}
        )
        answer = self._connection.getresponse()
        answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            raise ConfigError(f"the console lets {name} not in: {answer.status} {answer.reason}")
        self._asked_s = time.monotonic()
        self._headers = {
            "Cookie": str(answer.getheader("set-cookie")).split(";", 1)[0],
            "Accept": "text/html, application/json",
        }

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def get(self, path: str) -> float:
        """Return the milliseconds that a page takes, read to its end.

        Raises:
            ConfigError: The answer is not the page.
        """
        if time.monotonic() - self._asked_s > KEPT_S:
            self._connection.close()  # the request opens it again
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        took_ms = (time.perf_counter() - began) * 1e3
        self._asked_s = time.monotonic()
        if answer.status != http.client.OK:
            raise ConfigError(f"{path} answers {answer.status}; it cannot be measured")
        return took_ms

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep the line of news open, as a page does."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        line.request("GET", "/api/v1/events", headers=self._headers)
        news = line.getresponse()
        stop = Event()

        def read() -> None:
            while not stop.is_set() and news.readline():
                pass

        reader = Thread(target=read, daemon=True)  # it waits for the next line
        reader.start()
        try:
            yield
        finally:
            stop.set()
            if line.sock is not None:
                line.sock.shutdown(socket.SHUT_RDWR)
            reader.join(1.0)
            news.close()
            line.close()
