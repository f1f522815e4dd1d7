"""``recheck``: look again at a place, and answer with a picture and what it shows."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from edge.commands.clip_source import PLATES_STAY
from edge.commands.command import Answer, Attachment, Command, CommandRefusedError
from edge.commands.handler import Tell, read_body
from edge.domain.camera import CameraState
from edge.domain.geometry import Box
from edge.domain.rule import IncidentType, Needs
from edge.domain.second_look import SecondLook, Sight, Spot, Unseen
from edge.rules import RULES
from edge.store.kept import JPEG
from edge.store.spots import KnownSpot
from edge.street.places import STANDS
from edge.wire.text import encode, rounded, timestamp

NAME = "recheck"
STILL = "still.jpg"
LOOKS_S = 20.0
"""A camera has so long to be sure; what hides a place for a moment has passed by then."""

WAITS_S = LOOKS_S + 4.0
"""Of which a picture may take so much longer: with it a camera answers, whatever it knows."""

Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class Body(BaseModel):
    """What is to be looked at: an incident's place, or any other one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    incident: Name | None = None
    camera: Name | None = None
    box: tuple[Share, Share, Share, Share] | None = None
    zone: Name | None = None
    type: IncidentType | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        place = (self.camera, self.box, self.zone, self.type)
        if self.incident is not None and any(part is not None for part in place):
            raise ValueError("name an incident, or camera and box, not both")
        if self.incident is None and (self.camera is None or self.box is None):
            raise ValueError("name an incident, or camera and box")
        if self.box is not None and (self.box[0] >= self.box[2] or self.box[1] >= self.box[3]):
            raise ValueError("box: give left, top, right, bottom as shares of the picture")
        if self.type is not None and self.type not in RULES:
            raise ValueError("type: is about the camera itself and not about a place")
        return self


_BODY = TypeAdapter(Body)


class Places(Protocol):
    """Where incidents are."""

    def of(self, incident_id: str) -> Sequence[KnownSpot]:
        """Return where each camera has an incident, the best first; nothing if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Eyes:
    """What the box can look with.

    Attributes:
        zones: Names of each camera's zones.
        state: What a camera was doing last; None if that is not known.
        look: Has a camera look at a spot; None if it has not answered in time.
        redact: Covers faces, and plates if that is said, on a picture; None if that cannot be done.
    """

    zones: Callable[[], Mapping[str, frozenset[str]]]
    state: Callable[[str], CameraState | None]
    look: Callable[[Spot], SecondLook | None]
    redact: Callable[[bytes, bool], bytes | None]


class Recheck:
    """Has places looked at again; see ``Handler``."""

    def __init__(self, places: Callable[[], Places], eyes: Eyes) -> None:
        """Prepare.

        Args:
            places: Of the calling thread.
            eyes: What the box can look with.
        """
        self._places = places
        self._eyes = eyes

    def handle(self, command: Command, tell: Tell) -> Answer:
        """Look again; raises CommandRefusedError."""
        del tell  # it is over in seconds
        body = read_body(_BODY, command)
        spots = self._of_incident(body.incident) if body.incident else [self._asked_for(body)]
        for spot in spots:
            seen = self._look(spot)
            if seen.sight is not Sight.UNSEEN:
                break
        return _answer(body, spot, self._as_may_be_seen(spot, seen))

    def _of_incident(self, incident_id: str) -> list[Spot]:
        known = self._places().of(incident_id)
        if not known:
            raise CommandRefusedError("unknown_incident", "there is no such incident on this box")
        spots = [_spot(one, one.box) for one in known if one.box is not None]
        if not spots:
            raise CommandRefusedError(
                "no_place", "it is about the camera itself; health says how the camera is"
            )
        return spots

    def _asked_for(self, body: Body) -> Spot:
        zones = self._eyes.zones()
        camera, box = str(body.camera), body.box
        if camera not in zones:
            raise CommandRefusedError("unknown_camera", "there is no such camera on this box")
        if body.zone is not None and body.zone not in zones[camera]:
            raise CommandRefusedError("unknown_zone", "there is no such zone of this camera")
        assert box is not None
        rule = RULES[body.type] if body.type is not None else None
        return Spot(
            camera,
            box,
            body.zone,
            body.type,
            rule.needs if rule else Needs.PLACES,
            rule.subjects if rule else STANDS,
        )

    def _look(self, spot: Spot) -> SecondLook:
        if spot.camera_id not in self._eyes.zones():
            return SecondLook(Sight.UNSEEN, Unseen.UNWATCHED)
        if self._is_offline(spot.camera_id):
            return SecondLook(Sight.UNSEEN, Unseen.OFFLINE)
        seen = self._eyes.look(spot)
        if seen is not None:
            return seen
        lost = self._is_offline(spot.camera_id)
        return SecondLook(Sight.UNSEEN, Unseen.OFFLINE if lost else Unseen.NO_PICTURE)

    def _as_may_be_seen(self, spot: Spot, seen: SecondLook) -> SecondLook:
        """Return a look whose picture shows no face: without, where nobody could cover them."""
        if seen.jpeg is None or seen.heads_known:
            return seen
        return replace(seen, jpeg=self._eyes.redact(seen.jpeg, spot.type not in PLATES_STAY))

    def _is_offline(self, camera_id: str) -> bool:
        return self._eyes.state(camera_id) in {CameraState.OFFLINE, CameraState.ENDED}


def _spot(known: KnownSpot, box: Box) -> Spot:
    rule = RULES[known.type]
    return Spot(
        known.camera_id, box, known.zone_id, known.type, rule.needs, rule.subjects, known.own_ids
    )


def _answer(body: Body, spot: Spot, seen: SecondLook) -> Answer:
    still: dict[str, Any] | None = None
    if seen.jpeg is not None:
        digest = hashlib.sha256(seen.jpeg).hexdigest()
        still = {"name": STILL, "media_type": JPEG, "bytes": len(seen.jpeg), "sha256": digest}
    content = {
        "incident": body.incident,
        "camera": spot.camera_id,
        "zone": spot.zone_id,
        "type": spot.type,
        "box": [rounded(edge) for edge in spot.box],
        "verdict": seen.sight,
        "reason": seen.reason,
        "looked_at": timestamp(seen.at) if seen.at else None,
        "looks": seen.looks,
        "evidence": list(seen.evidence),
        "still": still,
    }
    attachments = (Attachment(STILL, JPEG, seen.jpeg),) if seen.jpeg is not None else ()
    return Answer(encode(content), attachments)
