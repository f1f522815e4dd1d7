"""The parts of ``recheck``: journal, cameras and the lines to their workers."""

import logging
from collections.abc import Callable
from pathlib import Path

from edge.bootstrap.worker.live import LiveHub
from edge.clock import Clock
from edge.commands.recheck import LOOKS_S, WAITS_S, Eyes, Recheck
from edge.domain.camera import CameraReport, CameraState
from edge.domain.second_look import SecondLook, Spot
from edge.errors import ConfigError
from edge.settings import Settings
from edge.stills import STILL_BYTES, encode_still
from edge.store.per_thread import PerThread
from edge.store.spots import Spots
from edge.worker.errands import LookAgain
from models.picture import decode_picture

log = logging.getLogger(__name__)


def open_recheck(
    settings: Callable[[], Settings],
    *,
    journal: Path,
    live: LiveHub,
    reports: Callable[[], list[CameraReport]],
    cover: Callable[[bytes, bool], bytes],
    clock: Clock,
) -> Recheck:
    """Return what looks again at places.

    Args:
        settings: What the service follows.
        journal: Its file.
        live: The lines to the workers.
        reports: How each camera is now.
        cover: Covers faces on a picture of a camera without a network that sees people, and plates
            if that is said; raises ConfigError.
        clock: The box's.
    """

    def zones() -> dict[str, frozenset[str]]:
        return {
            camera.id: frozenset(zone.id for zone in camera.zones) for camera in settings().cameras
        }

    def state(camera_id: str) -> CameraState | None:
        return next((one.state for one in reports() if one.camera_id == camera_id), None)

    def look(spot: Spot) -> SecondLook | None:
        seen = live.ask(LookAgain(spot, LOOKS_S), within_s=WAITS_S)
        return seen if isinstance(seen, SecondLook) else None

    def redact(jpeg: bytes, plates: bool) -> bytes | None:
        try:
            return fitting(cover(jpeg, plates))
        except ConfigError as error:
            log.warning("a second look goes without its picture: %s", error)
            return None

    return Recheck(PerThread(lambda: Spots(journal, clock)), Eyes(zones, state, look, redact))


def fitting(jpeg: bytes) -> bytes:
    """Return a picture that is small enough to be sent."""
    if len(jpeg) <= STILL_BYTES:
        return jpeg
    picture = decode_picture(jpeg)
    assert picture is not None  # it was encoded here
    return encode_still(picture)
