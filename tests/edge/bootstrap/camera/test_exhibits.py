"""What stays on the box of an incident: stills at the camera's own size, and a wish for a clip."""

import errno
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge.bootstrap.camera.exhibits import Exhibitor, Roll
from edge.bootstrap.camera.incidents import IncidentRecorder
from edge.clock import ClockState
from edge.codes.table import load_table
from edge.domain.camera import Duty, Post
from edge.domain.geometry import Polygon
from edge.domain.incident import Incident, Step
from edge.evidence.folder import Draft, EvidenceFolder
from edge.evidence.manifest import ManifestWriter
from edge.evidence.signing import open_authenticator, open_signer
from edge.evidence.verification import verify_incident
from edge.store.evidence import EvidenceStore
from edge.store.journal import Journal
from edge.store.kept import Clip
from edge.store.outbox import Outbox
from edge.wire.box import BoxIdentity
from streams.frame import Frame
from streams.pixels import Converter
from tests.conftest import FakeClock
from tests.exhibits import A, B
from tests.incidents import NOON, an_incident, cleared

SIZE_WH = (1600, 900)
CURB = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))
PERSON = (0.1, 0.1, 0.2, 0.9)


def frame_at(mono_s: float) -> Frame:
    """Return a picture of fine stripes, which coarse squares destroy."""
    pixels = np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8)
    pixels[:, ::8] = pixels[:, 1::8] = pixels[:, 2::8] = pixels[:, 3::8] = 200
    picture = av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format="yuv420p")
    return Frame(0, mono_s, NOON + timedelta(seconds=mono_s), True, picture, Converter())


class FullDisk(EvidenceFolder):
    """A folder whose disk can be full."""

    full = False

    def draft(self, content: bytes) -> Draft:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().draft(content)


class Box:
    """A recorder of one camera that keeps evidence."""

    def __init__(self, home: Path, clock: FakeClock, *, stills: bool = False) -> None:
        self.home, self.clock = home, clock
        self.path = home / "journal.db"
        self.folder = FullDisk(home / "evidence")
        self.store = EvidenceStore(self.path, clock)
        self.wishes: list[Clip] = []
        manifests = ManifestWriter(self.folder, self.store, open_signer(home / "keys"))
        zones: dict[str, Polygon] = {"curb": CURB}
        self.recorder = IncidentRecorder(
            Journal(self.path, clock),
            Post("street-01", Duty.STREET),
            box=BoxIdentity("box-01"),
            codes=load_table("GB/T 30428.2-2013"),
            models=[("yolox-nano", "ef" * 32)],
            zones=zones,
            clock=ClockState,
            stills=stills,
            keep_s=300.0,
            exhibitor=Exhibitor(
                self.folder,
                manifests,
                opened_at=self.store.opened_at,
                zones=zones,
                stills=True,
                roll=Roll(10.0, 5.0),
                wish=self.wishes.append,
            ),
        )

    def tell(self, incident: Incident) -> None:
        mono_s = (incident.observed_at - NOON).total_seconds()
        self.recorder.record([incident], frame_at(mono_s), [PERSON], memory=None)

    def picture(self, name: str) -> cv2.typing.MatLike:
        item = self.store.item(A, name)
        assert item is not None
        picture = cv2.imread(str(self.folder.root / item.path))
        assert picture is not None
        return picture

    def names(self, incident_id: str) -> list[str]:
        return sorted(item.name for item in self.store.items(incident_id))

    def require_sound(self, incident_id: str) -> None:
        found = verify_incident(
            incident_id,
            folder=self.folder,
            store=self.store,
            authenticator=open_authenticator(self.home / "keys" / "box.pub"),
        )
        assert found.problems == ()


@pytest.fixture
def box(tmp_path: Path, clock: FakeClock) -> Box:
    return Box(tmp_path, clock)


