"""A box that hands out clips: one incident, one camera, and whatever a test puts in the way."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge.commands.clip_request import NAME, ClipRequest, Ways
from edge.commands.clip_source import ClipSource, Piece, Studio
from edge.commands.command import Answer, Command
from edge.commands.destinations import Destinations
from edge.commands.handover import Handover
from edge.domain.rule import IncidentType
from edge.domain.upload import Freight, Uploaded, UploadEnd
from edge.errors import StoreError
from edge.store.evidence import Hold
from edge.store.kept import Clip, ClipState, Item, Kind
from streams.errors import StreamError
from tests.conftest import FakeClock
from tests.messages import valid

ID = "0193f0a0-0000-7000-8000-000000000001"
BASE = "https://media.city.example"
URL = f"{BASE}/clips/a.mp4?permit=secret"
PUT = {"put": URL}
MQTT = {"mqtt": True}
FILM = b"clear film" * 50_000
OPENED_AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


class ClipBox:
    """See above."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.clock = clock
        self.folder = folder
        self.evidence = folder / "evidence"
        self.evidence.mkdir()
        (self.evidence / "clip.mp4").write_bytes(FILM)
        self.type: IncidentType | None = IncidentType.MATERIAL_PILE
        self.item_: Item | None = Item(
            "a",
            "clip.mp4",
            Kind.CLIP,
            "east",
            "video/mp4",
            len(FILM),
            hashlib.sha256(FILM).hexdigest(),
            "clip.mp4",
            OPENED_AT,
            OPENED_AT + timedelta(seconds=20),
        )
        self.clip_: Clip | None = Clip(
            "a", "east", OPENED_AT, OPENED_AT, OPENED_AT + timedelta(seconds=20), ClipState.WRITTEN
        )
        self.hold: Hold | None = None
        self.clear = False
        self.room = 10**9
        self.cut: Piece | StreamError = Piece("film", clock.now, clock.now)
        self.redacts: Callable[[bytes], bytes | None] = lambda film: film.replace(
            b"clear", b"blur "
        )
        self.uploaded = Uploaded(UploadEnd.COMPLETE, 500_000, 1, 201)
        self.audited: list[tuple[str, str, str, str]] = []
        self.audit_fails = False
        self.redacted_with_plates: list[bool] = []
        self.sent: list[tuple[str, bytes, float, int | None]] = []
        self.while_sending: Callable[[Callable[[int], None]], None] = lambda taken: None
        self.posted: list[tuple[str, list[bytes]]] = []
        self.broker_takes = True
        self.told: list[dict[str, Any]] = []
        self.on_pause: Callable[[], None] = lambda: None

    def type_of(self, incident_id: str) -> IncidentType | None:
        return self.type if incident_id == "a" else None

    def item(self, incident_id: str, name: str) -> Item | None:
        assert name == "clip.mp4"
        return self.item_

    def clip(self, incident_id: str) -> Clip | None:
        return self.clip_

    def held(self, incident_id: str) -> Hold | None:
        return self.hold

    def pause(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.on_pause()

    def _cut(self, camera: str, begins_at: datetime, ends_at: datetime, target: Path) -> Piece:
        if isinstance(self.cut, StreamError):
            raise self.cut
        target.write_bytes(FILM)
        return replace(self.cut, begins_at=begins_at, ends_at=ends_at)

    def _redact(self, path: Path, plates: bool, within_s: float) -> Path | None:
        self.redacted_with_plates.append(plates)
        content = self.redacts(path.read_bytes())
        if content is None:
            return None
        made = self.folder / "redacted.mp4"
        made.write_bytes(content)
        return made

    def _upload(
        self,
        url: str,
        freight: Freight,
        *,
        command_id: str,
        within_s: float,
        had: int | None,
        taken: Callable[[int], None],
    ) -> Uploaded:
        assert command_id == ID
        content = freight.path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == freight.sha256
        assert self.audited, "it must be written down first"
        self.sent.append((url, content, within_s, had))
        self.while_sending(taken)
        return self.uploaded

    def _post(self, leaf: str, chunks: list[bytes]) -> bool:
        if self.broker_takes:
            self.posted.append((leaf, chunks))
        return self.broker_takes

    def _audit(self, actor: str, act: str, subject: str, result: str) -> None:
        if self.audit_fails:
            raise StoreError("the audit cannot be written")
        self.audited.append((actor, act, subject, result))

    def ask(self, *, valid_s: float = 600, **body: Any) -> dict[str, Any]:
        """Return the body of what is answered to a command."""
        studio = Studio(lambda: self, self.evidence, self._cut, self._redact)
        ways = Ways(
            lambda: Destinations([BASE]),
            lambda: self.clear,
            self._upload,
            self._post,
            lambda: self.room,
            lambda: frozenset({"east"}),
        )
        handler = ClipRequest(
            ClipSource(studio, clock=self.clock, pause=self.pause),
            Handover(self.folder / "handover"),
            ways,
            audit=self._audit,
            clock=self.clock,
        )
        command = Command(
            id=ID,
            box_id="box-01",
            name=NAME,
            signer="city-2026",
            issued_at=self.clock.now,
            expires_at=self.clock.now + timedelta(seconds=valid_s),
            body=json.dumps(body).encode(),
        )
        return content_of(handler.handle(command, lambda told: self.told.append(content_of(told))))

    def left(self) -> list[str]:
        folder = self.folder / "handover"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def content_of(answer: Answer) -> dict[str, Any]:
    return valid(answer.body, "clip.request.answer")
