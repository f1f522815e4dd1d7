"""Dry runs: what a camera would have told with another configuration, before that is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from edge.domain.geometry import Box


class Source(StrEnum):
    """What a dry run looks at."""

    LAST_HOUR = "last_hour"
    """What the camera showed, a picture every few seconds."""
    RECORDING = "recording"
    """A file of the folder that the configuration names."""
    UPLOAD = "upload"
    """The clip that was handed in last."""


class RunState(StrEnum):
    """How far a dry run is."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    """It took or found more than it may; what it found until then is there."""
    FAILED = "failed"


class DryRunBusyError(Exception):
    """Another one is running; wait for it or cancel it. Its text says so to a person."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be tried.

    Attributes:
        camera_id: Whose pictures; an id that is not there yet is a camera that is to be added.
        keys: What is to be changed of its configuration, as in a ``Change``; none to try it as
            it is saved.
        source: What it looks at.
        name: Of the recording.
        begins_at: Wall time of the first picture, which schedules go by; None for now. The last
            hour knows its own.
    """

    camera_id: str
    keys: Mapping[str, Any]
    source: Source
    name: str = ""
    begins_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Find:
    """One incident that there would have been.

    Attributes:
        number: From 1; its still goes by it.
        type: Of the rule.
        box: Where, shares of the picture.
        opened_at: When it would have been told.
        cleared_at: When it would have been found gone; None if it was not.
        dwell_s: How long it was there until the last word on it.
        still: Whether there is a picture of it.
    """

    number: int
    type: str
    zone_id: str | None
    box: Box | None
    stage: str
    severity: str
    label: str
    confidence: float
    first_seen_at: datetime
    opened_at: datetime
    cleared_at: datetime | None
    dwell_s: float
    still: bool = False


@dataclass(frozen=True, slots=True)
class DryRun:
    """A dry run as it is now.

    Attributes:
        detail: Why it failed or was stopped.
        share: How much of its pictures it has looked at, in [0, 1].
        at: Wall time of the picture that it is at; None before the first.
        finds: In the order they would have been told.
    """

    number: int
    camera_id: str
    state: RunState
    detail: str
    share: float
    at: datetime | None
    finds: tuple[Find, ...]


class DryRuns(Protocol):
    """Tries configurations, one at a time; neither the journal nor the platform hears of it."""

    def begin(self, wish: Wish) -> DryRun:
        """Begin one.

        Raises:
            DryRunBusyError: One is running.
            ConfigurationInvalidError: What is to be tried cannot be accepted.
            ConfigError: There is nothing to look at, or no rule to try.
        """
        ...

    def look(self, number: int) -> DryRun | None:
        """Return one of the last ones; None if it is not kept."""
        ...

    def still(self, number: int, find: int) -> bytes | None:
        """Return the JPEG of a find, on which nobody can be known; None if there is none."""
        ...

    def cancel(self, number: int) -> DryRun | None:
        """End one that is running; None if it is not kept."""
        ...

    def recordings(self) -> Sequence[str]:
        """Return the names of the recordings that may be looked at."""
        ...

    def hand_in(self, clip: BinaryIO) -> None:
        """Keep a clip for the next dry runs, instead of the one before; raises ConfigError."""
        ...

    def close(self) -> None:
        """End what is running."""
        ...
