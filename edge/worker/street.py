"""The street's pipeline: pictures to the street, incidents and its memory to their recorder."""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from edge.clock import BootMoment
from edge.domain.geometry import Box
from edge.domain.incident import Incident
from edge.domain.second_look import Unseen
from edge.errors import StoreError
from edge.street.memory import pack, unpack
from edge.street.street import Noticed, Street
from edge.worker.plates import PlateWatch
from edge.worker.recording import Recorder
from edge.worker.second_looks import SecondLooks
from streams.frame import Frame
from streams.pace import Pace

log = logging.getLogger(__name__)

REMEMBER_EVERY_S = 60.0
"""A crash costs at most so much of what was seen; incidents themselves are written at once. More
often would wear out the disk: it is a small picture each time, 30 GB a day of sixty cameras."""

MEMORY_WITHIN_S = 20.0
"""So long a street is not judged while the journal cannot be read; a file is mended in seconds."""


class StreetRecorder(Recorder, Protocol):
    """A recorder that also takes pictures before there is an incident."""

    def note(self, frame: Frame, people: Sequence[Box]) -> None:
        """Take a picture that a later incident may want to show.

        Args:
            frame: The picture.
            people: Boxes whose heads must not be shown.
        """
        ...


def sees_well() -> Unseen | None:
    """Return that nothing is known to be wrong with a camera."""
    return None


class StreetPipeline:
    """Lets a street judge a camera's pictures."""

    def __init__(
        self,
        camera_id: str,
        street: Street,
        *,
        pace: Pace,
        recorder: StreetRecorder,
        plates: PlateWatch | None = None,
        second_looks: SecondLooks | None = None,
        blind: Callable[[], Unseen | None] = sees_well,
        boot: Callable[[], BootMoment] = BootMoment,
    ) -> None:
        """Put street and recorder together.

        Args:
            camera_id: As in the configuration.
            street: Judges the frames.
            pace: Says which frames are due.
            recorder: Takes incidents, and the street's knowledge over a restart.
            plates: Of the street's keeper; None where no plate is to be read.
            second_looks: What is asked about its places; None where nobody asks.
            blind: What is wrong with the camera at this moment, as far as somebody watches that.
            boot: This moment by a clock that nobody sets, where there is one.
        """
        self._camera_id = camera_id
        self._street = street
        self.pace = pace
        self._recorder = recorder
        self._plates = plates
        self._second_looks = second_looks
        self._blind = blind
        self._boot = boot
        self._begun = False
        self._waits_since_s: float | None = None
        self._remembered_s = float("-inf")

    @property
    def awake(self) -> bool:
        """Return whether smoke is suspected, or somebody asks about a place."""
        return self._street.awake or self._asked

    @property
    def hasty(self) -> bool:
        """Return whether a rule is about seconds, or about smoke."""
        return self._street.hasty

    @property
    def urgent(self) -> bool:
        """Return False: its rules ask for minutes."""
        return False

    def begin(self, frame: Frame) -> None:
        """Go on with what was known before the process ended."""
        if self._begun:
            return
        try:
            content = self._recorder.recall()
            self._begun = True
        except StoreError as error:
            self._begin_later(frame, error)
            return
        self._remembered_s = frame.mono_s
        try:
            if content is not None:
                unpack(content, self._street, mono_s=frame.mono_s, utc=frame.utc, boot=self._boot())
        except ValueError as error:
            log.warning("camera=%s begins without memory of its street: %s", self._camera_id, error)
        try:
            unwatched = self._recorder.unwatched(self._street.keeper.open_ids(), frame.utc)
        except StoreError as error:
            log.warning("camera=%s what is open stays so: %s", self._camera_id, error)
            return
        if unwatched:  # without a picture: nobody has looked yet where people are
            self._record(unwatched, frame, None)

    def take(self, frame: Frame, *, moving: bool) -> None:
        """Look at a picture and record what came of it."""
        self.begin(frame)
        if not self._begun:
            return
        asked = self._second_looks is not None and self._second_looks.due(frame.mono_s)
        if asked:
            self._street.hasten()
        noticed = self._street.observe(frame, mono_s=frame.mono_s, utc=frame.utc, moving=moving)
        if moving:
            self._recorder.note(frame, noticed.people)
        incidents: Sequence[Incident] = noticed.incidents
        if self._plates is not None:
            incidents = self._plates.complete(incidents, frame)
        due = frame.mono_s - self._remembered_s >= REMEMBER_EVERY_S
        if incidents or due:
            self._record(incidents, frame, noticed)
        if asked and self._second_looks is not None:
            self._second_looks.take(
                frame,
                street=self._street,
                scene=noticed.scene,
                people=noticed.people,
                blind=self._blind(),
            )

    @property
    def _asked(self) -> bool:
        return self._second_looks is not None and self._second_looks.waiting

    def _begin_later(self, frame: Frame, error: StoreError) -> None:
        """Wait for a journal that cannot be read: without it things would be told once more."""
        if self._waits_since_s is None:
            self._waits_since_s = frame.mono_s
            log.error("camera=%s waits for its street's memory: %s", self._camera_id, error)
        if frame.mono_s - self._waits_since_s >= MEMORY_WITHIN_S:
            self._begun = True
            self._remembered_s = frame.mono_s
            log.error("camera=%s begins without memory of its street", self._camera_id)

    def end(self, frame: Frame) -> None:
        """Keep what is known: what stands will still stand when the camera is back."""
        if not self._begun:
            return  # and what was known before stays known
        self._record((), frame, None)

    def offline(self, detail: str) -> None:
        """Need nothing: without pictures nothing is judged."""

    def retry(self) -> None:
        """Record what could not be recorded before."""
        self._recorder.retry()

    def _record(self, incidents: Sequence[Incident], frame: Frame, noticed: Noticed | None) -> None:
        self._remembered_s = frame.mono_s
        self._recorder.record(
            incidents,
            frame if noticed else None,
            noticed.people if noticed else (),
            memory=pack(self._street, mono_s=frame.mono_s, utc=frame.utc, boot=self._boot()),
        )
