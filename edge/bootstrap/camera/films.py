"""What a worker process keeps of its cameras' packets, and who cuts clips of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from edge.bootstrap.camera.openers import tap_opener
from edge.clock import Clock
from edge.health import disk_free_bytes
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.worker.clips import PATIENCE_S, ROOM_WITHIN_S
from edge.worker.film import RingFilm
from edge.worker.lookbacks import Lookbacks
from edge.worker.tap import Tap
from streams.lookback import Lookback, forget
from streams.ring import Ring

LOOKBACK = "lookback"
LATE_S = 10.0
"""A finding may be told so long after its moment: cameras lag."""


def lookback_folder(settings: Settings, camera_id: str) -> Path:
    """Return where a camera's last hour lies."""
    return settings.home / LOOKBACK / camera_id


def forget_lookbacks(settings: Settings, now: datetime) -> None:
    """Remove what is too old, of cameras that are gone too; all of it if the disk is full."""
    root = settings.home / LOOKBACK
    pressing = disk_free_bytes(settings.home) < settings.evidence.least_free
    before = now if pressing else now - timedelta(seconds=settings.evidence.lookback)
    for folder in root.glob("*"):
        forget(folder, before)


class Films:
    """The rings of a process: one for each stream that clips are made of."""

    def __init__(self, settings: Settings, camera_ids: Sequence[str]) -> None:
        """Make empty rings for the cameras whose incidents get clips."""
        self._settings = settings
        self._cameras = [
            camera
            for camera in map(settings.camera, camera_ids)
            if camera.watches_street and (settings.evidence.clips or settings.evidence.lookback)
        ]
        self._of_url = {camera.id: self._ring() for camera in self._cameras}
        self._of_record_url = {camera.id: self._ring() for camera in self._tapped()}

    def ring(self, camera_id: str) -> Ring | None:
        """Return what keeps the packets of what is analysed; None where there are no clips."""
        return self._of_url.get(camera_id)

    def by_camera(self) -> dict[str, RingFilm]:
        """Return what clips are cut of."""
        return {
            name: RingFilm(self._of_record_url[name], ring)
            if name in self._of_record_url
            else RingFilm(ring)
            for name, ring in self._of_url.items()
        }

    def taps(self, *, stop: Event, clock: Clock) -> list[Tap]:
        """Return what reads the streams that are only recorded; raises ConfigError."""
        return [
            Tap(
                camera.id,
                tap_opener(
                    self._settings, camera, self._of_record_url[camera.id], stop=stop, clock=clock
                ),
            )
            for camera in self._tapped()
        ]

    def lookbacks(self, clock: Clock) -> Lookbacks:
        """Return what keeps the last hour of what is analysed."""
        section = self._settings.evidence
        return Lookbacks(
            {
                name: Lookback(
                    lookback_folder(self._settings, name),
                    ring,
                    every_s=section.lookback_every,
                    reach_s=section.lookback,
                )
                for name, ring in self._of_url.items()
                if section.lookback
            },
            clock,
        )

    def _tapped(self) -> list[Camera]:
        clips = self._settings.evidence.clips
        return [camera for camera in self._cameras if clips and camera.record_url is not None]

    def _ring(self) -> Ring:
        section = self._settings.evidence
        late_s = PATIENCE_S + ROOM_WITHIN_S + LATE_S
        return Ring(seconds=section.pre_roll + section.post_roll + late_s, max_bytes=section.ring)
