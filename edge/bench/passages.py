"""Passages as a gate tells them, for benches that write or send many."""

from datetime import UTC, datetime, timedelta

from edge.clock import ClockState
from edge.domain.passage import Action, Decision, Direction, Likeness, Passage
from edge.wire.box import BoxIdentity
from edge.wire.passage import passage_message

BOX = BoxIdentity("box-bench")
ANNOUNCED = frozenset({Decision.STRANGER})
KINDS = (Decision.STRANGER, Decision.RESIDENT, Decision.RESIDENT)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def message_of(passage: Passage, seq: int) -> bytes:
    """Return the message of a passage as a box sends it."""
    return passage_message(
        passage, box=BOX, seq=seq, clock=ClockState(True, 1.0), announce=ANNOUNCED
    )


def a_passage(number: int) -> Passage:
    """Return somebody who passed a gate."""
    decision = KINDS[number % len(KINDS)]
    at = BEGAN + timedelta(seconds=number)
    return Passage(
        id=f"019b76da-0000-7000-8000-{number:012x}",
        revision=1,
        action=Action.DECIDED,
        camera_id="gate-east",
        direction=Direction.IN,
        decision=decision,
        doubts=(),
        resident_id=f"A-{number % 3000}" if decision is Decision.RESIDENT else None,
        category=None,
        likeness=Likeness(0.62, 0.31, 0.46, f"t-{number % 3000}"),
        frames=5,
        usable_frames=4,
        refused=(("too_small", 1),),
        model_sha256="0f" * 32,
        appeared_at=at - timedelta(seconds=0.8),
        decided_at=at,
    )
