"""The configuration as the console changes it: what is asked for, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from edge.domain.suggestion import Term


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        line: Of the file as it would be written, from 1; 0 for what is not in it.
        key: As ``cameras[0].zones[1].polygon``.
        sentence: What is wrong and what is allowed.
    """

    line: int
    key: str
    sentence: str


class ConfigurationChangedError(Exception):
    """The file has changed since it was looked at; look again. Its text says so to a person."""


class ConfigurationInvalidError(Exception):
    """It cannot be accepted; the file is as it was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{one.key}: {one.sentence}" for one in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of one camera.

    Attributes:
        camera_id: An id that is not there yet adds a camera.
        keys: Its keys to set, as plain JSON in the words of the file; None as a value takes a key
            out. ``zones`` is always the whole list, each zone with all its ``rules``; within it
            what is told by the same zone id and rule type keeps its comments. None instead of
            all keys removes the camera.
    """

    camera_id: str
    keys: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ConfigurationNow:
    """The file as it is.

    Attributes:
        version: To be given back with a change.
        cameras: Its ``cameras:`` as they are written, as plain JSON. A zone is told by its ``id``
            within the camera, a rule by its ``type`` within the zone: there is one of each.
            Secrets are ``***``, of an address what logs in; sent back so, they stay as written.
        refused: Why the last change was taken back after it was saved; empty if it was not.
    """

    version: str
    cameras: tuple[Mapping[str, Any], ...]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of changes.

    Attributes:
        problems: Empty if they can be saved.
        diff: Lines that change, as a unified diff without secrets; empty if nothing changes.
    """

    problems: tuple[Problem, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written."""

    version: str


@dataclass(frozen=True, slots=True)
class Version:
    """One accepted state of the file.

    Attributes:
        id: Counts up.
        by: Who saved it; ``file`` if it was edited on the box.
        version: As in ``ConfigurationNow``.
    """

    id: int
    saved_at: datetime
    by: str
    remark: str
    version: str


class Configuration(Protocol):
    """The configuration file, its history, and the service that follows it.

    All methods raise ConfigError where the file cannot be read or is wrong already.
    """

    def now(self) -> ConfigurationNow:
        """Return the file as it is."""
        ...

    def check(self, changes: Sequence[Change]) -> Checked:
        """Return what would become of changes; nothing is written."""
        ...

    def save(self, changes: Sequence[Change], *, version: str, by: str, remark: str = "") -> Saved:
        """Write changes and have the service follow them.

        Args:
            changes: In order, together or not at all.
            version: What they were made from.
            by: Who wants it.
            remark: What for.

        Raises:
            ConfigurationChangedError: The file is no longer at that version.
            ConfigurationInvalidError: They cannot be accepted.
            StoreError: It cannot be written.
        """
        ...

    def history(self) -> tuple[Version, ...]:
        """Return the accepted states, the latest first."""
        ...

    def difference(self, version_id: int) -> str | None:
        """Return what a state changed of the one before, as a unified diff; None if unknown."""
        ...

    def roll_back(self, version_id: int, *, version: str, by: str, remark: str = "") -> Saved:
        """Make an earlier state the present one; raises as ``save``, KeyError if unknown."""
        ...

    def set_term(
        self, camera_id: str, zone_id: str, rule_type: str, *, term: Term, value: float, by: str
    ) -> Saved:
        """Set one term of one rule in the file as it is now; raises as ``save``.

        Raises:
            KeyError: There is no such camera, zone or rule.
        """
        ...
