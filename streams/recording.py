"""A file as a camera, in real time or as fast as it can be read."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import av
from av.container import InputContainer

from streams.decode import Decode
from streams.errors import StreamError
from streams.reading import Reading, since
from streams.reasons import explain
from streams.ring import Ring


class Pacer(Protocol):
    """Makes a recording run in real time."""

    def __call__(self, mono_s: float) -> bool:
        """Wait until a stream time has come; return False to end the recording."""
        ...


def open_recording(
    path: Path,
    *,
    start_utc: datetime,
    decode: Decode = Decode.ALL,
    pacer: Pacer | None = None,
    quiet_after_s: float = 5.0,
    start_mono_s: float = 0.0,
    ring: Ring | None = None,
) -> Reading:
    """Return an opened recording.

    Args:
        path: The file.
        start_utc: Wall time of its first frame.
        decode: How much of it to decode.
        pacer: Waits for each frame's time; None to read as fast as possible.
        quiet_after_s: For adaptive decoding.
        start_mono_s: Stream time of the first frame.
        ring: Takes every packet; None to keep none.

    Raises:
        StreamError: It is absent or no video.
    """
    if not path.is_file():
        raise StreamError(f"{path}: there is no such recording; check the path")
    try:
        # Titles are in whatever encoding.
        container = av.open(str(path), metadata_errors="replace")
    except av.FFmpegError as error:
        raise StreamError(f"{path}: {explain(error)}") from error
    if not isinstance(container, InputContainer):
        raise StreamError(f"{path}: is no source of video")
    return Reading(
        container,
        str(path),
        decode=decode,
        quiet_after_s=quiet_after_s,
        start_mono_s=start_mono_s,
        utc_of=since(start_utc, start_mono_s),
        wait_until=pacer,
        ring=ring,
    )


class RealTime:
    """Paces a recording by a clock that others can interrupt."""

    def __init__(self, now_s: Callable[[], float], wait: Callable[[float], bool]) -> None:
        """Begin at the first frame.

        Args:
            now_s: Monotonic seconds.
            wait: Waits up to so many seconds; returns True if asked to stop, as
                ``threading.Event.wait`` does.
        """
        self._now_s = now_s
        self._wait = wait
        self._ahead_s: float | None = None

    def __call__(self, mono_s: float) -> bool:
        """Wait until a frame's time has come; return False if asked to stop."""
        if self._ahead_s is None:
            self._ahead_s = mono_s - self._now_s()
        left_s = mono_s - self._ahead_s - self._now_s()
        return not self._wait(max(left_s, 0.0))
