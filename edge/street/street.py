"""One camera's street: from pictures to incidents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import cv2
import numpy as np

from edge.domain.geometry import Box, overlap
from edge.domain.incident import Incident
from edge.domain.rule import Needs
from edge.domain.scene import Cloud, CloudReport, Scene, Subject, Thing
from edge.street.background import Background, View
from edge.street.blobs import Verdict, find_blobs
from edge.street.keeper import Keeper
from edge.street.looking import Look, Lookout
from edge.street.places import PlaceBook
from edge.street.strollers import known_to_move
from edge.street.tone import Picture
from edge.street.zone_rule import ZoneRule
from models.faces import Picture as Pixels
from streams.frame import Frame

SMALL_PX = 480
"""Longer side of the picture that smoke is looked for on; the background's is ``GRID_PX``."""

GRID_PX = 320
STATIC_EVERY_S, CALM_EVERY_S = 0.9, 3.9
JUDGE_EVERY_S = 2.0
LONGEST_MATURING_S = 30.0
DRIFTS_S = 20.0
PATIENT_S = 30.0
"""Of a dwell from which on a picture every two seconds tells enough."""

CONFIRMING = 0.2
"""Overlap of a network's smoke or flame with that of the classical evidence."""


class CloudWatch(Protocol):
    """Who looks for smoke and flame."""

    report: CloudReport
    """What is known after the last picture."""

    def wants(self, mono_s: float) -> bool:
        """Return whether a picture of this stream time would be looked at; asked of every one."""
        ...

    def observe(self, picture: Pixels, mono_s: float) -> None:
        """Look at a small ``(h, w, 3)`` BGR picture."""
        ...


@dataclass(frozen=True, slots=True)
class Noticed:
    """What came of one picture.

    Attributes:
        incidents: Opened, changed or ended by it, in order.
        scene: What it showed.
        people: Where a network saw people, on this picture or at its last look.
    """

    incidents: tuple[Incident, ...]
    scene: Scene
    people: tuple[Box, ...] = ()


