"""A few pictures of the last hour, so that an incident can show how it began."""

from collections.abc import Callable
from dataclasses import dataclass

EVERY_S = 5.0
MOST_PICTURES = 48


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture as a JPEG file."""

    mono_s: float
    jpeg: bytes


class Album:
    """Pictures of one camera, thinner the older they are; used by one thread."""

    def __init__(self, *, keep_s: float) -> None:
        """Keep pictures for at least so long, as far as memory allows."""
        self._keep_s = keep_s
        self._photos: list[Photo] = []

    def offer(self, mono_s: float, take: Callable[[], bytes]) -> None:
        """Take a picture if the last one is some time ago."""
        if self._photos and mono_s - self._photos[-1].mono_s < EVERY_S:
            return
        self._photos.append(Photo(mono_s, take()))
        while len(self._photos) > 1 and mono_s - self._photos[1].mono_s > self._keep_s:
            del self._photos[0]
        if len(self._photos) > MOST_PICTURES:
            del self._photos[self._least_missed(mono_s)]

    def _least_missed(self, mono_s: float) -> int:
        """Return the picture that leaves the smallest gap for its age; not the first or last."""
        moments = [photo.mono_s for photo in self._photos]
        return min(
            range(1, len(moments) - 1),
            key=lambda n: (moments[n + 1] - moments[n - 1]) / (mono_s - moments[n]),
        )

    def at(self, mono_s: float) -> Photo | None:
        """Return the first picture at or after a moment, else the last one before it."""
        after = (photo for photo in self._photos if photo.mono_s >= mono_s - 0.5)
        return next(after, self._photos[-1] if self._photos else None)
