"""What the workshop's own process does: it alone decodes what people upload."""

import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from multiprocessing import connection, parent_process
from pathlib import Path

from edge.bootstrap import parts
from edge.bootstrap.camera.street import choose_detector
from edge.bootstrap.camera.vocabulary import words_of
from edge.bootstrap.registration import Outcome, open_registrar
from edge.bootstrap.ways.deltas import open_office
from edge.bootstrap.workshop.modesty import require_modest
from edge.domain.delta import Applied, Delta, DeltaRefused
from edge.domain.resident import Consent, Resident
from edge.domain.scene import Subject
from edge.errors import ConfigError
from edge.gallery.enrolment import Enroller, Judged
from edge.redaction.faces import FaceFinder
from edge.redaction.redact import PEOPLE, Redactor, encoded
from edge.settings import Settings
from edge.settings.load import parse_settings
from models.catalog import load_catalog
from models.depot import Condition, Depot
from models.faces import FaceDetector, FacePack
from models.keen import load_keen_detectors
from models.picture import decode_picture, keep_to_one_thread
from models.plates import FINDER, ChinesePlateReader, load_plate_reader
from streams.retouch import BROWSER_CODEC, codec_of, retouch

NICE = 15
CANVASES_PX = (320, 640, 1280, 1920)
"""The last, for far faces, shows every pixel of 1080p."""

_accepted: list[tuple[Path, str]] = []


def begin(config: Path, text: str, ended: connection.Connection) -> None:
    """Prepare the process: behind all others, and gone with the service.

    Args:
        config: The configuration's file.
        text: What was accepted of it.
        ended: Says something, or breaks, when the process is to end, whatever it is doing.
    """
    _accepted[:] = [(config, text)]
    os.nice(NICE)
    for asked in (signal.SIGINT, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)
    keep_to_one_thread()
    threading.Thread(target=_end_with, args=(ended,), daemon=True).start()


def redact_still(source: Path, target: Path, plates: bool) -> None:
    """Write a redacted copy of a JPEG; raises ConfigError if it is none."""
    target.write_bytes(redact_jpeg(source.read_bytes(), plates))


def redact_jpeg(content: bytes, plates: bool) -> bytes:
    """Return a redacted copy of a picture; raises ConfigError if it is none."""
    require_modest(content)
    picture = decode_picture(content)
    if picture is None:
        raise ConfigError("the picture cannot be read; send a JPEG or PNG")
    return encoded(_redactor().still(picture, plates=plates))


def redact_clip(source: Path, target: Path, plates: bool) -> None:
    """Write a redacted copy of a clip; raises StreamError."""
    _redactor().clip(source, target, plates=plates)


def clear_clip(source: Path, target: Path) -> None:
    """Write a clip as H.264; raises StreamError."""
    retouch(source, target)


def is_for_browsers(source: Path) -> bool:
    """Return whether every browser plays a clip as it is; raises StreamError."""
    return codec_of(source) == BROWSER_CODEC


def judge_photo(name: str, content: bytes) -> Judged:
    """Return whether a photo is good enough to register somebody with, without its vector."""
    require_modest(content)
    return replace(Enroller(_pack()).judge(name, content), vector=None)


def enrol(
    resident: Resident, consent: Consent, photos: Sequence[tuple[str, bytes]], actor: str
) -> Outcome:
    """Register somebody with uploaded photos, as (name, file); the outcome has no vectors."""
    for _, content in photos:
        require_modest(content)
    # Opened anew every time: somebody may have been removed meanwhile.
    registrar = open_registrar(_settings(), actor=actor, pack=_pack())
    outcome = registrar.enrol(resident, consent, photos)
    return replace(outcome, photos=tuple(replace(one, vector=None) for one in outcome.photos))


def apply_delta(delta: Delta, actor: str) -> Applied | DeltaRefused:
    """Change who is registered as the platform asks; no vector leaves this process.

    Raises:
        ConfigError: A photo is too large, or somebody else changed the residents meanwhile.
        StoreError: The file cannot be written, or traces of the removed may remain in it.
    """
    settings = _settings()
    pictured = any(one.photos or one.template for one in delta.entries)
    gates = any(camera.gate for camera in settings.cameras)
    pack = _pack() if pictured and gates else None
    with open_office(settings, actor=actor, pack=pack) as office:
        return office.apply(delta)


@cache
def _settings() -> Settings:
    return parse_settings(*_accepted[0])


@cache
def _pack() -> FacePack:
    return parts.load_pack(_settings(), exact=True)


def face_finders(faces: Sequence[FaceDetector]) -> tuple[FaceFinder, FaceFinder]:
    """Return what looks at single pictures, and at clips, where the next look comes soon.

    Args:
        faces: One detector for each of ``CANVASES_PX``.
    """
    small, middle, large, far = faces
    return (
        FaceFinder((small, middle, large), far=far, tile=large),
        FaceFinder((small, large), far=far),
    )


@cache
def _redactor() -> Redactor:
    settings = _settings()
    parts.pull_if_absent(
        settings.models.faces,
        accept_noncommercial=settings.models.accept_noncommercial,
        progress=parts.silently,
    )
    known = settings.models.faces in load_catalog().packs
    faces = load_keen_detectors(
        settings.models.faces if known else str(settings.base / settings.models.faces),
        CANVASES_PX,
        accept_noncommercial=settings.models.accept_noncommercial,
        placement=parts.placement(settings),
    )
    still, clip = face_finders(faces)
    redactor = Redactor(still_faces=still, clip_faces=clip, plates=_plates(settings))
    chosen = choose_detector(settings, parts.placement(settings), progress=parts.silently)
    if chosen is None:
        return redactor
    objects = chosen.detector
    words = words_of(settings, objects)
    people = frozenset(word for word, subject in words.items() if subject is Subject.PERSON)
    vehicles = frozenset(word for word, subject in words.items() if subject is Subject.VEHICLE)
    return replace(redactor, objects=objects, people=people or PEOPLE, vehicles=vehicles)


def _plates(settings: Settings) -> ChinesePlateReader | None:
    """Return what finds plates if it is wanted or here anyway."""
    if settings.models.plates:
        parts.pull_if_absent(FINDER, accept_noncommercial=False, progress=parts.silently)
    depot = Depot()
    entries = load_catalog().expand([FINDER])
    if any(depot.inspect(entry).condition is not Condition.GOOD for entry in entries):
        return None
    return load_plate_reader(placement=parts.placement(settings))


def _end_with(ended: connection.Connection) -> None:
    service = parent_process()
    connection.wait([ended, *([service.sentinel] if service is not None else [])])
    os._exit(0)
