"""Incidents into the journal, with their messages, their stills and what is known after them."""

import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.bootstrap.camera.exhibits import FIRST, Exhibitor, Shot, encode_clear, still_name
from edge.bootstrap.camera.patience import (
    LONGEST_WAIT,
    PICTURES_WAIT,
    PatientWriter,
    Writes,
    at_once,
)
from edge.clock import ClockState
from edge.codes.table import CodeTable
from edge.domain.camera import Post
from edge.domain.geometry import Box, Polygon
from edge.domain.incident import UNWATCHED, Incident, Step
from edge.stills import Picture, draw_box, draw_polygon, encode_still, without_faces
from edge.store.journal import Journal, Revision
from edge.store.kept import Kept
from edge.store.outgoing import Still
from edge.street.album import Album
from edge.wire.box import BoxIdentity
from edge.wire.incident import incident_message
from edge.wire.parts import evidence_of
from streams.frame import Frame

log = logging.getLogger(__name__)

ALBUM_PX = 960


@dataclass(frozen=True, slots=True)
class _Shown:
    """A revision with its pictures.

    Attributes:
        first: How it began, for an opening.
        still: What it looks like now.
        shots: What stays on the box.
    """

    incident: Incident
    first: bytes | None
    still: bytes | None
    clock: ClockState
    shots: Sequence[Shot] = ()

    def stills(self, told: Incident) -> list[tuple[str, bytes]]:
        """Return names and pictures of the revision as the box tells it."""
        # A camera that joins another one's incident shows how it is, not how it began.
        first = self.first if told.action is Step.OPENED else None
        named = ((FIRST, first), (still_name(told), self.still))
        return [(name, jpeg) for name, jpeg in named if jpeg is not None]


@dataclass(frozen=True, slots=True)
class _Page:
    """What is written together, so that nobody opens twice what was opened before a crash.

    Attributes:
        memory: What is known after all of the revisions; None where that has not changed.
    """

    revisions: tuple[_Shown, ...]
    memory: bytes | None

    def and_then(self, later: "_Page") -> "_Page":
        """Return this page and a later one as one: the last memory stands for all of it."""
        return _Page(
            (*self.revisions, *later.revisions)[-LONGEST_WAIT:],
            self.memory if later.memory is None else later.memory,
        )


