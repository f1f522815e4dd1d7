"""The gate's pipeline: which pictures are worth a look, and passages to their recorder."""

from typing import Protocol

from edge.gate.gate import Gate, Sighting
from streams.frame import Frame
from streams.pace import Pace

LOOK_EVERY_S = 2.0
"""A picture without motion is looked at this often: somebody may stand still from the start."""


class Recorder(Protocol):
    """Where passages go."""

    def record(self, sighting: Sighting, frame: Frame | None) -> None:
        """Record one passage; ``frame`` shows the person if one is at hand."""
        ...

    def retry(self) -> None:
        """Record what could not be recorded before."""
        ...


class GatePipeline:
    """Lets a gate judge a camera's pictures."""

    def __init__(self, gate: Gate, *, pace: Pace, recorder: Recorder) -> None:
        """Put gate and recorder together.

        Args:
            gate: Judges the frames.
            pace: Says which frames are due.
            recorder: Takes passages.
        """
        self._gate = gate
        self.pace = pace
        self._recorder = recorder
        self._looked_s = float("-inf")

    @property
    def awake(self) -> bool:
        """Return whether somebody is at the gate."""
        return self._gate.occupied

    @property
    def hasty(self) -> bool:
        """Return True: who passes is in the picture for seconds."""
        return True

    @property
    def urgent(self) -> bool:
        """Return True: who passes must not wait."""
        return True

    def begin(self, frame: Frame) -> None:
        """Need nothing: whoever was there before the connection broke has been judged."""

    def take(self, frame: Frame, *, moving: bool) -> None:
        """Look at a picture, or note that there is nothing to look at."""
        overdue = frame.mono_s - self._looked_s >= LOOK_EVERY_S
        if moving or overdue or self._gate.occupied:
            self._looked_s = frame.mono_s
            sightings = self._gate.observe(frame, mono_s=frame.mono_s, utc=frame.utc)
        else:
            sightings = self._gate.idle(mono_s=frame.mono_s, utc=frame.utc)
        self._record(sightings, frame)

    def end(self, frame: Frame) -> None:
        """Judge whoever is still there."""
        self._record(self._gate.end(mono_s=frame.mono_s, utc=frame.utc), None)

    def offline(self, detail: str) -> None:
        """Need nothing: without pictures nothing is judged."""

    def retry(self) -> None:
        """Record what could not be recorded before."""
        self._recorder.retry()

    def _record(self, sightings: list[Sighting], frame: Frame | None) -> None:
        for sighting in sightings:
            self._recorder.record(sighting, frame)
