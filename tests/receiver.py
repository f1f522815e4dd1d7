"""A receiver of webhooks on this machine, and a courier's day that ends when nothing waits."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from edge.delivery.courier import LOOK_EVERY_S
from edge.delivery.post import Answer
from tests.conftest import FakeClock

TAKEN = Answer(204)


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Keeps what it is sent; answers as a test has written down, else that it is taken."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    location: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?site=1"

    @property
    def bodies(self) -> list[bytes]:
        return [one.body for one in self.requests]

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else TAKEN


@contextlib.contextmanager
def receiving(given: Receiver | None = None) -> Iterator[Receiver]:
    """Serve until the end of the block."""
    receiver = given or Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = receiver.answer(Request(self.path, dict(self.headers.items()), body))
            said = answer.said.encode()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(said)))
            if answer.retry_after:
                self.send_header("Retry-After", answer.retry_after)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


class Day(threading.Event):
    """Is over when nothing waits any more, or after some failures; its waits do not wait."""

    def __init__(self, clock: FakeClock, *, failures: int = 100) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self._clock = clock
        self._failures = failures

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self._clock.advance(timeout)
        if timeout != LOOK_EVERY_S:
            self.pauses.append(timeout)
        if timeout == LOOK_EVERY_S or len(self.pauses) >= self._failures:
            self.set()
        return self.is_set()
