"""The platform's store of media on this machine: takes uploads in parts, and misbehaves if told."""

import base64
import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PART = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")


class Misdeed(StrEnum):
    """What may go wrong with one request."""

    BREAKS_OFF = "half of what comes is kept, and the line breaks"
    SAYS_NOTHING = "all of it is kept, and the line breaks before the answer"
    LOSES_ALL = "all that was kept is lost"
    BOASTS = "says that it has more than was sent"
    MUMBLES = "says something else than a range"
    STANDS_STILL = "keeps nothing and says so"
    TAKES_IT_FOR_ALL = "answers a part as if it were the whole"
    LEADS_AWAY = "redirects"
    LEADS_AWAY_FOR_GOOD = "redirects by 308"
    IS_BUSY = "has no time for three seconds"
    IS_BROKEN = "answers 500"
    HAS_NO_SUCH_PLACE = "answers 404"
    IS_OUT_OF_STEP = "answers 416"


_STATUS = {
    Misdeed.IS_BUSY: 503,
    Misdeed.IS_BROKEN: 500,
    Misdeed.HAS_NO_SUCH_PLACE: 404,
    Misdeed.IS_OUT_OF_STEP: 416,
    Misdeed.TAKES_IT_FOR_ALL: 200,
    Misdeed.LEADS_AWAY: 307,
    Misdeed.LEADS_AWAY_FOR_GOOD: 308,
    Misdeed.BOASTS: 308,
    Misdeed.MUMBLES: 308,
    Misdeed.STANDS_STILL: 308,
}


@dataclass(frozen=True)
class Put:
    """One request."""

    path: str
    part: str
    headers: dict[str, str]
    body: bytes


@dataclass
class MediaStore:
    """What was uploaded, and how.

    Attributes:
        kept: Of each path what is there, whole or not.
        whole: Of each path what was accepted as a whole.
        misdeeds: Of the next requests, in order; None for good behaviour.
        before: Called with the number of each request before it is looked at.
    """

    port: int = 0
    puts: list[Put] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    whole: dict[str, bytes] = field(default_factory=dict)
    misdeeds: list[Misdeed | None] = field(default_factory=list)

    def url(self, path: str = "/clips/one.mp4") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def parts(self) -> list[str]:
        return [one.part for one in self.puts]


class _Handler(BaseHTTPRequestHandler):
    store: MediaStore
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        misdeed = self.store.misdeeds.pop(0) if self.store.misdeeds else None
        length = int(self.headers["Content-Length"])
        if misdeed is Misdeed.BREAKS_OFF:
            self._keep(self._read(length // 2))
            self._break()
            return
        body = self._read(length)
        if misdeed in {None, Misdeed.SAYS_NOTHING}:
            complete = self._keep(body)
        if misdeed is Misdeed.SAYS_NOTHING:
            self._break()
        elif misdeed is None:
            self._answer(201 if complete else 308, self._range())
        elif misdeed is Misdeed.LOSES_ALL:
            self.store.kept.pop(self.path, None)
            self._answer(308)
        else:
            said = {Misdeed.BOASTS: "bytes=0-999999998", Misdeed.MUMBLES: "most of it"}
            range_ = self._range() if misdeed is Misdeed.STANDS_STILL else said.get(misdeed, "")
            away = misdeed in {Misdeed.LEADS_AWAY, Misdeed.LEADS_AWAY_FOR_GOOD}
            retry = "3" if misdeed is Misdeed.IS_BUSY else ""
            self._answer(_STATUS[misdeed], range_, location=away, retry=retry)

    def _read(self, length: int) -> bytes:
        body = self.rfile.read(length)
        part = str(self.headers["Content-Range"])
        self.store.puts.append(Put(self.path, part, dict(self.headers.items()), body))
        return body

    def _keep(self, body: bytes) -> bool:
        """Keep what comes next; return whether that is all, and as it was said to be."""
        match = _PART.fullmatch(str(self.headers["Content-Range"]))
        assert match is not None
        total = int(match[3])
        had = self.store.kept.get(self.path, b"")
        if match[1] is not None and int(match[1]) == len(had):
            if len(body) == int(match[2]) - int(match[1]) + 1:
                assert self.headers["Content-Digest"] == digest(body)
            had = self.store.kept[self.path] = had + body
        if len(had) < total:
            return False
        assert self.headers["Repr-Digest"] == digest(had)
        self.store.whole[self.path] = had
        return True

    def _range(self) -> str:
        has = len(self.store.kept.get(self.path, b""))
        return f"bytes=0-{has - 1}" if has else ""

    def _answer(
        self, status: int, range_: str = "", *, location: bool = False, retry: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        for name, value in (
            ("Range", range_),
            ("Retry-After", retry),
            ("Location", "http://127.0.0.1:9/elsewhere" if location else ""),
        ):
            if value:
                self.send_header(name, value)
        self.end_headers()

    def _break(self) -> None:
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def digest(content: bytes) -> str:
    """Return the field of RFC 9530."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


@contextlib.contextmanager
def storing(store: MediaStore | None = None) -> Iterator[MediaStore]:
    """Serve until the end of the block."""
    kept = store or MediaStore()
    handler = type("Handler", (_Handler,), {"store": kept})
    with ThreadingHTTPServer(("127.0.0.1", kept.port), handler) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
