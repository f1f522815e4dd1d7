"""An IP camera over RTSP: one attempt, then ``StreamError``."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import av
from av.container import InputContainer

from streams.decode import Decode
from streams.errors import StreamError
from streams.faults import Fault
from streams.frame import Frame
from streams.reading import Reading
from streams.reasons import SILENT, broken
from streams.ring import Ring
from streams.walltime import WallTime

ATTEMPTS_TO_READ = 2
"""FFmpeg tries a read that timed out once more before it gives up."""

PICTURES_TO_GUESS_RATE = "2"
"""FFmpeg takes twenty by itself: four seconds of a camera with five pictures a second, each time it
is opened."""

SHARE_TO_ANALYSE = 0.6
"""Of the time to open: what sends packets but no keyframe is told apart from what is silent."""

SCHEMES = ("rtsp", "rtsps", "http", "https")
LIKE_THIS = "write it like rtsp://host:554/path"


@dataclass(frozen=True, slots=True, repr=False)
class RtspAddress:
    """Where a camera is and how to log in. Its text form never shows the credentials."""

    url: str
    username: str | None = None
    password: str | None = None

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
        except ValueError as error:
            # Not told: nobody knows where in it the password is.
            raise StreamError(f"is no camera address; {LIKE_THIS}") from error
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise StreamError(f"{self}: is no camera address; {LIKE_THIS}")

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        secret = "***@" if self.username or "@" in parts.netloc else ""
        # Some cameras take the password as a query parameter.
        return urlunsplit(
            (parts.scheme, secret + host, parts.path, "***" if parts.query else "", "")
        )

    __repr__ = __str__

    def with_credentials(self) -> str:
        """Return the URL that logs in; only for the library that opens it."""
        if self.username is None:
            return self.url
        parts = urlsplit(self.url)
        login = quote(unquote(self.username), safe="")
        if self.password is not None:
            login += ":" + quote(self.password, safe="")
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{login}@{host}"))


class Live(Reading):
    """A camera: its end is a failure, as cameras do not end."""

    def frames(self) -> Iterator[Frame]:
        """Yield frames; the end of the stream is a StreamError too."""
        yield from super().frames()
        raise self._ended()

    def keep(self, stop: Event) -> None:
        """Keep packets; the end of the stream is a StreamError too."""
        super().keep(stop)
        if not stop.is_set():
            raise self._ended()

    def _ended(self) -> StreamError:
        return StreamError(
            f"{self.name}: the camera ended the stream; it will be opened again", Fault.ENDED
        )


def open_rtsp(
    address: RtspAddress,
    *,
    decode: Decode = Decode.ALL,
    transport: str = "tcp",
    open_timeout_s: float = 5.0,
    read_timeout_s: float = 4.0,
    quiet_after_s: float = 5.0,
    start_mono_s: float = 0.0,
    ring: Ring | None = None,
) -> Live:
    """Return an opened camera.

    Args:
        address: The camera.
        decode: How much of it to decode.
        transport: ``tcp`` or ``udp``.
        open_timeout_s: Longest wait for its first answer.
        read_timeout_s: A stream that sends nothing for this long has stalled.
        quiet_after_s: For adaptive decoding.
        start_mono_s: Stream time of the first frame.
        ring: Takes every packet; None to keep none.

    Raises:
        StreamError: It could not be opened; says why and what to check.
    """
    options = {
        "rtsp_transport": transport,
        "fpsprobesize": PICTURES_TO_GUESS_RATE,
        "analyzeduration": str(round(open_timeout_s * SHARE_TO_ANALYSE * 1e6)),
    }
    began_s = time.monotonic()
    try:
        container = av.open(
            address.with_credentials(),
            options=options if address.url.startswith("rtsp") else {},
            timeout=(open_timeout_s, read_timeout_s / ATTEMPTS_TO_READ),
            metadata_errors="replace",  # a camera's title is in whatever encoding
        )
    except av.FFmpegError as error:
        late = time.monotonic() - began_s >= open_timeout_s
        if late:
            raise StreamError(f"{address}: {SILENT}", Fault.SILENT) from None
        raise broken(str(address), error) from None  # the cause shows the password
    if not isinstance(container, InputContainer):
        raise StreamError(f"{address}: is no source of video", Fault.UNREADABLE)
    wall = WallTime(lambda: datetime.now(UTC), start_mono_s=start_mono_s)
    return Live(
        container,
        str(address),
        decode=decode,
        quiet_after_s=quiet_after_s,
        start_mono_s=start_mono_s,
        utc_of=wall,
        arrived=wall.arrived,
        ring=ring,
    )
