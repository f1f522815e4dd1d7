"""Containers with damage of every kind: native code reads them, and nothing may come of it."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.clip import verify_clip, write_clip
from streams.decode import Decode
from streams.errors import StreamError
from streams.recording import open_recording
from streams.ring import Ring

START = datetime(2026, 1, 1, tzinfo=UTC)
MOST_FRAMES = 300
HEAD_BYTES = 1500
KINDS = [("mp4", "libx264"), ("mkv", "libx264"), ("mpegts", "libx264"), ("avi", "mjpeg")]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a film of three seconds in every container."""
    folder = tmp_path_factory.mktemp("sound")
    for container, codec in KINDS:
        _film(folder / container, container, codec)
    return folder


def _film(path: Path, container: str, codec: str, title: str = "") -> bytes:
    ramp = np.tile(np.arange(320, dtype=np.uint8)[None, :, None], (180, 1, 3))
    with av.open(str(path), "w", format=container.replace("mkv", "matroska")) as out:
        if title:
            out.metadata["title"] = title
        stream = out.add_stream(codec, rate=10)
        stream.width, stream.height = 320, 180
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.options = {"g": "10", "bf": "0"}
        for step in range(30):
            picture = av.VideoFrame.from_ndarray(np.roll(ramp, step * 7, 1), format="rgb24")
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    return path.read_bytes()


def _damaged(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    at = chance.randrange(len(damaged))
    match chance.randrange(6):
        case 0:
            for _ in range(chance.randrange(1, 60)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        case 1:
            for _ in range(chance.randrange(1, 12)):
                where = chance.randrange(min(len(damaged), HEAD_BYTES))
                damaged[where] = chance.choice([0, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        case 2:
            del damaged[at:]
        case 3:
            damaged[at : at + chance.randrange(2000)] = bytes(10)
        case 4:
            damaged[at:at] = damaged[: chance.randrange(3000)]
        case _:
            damaged = damaged[at:] + damaged[:at]
    return bytes(damaged)


@settings(
    max_examples=120,
    deadline=timedelta(seconds=20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    container=st.sampled_from([name for name, _ in KINDS]),
    policy=st.sampled_from(Decode),
    seed=st.integers(0, 2**32),
)
def test_damage_ends_in_pictures_in_order_or_in_a_stream_error(
    sound: Path,
    tmp_path: Path,
    container: str,
    policy: Decode,
    seed: int,
) -> None:
    path = tmp_path / f"damaged.{container}"
    path.write_bytes(_damaged((sound / container).read_bytes(), random.Random(seed)))
    ring = Ring(seconds=10.0, max_bytes=1_000_000)
    times = list(_looked_at(path, policy, ring))
    assert times == sorted(times)
    stretch = ring.cut(START, START + timedelta(seconds=2), moment=START)
    if stretch is not None:
        clip = tmp_path / "clip.mp4"
        try:
            write_clip(clip, stretch)
            verify_clip(clip, stretch)
        except StreamError:
            pass  # said, and no clip is told of


def _looked_at(path: Path, policy: Decode, ring: Ring) -> Iterator[float]:
    """Yield the stream times of a recording's pictures, as far as they can be had."""
    try:
        recording = open_recording(path, start_utc=START, decode=policy, ring=ring)
    except StreamError:
        return
    try:
        for number, frame in enumerate(recording.frames()):
            assert frame.luma().ndim == 2
            assert frame.bgr(640).shape[2] == 3
            yield frame.mono_s
            if number >= MOST_FRAMES:
                return
    except StreamError:
        return
    finally:
        recording.close()


def test_a_title_in_another_encoding_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "titled.mp4"
    title = "a title of a camera"
    content = _film(path, "mp4", "libx264", title)
    assert title.encode() in content
    other = "东门摄像头".encode("gbk").ljust(len(title))
    path.write_bytes(content.replace(title.encode(), other))
    recording = open_recording(path, start_utc=START)
    assert sum(1 for _ in recording.frames()) == 30
    recording.close()
