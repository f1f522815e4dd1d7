"""How large a worker process may be: what its cameras need, and room for what is not foreseen."""

from collections.abc import Sequence

from edge.settings import Settings
from edge.settings.schema import Camera

BASE_BYTES = 1500 * 10**6
"""Libraries and the largest networks of the catalogue, twice over: measured were 0.2 to 0.42 GB
with the open face pack and the default detector."""

CAMERA_BYTES = 100 * 10**6
"""A decoder's pictures of 4K, an album, backgrounds."""


def allowed_bytes(settings: Settings, camera_ids: Sequence[str]) -> int:
    """Return the most that the worker of some cameras may take."""
    written = settings.processes.worker_memory
    if not isinstance(written, str):
        return written
    cameras = [camera for camera in settings.cameras if camera.id in camera_ids]
    rings = sum(_rings(settings, camera) for camera in cameras)
    return BASE_BYTES + CAMERA_BYTES * len(cameras) + settings.evidence.ring * rings


def _rings(settings: Settings, camera: Camera) -> int:
    """Return of how many streams packets are kept in memory."""
    if not camera.watches_street:
        return 0
    return 2 if settings.evidence.clips and camera.record_url is not None else 1