def test_an_incident_is_shown_as_it_began_as_it_opened_and_as_it_ended(box: Box) -> None:
    box.recorder.note(frame_at(0.0), [PERSON])
    box.tell(an_incident(A))
    box.tell(cleared(an_incident(A)))
    assert box.names(A) == [
        "cleared-annotated.jpg",
        "cleared.jpg",
        "first-annotated.jpg",
        "first.jpg",
        "opened-annotated.jpg",
        "opened.jpg",
    ]
    first, opened = box.store.item(A, "first.jpg"), box.store.item(A, "opened.jpg")
    assert first is not None
    assert opened is not None
    assert (first.begins_at, opened.begins_at) == (NOON, NOON + timedelta(seconds=180))
    box.require_sound(A)


@pytest.mark.parametrize("stem", ["first", "opened"])
def test_the_clean_still_is_all_that_was_seen_and_the_annotated_one_shows_no_head(
    box: Box, stem: str
) -> None:
    box.recorder.note(frame_at(0.0), [PERSON])
    box.tell(an_incident(A))
    clean, marked = box.picture(f"{stem}.jpg"), box.picture(f"{stem}-annotated.jpg")
    assert clean.shape[:2] == marked.shape[:2] == (900, 1600)
    head = np.s_[110:300, 170:310]
    assert clean[head].std() > 50
    assert marked[head].std() < 20
    red = (marked[:, :, 2] > 200) & (marked[:, :, 1] < 90)
    assert red.sum() > 1000  # the box
    assert not ((clean[:, :, 2] > 200) & (clean[:, :, 1] < 90)).any()


def test_the_platform_is_told_nothing_of_what_stays_on_the_box(box: Box) -> None:
    box.tell(an_incident(A))
    (message,) = Outbox(box.path, box.clock).waiting(limit=10)
    assert json.loads(message.payload)["evidence"] == []


def test_a_clip_is_wished_for_once_at_the_opening(box: Box) -> None:
    box.tell(an_incident(A))
    box.tell(cleared(an_incident(A)))
    opened_at = NOON + timedelta(seconds=180)
    (wish,) = box.wishes
    assert wish.moment == opened_at
    assert (wish.moment - wish.begins_at, wish.ends_at - wish.moment) == (
        timedelta(seconds=10),
        timedelta(seconds=5),
    )
    assert box.store.clip(A) == wish


def test_on_a_full_disk_the_incident_is_told_and_the_gap_is_said(box: Box) -> None:
    box.folder.full = True
    box.tell(an_incident(A))
    assert box.names(A) == []
    assert [(gap.name, gap.detail) for gap in box.store.gaps(A)] == [
        ("opened-annotated.jpg", "No space left on device"),
        ("opened.jpg", "No space left on device"),
    ]
    assert len(Outbox(box.path, box.clock).waiting(limit=10)) == 1
    box.folder.full = False
    box.tell(cleared(an_incident(A)))
    assert box.names(A) == ["cleared-annotated.jpg", "cleared.jpg"]
    box.require_sound(A)


def test_no_draft_is_left_behind(box: Box) -> None:
    box.recorder.note(frame_at(0.0), [PERSON])
    box.tell(an_incident(A))
    assert list((box.folder.root / ".drafts").iterdir()) == []


def test_a_second_camera_of_a_place_adds_no_beginning(tmp_path: Path, clock: FakeClock) -> None:
    first, second = Box(tmp_path, clock), Box(tmp_path, clock)
    for box, own_id in ((first, A), (second, B)):
        box.recorder.note(frame_at(0.0), [])
        camera = f"street-{own_id[-1]}"
        # The second one opens its own after midnight: there is still one folder.
        later = timedelta(days=1 if own_id == B else 0)
        opened = an_incident(own_id, place="corner", camera_id=camera)
        box.tell(replace(opened, opened_at=opened.opened_at + later))
    box.tell(
        an_incident(
            B,
            place="corner",
            camera_id="street-b",
            action=Step.UPDATED,
            revision=2,
            plate="A1",
            opened_at=NOON + timedelta(days=1),
        )
    )
    assert first.names(A) == [
        "first-annotated.jpg",
        "first.jpg",
        "opened-annotated.jpg",
        "opened.jpg",
        "updated-2-annotated.jpg",
        "updated-2.jpg",
    ]
    assert first.names(B) == []
    first.require_sound(A)
    assert len(first.wishes) + len(second.wishes) == 1