class IncidentRecorder:
    """The recorder of one duty of a camera: an incident is on disk, or waits for the disk."""

    def __init__(
        self,
        journal: Journal,
        post: Post,
        *,
        box: BoxIdentity,
        codes: CodeTable,
        models: Sequence[tuple[str, str]],
        plate_models: Sequence[tuple[str, str]] = (),
        zones: dict[str, Polygon],
        clock: Callable[[], ClockState],
        stills: bool,
        keep_s: float,
        exhibitor: Exhibitor | None = None,
        hand: Callable[[Writes], None] = at_once,
        reading: Callable[[], contextlib.AbstractContextManager[Journal]] | None = None,
    ) -> None:
        """Prepare a recorder.

        Args:
            journal: Of whoever writes.
            post: Whose incidents and memory it records.
            box: Who tells it.
            codes: What the city calls incidents.
            models: Name and SHA-256 of the networks that look.
            plate_models: Of those that read a number plate, where there is one.
            zones: Polygons by zone, drawn into stills.
            clock: State of the box's clock.
            stills: Whether pictures of the street may leave the box.
            keep_s: How far back a first picture may be wanted.
            exhibitor: Keeps what shows incidents on the box; None to keep nothing.
            hand: Has what is recorded written.
            reading: Opens what this thread may read of; None for ``journal``, which is its own.
        """
        self._journal = journal
        self._reading = reading or (lambda: contextlib.nullcontext(journal))
        self._post = post
        self._box = box
        self._codes = codes
        self._models = tuple(models)
        self._plate_models = tuple(plate_models)
        self._zones = zones
        self._clock = clock
        self._stills = stills
        self._exhibitor = exhibitor
        self._album = Album(keep_s=keep_s)
        self._unwritten = PatientWriter(
            self._write,
            "incidents",
            join=_Page.and_then,
            size=lambda page: len(page.revisions),
            hand=hand,
        )

    def recall(self) -> bytes | None:
        """Return the memory that was last recorded, None if none was."""
        with self._reading() as journal:
            return journal.recall(self._post)

    def unwatched(self, watched: Collection[str], utc: datetime) -> list[Incident]:
        """Return withdrawals of all that is open and that nobody goes on with.

        Args:
            watched: Ids of the incidents that somebody goes on with.
            utc: When they are withdrawn.
        """
        with self._reading() as journal:
            still_open = journal.open_incidents(self._post)
        return [one.withdrawn(utc, UNWATCHED) for one in still_open if one.id not in watched]

    def note(self, frame: Frame, people: Sequence[Box]) -> None:
        """Take a picture now and then: an incident shows how it began."""
        keeps = self._exhibitor is not None and self._exhibitor.stills
        if self._stills or keeps:
            self._album.offer(
                frame.mono_s,
                lambda: encode_still(_blurred(frame, people)) if self._stills else b"",
                take_clear=lambda: encode_clear(frame.bgr()) if keeps else b"",
                people=tuple(people),
            )

    def record(
        self,
        incidents: Sequence[Incident],
        frame: Frame | None,
        people: Sequence[Box],
        *,
        memory: bytes | None,
    ) -> None:
        """Write a picture's incidents and what is known after them in one transaction.

        While the disk fails they wait, and whatever comes next is written together with them.

        Args:
            incidents: In order; none to keep the memory only.
            frame: Shows what they are about; None where there is no picture.
            people: Boxes whose heads must not be shown.
            memory: What must be known after a restart; None where that has not changed.
        """
        revisions = tuple(self._shown(one, frame, people) for one in incidents)
        self._unwritten.add(_Page(revisions, memory))

    def retry(self) -> None:
        """Write what could not be written before."""
        self._unwritten.retry()

    def _shown(self, incident: Incident, frame: Frame | None, people: Sequence[Box]) -> _Shown:
        first = still = None
        shots: Sequence[Shot] = ()
        if frame is not None and self._unwritten.waiting < PICTURES_WAIT:
            photo = None
            if incident.action is Step.OPENED:
                photo = self._album.at(frame.mono_s - incident.dwell_s)
            if self._stills:
                first = photo.jpeg if photo else None
                still = self._still(incident, frame, people)
            if self._exhibitor is not None:
                shots = self._exhibitor.shoot(incident, frame, people, photo)
        return _Shown(incident, first, still, self._clock(), shots)

    def _still(self, incident: Incident, frame: Frame, people: Sequence[Box]) -> bytes:
        picture = _blurred(frame, people)
        if incident.zone_id in self._zones:
            draw_polygon(picture, self._zones[incident.zone_id])
        if incident.box is not None:
            draw_box(picture, incident.box, f"{incident.type} {incident.confidence:.2f}")
        return encode_still(picture)

    def _write(self, page: _Page) -> None:
        kept: list[Incident] = []
        revisions = [self._revision(one, kept) for one in page.revisions]
        for told in self._journal.record_incidents(self._post, revisions, page.memory):
            # The number plate is part of the message and never of a log.
            log.info(
                "incident=%s revision=%s camera=%s seq=%s %s %s %s",
                told.incident.id,
                told.incident.revision,
                told.incident.camera_id,
                told.seq,
                told.incident.action,
                told.incident.type,
                told.incident.severity,
            )
        if self._exhibitor is not None:
            for incident in kept:
                self._exhibitor.recorded(incident)
            self._exhibitor.discard([shot for one in page.revisions for shot in one.shots])

    def _revision(self, one: _Shown, kept: list[Incident]) -> Revision:
        def keep(incident: Incident) -> Kept:
            if self._exhibitor is None:
                return Kept()
            kept.append(incident)
            return self._exhibitor.keep(incident, one.shots)

        return Revision(
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
            keep,
        )


def _blurred(frame: Frame, people: Sequence[Box]) -> Picture:
    return without_faces(frame.bgr(ALBUM_PX), people)
