"""A camera of our own over RTSP and TCP that misbehaves on request, and behaves again."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.rtp import CLOCK_HZ, Film, Packer, Picture, interleaved

SESSION = "Session: 4711;timeout=60\r\n"
KINDS = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n"
BURST_S = 0.02


class Line:
    """One connection to a camera, as its misdeeds see it."""

    def __init__(self, camera: "ScriptedCamera", peer: socket.socket) -> None:
        self.camera = camera
        self.packer = Packer()
        self.index = 0
        """Of the next picture."""
        self.dead = False
        """Whether the camera has forgotten it, without a word to the other end."""
        self._peer = peer
        self._lock = threading.Lock()

    def send(self, content: bytes) -> None:
        """Send bytes; raises OSError when nobody reads."""
        with self._lock:
            self._peer.sendall(content)

    def drop(self) -> None:
        """Break the connection off."""
        with contextlib.suppress(OSError):
            self._peer.shutdown(socket.SHUT_RDWR)

    def requests(self) -> Iterator[str]:
        """Yield what the box asks, until it hangs up."""
        heard = b""
        while True:
            while heard[:1] == b"$":  # reports of the receiver
                if len(heard) >= 4 and len(heard) >= 4 + int.from_bytes(heard[2:4], "big"):
                    heard = heard[4 + int.from_bytes(heard[2:4], "big") :]
                    continue
                break
            head, end, rest = heard.partition(b"\r\n\r\n")
            if end and heard[:1] != b"$":
                heard = rest
                yield head.decode("utf-8", "replace")
                continue
            more = self._peer.recv(4096)
            if not more:
                return
            heard += more


@dataclass(frozen=True, slots=True)
class Misdeed:
    """What a camera may do wrong.

    Attributes:
        name: In one word.
        said: What health must name it: any of these faults.
        reply: Answers a request instead of the camera; returns False to let the camera answer.
        spoil: Makes the packets of a picture; None for those that it should be.
        refuses: Whether nobody listens.
        deaf: Whether it takes no new connection, and never serves the old ones again.
        cuts: Whether it breaks off connections as it begins.
        frees: Whether it breaks them off as it ends, as a camera that was started anew does.
        hurry: How many times faster pictures come.
        film: Which of the camera's films is shown meanwhile.
        stays: Whether that film goes on to be shown afterwards.
    """

    name: str
    said: frozenset[str]
    reply: "Callable[[Line, str, str], bool] | None" = None
    spoil: "Callable[[Line, Picture], list[bytes]] | None" = None
    refuses: bool = False
    deaf: bool = False
    cuts: bool = False
    frees: bool = True
    hurry: float = 1.0
    film: str = "usual"
    stays: bool = False


class ScriptedCamera:
    """Listens on a port of its own; threads of this process serve it."""

    def __init__(self, films: dict[str, Film]) -> None:
        """Begin to listen.

        Args:
            films: By name; ``usual`` is shown unless a misdeed shows another.
        """
        self._films = films
        self._shown = "usual"
        self.misdeed: Misdeed | None = None
        self._lines: set[Line] = set()
        self._over = threading.Event()
        self.port = 0
        self._listener = self._listen()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"rtsp://127.0.0.1:{self.port}/live"

    @property
    def film(self) -> Film:
        """Return what it shows now."""
        return self._films[self._shown]

    def misbehave(self, misdeed: Misdeed) -> None:
        """Begin to do wrong."""
        self.misdeed = misdeed
        self._shown = misdeed.film
        if misdeed.deaf:
            for line in list(self._lines):
                line.dead = True
        if misdeed.refuses:
            self._listener.close()
        if misdeed.cuts or misdeed.refuses:
            self._drop_all()

    def behave(self) -> None:
        """Do everything right again."""
        misdeed, self.misdeed = self.misdeed, None
        if misdeed is None:
            return
        if not misdeed.stays:
            self._shown = "usual"
        if misdeed.frees:
            self._drop_all()
        if misdeed.refuses:
            self._listener = self._listen()

    def close(self) -> None:
        """End it."""
        self._over.set()
        self._listener.close()
        self._drop_all()

    def _listen(self) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(16)
        listener.settimeout(0.2)
        self.port = int(listener.getsockname()[1])
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while not self._over.is_set():
            if self.misdeed is not None and self.misdeed.deaf:
                self._over.wait(BURST_S)
                continue
            try:
                peer, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:  # closed
                return
            peer.setblocking(True)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        line = Line(self, peer)
        self._lines.add(line)
        playing = threading.Event()
        sender = threading.Thread(target=self._play, args=(line, playing), daemon=True)
        sender.start()
        try:
            with peer, contextlib.suppress(OSError):
                for request in line.requests():
                    self._answer(line, request, playing)
        finally:
            self._lines.discard(line)
            playing.set()

    def _answer(self, line: Line, request: str, playing: threading.Event) -> None:
        if line.dead:
            return
        method = request.partition(" ")[0]
        number = next(
            (one.split(":")[1].strip() for one in request.split("\r\n") if one[:5] == "CSeq:"), "0"
        )
        misdeed = self.misdeed
        if (
            misdeed is not None
            and misdeed.reply is not None
            and misdeed.reply(line, request, number)
        ):
            return
        lines = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n"
        body = b""
        if method == "OPTIONS":
            lines += KINDS
        elif method == "DESCRIBE":
            body = self.film.sdp()
            lines += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            lines += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n" + SESSION
        else:
            lines += SESSION
        line.send(lines.encode() + b"\r\n" + body)
        if method == "PLAY":
            playing.set()

    def _play(self, line: Line, playing: threading.Event) -> None:
        """Send pictures at their times, from a keyframe, for as long as somebody listens."""
        playing.wait()
        film, line.index, next_s = self.film, 0, time.monotonic()
        with contextlib.suppress(OSError):
            while line in self._lines and not self._over.is_set():
                if film is not self.film:
                    film, line.index = self.film, 0
                misdeed = self.misdeed
                hurry = misdeed.hurry if misdeed is not None else 1.0
                picture = film.at(line.index)
                if misdeed is not None and misdeed.spoil is not None:
                    packets = misdeed.spoil(line, picture)
                else:
                    packets = line.packer.packets(film.codec, picture.nals)
                if not line.dead:
                    line.send(b"".join(map(interleaved, packets)))
                line.index += 1
                line.packer.clock += CLOCK_HZ // film.fps
                next_s += 1 / film.fps / hurry
                left_s = next_s - time.monotonic()
                # Many pictures a second are sent a few at once: a timer is not so fine.
                if left_s > BURST_S or (left_s > 0 and hurry == 1.0):
                    self._over.wait(left_s)
                elif left_s < -1.0:
                    next_s = time.monotonic()  # nobody has read for long

    def _drop_all(self) -> None:
        for line in list(self._lines):
            line.drop()
