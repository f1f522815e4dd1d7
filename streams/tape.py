"""From a connection's packets to its ring, at the wall time at which each is shown."""

import logging
from collections.abc import Callable
from datetime import datetime

import av
from av.video.stream import VideoStream

from streams.errors import StreamError
from streams.nal import plausible, readable_codec
from streams.ring import Layout, Ring, RingPacket

log = logging.getLogger(__name__)

MOST_WAITING = 600
"""Packets before the first picture: as many as a long group of pictures has."""


class Tape:
    """One connection's way into the ring; used by one thread.

    Packets have only the camera's time stamps. What these are on the wall is known of every picture
    that was decoded, and holds for the packets around it.
    """

    def __init__(
        self, ring: Ring, stream: VideoStream, utc_of: Callable[[float], datetime]
    ) -> None:
        """Begin a connection.

        Args:
            ring: Of the camera.
            stream: Opened.
            utc_of: Wall time of a stream time.

        Raises:
            StreamError: No clip can hold what the camera sends.
        """
        ring.begin(Layout(stream))
        self._ring = ring
        self._utc_of = utc_of
        self._offset_s: float | None = None
        self._waiting: list[av.Packet[VideoStream]] = []
        codec = stream.codec_context
        self._codec = readable_codec(str(codec.name), codec.extradata)
        self._last_s = 0.0

    def align(self, pts_s: float | None, mono_s: float) -> None:
        """Learn at which stream time a picture is shown.

        Args:
            pts_s: Its time stamp; None if the camera gives none.
            mono_s: The stream time.
        """
        if pts_s is not None:
            self._offset_s = mono_s - pts_s
        elif self._offset_s is None:
            self._offset_s = mono_s - self._last_s

    def add(self, packet: "av.Packet[VideoStream]") -> None:
        """Put a packet into the ring, or keep it until the first picture tells its time.

        A camera may change to another codec without a word: what cannot be of the announced one
        is left out, as no file may mix them.
        """
        if not plausible(self._codec, bytes(packet)):
            return
        if self._offset_s is None:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(packet)
            return
        for earlier in self._waiting:
            self._put(earlier, self._offset_s)
        self._waiting.clear()
        self._put(packet, self._offset_s)

    def _put(self, packet: "av.Packet[VideoStream]", offset_s: float) -> None:
        stamp = packet.pts if packet.dts is None else packet.dts
        if stamp is not None and packet.time_base is not None:
            self._last_s = float(stamp * packet.time_base)
        self._ring.put(
            RingPacket(
                bytes(packet),
                packet.pts,
                packet.dts,
                bool(packet.is_keyframe),
                self._utc_of(self._last_s + offset_s),
            )
        )


def open_tape(
    name: str, ring: Ring, stream: VideoStream, utc_of: Callable[[float], datetime]
) -> Tape | None:
    """Return a connection's way into the ring, None where it goes on without: no clip can hold it.

    Args:
        name: Of the camera's address, for the log.
        ring: Of the camera.
        stream: Opened.
        utc_of: Wall time of a stream time.
    """
    try:
        return Tape(ring, stream, utc_of)
    except StreamError as error:
        log.warning("%s: there will be no clips: %s", name, error)
        return None
