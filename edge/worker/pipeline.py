"""What a camera's thread hands its pictures and its vital signs to."""

from typing import Protocol

from edge.domain.camera import CameraReport
from streams.frame import Frame
from streams.pace import Pace


class Pipeline(Protocol):
    """What is made of a camera's pictures, and where it goes."""

    @property
    def pace(self) -> Pace:
        """Which pictures are due."""
        ...

    @property
    def awake(self) -> bool:
        """Whether every picture is wanted although nothing may move."""
        ...

    @property
    def hasty(self) -> bool:
        """Whether every picture is wanted for as long as something moves."""
        ...

    @property
    def urgent(self) -> bool:
        """Whether somebody may stand there and wait: it is looked at less than before last."""
        ...

    def begin(self, frame: Frame) -> None:
        """Take note of the first picture of a connection."""
        ...

    def take(self, frame: Frame, *, moving: bool) -> None:
        """Look at a picture that is due."""
        ...

    def end(self, frame: Frame) -> None:
        """Come to an end with the last picture that was seen."""
        ...

    def offline(self, detail: str) -> None:
        """Take note that the camera is not there; told at every attempt."""
        ...

    def retry(self) -> None:
        """Record what could not be recorded before."""
        ...


class Viewer(Protocol):
    """Who may look at a camera as it is now."""

    def show(self, frame: Frame) -> bool:
        """Take a picture; return whether somebody looks so closely that every one is wanted."""
        ...


class Reporter(Protocol):
    """Where vital signs go."""

    def report(self, report: CameraReport) -> None:
        """Take note of a camera's vital signs."""
        ...