class Street:
    """The street of one camera; used by one thread."""

    def __init__(
        self,
        rules: Sequence[ZoneRule],
        *,
        keeper: Keeper,
        lookout: Lookout | None,
        clouds: CloudWatch | None,
    ) -> None:
        """Put the parts together.

        Args:
            rules: Of all zones.
            keeper: Of the same rules.
            lookout: The network; None to go by static foreground and smoke evidence alone.
            clouds: Looks for smoke and flame; None where no rule is about them.
        """
        dwells = [one.terms.dwell_s for one in rules if one.rule.needs is Needs.PLACES]
        holds = [one.terms.hold_s for one in rules]
        shortest_s = min(dwells, default=60.0)
        self._mature_s = min(shortest_s / 2, LONGEST_MATURING_S)
        self._standing_matters = bool(dwells)
        self.keeper = keeper
        self._lookout = lookout
        self._clouds = clouds
        self.background = Background(survive_s=shortest_s)
        self.book = PlaceBook(remember_s=max(holds, default=0.0))
        self._seen_s = float("-inf")
        self._judged_s = float("-inf")
        self._named: tuple[Thing, ...] = ()
        self._named_before: tuple[Thing, ...] = ()
        self._drifted: list[tuple[float, Thing]] = []
        self._hastened = False
        self.view: View | None = None
        """The last picture in the light of the background; None where nothing that stands matters,
        and before the first."""
        self.hasty = any(
            one.rule.needs is Needs.CLOUDS or one.terms.dwell_s < PATIENT_S for one in rules
        )
        """Whether it is worth having every picture of what moves."""
        self.awake = False
        """Whether it is worth having every picture, beyond what moves."""

    @property
    def has_network(self) -> bool:
        """Return whether a network looks at it."""
        return self._lookout is not None

    def hasten(self) -> None:
        """Have the next picture looked at in every way, however lately one was."""
        self._hastened = True

    def observe(self, frame: Frame, *, mono_s: float, utc: datetime, moving: bool) -> Noticed:
        """Look at a picture.

        Args:
            frame: The picture.
            mono_s: Stream time.
            utc: Wall time.
            moving: Whether anything moves on it.
        """
        look = self._look(frame, mono_s, moving=moving)
        if look is not None:
            before = (*self._named, *self._named_before)
            look = replace(look, things=known_to_move(look.things, before))
            self._named_before, self._named = self._named, look.things
        standing = self._standing_matters and (
            look is not None or self._static_due(mono_s, moving=moving)
        )
        watch = self._clouds if self._clouds is not None and self._clouds.wants(mono_s) else None
        small = frame.bgr(SMALL_PX) if standing or watch is not None else None
        if small is not None and watch is not None:
            watch.observe(small, mono_s)
        clouds = self._known_clouds(look)
        if small is not None and standing:
            self._stand(small, mono_s, look, clouds.clouds)
        self.awake = clouds.suspicious or bool(clouds.clouds)
        width, height = frame.size_wh
        scene = Scene(
            mono_s=mono_s,
            utc=utc,
            aspect=width / height,
            places=self.book.places(),
            things=look.things if look else (),
            looked=look is not None,
            clouds=clouds.clouds,
            watching_clouds=clouds.watching,
        )
        incidents = self.keeper.observe(scene)
        self._hastened = False
        people = tuple(one.box for one in self._named if one.subject is Subject.PERSON)
        return Noticed(tuple(incidents), scene, people)

    def _static_due(self, mono_s: float, *, moving: bool) -> bool:
        """Return whether to compare a picture with the background: seldom while nothing happens."""
        calm = not moving and not self.book.standing and not self.background.differing
        due = mono_s - self._seen_s >= (CALM_EVERY_S if calm else STATIC_EVERY_S)
        return due or self._hastened

    def _look(self, frame: Frame, mono_s: float, *, moving: bool) -> Look | None:
        if self._lookout is None:
            return None
        pending = self.keeper.pending() or any(not one.named for one in self.book.standing)
        due = self._lookout.due(mono_s, moving=moving, pending=pending)
        if not due and not self._hastened:
            return None
        return self._lookout.look(frame, mono_s, doubtful=self.book.doubts())

    def _stand(
        self, small: Pixels, mono_s: float, look: Look | None, clouds: Sequence[Cloud]
    ) -> None:
        """Bring the places up to date with a picture."""
        view = self.view = self.background.observe(_grid_picture(small), mono_s)
        self._seen_s = mono_s
        drifting = self._drifting_at(mono_s, clouds)
        self.book.compare(view, (*(look.things if look else ()), *drifting))
        if look is not None:
            self.book.detect(view, look.things, look.parts)
        if view.usable and mono_s - self._judged_s >= JUDGE_EVERY_S - 0.05:
            self._judged_s = mono_s
            self._judge(view, drifting)
        self.background.held = self.book.held(view.is_background.shape)

    def _drifting_at(self, mono_s: float, clouds: Sequence[Cloud]) -> tuple[Thing, ...]:
        """Return smoke and flame, and what they were a moment ago: it comes and goes."""
        for one in clouds:
            if one.alarm or one.confirmed:
                self._drifted.append((mono_s, Thing(one.subject, "", one.box, one.score)))
        self._drifted = [past for past in self._drifted if mono_s - past[0] < DRIFTS_S]
        now = [Thing(one.subject, "", one.box, one.score) for one in clouds]
        return (*now, *(thing for _, thing in self._drifted))

    def _judge(self, view: View, drifting: tuple[Thing, ...]) -> None:
        blobs = find_blobs(
            self.background,
            view,
            mature_s=self._mature_s,
            lenient=self._lookout is not None,
        )
        things = []
        for blob in blobs:
            if blob.verdict in {Verdict.GHOST, Verdict.LIGHT}:
                self.background.adopt(blob.mask)
            else:
                things.append(blob)
        self.book.patches(view, things, self.background.slow_u8, (*self._named, *drifting))

    def _known_clouds(self, look: Look | None) -> CloudReport:
        if self._clouds is None:
            return CloudReport()
        named = [
            thing
            for thing in (look.things if look else ())
            if thing.subject in {Subject.SMOKE, Subject.FLAME}
        ]
        return confirmed(self._clouds.report, named)


def confirmed(report: CloudReport, named: Sequence[Thing]) -> CloudReport:
    """Return a report with a network's word added: it confirms, and it finds on its own."""
    if not named:
        return report
    clouds = list(report.clouds)
    for thing in named:
        for number, cloud in enumerate(clouds):
            if cloud.subject is thing.subject and overlap(cloud.box, thing.box) >= CONFIRMING:
                clouds[number] = Cloud(
                    cloud.subject,
                    cloud.box,
                    cloud.age_s,
                    max(cloud.score, thing.score),
                    cloud.alarm,
                    (*cloud.cues, ("detector", round(thing.score, 3))),
                    cloud.missing,
                    confirmed=True,
                )
                break
        else:
            clouds.append(
                Cloud(
                    thing.subject,
                    thing.box,
                    0.0,
                    thing.score,
                    alarm=False,
                    cues=(("detector", round(thing.score, 3)),),
                    missing=("motion",),
                    confirmed=True,
                )
            )
    return CloudReport(tuple(clouds), watching=True, suspicious=True)


def _grid_picture(small: Pixels) -> Picture:
    """Return Y, Cr, Cb at the background's size."""
    height, width = small.shape[:2]
    scale = min(GRID_PX / max(height, width), 1.0)
    size_wh = (round(width * scale), round(height * scale))
    grid = cv2.resize(small, size_wh, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(grid, cv2.COLOR_BGR2YCrCb), np.uint8)
