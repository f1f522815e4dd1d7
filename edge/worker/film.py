"""The last packets of a camera, as the desk of clips and the lookback want them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from streams.clip import verify_clip, write_clip
from streams.errors import StreamError
from streams.ring import Ring


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a clip shows its camera, UTC."""

    begins_at: datetime
    ends_at: datetime


class Film(Protocol):
    """The last packets of a camera."""

    def reaches(self) -> datetime | None:
        """Return the moment of the newest packet, UTC; None while there is none."""
        ...

    def write(
        self, path: Path, begins_at: datetime, ends_at: datetime, *, moment: datetime
    ) -> Span:
        """Write a clip, read it again, and return what it shows.

        Args:
            path: The file.
            begins_at: Of what is wanted.
            ends_at: Of what is wanted.
            moment: What it must show, if not all can be shown.

        Raises:
            StreamError: There is nothing of that time, or what was written cannot be read.
            OSError: The disk fails.
        """
        ...


class RingFilm:
    """A film whose packets are in memory."""

    def __init__(self, ring: Ring, *others: Ring) -> None:
        """Take over rings that a camera's threads fill.

        Args:
            ring: The best pictures of the camera.
            others: What to fall back on where they lack, best first.
        """
        self._rings = (ring, *others)

    def reaches(self) -> datetime | None:
        """Return the moment of the newest packet; see ``Film``."""
        return next((newest for ring in self._rings if (newest := ring.newest())), None)

    def write(
        self, path: Path, begins_at: datetime, ends_at: datetime, *, moment: datetime
    ) -> Span:
        """Write a clip; see ``Film``."""
        cuts = [ring.cut(begins_at, ends_at, moment=moment) for ring in self._rings]
        kept = [one for one in cuts if one is not None]
        if not kept:
            raise StreamError(
                "nothing of that time is in memory; check that the camera sends keyframes, "
                "and raise evidence.ring"
            )
        stretch = next((one for one in kept if one.begins_at <= moment <= one.ends_at), kept[0])
        write_clip(path, stretch)
        verify_clip(path, stretch)
        return Span(stretch.begins_at, stretch.ends_at)
