"""A film as FFmpeg alone reads it: the least that reading can cost. For the bench."""

from pathlib import Path

import av


class BareFilm:
    """An opened film; read once, by ``demux`` or by ``decode``."""

    def __init__(self, path: Path) -> None:
        """Open a film."""
        self._container = av.open(str(path))
        self._video = self._container.streams.video[0]
        self._video.codec_context.thread_count = 1  # as cameras are decoded

    def demux(self) -> int:
        """Read every packet, decode none, and return how many there were."""
        return sum(1 for packet in self._container.demux(self._video) if packet.size)

    def decode(self, *, keyframes: bool = False) -> int:
        """Decode every picture, or every keyframe, and return how many there were."""
        if keyframes:
            self._video.codec_context.skip_frame = "NONKEY"
        return sum(1 for _ in self._container.decode(self._video))

    def close(self) -> None:
        """Release the film."""
        self._container.close()
