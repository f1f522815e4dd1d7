"""``gridwatch.residents-receipt/1``: what a box did to the residents, to be signed."""

from edge.domain.delta import Applied
from edge.wire.text import encode, timestamp


def receipt_message(applied: Applied, *, box_id: str) -> bytes:
    """Return the JSON of ``gridwatch.residents-receipt/1``."""
    return encode(
        {
            "schema": "gridwatch.residents-receipt/1",
            "box_id": box_id,
            "command_id": applied.command_id,
            "from_version": applied.from_version,
            "to_version": applied.to_version,
            "applied_at": timestamp(applied.applied_at),
            "registered": applied.registered,
            "changed": applied.changed,
            "removed": list(applied.removed),
            "absent": list(applied.absent),
            "erased_at": timestamp(applied.erased_at) if applied.erased_at else None,
        }
    )
