"""``gridwatch.status/1`` and ``gridwatch.test/1``."""

from collections.abc import Sequence
from datetime import datetime

from edge.wire.box import BoxIdentity
from edge.wire.text import encode, timestamp


def status_message(
    box: BoxIdentity, *, online: bool, version: str, models: Sequence[tuple[str, str]] = ()
) -> bytes:
    """Return the JSON of ``gridwatch.status/1``.

    Args:
        box: Who tells it.
        online: False in the last will.
        version: Of gridwatch.
        models: Name and SHA-256 of the networks that are in use.
    """
    return encode(
        {
            "schema": "gridwatch.status/1",
            "box_id": box.box_id,
            "state": "online" if online else "offline",
            "version": version,
            "cameras": sorted(box.cameras),
            "models": [{"name": name, "sha256": sha256} for name, sha256 in models],
        }
    )


def trial_message(trial_id: str, *, box_id: str, at: datetime) -> bytes:
    """Return the JSON of ``gridwatch.test/1``: somebody tries whether a receiver hears the box."""
    return encode(
        {
            "schema": "gridwatch.test/1",
            "id": trial_id,
            "revision": 1,
            "box_id": box_id,
            "at": timestamp(at),
        }
    )
