"""A camera that becomes another one in the middle of its stream: no clip mixes the two."""

import time
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import av
import pytest

from streams.clip import verify_clip, write_clip
from streams.errors import StreamError
from streams.faults import Fault
from streams.ring import Ring
from streams.rtsp import RtspAddress, open_rtsp
from tests.chaos.camera import Misdeed, ScriptedCamera
from tests.chaos.lane import LARGE, USUAL, films
from tests.chaos.misdeeds import MISDEEDS

NAMED = {one.name: one for one in MISDEEDS}


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedCamera]:
    made = ScriptedCamera(films(tmp_path_factory.mktemp("lane")))
    yield made
    made.close()


def watch(camera: ScriptedCamera, ring: Ring, seconds: float) -> None:
    """Read a camera into a ring for so long, or until it breaks off."""
    stream = open_rtsp(RtspAddress(camera.url), ring=ring)
    until_s = time.monotonic() + seconds
    try:
        for _ in stream.frames():
            if time.monotonic() > until_s:
                return
    finally:
        stream.close()


def watch_change(camera: ScriptedCamera, ring: Ring, misdeed: Misdeed) -> StreamError:
    """Read a camera that changes after its first picture; return how that ended."""
    stream = open_rtsp(RtspAddress(camera.url), ring=ring)
    frames = stream.frames()
    for _ in islice(frames, 12):
        pass
    camera.misbehave(misdeed)
    with pytest.raises(StreamError) as caught:
        deque(frames, maxlen=0)
    stream.close()
    return caught.value


def pictures(path: Path) -> set[tuple[str, tuple[int, int]]]:
    """Decode all of a clip, strictly; return what its pictures are."""
    with av.open(str(path), options={"err_detect": "explode"}) as container:
        video = container.streams.video[0]
        codec = str(video.codec_context.name)
        return {(codec, (one.width, one.height)) for one in container.decode(video)}


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("name", "fault", "after"),
    [
        ("other-size", Fault.RESOLUTION, ("h264", LARGE)),
        ("other-codec", Fault.CORRUPT, ("hevc", USUAL)),
    ],
)
def test_clips_before_and_after_a_change_are_whole_and_of_one_kind(
    camera: ScriptedCamera,
    tmp_path: Path,
    name: str,
    fault: Fault,
    after: tuple[str, tuple[int, int]],
) -> None:
    camera.misbehave(Misdeed("none", frozenset()))
    ring = Ring(seconds=60, max_bytes=10**8)
    began_s = time.monotonic()
    assert watch_change(camera, ring, NAMED[name]).fault is fault
    assert time.monotonic() - began_s < 6
    first = ring.newest()
    watch(camera, ring, 1.5)
    last = ring.newest()
    assert first is not None
    assert last is not None
    long_ago = first - timedelta(minutes=1)

    def clip(moment: datetime) -> set[tuple[str, tuple[int, int]]]:
        stretch = ring.cut(long_ago, last, moment=moment)
        assert stretch is not None
        path = tmp_path / "clip.mp4"
        write_clip(path, stretch)
        verify_clip(path, stretch)
        return pictures(path)

    assert clip(first - timedelta(seconds=0.5)) == {("h264", USUAL)}
    assert clip(last) == {after}
