"""Run cameras on recordings in stream time, as fast as possible, in a throw-away store.

The same recordings and configuration give the same bytes: time comes from the recording, ids from a
seeded source, and nothing is dropped because of lag.
"""

import contextlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import open_site
from edge.bootstrap.camera.openers import recording_path
from edge.bootstrap.trying.rerun import Rerun
from edge.clock import SystemClock
from edge.errors import ConfigError
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.store.journal import JSON
from edge.store.message import Message
from edge.store.residents import ResidentStore
from models.picture import keep_to_one_thread
from streams.decode import Decode
from streams.recording import open_recording
from streams.source import Stream

DEFAULT_START = datetime(2026, 1, 1, tzinfo=UTC)
"""Wall time of the first frame unless told otherwise: the same at every run."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay.

    Attributes:
        lines: Each outgoing message as one line of JSON, in order.
        decisions: Passages per decision.
        incidents: Incidents per type.
        seconds: Stream time replayed, all cameras together.
    """

    lines: tuple[bytes, ...]
    decisions: Mapping[str, int]
    incidents: Mapping[str, int]
    seconds: float


def replay(
    settings: Settings,
    recordings: Mapping[str, Path],
    *,
    start: datetime = DEFAULT_START,
    progress: Callable[[str], None],
) -> Replayed:
    """Return what the cameras would have told the platform.

    Args:
        settings: The configuration; its residents are used, its journal is not.
        recordings: Files by camera id; a camera whose address is a file needs none.
        start: Wall time of the first frame of every recording.
        progress: Told each camera's id as it begins.

    Raises:
        ConfigError: A camera is unknown, or none has a recording.
        StreamError: A recording is absent or no video.
    """
    chosen = _choose(settings, recordings)
    keep_to_one_thread()
    with tempfile.TemporaryDirectory(prefix="gridwatch-replay-") as folder:
        home = Path(folder)
        cameras = [camera for camera, _ in chosen]
        site = open_site(settings, cameras, lambda: _store(settings, home))
        with contextlib.closing(Rerun(site, home, start=start)) as rerun:
            for camera, recording in chosen:
                progress(camera.id)
                rerun.add(camera, partial(_open, recording, camera, start))
            for _ in rerun.steps(Event()):
                pass
            lines = tuple(_line(message) for message in rerun.messages())
            journal = rerun.journal
            return Replayed(
                lines, journal.count_passages(), journal.count_incidents(), rerun.seconds
            )


def _open(recording: Path, camera: Camera, start: datetime, start_mono_s: float) -> Stream:
    return open_recording(
        recording,
        start_utc=start,
        decode=Decode(camera.decode),
        quiet_after_s=camera.motion.quiet_after,
        start_mono_s=start_mono_s,
    )


def _choose(settings: Settings, recordings: Mapping[str, Path]) -> list[tuple[Camera, Path]]:
    known = [camera.id for camera in settings.cameras]
    for name in recordings:
        if name not in known:
            raise ConfigError(f"--camera {name}: no such camera; configured: {', '.join(known)}")
    chosen = []
    for camera in settings.cameras:
        path = recordings.get(camera.id) or recording_path(camera, settings)
        if path is not None and camera.analysed:
            chosen.append((camera, path))
    if not chosen:
        raise ConfigError(
            "nothing to replay; give --camera ID=FILE for a camera with a gate or with rules"
        )
    return chosen


def _store(settings: Settings, home: Path) -> ResidentStore:
    """Open the box's residents; without any an empty store, as a replay leaves nothing behind."""
    clock = SystemClock()
    if parts.residents_path(settings).exists():
        return parts.open_residents(settings, clock)
    return parts.open_residents(settings, clock, home / "residents.db", home / "templates.key")


def _line(message: Message) -> bytes:
    if message.content_type == JSON:
        return message.payload
    row = {"leaf": message.leaf, "bytes": len(message.payload)}
    return json.dumps(row, separators=(",", ":")).encode()
