"""A film as FFmpeg alone reads it: the least that reading can cost. For the bench."""

import time
from pathlib import Path

import av

TIMEOUT_S = 10.0


class BareFilm:
    """An opened film; read once, by ``demux`` or by ``decode``, or as it comes by ``receive``."""

    def __init__(self, source: Path | str) -> None:
        """Open a film, or a camera at an RTSP address."""
        live = isinstance(source, str)
        options = {"rtsp_transport": "tcp"} if live else {}
        self._container = av.open(str(source), options=options, timeout=TIMEOUT_S if live else None)
        self._video = self._container.streams.video[0]
        self._video.codec_context.thread_count = 1  # as cameras are decoded

    def demux(self) -> int:
        """Read every packet, decode none, and return how many there were."""
        return sum(1 for packet in self._container.demux(self._video) if packet.size)

    def receive(self, seconds: float) -> int:
        """Read packets for so long, decode none, and return how many there were."""
        until_s, count = time.monotonic() + seconds, 0
        for _ in self._container.demux(self._video):
            count += 1
            if time.monotonic() >= until_s:
                break
        return count

    def decode(self, *, keyframes: bool = False) -> int:
        """Decode every picture, or every keyframe, and return how many there were."""
        if keyframes:
            self._video.codec_context.skip_frame = "NONKEY"
        return sum(1 for _ in self._container.decode(self._video))

    def close(self) -> None:
        """Release the film."""
        self._container.close()
