"""Live pictures: what somebody looks at, and what a camera shows of itself."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Size(StrEnum):
    """How large a picture is wanted."""

    WALL = "wall"
    """One of many."""

    FULL = "full"
    """The only one that is looked at."""


@dataclass(frozen=True, slots=True)
class View:
    """One camera in one size."""

    camera_id: str
    size: Size


@dataclass(frozen=True, slots=True)
class LivePicture:
    """What a camera showed.

    Attributes:
        at: When the picture was taken, aware.
        jpeg: The file; with faces.
    """

    view: View
    at: datetime
    jpeg: bytes = field(repr=False)
