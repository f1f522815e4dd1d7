"""What every camera is: frames in order, a few counters, and a word about motion."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

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


@dataclass(slots=True)
class Counters:
    """What happened on one connection.

    Attributes:
        waited_s: Time in which nothing had come yet: the rest went into decoding and what follows.
    """

    packets: int = 0
    keyframes: int = 0
    decoded: int = 0
    corrupt: int = 0
    waited_s: float = 0.0


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
