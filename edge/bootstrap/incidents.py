"""Incidents into the journal, with their message and their stills."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.bootstrap.patience import PatientWriter
from edge.clock import ClockState
from edge.codes.table import CodeTable
from edge.domain.geometry import Box, Polygon
from edge.domain.incident import Incident, Stage, Step
from edge.stills import Picture, draw_box, draw_polygon, encode_still, without_faces
from edge.store.journal import Journal, Still
from edge.street.album import Album
from edge.wire import BoxIdentity, evidence_of, incident_message
from streams.frame import Frame

log = logging.getLogger(__name__)

ALBUM_PX = 960
FIRST = "first.jpg"


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """A revision on its way to the disk.

    Attributes:
        first: How it began, for an opening.
        still: What it looks like now.
    """

    incident: Incident
    first: bytes | None
    still: bytes | None
    clock: ClockState

    def stills(self, told: Incident) -> list[tuple[str, bytes]]:
        """Return names and pictures of the revision as the box tells it."""
        # A camera that joins another one's incident shows how it is, not how it began.
        first = self.first if told.action is Step.OPENED else None
        named = ((FIRST, first), (_name(told), self.still))
        return [(name, jpeg) for name, jpeg in named if jpeg is not None]


class IncidentRecorder:
    """The recorder of one street camera: an incident is on disk, or waits for the disk."""

    def __init__(
        self,
        journal: Journal,
        *,
        box: BoxIdentity,
        codes: CodeTable,
        models: Sequence[tuple[str, str]],
        plate_models: Sequence[tuple[str, str]] = (),
        zones: dict[str, Polygon],
        clock: Callable[[], ClockState],
        stills: bool,
        keep_s: float,
    ) -> None:
        """Prepare a recorder.

        Args:
            journal: This thread's connection.
            box: Who tells it.
            codes: What the city calls incidents.
            models: Name and SHA-256 of the networks that look.
            plate_models: Of those that read a number plate, where there is one.
            zones: Polygons by zone, drawn into stills.
            clock: State of the box's clock.
            stills: Whether pictures of the street may leave the box.
            keep_s: How far back a first picture may be wanted.
        """
        self._journal = journal
        self._box = box
        self._codes = codes
        self._models = tuple(models)
        self._plate_models = tuple(plate_models)
        self._zones = zones
        self._clock = clock
        self._stills = stills
        self._album = Album(keep_s=keep_s)
        self._unwritten: PatientWriter[_Unwritten] = PatientWriter(self._write, "incidents")

    def note(self, frame: Frame, people: Sequence[Box]) -> None:
        """Take a picture now and then: an incident shows how it began."""
        if self._stills:
            self._album.offer(frame.mono_s, lambda: encode_still(_shown(frame, people)))

    def record(self, incident: Incident, frame: Frame | None, people: Sequence[Box]) -> None:
        """Write a revision and its message in one transaction; keep it while the disk fails."""
        first = still = None
        if self._stills and frame is not None:
            if incident.action is Step.OPENED:
                photo = self._album.at(frame.mono_s - incident.dwell_s)
                first = photo.jpeg if photo else None
            still = self._still(incident, frame, people)
        self._unwritten.add(_Unwritten(incident, first, still, self._clock()))

    def retry(self) -> None:
        """Write what could not be written before."""
        self._unwritten.retry()

    def _still(self, incident: Incident, frame: Frame, people: Sequence[Box]) -> bytes:
        picture = _shown(frame, people)
        if incident.zone_id in self._zones:
            draw_polygon(picture, self._zones[incident.zone_id])
        if incident.box is not None:
            draw_box(picture, incident.box, f"{incident.type} {incident.confidence:.2f}")
        return encode_still(picture)

    def _write(self, one: _Unwritten) -> None:
        written = self._journal.record_incident(
            one.incident,
            lambda incident, seq: incident_message(
                incident,
                box=self._box,
                seq=seq,
                clock=one.clock,
                category=self._codes.category(incident.type),
                models=self._models + (self._plate_models if incident.plate else ()),
                evidence=[evidence_of(name, jpeg) for name, jpeg in one.stills(incident)],
            ),
            lambda incident: [
                Still(f"evidence/{incident.id}/{name}", jpeg) for name, jpeg in one.stills(incident)
            ],
        )
        if written is None:
            return
        # The number plate is part of the message and never of a log.
        log.info(
            "incident=%s revision=%s camera=%s seq=%s %s %s %s",
            written.incident.id,
            written.incident.revision,
            written.incident.camera_id,
            written.seq,
            written.incident.action,
            written.incident.type,
            written.incident.severity,
        )


def _shown(frame: Frame, people: Sequence[Box]) -> Picture:
    return without_faces(frame.bgr(ALBUM_PX), people)


def _name(incident: Incident) -> str:
    """Return the name of a revision's still: an incident has several, none of one name."""
    if incident.action is Step.UPDATED or incident.reopened:
        return f"{incident.action}-{incident.revision}.jpg"
    if incident.action is Step.OPENED and incident.stage is Stage.WARNING:
        return "warned.jpg"
    return f"{incident.action}.jpg"
