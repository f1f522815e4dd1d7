"""What every camera is: frames in order, a few counters, and a word about motion."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from streams.faults import Fault
from streams.frame import Frame


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What the camera sends.

    Attributes:
        codec: ``h264``, ``hevc`` ...
        size_wh: Pixels.
        nominal_fps: As the camera says; 0 if it does not.
    """

    codec: str
    size_wh: tuple[int, int]
    nominal_fps: float


def _nobody() -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Counters:
    """What happened on one connection.

    Attributes:
        waited_s: Time in which nothing had come yet: the rest went into decoding and what follows.
        faults: How often the camera did what, of what does not break the connection off.
        overdue: Called now and then while packets come and make no picture.
    """

    packets: int = 0
    keyframes: int = 0
    decoded: int = 0
    corrupt: int = 0
    waited_s: float = 0.0
    faults: dict[Fault, int] = field(default_factory=dict)
    overdue: Callable[[], None] = field(default=_nobody, repr=False, compare=False)

    def note(self, fault: Fault) -> None:
        """Count a fault."""
        self.faults[fault] = self.faults.get(fault, 0) + 1


class Stream(Protocol):
    """One opened camera, used by one thread."""

    info: StreamInfo
    counters: Counters

    def frames(self) -> Iterator[Frame]:
        """Yield frames until a recording ends.

        Raises:
            StreamError: The stream stalled or broke off.
        """
        ...

    def note_motion(self, active: bool, mono_s: float) -> None:
        """Say whether something moves: an adaptive stream decodes accordingly."""
        ...

    def ease(self, thrifty: bool) -> None:
        """Say whether the machine can afford keyframes only."""
        ...

    def close(self) -> None:
        """Release the stream."""
        ...
