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

    def __init__(self, ring: Ring) -> None:
        """Take over a ring that a camera's thread fills."""
        self._ring = ring

    def reaches(self) -> datetime | None:
        """Return the moment of the newest packet; see ``Film``."""
        return self._ring.newest()

    def write(
        self, path: Path, begins_at: datetime, ends_at: datetime, *, moment: datetime
    ) -> Span:
        """Write a clip; see ``Film``."""
        stretch = self._ring.cut(begins_at, ends_at, moment=moment)
        if stretch is None:
            raise StreamError(
                "nothing of that time is in memory; check that the camera sends keyframes, "
                "and raise evidence.ring"
            )
        write_clip(path, stretch)
        verify_clip(path, stretch)
        return Span(stretch.begins_at, stretch.ends_at)
