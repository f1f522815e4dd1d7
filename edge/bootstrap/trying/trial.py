"""One camera's rules tried on what it showed: the work of a dry run, in a process of its own."""

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any

from edge.bootstrap.camera.cameras import open_site
from edge.bootstrap.trying.rerun import Rerun
from edge.bootstrap.workshop import workbench
from edge.console.dry_runs import Find
from edge.domain.rule import IncidentType
from edge.errors import TOLD, ConfigError
from edge.settings import Settings
from edge.settings.load import parse_settings
from edge.settings.schema import Camera
from edge.store.journal import JSON
from edge.store.message import Message
from edge.store.residents import ResidentStore
from streams.decode import Decode
from streams.lookback import FILE_S, LookbackStream, files_of
from streams.reading import Reading
from streams.recording import open_recording

TELL_EVERY_S = 2.0
"""Of stream time: how often somebody who waits is told how far it is."""

PLATES_STAY = frozenset({IncidentType.MOTOR_PARKING})
BEGINNING, END = "first", "cleared"
"""Stills that show less of an incident than the one of its telling."""

Redact = Callable[[bytes, bool], bytes]
"""Makes a JPEG one on which nobody can be known; also without plates if they do not matter."""


@dataclass(frozen=True, slots=True)
class Footage:
    """What is looked at.

    Attributes:
        path: A recording, or the folder of a last hour.
        begins_at: Wall time of its first picture; the last hour's own names tell it.
    """

    path: Path
    begins_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: share in [0, 1], and the wall time of the picture."""

    share: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What would have been told of an incident; again under the same id when that changes."""

    incident_id: str
    find: Find


@dataclass(frozen=True, slots=True)
class Shown:
    """A redacted still of an incident."""

    incident_id: str
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Over:
    """The end, and why it is one before the last picture; empty if it is not."""

    failure: str = ""


TrialEvent = Step | Told | Shown | Over


def work(
    config: Path,
    text: str,
    job: tuple[str, Footage],
    events: Connection,
    ended: Connection,
) -> None:
    """Be the process of a dry run.

    Args:
        config: The configuration's file.
        text: What it would hold.
        job: Which camera, and what it showed.
        events: Takes what happens.
        ended: Says something, or breaks, when the process is to end.
    """
    workbench.begin(config, text, ended)
    try:
        for event in tried(parse_settings(config, text), *job, redact=workbench.redact_jpeg):
            events.send(event)
        events.send(Over())
    except TOLD as error:
        events.send(Over(str(error)))
    except BrokenPipeError:
        return  # nobody listens any more


def tried(
    settings: Settings, camera_id: str, footage: Footage, *, redact: Redact
) -> Iterator[TrialEvent]:
    """Yield what happens as one camera's rules look at footage.

    Its gate is left out, as a dry run is not a search for faces; so are the camera's own troubles,
    which a recording says nothing of.

    Raises:
        ConfigError: It has no rules, or one cannot be kept.
        ModelFileError: A network cannot be had.
        StreamError: The footage is absent or no video.
    """
    settings = _alone(settings, camera_id)
    (camera,) = settings.cameras
    if not camera.watches_street:
        raise ConfigError(f"camera {camera_id!r} has no rule to try; add one to a zone")
    begins_at, length_s = _span(footage)
    with tempfile.TemporaryDirectory(prefix="gridwatch-dry-run-") as folder:
        site = open_site(settings, [camera], _no_residents)
        with contextlib.closing(Rerun(site, Path(folder), start=begins_at)) as rerun:
            rerun.add(camera, lambda start_mono_s: _opened(footage, camera, start_mono_s))
            told_s = 0.0
            for mono_s in rerun.steps(Event()):
                if mono_s - told_s >= TELL_EVERY_S:
                    told_s = mono_s
                    at = begins_at + timedelta(seconds=mono_s)
                    yield Step(min(mono_s / length_s, 1.0) if length_s else 0.0, at)
                    yield from _events(rerun.messages(), redact)
            yield from _events(rerun.messages(), redact)


def _alone(settings: Settings, camera_id: str) -> Settings:
    camera = settings.camera(camera_id)
    integrity = camera.integrity.model_copy(update={"enabled": False})
    alone = camera.model_copy(update={"gate": None, "integrity": integrity})
    mqtt = settings.mqtt.model_copy(update={"street_stills": True})
    return settings.model_copy(update={"cameras": (alone,), "mqtt": mqtt})


def _no_residents() -> ResidentStore:
    raise AssertionError("a dry run has no gate")


def _span(footage: Footage) -> tuple[datetime, float]:
    """Return when footage begins and how long it is, 0 if that is not known; raises StreamError."""
    if footage.path.is_dir():
        files = files_of(footage.path)
        if not files:
            LookbackStream(footage.path)  # says what is missing
        return files[0][0], (files[-1][0] - files[0][0]).total_seconds() + FILE_S
    with contextlib.closing(open_recording(footage.path, start_utc=footage.begins_at)) as reading:
        return footage.begins_at, reading.length_s or 0.0


def _opened(footage: Footage, camera: Camera, start_mono_s: float) -> Reading | LookbackStream:
    if footage.path.is_dir():
        return LookbackStream(footage.path, start_mono_s=start_mono_s)
    return open_recording(
        footage.path,
        start_utc=footage.begins_at,
        decode=Decode(camera.decode),
        quiet_after_s=camera.motion.quiet_after,
        start_mono_s=start_mono_s,
    )


def _events(messages: Iterator[Message], redact: Redact) -> Iterator[TrialEvent]:
    types: dict[str, str] = {}
    for message in messages:
        if message.content_type == JSON:
            content = json.loads(message.payload)
            types[content["id"]] = content["type"]
            yield Told(content["id"], _find(content))
            continue
        _, incident_id, name = message.leaf.split("/")
        if not name.startswith((BEGINNING, END)):
            plates = types.get(incident_id) not in PLATES_STAY
            yield Shown(incident_id, redact(message.payload, plates))


def _find(content: dict[str, Any]) -> Find:
    """Return an incident of its message; it has no number yet."""
    box, cleared = content["bbox"], content["cleared_at"]
    return Find(
        number=0,
        type=content["type"],
        zone_id=content["zone_id"],
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        stage=content["stage"],
        severity=content["severity"],
        label=content["label"],
        confidence=content["confidence"],
        first_seen_at=datetime.fromisoformat(content["first_seen_at"]),
        opened_at=datetime.fromisoformat(content["opened_at"]),
        cleared_at=datetime.fromisoformat(cleared) if cleared else None,
        dwell_s=content["dwell_s"],
    )
