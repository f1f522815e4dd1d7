"""A journal, who judges from it, and what goes out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from edge.clock import ClockState
from edge.codes.table import load_table
from edge.domain.camera import Duty, Post
from edge.domain.incident import Incident, Step
from edge.domain.review import Verdict
from edge.store.heads import Review
from edge.store.journal import Journal, Revision
from edge.store.outbox import Outbox
from edge.store.review import ReviewStore
from edge.wire.box import BoxIdentity
from edge.wire.incident import incident_message
from tests.conftest import FakeClock
from tests.messages import valid

ONE = "0193a5b0-0000-7000-8000-000000000001"
TWO = "0193a5b0-0000-7000-8000-000000000002"
THREE = "0193a5b0-0000-7000-8000-000000000003"
CODES = load_table("GB/T 30428.2-2013")


class ReviewDesk:
    """A journal, who judges from it, and what goes out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()
        self.journal = Journal(path, self.clock)
        self.store = ReviewStore(path, self.clock, category=CODES.category)
        self.outbox = Outbox(path, self.clock)

    def tell(self, *incidents: Incident) -> None:
        """Record cameras' own revisions."""
        for one in incidents:
            revision = Revision(one, message_of, lambda told: ())
            self.journal.record_incidents(Post(one.camera_id, Duty.STREET), [revision], None)

    def told(self) -> list[dict[str, Any]]:
        """Return all messages, each as its schema says."""
        waiting = self.outbox.waiting(limit=1000)
        return [valid(one.payload, "incident") for one in waiting]

    def state(self, incident_id: str = ONE) -> tuple[int, str, Review, Verdict | None]:
        """Return an incident's revision, state, review and verdict."""
        head = self.store.head(incident_id)
        assert head is not None
        return head.revision, head.state, head.review, head.verdict


def message_of(incident: Incident, seq: int) -> bytes:
    """Return the message of an incident."""
    return incident_message(
        incident,
        box=BoxIdentity("box-01"),
        seq=seq,
        clock=ClockState(),
        category=CODES.category(incident.type),
    )


def changed(incident: Incident, **facts: Any) -> Incident:
    """Return a camera's next revision with other facts."""
    return replace(incident, revision=incident.revision + 1, action=Step.UPDATED, **facts)
