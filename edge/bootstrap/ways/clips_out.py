"""The parts of ``clip.request``: evidence, the cameras' films, redaction, and the ways out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from threading import Event

from edge.bootstrap.camera.films import lookback_folder
from edge.bootstrap.evidence import evidence_folder
from edge.bootstrap.worker.live import LiveHub
from edge.bootstrap.workshop.service import Workshop
from edge.clock import Clock
from edge.commands.clip_request import Audit, ClipRequest, Ways
from edge.commands.clip_source import FILM, ClipSource, Piece, Studio
from edge.commands.destinations import Destinations
from edge.commands.handover import Handover
from edge.delivery.post import Post
from edge.delivery.upload import Upload
from edge.domain.upload import Freight, Uploaded
from edge.errors import ConfigError
from edge.health import disk_free_bytes
from edge.settings import Settings
from edge.store.clip_chunks import ClipChunks
from edge.store.evidence import EvidenceStore
from edge.store.per_thread import PerThread
from edge.worker.errands import CutOut, Outcome, Snippet
from streams.errors import StreamError
from streams.last_hour import cut_last_hour

FOLDER = "handover"
KEYFRAMES = "keyframes"
CUTS_S = 30.0
PART_S = 120.0
"""For a part and its answer: 1 MiB at 70 kbit/s; smaller ones follow one that takes longer."""

LONGEST = timedelta(days=1)
"""No command is valid for longer."""

WHOLE = timedelta(seconds=2)
"""A film that lacks no more of a span shows it."""


class Cutter:
    """Cuts pieces of cameras' films: of their memory, or of what is kept of the last hour."""

    def __init__(
        self, ask: Callable[[CutOut], Outcome | None], folder_of: Callable[[str], Path]
    ) -> None:
        """Prepare.

        Args:
            ask: Has a camera's worker cut a clip; None if it does not answer.
            folder_of: Where a camera's last hour lies.
        """
        self._ask = ask
        self._folder_of = folder_of

    def __call__(
        self, camera_id: str, begins_at: datetime, ends_at: datetime, target: Path
    ) -> Piece:
        """Write what shows most of a span; raises StreamError and OSError."""
        snippet = self._ask(CutOut(camera_id, begins_at, ends_at, target))
        span = snippet.span if isinstance(snippet, Snippet) else None
        film = Piece(FILM, span.begins_at, span.ends_at) if span is not None else None
        if film is not None and _lacks(film, begins_at, ends_at) <= WHOLE:
            return film
        folder = self._folder_of(camera_id)
        draft = target.with_name(f"{target.stem}.hour{target.suffix}")
        try:
            slow = Piece(KEYFRAMES, *cut_last_hour(folder, begins_at, ends_at, draft))
            if film is None or _lacks(slow, begins_at, ends_at) < _lacks(film, begins_at, ends_at):
                draft.replace(target)
                return slow
        except StreamError as error:
            if film is None:
                said = snippet.reason if isinstance(snippet, Snippet) else "its worker is silent"
                raise StreamError(f"{said}; {error}") from error
        finally:
            draft.unlink(missing_ok=True)
        return film


def _lacks(piece: Piece, begins_at: datetime, ends_at: datetime) -> timedelta:
    """Return how much of a span a piece does not show."""
    shown = min(piece.ends_at, ends_at) - max(piece.begins_at, begins_at)
    return ends_at - begins_at - max(shown, timedelta())


def open_clip_request(
    settings: Callable[[], Settings],
    *,
    journal: Path,
    live: LiveHub,
    workshop: Workshop,
    audit: Audit,
    clock: Clock,
) -> ClipRequest:
    """Return what hands out clips.

    Args:
        settings: What the service follows.
        journal: Its file.
        live: The lines to the workers.
        workshop: Redacts.
        audit: Writes down who was handed what; called on the handler's thread.
        clock: The box's.
    """
    began = settings()
    home = began.home
    handover = Handover(home / FOLDER)
    handover.tidy(clock.utc() - LONGEST)
    rest = Event()  # never set: who waits ends with the process
    chunks = PerThread(lambda: ClipChunks(journal, clock))

    def redact(path: Path, plates: bool, within_s: float) -> Path | None:
        prepared = workshop.redact_clip(path, plates=plates, wait_s=within_s)
        if prepared.failure:
            raise ConfigError(prepared.failure)
        return prepared.path

    def upload(
        url: str,
        freight: Freight,
        *,
        command_id: str,
        within_s: float,
        had: int | None,
        taken: Callable[[int], None],
    ) -> Uploaded:
        now = settings()
        named = now.commands.uploads_ca if now.commands is not None else None
        ca = now.base / named if named is not None else None
        return Upload(
            freight,
            Post(url, timeout_s=PART_S, ca=ca, authority="commands.uploads_ca"),
            clock=clock,
            pause=rest.wait,
            headers={
                "User-Agent": f"gridwatch/{version('gridwatch')}",
                "Gridwatch-Box": began.box.id,
                "Gridwatch-Command": command_id,
            },
            taken=taken,
        ).run(within_s, had=had)

    studio = Studio(
        evidence=PerThread(lambda: EvidenceStore(journal, clock)),
        folder=evidence_folder(began).root,
        cut=Cutter(
            lambda errand: live.ask(errand, within_s=CUTS_S),
            lambda camera_id: lookback_folder(settings(), camera_id),
        ),
        redact=redact,
    )
    ways = Ways(
        destinations=lambda: Destinations(_uploads(settings())),
        clear=lambda: _may_be_clear(settings()),
        upload=upload,
        post=lambda leaf, parts: chunks().post(leaf, parts),
        room=lambda: max(disk_free_bytes(home) - settings().evidence.least_free, 0),
        cameras=lambda: frozenset(camera.id for camera in settings().cameras),
    )
    return ClipRequest(
        ClipSource(studio, clock=clock, pause=rest.wait),
        handover,
        ways,
        audit=audit,
        clock=clock,
    )


def _uploads(settings: Settings) -> tuple[str, ...]:
    return settings.commands.uploads if settings.commands is not None else ()


def _may_be_clear(settings: Settings) -> bool:
    return settings.commands is not None and settings.commands.clear_clips
