"""A few pictures of the last hour, so that an incident can show how it began."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.domain.geometry import Box

EVERY_S = 5.0
MOST_PICTURES = 48
LEAST_PICTURES = 3
MOST_CLEAR_BYTES = 8 * 10**6
"""Of a camera's pictures at its own size: about twenty of 1080p, five of 4K."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture as a JPEG file.

    Attributes:
        jpeg: Small, and with coarse heads.
        clear: At the camera's own size with all that is to be seen; empty where it is not wanted.
        people: Boxes whose heads must not be shown.
    """

    mono_s: float
    jpeg: bytes
    clear: bytes = b""
    people: Sequence[Box] = ()


class Album:
    """Pictures of one camera, thinner the older they are; used by one thread."""

    def __init__(self, *, keep_s: float) -> None:
        """Keep pictures for at least so long, as far as memory allows."""
        self._keep_s = keep_s
        self._photos: list[Photo] = []

    def offer(
        self,
        mono_s: float,
        take: Callable[[], bytes],
        *,
        take_clear: Callable[[], bytes] = bytes,
        people: Sequence[Box] = (),
    ) -> None:
        """Take a picture if the last one is some time ago.

        Args:
            mono_s: Stream time of the picture.
            take: Makes the small one.
            take_clear: Makes the one at the camera's own size.
            people: Boxes whose heads must not be shown.
        """
        if self._photos and mono_s - self._photos[-1].mono_s < EVERY_S:
            return
        self._photos.append(Photo(mono_s, take(), take_clear(), people))
        while len(self._photos) > 1 and mono_s - self._photos[1].mono_s > self._keep_s:
            del self._photos[0]
        while len(self._photos) > MOST_PICTURES or self._too_large():
            del self._photos[self._least_missed(mono_s)]

    def _too_large(self) -> bool:
        """Return whether pictures at the camera's own size take too much, and one can go."""
        if len(self._photos) < LEAST_PICTURES:
            return False
        return sum(len(photo.clear) for photo in self._photos) > MOST_CLEAR_BYTES

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
