"""What the console may use of gates and residents."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from edge.domain.resident import Consent, Resident
from edge.store.directory import Directory
from edge.store.passages import Passages
from edge.store.probes import Probes

ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class PhotoJudgement:
    """What became of a photo.

    Attributes:
        verdict: ``accepted``, or why not; its words are ``photo.<verdict>``.
        face_px: Width of the face; None if none was found.
    """

    name: str
    verdict: str
    face_px: float | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentOutcome:
    """What became of somebody who was to be registered."""

    registered: bool
    summary: str
    photos: tuple[PhotoJudgement, ...]


class Enrolment(Protocol):
    """Judges photos and registers people, in another process."""

    def judge_photo(self, name: str, content: bytes) -> PhotoJudgement:
        """Return what would become of a photo."""
        ...

    def enrol(
        self,
        resident: Resident,
        consent: Consent,
        photos: Sequence[tuple[str, bytes]],
        *,
        actor: str,
    ) -> EnrolmentOutcome:
        """Register somebody from photos, as (name, file)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Stores and services of the pages Gate and Residents.

    Attributes:
        passages: This thread's own connection.
        probes: This thread's own connection.
        directory: Opens the residents' file for an actor of its audit rows.
        enrolment: Takes new people.
    """

    passages: Callable[[], Passages]
    probes: Callable[[], Probes]
    directory: Callable[[str], AbstractContextManager[Directory]]
    enrolment: Enrolment
