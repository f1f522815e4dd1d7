"""Number plates of the vehicles that incidents are about: a few looks at each, not one per picture.

A number plate is personal data: it goes into the incident and its message, and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from edge.domain.incident import Incident, Step
from edge.domain.rule import IncidentType
from edge.domain.scene import Presence
from edge.street.account import Account, Phase
from edge.street.keeper import Keeper
from models.plates import PlateReader
from streams.frame import Frame

LOOK_EVERY_S = 5.0
MOST_LOOKS = 6
"""Then only at an update: whoever could not be read for half a minute is rarely read later."""

AGREEING_LOOKS = 2
"""So many that read the same settle it: one look in twelve misreads a character."""


@dataclass(slots=True)
class _Votes:
    """What the looks at one vehicle have read."""

    looked_s: float
    looks: int = 0
    readings: dict[str, list[float]] = field(default_factory=dict, repr=False)
    """Scores by number."""

    @property
    def settled(self) -> bool:
        return any(len(scores) >= AGREEING_LOOKS for scores in self.readings.values())

    def best(self) -> str | None:
        """Return the number that the surest looks agree on, None if there is none."""
        return max(self.readings, key=lambda text: sum(self.readings[text]), default=None)


class PlateWatch:
    """Reads the plates of one camera's parked vehicles; used by one thread."""

    def __init__(self, reader: PlateReader, keeper: Keeper) -> None:
        """Watch the incidents of a keeper.

        Args:
            reader: Shared by all cameras of the process.
            keeper: Of the camera's street; learns the plates, so that later revisions carry them.
        """
        self._reader = reader
        self._keeper = keeper
        self._votes: dict[str, _Votes] = {}

    def complete(self, incidents: Sequence[Incident], frame: Frame) -> list[Incident]:
        """Return a picture's incidents with the plates that are known; look where one is wanted.

        A plate that is read later changes a fact of its incident, and the keeper tells it.
        """
        told = {one.id for one in incidents}
        completed: dict[str, Incident] = {}
        votes: dict[str, _Votes] = {}
        for accounts in self._keeper.accounts.values():
            for account in list(accounts.values()):
                incident = account.incident
                if incident is None or not _is_parked(account, incident):
                    continue
                if self._wanted(account, incident, frame.mono_s, told=incident.id in told):
                    self._look(account, incident, frame)
                if incident.id in self._votes:
                    votes[incident.id] = self._votes[incident.id]
                if incident.id in told and account.plate != incident.plate:
                    amended = _continued(accounts, account, replace(incident, plate=account.plate))
                    account.incident = completed[incident.id] = amended
        self._votes = votes
        return [completed.get(one.id, one) for one in incidents]

    def _wanted(self, account: Account, incident: Incident, mono_s: float, *, told: bool) -> bool:
        if account.finding.presence is not Presence.PRESENT:
            return False  # something is in front of it, which may have a plate of its own
        votes = self._votes.get(incident.id)
        if votes is None:
            return account.plate is None
        if votes.settled:
            return False
        if told and account.plate is None:
            return True
        return votes.looks < MOST_LOOKS and mono_s - votes.looked_s >= LOOK_EVERY_S

    def _look(self, account: Account, incident: Incident, frame: Frame) -> None:
        votes = self._votes.setdefault(incident.id, _Votes(frame.mono_s))
        votes.looks += 1
        votes.looked_s = frame.mono_s
        box_xyxy = np.array(account.finding.box, np.float32) * np.array(frame.size_wh * 2)
        plate = self._reader.read(frame.bgr(), box_xyxy.astype(np.float32))
        if plate is not None:
            votes.readings.setdefault(plate.text, []).append(plate.score)
            account.plate = votes.best()


def _is_parked(account: Account, incident: Incident) -> bool:
    return account.phase is Phase.OPEN and incident.type is IncidentType.MOTOR_PARKING


def _continued(accounts: dict[str, Account], account: Account, incident: Incident) -> Incident:
    """Return an incident as it is to be told: a vehicle that is back goes on with its old one.

    Whoever moves on by a place, or looks different in the evening, is known by the plate for as
    long as the rule holds what is cleared.
    """
    if incident.action is not Step.OPENED:
        return incident
    for key, held in accounts.items():
        before = held.incident
        if held is account or held.phase is not Phase.HELD or held.plate != incident.plate:
            continue
        if before is not None:
            del accounts[key]
            return replace(
                incident,
                id=before.id,
                revision=before.revision + 1,
                action=Step.UPDATED,
                first_seen_at=before.first_seen_at,
                opened_at=before.opened_at,
                reopened=before.reopened + 1,
            )
    return incident
