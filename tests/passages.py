"""Passages for tests that do not care who passed."""

from datetime import UTC, datetime

from edge.domain.passage import Action, Decision, Direction, Passage

MOMENT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def a_passage(passage_id: str, decision: Decision = Decision.STRANGER) -> Passage:
    """Return a passage at the camera ``gate``."""
    return Passage(
        id=passage_id,
        revision=1,
        action=Action.DECIDED,
        camera_id="gate",
        direction=Direction.IN,
        decision=decision,
        doubts=(),
        resident_id=None,
        category=None,
        likeness=None,
        frames=5,
        usable_frames=5,
        refused=(),
        model_sha256="0" * 64,
        appeared_at=MOMENT,
        decided_at=MOMENT,
    )
