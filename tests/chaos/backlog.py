"""What a box has written down while nobody could be reached: messages of many lanes with stills."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.clock import ClockState, SystemClock
from edge.codes.table import load_table
from edge.domain.camera import Duty, Post
from edge.domain.incident import Incident
from edge.domain.lane import Lane, lane_of
from edge.domain.passage import Decision
from edge.domain.rule import IncidentType
from edge.store.journal import Journal, Revision
from edge.store.outgoing import Still
from edge.wire.box import BoxIdentity
from edge.wire.incident import incident_message
from edge.wire.passage import passage_message
from tests.incidents import an_incident
from tests.passages import a_passage

KINDS = (
    Decision.STRANGER,
    Decision.RESIDENT,
    Decision.RESIDENT,
    IncidentType.MOTOR_PARKING,
    IncidentType.MATERIAL_PILE,
    IncidentType.SMOKE_AIR,
)
ANNOUNCED = frozenset({Decision.STRANGER})


class Backlog:
    """Writes messages as workers would, through the journal's own transactions."""

    def __init__(self, home: Path, *, box_id: str, still_bytes: int) -> None:
        """Open the journal of a box.

        Args:
            home: Of the box, which may be running.
            box_id: Who tells it.
            still_bytes: Size of every picture.
        """
        self._journal = Journal(home / "journal.db", SystemClock())
        self._box = BoxIdentity(box_id)
        self._codes = load_table("GB/T 30428.2-2013")
        self._bytes = still_bytes
        self._chance = random.Random(7)

    def write(self, count: int, *, lasted: timedelta) -> None:
        """Write so many messages, each with its picture, spread over a time that ends now."""
        began = datetime.now(UTC) - lasted
        for number in range(count):
            at = began + lasted * (number / count)
            kind = KINDS[number % len(KINDS)]
            if isinstance(kind, Decision):
                self._passage(f"passage-{number}", kind, at)
            else:
                self._incident(f"incident-{number}", kind, at)

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _passage(self, name: str, decision: Decision, at: datetime) -> None:
        passage = replace(a_passage(name, decision), appeared_at=at, decided_at=at)
        alerts = decision in ANNOUNCED
        self._journal.record_passage(
            passage,
            lambda seq: passage_message(
                passage, box=self._box, seq=seq, clock=ClockState(), announce=ANNOUNCED
            ),
            [self._still(name)],
            lane=Lane.ALERT if alerts else Lane.PASSAGE,
        )

    def _incident(self, name: str, kind: IncidentType, at: datetime) -> None:
        incident = an_incident(name, type=kind, first_seen_at=at, opened_at=at, observed_at=at)

        def render(told: Incident, seq: int) -> bytes:
            return incident_message(
                told,
                box=self._box,
                seq=seq,
                clock=ClockState(),
                category=self._codes.category(kind),
            )

        revision = Revision(incident, render, lambda told: [self._still(told.id)])
        self._journal.record_incidents(Post(incident.camera_id, Duty.STREET), [revision], None)

    def _still(self, name: str) -> Still:
        return Still(f"evidence/{name}/opened.jpg", self._chance.randbytes(self._bytes))


def lane_said(said: dict[str, object]) -> Lane:
    """Return the lane of a message as docs/mqtt.md says it."""
    if "decision" in said:
        return Lane.ALERT if said["alert"] else Lane.PASSAGE
    return lane_of(IncidentType(str(said["type"])))


def out_of_order(payloads: Sequence[bytes]) -> int:
    """Return how many messages came after a later one of their lane."""
    last: dict[Lane, int] = {}
    count = 0
    for payload in payloads:
        said = json.loads(payload)
        lane = lane_said(said)
        count += said["seq"] < last.get(lane, 0)
        last[lane] = max(said["seq"], last.get(lane, 0))
    return count
