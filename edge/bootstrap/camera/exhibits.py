"""What stays on the box of an incident: stills at the camera's own size, and its clip's wish."""

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np

from edge.domain.geometry import Box, Polygon
from edge.domain.incident import Incident, Stage, Step
from edge.evidence.folder import Draft, EvidenceFolder
from edge.evidence.manifest import ManifestWriter
from edge.stills import Picture, draw_box, draw_polygon, without_faces
from edge.store.kept import JPEG, Clip, Gap, Item, Kept, Kind
from edge.street.album import Photo
from streams.frame import Frame

log = logging.getLogger(__name__)

FIRST = "first.jpg"
ANNOTATED = "-annotated"
CLEAR_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Roll:
    """How much a clip shows around the opening of its incident."""

    pre_s: float
    post_s: float


@dataclass(frozen=True, slots=True)
class Shot:
    """A still that waits for its incident to be written.

    Attributes:
        first: Whether it shows how the incident began.
        annotated: Whether zone and box are drawn and heads are coarse.
        draft: The file; None where it could not be written.
        detail: Why it could not.
    """

    first: bool
    annotated: bool
    taken_at: datetime
    draft: Draft | None
    detail: str = ""

    def name(self, told: Incident) -> str:
        """Return the file's name in the folder of the incident as the box tells it."""
        name = FIRST if self.first else still_name(told)
        return name.replace(".jpg", f"{ANNOTATED}.jpg") if self.annotated else name


class Exhibitor:
    """Keeps what shows the incidents of one duty of a camera.

    One thread takes pictures; the same or another one keeps them with what is written.

    Nothing here stops an incident: what the disk does not take is a gap that is told.
    """

    def __init__(
        self,
        folder: EvidenceFolder,
        manifests: ManifestWriter,
        *,
        opened_at: Callable[[str], datetime | None],
        zones: Mapping[str, Polygon],
        stills: bool,
        roll: Roll | None,
        wish: Callable[[Clip], None],
    ) -> None:
        """Prepare.

        Args:
            folder: Of all evidence.
            manifests: Of whoever writes.
            opened_at: When an incident that is on the disk was opened: cameras that share a place
                disagree, and its evidence lies in one folder.
            zones: Polygons by zone, drawn into annotated stills.
            stills: Whether stills are kept.
            roll: Of clips; None where there are none.
            wish: Told of every clip that is wanted, once that is on the disk.
        """
        self._folder = folder
        self._manifests = manifests
        self._opened_at = opened_at
        self._zones = zones
        self.stills = stills
        self._roll = roll
        self._wish = wish

    def shoot(
        self, incident: Incident, frame: Frame, people: Sequence[Box], first: Photo | None
    ) -> list[Shot]:
        """Return stills of a picture, and of how it began, as drafts on the disk."""
        if not self.stills:
            return []
        shots: list[Shot] = []
        if first is not None and first.clear:
            began_at = frame.utc - timedelta(seconds=frame.mono_s - first.mono_s)
            decoded = cv2.imdecode(np.frombuffer(first.clear, np.uint8), cv2.IMREAD_COLOR)
            assert decoded is not None  # the album holds what was encoded here
            picture = decoded.astype(np.uint8, copy=False)
            marked = self._marked(incident, picture, first.people)
            shots.append(self._shot(first.clear, began_at, first=True, annotated=False))
            shots.append(self._shot(marked, began_at, first=True, annotated=True))
        now = frame.bgr()
        marked = self._marked(incident, now, people)
        shots.append(self._shot(encode_clear(now), frame.utc, first=False, annotated=False))
        shots.append(self._shot(marked, frame.utc, first=False, annotated=True))
        return shots

    def keep(self, told: Incident, shots: Sequence[Shot]) -> Kept:
        """Put drafts into the incident's folder; inside the transaction that writes it."""
        opened_at = self._opened_at(told.id) or told.opened_at
        items: list[Item] = []
        gaps: list[Gap] = []
        for shot in shots:
            if shot.first and told.action is not Step.OPENED:
                continue  # a camera that joins shows how it is, not how it began
            placed = self._place(told, shot, opened_at)
            if isinstance(placed, Item):
                items.append(placed)
            else:
                gaps.append(placed)
        return Kept(items, gaps, self._clip_of(told))

    def recorded(self, told: Incident) -> None:
        """Take note that an incident is on the disk: sign what shows it, wish for its clip."""
        self._manifests.write(told.id)
        clip = self._clip_of(told)
        if clip is not None:
            self._wish(clip)

    def discard(self, shots: Sequence[Shot]) -> None:
        """Remove drafts that are in their place, or that nobody needs."""
        for shot in shots:
            if shot.draft is not None:
                with contextlib.suppress(OSError):
                    shot.draft.path.unlink(missing_ok=True)

    def _clip_of(self, told: Incident) -> Clip | None:
        if self._roll is None or told.action is not Step.OPENED:
            return None
        return Clip(
            told.id,
            told.camera_id,
            told.opened_at,
            told.opened_at - timedelta(seconds=self._roll.pre_s),
            told.opened_at + timedelta(seconds=self._roll.post_s),
        )

    def _place(self, told: Incident, shot: Shot, opened_at: datetime) -> Item | Gap:
        name = shot.name(told)
        if shot.draft is None:
            return Gap(told.id, name, shot.detail)
        try:
            path = self._folder.place(shot.draft.path, told.id, opened_at, name)
        except OSError as error:
            return self._gap(told.id, name, error)
        return Item(
            told.id,
            name,
            Kind.STILL,
            told.camera_id,
            JPEG,
            shot.draft.bytes,
            shot.draft.sha256,
            path,
            shot.taken_at,
            shot.taken_at,
        )

    def _shot(self, jpeg: bytes, taken_at: datetime, *, first: bool, annotated: bool) -> Shot:
        try:
            return Shot(first, annotated, taken_at, self._folder.draft(jpeg))
        except OSError as error:
            detail = error.strerror or str(error)
            log.error("a still of evidence is not kept: %s", detail)  # noqa: TRY400
            return Shot(first, annotated, taken_at, None, detail)

    def _gap(self, incident_id: str, name: str, error: OSError) -> Gap:
        detail = error.strerror or str(error)
        log.error("incident=%s %s is not kept: %s", incident_id, name, detail)
        return Gap(incident_id, name, detail)

    def _marked(self, incident: Incident, picture: Picture, people: Sequence[Box]) -> bytes:
        marked = without_faces(picture, people)
        if incident.zone_id is not None and incident.zone_id in self._zones:
            draw_polygon(marked, self._zones[incident.zone_id])
        if incident.box is not None:
            draw_box(marked, incident.box, f"{incident.type} {incident.confidence:.2f}")
        return encode_clear(marked)


def encode_clear(picture: Picture) -> bytes:
    """Return a picture as a JPEG file of its own size."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, CLEAR_QUALITY]
    return cv2.imencode(".jpg", picture, quality)[1].tobytes()


def still_name(incident: Incident) -> str:
    """Return the name of a revision's still: an incident has several, none of one name."""
    if incident.action is Step.UPDATED or incident.reopened:
        return f"{incident.action}-{incident.revision}.jpg"
    if incident.action is Step.OPENED and incident.stage is Stage.WARNING:
        return "warned.jpg"
    return f"{incident.action}.jpg"
