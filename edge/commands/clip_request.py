"""``clip.request``: hand out the clip of an incident, or a piece of a camera's film."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from edge.clock import Clock
from edge.commands.clip_source import ClipSource
from edge.commands.clip_wish import BODY, Body, span_of
from edge.commands.command import (
    Answer,
    Command,
    CommandFailedError,
    CommandRefusedError,
)
from edge.commands.destinations import Destinations, shown
from edge.commands.handler import Tell, read_body
from edge.commands.handover import Exhibit, Handover, Kept
from edge.commands.refusals import UNKNOWN_SIGNER as PLATFORM
from edge.domain.upload import Freight, Uploaded, UploadEnd
from edge.errors import ConfigError, DeliveryError
from edge.store.kept import MP4
from edge.wire.text import encode, timestamp

log = logging.getLogger(__name__)

NAME = "clip.request"
CHUNK_BYTES = 128 * 1024
MOST_CHUNKS = 64
"""By MQTT; what is larger goes by HTTP."""

MOST_BYTES = 256 * 1024 * 1024
TOLD_SHARES = 4
"""The platform is told of each quarter that has arrived."""


class Upload(Protocol):
    """Brings a file to an address."""

    def __call__(
        self,
        url: str,
        freight: Freight,
        *,
        command_id: str,
        within_s: float,
        had: int | None,
        taken: Callable[[int], None],
    ) -> Uploaded:
        """Return what became of it; see ``edge.delivery.upload``. Raises OSError, DeliveryError."""
        ...


@dataclass(frozen=True, slots=True)
class Ways:
    """How clips leave the box.

    Attributes:
        destinations: Where they may be sent now.
        clear: Whether they may be sent unredacted now.
        upload: To an address.
        post: Lays chunks ready for the broker, behind everything else, in place of what still
            waits of the same topic; False if there is no room. Raises StoreError.
        room: How many bytes may be laid on the disk.
        cameras: Whose film there is.
    """

    destinations: Callable[[], Destinations]
    clear: Callable[[], bool]
    upload: Upload
    post: Callable[[str, list[bytes]], bool]
    room: Callable[[], int]
    cameras: Callable[[], frozenset[str]]


Audit = Callable[[str, str, str, str], None]
"""Writes down actor, act, subject and result; raises StoreError."""


class ClipRequest:
    """Hands out clips; see ``Handler``."""

    def __init__(
        self,
        source: ClipSource,
        handover: Handover,
        ways: Ways,
        *,
        audit: Audit,
        clock: Clock,
    ) -> None:
        """Prepare.

        Args:
            source: Finds and makes clips.
            handover: Keeps what is on its way out.
            ways: How clips leave.
            audit: Writes down who was handed what, before it is.
            clock: The box's.
        """
        self._source = source
        self._handover = handover
        self._ways = ways
        self._audit = audit
        self._clock = clock

    def handle(self, command: Command, tell: Tell) -> Answer:
        """Hand a clip out.

        Raises:
            CommandRefusedError: It is not to be handed out, or not there.
            CommandFailedError: There is no such clip, or it did not arrive in time.
            StoreError: Nobody would know that it was handed out.
        """
        body = read_body(BODY, command)
        self._require_allowed(body)
        left_s = (command.expires_at - self._clock.utc()).total_seconds()
        if left_s <= 0:
            raise CommandFailedError("expired", "its time was over before it was done")
        until_s = self._clock.mono_s() + left_s
        try:
            kept = self._handover.resume(command.id) or self._prepare(command, body, until_s)
            actor = f"{PLATFORM}:{command.signer}"
            self._audit(actor, "clip.handed_out", _subject(kept), _how(body, kept))
            if body.to.mqtt:
                answer = self._by_mqtt(command, kept)
            else:
                answer = self._by_http(command, str(body.to.put), kept, until_s, tell)
        except OSError as error:
            raise CommandFailedError("disk", error.strerror or "the disk failed") from error
        except (ConfigError, DeliveryError) as error:
            raise CommandFailedError("unavailable", str(error)) from error
        finally:
            self._handover.end(command.id)
        return answer

    def _require_allowed(self, body: Body) -> None:
        if body.clear and not self._ways.clear():
            raise CommandRefusedError(
                "clear", "clips leave this box redacted; commands.clear_clips is not set"
            )
        if body.to.put is not None and not self._ways.destinations().allow(body.to.put):
            raise CommandRefusedError("destination", "it is not below one of commands.uploads")
        if body.incident is None:
            if body.camera not in self._ways.cameras():
                raise CommandRefusedError("unknown_camera", "there is no such camera on this box")
            span_of(body, self._clock.utc())

    def _prepare(self, command: Command, body: Body, until_s: float) -> Kept:
        if body.incident is not None:
            path, exhibit = self._source.of_incident(
                body.incident, clear=body.clear, until_s=until_s
            )
        else:
            path = self._handover.draft(command.id)
            begins_at, ends_at = span_of(body, self._clock.utc())
            piece = self._source.of_camera(str(body.camera), begins_at, ends_at, path)
            exhibit = Exhibit(
                None,
                str(body.camera),
                piece.begins_at,
                piece.ends_at,
                piece.kind,
                redacted=not body.clear,
                held=False,
            )
            if not body.clear:
                path = self._source.redacted(path, until_s=until_s)
        self._require_room(path.stat().st_size, mqtt=body.to.mqtt)
        return self._handover.keep(command.id, path, exhibit)

    def _require_room(self, size: int, *, mqtt: bool) -> None:
        most = CHUNK_BYTES * MOST_CHUNKS if mqtt else MOST_BYTES
        if size > most:
            way = "; ask for it by put" if mqtt else ""
            raise CommandFailedError("too_large", f"has {size} bytes of {most}{way}")
        if size > self._ways.room():
            raise CommandFailedError("disk", "there is no room for it on the box")

    def _by_mqtt(self, command: Command, kept: Kept) -> Answer:
        content = kept.path.read_bytes()
        chunks = [content[at : at + CHUNK_BYTES] for at in range(0, len(content), CHUNK_BYTES)]
        leaf = f"clips/{command.id}"
        if not self._ways.post(leaf, chunks):
            raise CommandFailedError("busy", "clips before it still wait for the broker")
        return _answer(kept, mqtt={"leaf": leaf, "chunks": len(chunks), "chunk_bytes": CHUNK_BYTES})

    def _by_http(
        self, command: Command, url: str, kept: Kept, until_s: float, tell: Tell
    ) -> Answer:
        told = [0]

        def taken(count: int) -> None:
            self._handover.note(command.id, kept, count)
            share = count * TOLD_SHARES // kept.bytes
            if told[0] < share < TOLD_SHARES:
                told[0] = share
                tell(_answer(kept, put={"taken": count}))

        tell(_answer(kept, put={"taken": kept.taken or 0}))
        uploaded = self._ways.upload(
            url,
            Freight(kept.path, MP4, kept.bytes, kept.sha256),
            command_id=command.id,
            within_s=max(until_s - self._clock.mono_s(), 0.0),
            had=kept.taken,
            taken=taken,
        )
        said = {
            "taken": uploaded.taken,
            "requests": uploaded.attempts,
            "status": uploaded.status,
        }
        answer = _answer(kept, put=said)
        if uploaded.end is UploadEnd.COMPLETE:
            return answer
        code = "receiver" if uploaded.end is UploadEnd.REFUSED else "expired"
        raise CommandFailedError(code, uploaded.reason, answer.body)


def _subject(kept: Kept) -> str:
    exhibit = kept.exhibit
    if exhibit.incident is not None:
        return f"incident {exhibit.incident} clip.mp4"
    span = f"{timestamp(exhibit.begins_at)}..{timestamp(exhibit.ends_at)}"
    return f"camera {exhibit.camera} {span}"


def _how(body: Body, kept: Kept) -> str:
    where = "mqtt" if body.to.put is None else shown(body.to.put)
    return f"{'redacted' if kept.exhibit.redacted else 'clear'} to {where}"


def _answer(kept: Kept, **way: dict[str, Any]) -> Answer:
    exhibit = kept.exhibit
    return Answer(
        encode(
            {
                "incident": exhibit.incident,
                "camera": exhibit.camera,
                "from": timestamp(exhibit.begins_at),
                "until": timestamp(exhibit.ends_at),
                "kind": exhibit.kind,
                "redacted": exhibit.redacted,
                "held": exhibit.held,
                "media_type": MP4,
                "bytes": kept.bytes,
                "sha256": kept.sha256,
                **way,
            }
        )
    )
