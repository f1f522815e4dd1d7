"""A box's evidence on the disk, with its journal, as its worker would write it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.clock import ClockState
from edge.codes.table import load_table
from edge.domain.camera import Duty, Post
from edge.domain.incident import Incident
from edge.evidence.folder import EvidenceFolder
from edge.evidence.manifest import ManifestWriter
from edge.evidence.signing import open_authenticator, open_signer
from edge.store.evidence import EvidenceStore
from edge.store.journal import Journal, Revision
from edge.store.kept import JPEG, MP4, Clip, Gap, Item, Kept, Kind
from edge.wire.box import BoxIdentity
from edge.wire.incident import incident_message
from tests.conftest import FakeClock
from tests.incidents import an_incident, cleared

A = "0193a5b0-0000-7000-8000-00000000000a"
B = "0193a5b0-0000-7000-8000-00000000000b"
C = "0193a5b0-0000-7000-8000-00000000000c"
POST = Post("street-01", Duty.STREET)


class Exhibits:
    """Writes incidents with files that show them."""

    def __init__(self, home: Path, clock: FakeClock) -> None:
        self.home, self.clock = home, clock
        self.journal = Journal(home / "journal.db", clock)
        self.store = EvidenceStore(home / "journal.db", clock)
        self.folder = EvidenceFolder(home / "evidence")
        self.signer = open_signer(home / "keys")
        self.authenticator = open_authenticator(home / "keys" / "box.pub")
        self.manifests = ManifestWriter(self.folder, self.store, self.signer)
        self.opened: dict[str, Incident] = {}
        self.contents: dict[str, bytes] = {}  # by file name, where something is to be seen

    def folder_of(self, incident_id: str) -> Path:
        return self.folder.of(incident_id, self.opened[incident_id].opened_at)

    def open(
        self,
        incident_id: str,
        names: Sequence[str],
        *,
        gaps: Sequence[Gap] = (),
        clip: Clip | None = None,
        size: int = 1000,
        **facts: Any,
    ) -> None:
        self.opened[incident_id] = an_incident(incident_id, **facts)
        self._write(self.opened[incident_id], names, gaps=gaps, clip=clip, size=size)

    def add(self, incident_id: str, name: str) -> None:
        self._write(cleared(self.opened[incident_id]), [name])

    def _write(
        self,
        incident: Incident,
        names: Sequence[str],
        *,
        gaps: Sequence[Gap] = (),
        clip: Clip | None = None,
        size: int = 1000,
    ) -> None:
        category = load_table("GB/T 30428.2-2013").category(incident.type)

        def render(told: Incident, seq: int) -> bytes:
            return incident_message(
                told, box=BoxIdentity("box-01"), seq=seq, clock=ClockState(), category=category
            )

        def keep(told: Incident) -> Kept:
            return Kept([self._item(told, name, size, clip) for name in names], gaps, clip)

        self.journal.record_incidents(POST, [Revision(incident, render, lambda _: (), keep)], None)
        self.manifests.write(incident.id)

    def _item(self, told: Incident, name: str, size: int, clip: Clip | None) -> Item:
        draft = self.folder.draft(self.contents.get(name) or (name.encode() * size)[:size])
        path = self.folder.place(draft.path, told.id, told.opened_at, name)
        is_clip = name.endswith(".mp4")
        return Item(
            told.id,
            name,
            Kind.CLIP if is_clip else Kind.STILL,
            told.camera_id,
            MP4 if is_clip else JPEG,
            draft.bytes,
            draft.sha256,
            path,
            clip.begins_at if clip and is_clip else told.observed_at,
            clip.ends_at if clip and is_clip else told.observed_at,
        )
