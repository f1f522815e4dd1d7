"""Questions about places that a camera is asked: the next pictures answer them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edge.clock import Clock
from edge.domain.geometry import Box, Polygon
from edge.domain.scene import Scene
from edge.domain.second_look import SecondLook, Sight, Spot, Unseen
from edge.stills import draw_box, draw_polygon, encode_still, without_faces
from edge.street.second_look import Judged, judged
from edge.street.street import Street
from streams.frame import Frame

STILL_PX = 960
APART_S = 1.0
"""Two looks must agree, so far apart in stream time: who passes by is elsewhere by then. More often
nobody looks, as the gates of the same processors have more to lose."""

ROUNDING_S = 0.05

CLEAR = frozenset({Sight.PRESENT, Sight.GONE})
"""What settles a question; of anything else a later picture may know more."""

MOST_WAITING = 8

Answer = Callable[[SecondLook], None]


@dataclass(slots=True, eq=False)
class _Question:
    """A question, and what has been seen so far.

    Attributes:
        until_s: When it is answered at the latest, on the clock.
        since_s: Stream time at which what was seen last was seen first.
    """

    spot: Spot
    until_s: float
    answer: Answer
    looks: int = 0
    seen: Judged | None = None
    since_s: float = 0.0


class SecondLooks:
    """Second looks of one camera; asked by any thread, answered on the camera's."""

    def __init__(self, *, clock: Clock, zones: Mapping[str, Polygon], stills: bool) -> None:
        """Begin without a question.

        Args:
            clock: For how long a question may take.
            zones: Polygons by zone, drawn into stills.
            stills: Whether pictures of the street may leave the box.
        """
        self._clock = clock
        self._zones = zones
        self._stills = stills
        self._lock = threading.Lock()
        self._asked: list[_Question] = []
        self._looked_s = float("-inf")

    def ask(self, spot: Spot, within_s: float, answer: Answer) -> None:
        """Take a question; returns at once.

        Args:
            spot: The place.
            within_s: The first picture after that answers it, whatever is known.
            answer: Called on any thread, once.
        """
        question = _Question(spot, self._clock.mono_s() + within_s, answer)
        with self._lock:
            busy = len(self._asked) >= MOST_WAITING
            if not busy:
                self._asked.append(question)
        if busy:
            answer(SecondLook(Sight.UNSEEN, Unseen.BUSY))

    @property
    def waiting(self) -> bool:
        """Return whether anybody waits for a look."""
        return bool(self._asked)

    def due(self, mono_s: float) -> bool:
        """Return whether a picture is to be looked at for those who wait."""
        return self.waiting and mono_s - self._looked_s >= APART_S - ROUNDING_S

    def take(
        self,
        frame: Frame,
        *,
        street: Street,
        scene: Scene,
        people: Sequence[Box],
        blind: Unseen | None,
    ) -> None:
        """Let a picture answer what is asked; it has been looked at in every way.

        Args:
            frame: The picture.
            street: Has seen it.
            scene: What it saw.
            people: Boxes whose heads must not be shown.
            blind: What is wrong with the camera at this moment; None if nothing is.
        """
        self._looked_s = frame.mono_s
        for question in list(self._asked):
            if blind is None:
                seen = judged(question.spot, street, scene)
            else:
                seen = Judged(Sight.UNSEEN, blind)
            if not self._settles(question, seen, frame.mono_s):
                continue
            with self._lock:
                self._asked.remove(question)
            jpeg = self._still(question.spot, seen, frame, people) if self._stills else None
            question.answer(
                SecondLook(
                    seen.sight,
                    seen.reason,
                    frame.utc,
                    question.looks,
                    seen.evidence,
                    jpeg,
                    heads_known=street.has_network,
                )
            )

    def _settles(self, question: _Question, seen: Judged, mono_s: float) -> bool:
        """Return whether a question is answered: two looks agree, or its time is over."""
        question.looks += 1
        before, question.seen = question.seen, seen
        if before is None or before.sight is not seen.sight:
            question.since_s = mono_s
        agreed = mono_s - question.since_s >= APART_S - ROUNDING_S
        return (seen.sight in CLEAR and agreed) or self._clock.mono_s() >= question.until_s

    def _still(self, spot: Spot, seen: Judged, frame: Frame, people: Sequence[Box]) -> bytes:
        picture = without_faces(frame.bgr(STILL_PX), people)
        if spot.zone_id is not None and spot.zone_id in self._zones:
            draw_polygon(picture, self._zones[spot.zone_id])
        label = f"{spot.type} {seen.sight}" if spot.type else str(seen.sight)
        draw_box(picture, seen.box or spot.box, label)
        return encode_still(picture)
