"""How the ways out of the box do, as health tells it."""

from typing import Any

from edge.domain.lane import Lane
from edge.domain.sink import SinkState
from edge.wire.text import timestamp


def sink_part(state: SinkState) -> dict[str, Any]:
    """Return what is told of a sink."""
    return {
        "name": state.name,
        "waiting": {lane.name.lower(): state.waiting.get(lane, 0) for lane in Lane},
        "loose": state.loose,
        "awaiting_receipt": state.awaiting,
        "parked": state.parked,
        "given_up": state.given_up,
        "oldest_at": timestamp(state.oldest_at) if state.oldest_at else None,
        "delivered": state.delivered,
        "delivered_at": timestamp(state.delivered_at) if state.delivered_at else None,
        "failing_since": timestamp(state.failing_since) if state.failing_since else None,
        "error": state.error,
    }
