"""Two hundred incidents on two cameras, with little memory and less disk."""

import errno
import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from edge.evidence.folder import EvidenceFolder
from edge.evidence.retention import Retention, Terms
from edge.evidence.verification import verify_incident
from edge.store.kept import Clip, ClipState
from edge.worker.clips import PATIENCE_S, ROOM_WITHIN_S, ClipDesk
from edge.worker.film import RingFilm
from streams.decode import Decode
from streams.film import repeat_film, write_film
from streams.frame import Frame
from streams.recording import open_recording
from streams.ring import Ring
from tests.conftest import FakeClock
from tests.exhibits import Exhibits
from tests.incidents import NOON

FPS = 25
LOOP_S = 40
HOUR_S = 1500
EACH = 100
PRE, POST = timedelta(seconds=8), timedelta(seconds=6)
GOPS_S = {"h264": 2.0, "hevc": 3.4}
RING_BYTES = 2_500_000
QUOTA_BYTES = 12_000_000
BITS, SIDE = 11, 24


def pictures() -> Iterator[npt.NDArray[np.uint8]]:
    """Yield pictures with their number written in squares, over a moving ground of noise."""
    rng = np.random.default_rng(3)
    ground = rng.integers(60, 120, (180, 640, 3), np.uint8)
    for number in range(LOOP_S * FPS):
        picture = np.ascontiguousarray(np.roll(ground, number, axis=1)[:, :320])
        for bit in range(BITS):
            picture[:SIDE, bit * SIDE : (bit + 1) * SIDE] = 235 if number >> bit & 1 else 16
        yield picture


def number_on(luma: npt.NDArray[np.uint8]) -> int:
    half = SIDE // 2
    return sum(1 << bit for bit in range(BITS) if luma[half, bit * SIDE + half] > 125)


class NarrowDisk(EvidenceFolder):
    """Has no room now and then."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._random = random.Random(4)

    def new_draft(self, suffix: str) -> Path:
        if suffix == ".mp4" and self._random.random() < 0.1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().new_draft(suffix)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("cameras")
    made = {}
    for codec, gop_s in GOPS_S.items():
        loop = folder / f"{codec}-loop.mp4"
        write_film(loop, pictures(), fps=FPS, codec=codec, gop_s=gop_s, kbit_s=300)
        made[codec] = folder / f"{codec}.mp4"
        repeat_film(loop, made[codec], seconds=HOUR_S)
    return made


def shown_at(path: Path, since_begin_s: float) -> int:
    """Return the number on the picture that is shown at a time of a clip."""
    with av.open(str(path)) as container:
        container.seek(round(since_begin_s * av.time_base), backward=True)
        shown = -1
        for frame in container.decode(video=0):
            if float(frame.time or 0.0) > since_begin_s + 0.5 / FPS:
                break
            shown = number_on(np.asarray(frame.to_ndarray(format="gray"), np.uint8))
    return shown


def length_s(path: Path) -> float:
    """Return when the last picture of a clip is shown."""
    with av.open(str(path)) as container:
        packets = container.demux(video=0)
        return max(float(one.pts * one.time_base) for one in packets if one.pts is not None)


def test_every_clip_opens_and_shows_its_moment_between_both_rolls(
    recordings: dict[str, Path], tmp_path: Path, clock: FakeClock
) -> None:
    box = Exhibits(tmp_path, clock)
    box.folder = NarrowDisk(tmp_path / "evidence")
    late_s = PATIENCE_S + ROOM_WITHIN_S + max(GOPS_S.values())
    rings = {
        codec: Ring(seconds=(PRE + POST).total_seconds() + late_s, max_bytes=RING_BYTES)
        for codec in GOPS_S
    }
    desk = ClipDesk(
        {codec: RingFilm(ring) for codec, ring in rings.items()},
        folder=box.folder,
        journal=box.journal,
        store=box.store,
        manifests=box.manifests,
        clock=clock,
    )
    retention = Retention(
        box.folder,
        box.store,
        box.manifests,
        terms=Terms(90 * 86400.0, 30 * 86400.0, QUOTA_BYTES, 0),
        clock=clock,
        free_bytes=lambda: 10**12,
    )
    draw = random.Random(11)
    coming = sorted(
        (NOON + timedelta(seconds=draw.uniform(15.0, HOUR_S - 60.0)), codec)
        for codec in GOPS_S
        for _ in range(EACH)
    )
    open_streams = [
        open_recording(
            recordings[codec], start_utc=NOON, decode=Decode.KEYFRAMES, ring=rings[codec]
        )
        for codec in GOPS_S
    ]
    wanted: dict[str, Clip] = {}
    checked: set[str] = set()

    def check_new() -> None:
        for incident_id in wanted.keys() - checked:
            found = box.store.clip(incident_id)
            assert found is not None
            assert found.state != ClipState.MISSING, found.detail
            if found.state == ClipState.WRITTEN:
                checked.add(incident_id)
                assert found.detail == "", "a roll is short"
                require_moment(wanted[incident_id])

    def require_moment(clip: Clip) -> None:
        item = box.store.item(clip.incident_id, "clip.mp4")
        assert item is not None
        assert item.begins_at <= clip.begins_at
        assert item.ends_at >= clip.ends_at - timedelta(seconds=1.5 / FPS)
        path = box.folder.of(clip.incident_id, clip.moment) / "clip.mp4"
        number = shown_at(path, (clip.moment - item.begins_at).total_seconds())
        expected = int((clip.moment - NOON).total_seconds() * FPS + 0.5) % (LOOP_S * FPS)
        off = (number - expected + LOOP_S * FPS // 2) % (LOOP_S * FPS) - LOOP_S * FPS // 2
        assert abs(off) <= 1, f"shows {number} instead of {expected}"
        assert length_s(path) >= (PRE + POST).total_seconds() - 2 / FPS

    for frame in heapq.merge(*(one.frames() for one in open_streams), key=_moment_of):
        clock.advance((frame.utc - clock.now).total_seconds())
        while coming and coming[0][0] <= clock.now:
            moment, codec = coming.pop(0)
            incident_id = f"0193a5b0-0000-7000-8000-{len(wanted):012x}"
            clip = Clip(incident_id, codec, moment, moment - PRE, moment + POST)
            wanted[incident_id] = clip
            facts: dict[str, Any] = {"opened_at": moment, "observed_at": moment, "camera_id": codec}
            box.open(incident_id, ["opened.jpg"], clip=clip, **facts)
            desk.wish(clip)
        desk.look()
        check_new()
        assert all(ring.bytes <= RING_BYTES for ring in rings.values())
        if retention.pressing():
            retention.run()

    assert len(checked) == len(wanted) == 2 * EACH
    purged = [one for incident_id in wanted for one in box.store.purges(incident_id)]
    assert {one.reason for one in purged} == {"quota"}
    assert 20 < len(purged) < 2 * EACH
    assert box.store.kept_bytes() <= QUOTA_BYTES + RING_BYTES
    for incident_id in wanted:
        assert not verify_incident(
            incident_id, folder=box.folder, store=box.store, authenticator=box.authenticator
        ).problems


def _moment_of(frame: Frame) -> datetime:
    return frame.utc
