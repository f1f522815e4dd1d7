"""From what the platform asks for to a clip on the disk: found or cut, and redacted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from edge.clock import Clock
from edge.commands.command import CommandFailedError, CommandRefusedError
from edge.commands.handover import Exhibit
from edge.domain.rule import IncidentType
from edge.evidence.folder import sha256_of
from edge.store.evidence import Hold
from edge.store.kept import Clip, ClipState, Item
from streams.errors import StreamError

CLIP = "clip.mp4"
FILM = "film"
PLATES_STAY = frozenset({IncidentType.MOTOR_PARKING})
"""What a vehicle did is nothing without its plate."""

LOOK_S = 1.0
PATIENCE_S = 60.0
"""So long after its end a clip may still be written: packets come late, and disks are full."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What was cut of a camera's film.

    Attributes:
        kind: ``film``, or ``keyframes``: a picture every few seconds.
    """

    kind: str
    begins_at: datetime
    ends_at: datetime


class Evidence(Protocol):
    """What is known of incidents' clips."""

    def type_of(self, incident_id: str) -> IncidentType | None:
        """Return what an incident is about, None if there is no such one."""
        ...

    def item(self, incident_id: str, name: str) -> Item | None:
        """Return one file of an incident, None if there never was one of this name."""
        ...

    def clip(self, incident_id: str) -> Clip | None:
        """Return how far an incident's clip has come, None if none was ever wanted."""
        ...

    def held(self, incident_id: str) -> Hold | None:
        """Return the hold of an incident, None if there is none now."""
        ...


@dataclass(frozen=True, slots=True)
class Studio:
    """What makes clips.

    Attributes:
        evidence: Of the calling thread.
        folder: Of all evidence.
        cut: Cuts a span of a camera's film into a file; raises StreamError and OSError.
        redact: Returns a redacted copy, with plates or without; None if it takes longer than so
            many seconds. Raises ConfigError.
    """

    evidence: Callable[[], Evidence]
    folder: Path
    cut: Callable[[str, datetime, datetime, Path], Piece]
    redact: Callable[[Path, bool, float], Path | None]


class ClipSource:
    """Finds and makes clips; used by one thread."""

    def __init__(self, studio: Studio, *, clock: Clock, pause: Callable[[float], object]) -> None:
        """Prepare.

        Args:
            studio: What makes clips.
            clock: The box's.
            pause: Waits so many seconds.
        """
        self._studio = studio
        self._clock = clock
        self._pause = pause

    def of_incident(self, incident_id: str, *, clear: bool, until_s: float) -> tuple[Path, Exhibit]:
        """Return the clip of an incident, redacted unless it is to be clear.

        Raises:
            CommandRefusedError: There is no such incident.
            CommandFailedError: It has no clip, or none any more.
        """
        about = self._studio.evidence().type_of(incident_id)
        if about is None:
            raise CommandRefusedError("unknown_incident", "there is no such incident on this box")
        item = self._written(incident_id, until_s)
        held = self._studio.evidence().held(incident_id) is not None
        path = self._studio.folder / item.path
        self._require_sound(path, item)
        if not clear:
            path = self._redacted(path, until_s, plates=about not in PLATES_STAY)
        return path, Exhibit(
            incident_id, item.camera_id, item.begins_at, item.ends_at, FILM, not clear, held
        )

    def of_camera(
        self, camera_id: str, begins_at: datetime, ends_at: datetime, draft: Path
    ) -> Piece:
        """Cut a span of a camera's film into a file; raises CommandFailedError and OSError."""
        try:
            return self._studio.cut(camera_id, begins_at, ends_at, draft)
        except StreamError as error:
            raise CommandFailedError("no_film", str(error)) from error

    def redacted(self, path: Path, *, until_s: float) -> Path:
        """Return a copy on which nobody and no vehicle can be known; raises CommandFailedError."""
        return self._redacted(path, until_s, plates=True)

    def _written(self, incident_id: str, until_s: float) -> Item:
        """Return an incident's clip; one that is still being filmed is waited for."""
        while True:
            evidence = self._studio.evidence()
            item, clip = evidence.item(incident_id, CLIP), evidence.clip(incident_id)
            if item is not None and item.purged_at is not None:
                on = item.purged_at.date()
                raise CommandFailedError("purged", f"it was removed on {on} when its time was over")
            if item is not None:
                return item
            if clip is None:
                raise CommandFailedError("no_clip", "no clip is made of such an incident")
            if clip.state is not ClipState.WANTED:
                raise CommandFailedError("no_clip", clip.detail)
            late = self._clock.utc() > clip.ends_at + timedelta(seconds=PATIENCE_S)
            if late or self._clock.mono_s() >= until_s:
                raise CommandFailedError("not_yet", "it is still being filmed; ask again later")
            self._pause(LOOK_S)

    def _require_sound(self, path: Path, item: Item) -> None:
        try:
            sound = sha256_of(path) == item.sha256
        except OSError as error:
            raise CommandFailedError("missing", "its file cannot be read on the box") from error
        if not sound:
            raise CommandFailedError("damaged", "its file is not the one that was signed")

    def _redacted(self, path: Path, until_s: float, *, plates: bool) -> Path:
        made = self._studio.redact(path, plates, max(until_s - self._clock.mono_s(), 0.0))
        if made is None:
            raise CommandFailedError("expired", "it was not redacted in time")
        return made
