import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from streams.clip import verify_clip, write_clip
from streams.decode import Decode
from streams.errors import StreamError
from streams.recording import open_recording
from streams.retouch import pictures_of
from streams.ring import Ring, Stretch

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def recorded(path: Path, *, decode: Decode = Decode.KEYFRAMES) -> Ring:
    """Read a whole film past a ring."""
    ring = Ring(seconds=60, max_bytes=10**8)
    recording = open_recording(path, start_utc=START, decode=decode, ring=ring)
    for _ in recording.frames():
        pass
    recording.close()
    return ring


def cut(ring: Ring, begins_s: float, ends_s: float) -> Stretch:
    stretch = ring.cut(at(begins_s), at(ends_s), moment=at((begins_s + ends_s) / 2))
    assert stretch is not None
    return stretch


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("decode", [Decode.ALL, Decode.KEYFRAMES])
def test_every_packet_comes_to_the_ring_at_its_time_decoded_or_not(
    films: dict[str, Path], codec: str, decode: Decode
) -> None:
    stretch = cut(recorded(films[codec], decode=decode), 0, 6)
    assert len(stretch.packets) == 150
    since_s = [(one.utc - START).total_seconds() for one in stretch.packets]
    np.testing.assert_allclose(since_s, np.arange(150) / 25, atol=1e-3)
    assert [i for i, one in enumerate(stretch.packets) if one.keyframe] == list(range(0, 150, 25))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_clip_shows_the_very_pictures_of_its_span(
    films: dict[str, Path], tmp_path: Path, codec: str
) -> None:
    stretch = cut(recorded(films[codec]), 2.3, 4.5)
    clip = tmp_path / "clip.mp4"
    write_clip(clip, stretch)
    facts = verify_clip(clip, stretch)
    assert (facts.codec, facts.size_wh, facts.pictures) == (codec, (320, 180), 63)
    assert facts.duration_s == pytest.approx(2.5 - 0.04 + 0.02, abs=0.05)
    with av.open(str(films[codec])) as film, av.open(str(clip)) as written:
        whole = [one.to_ndarray(format="gray") for one in film.decode(video=0)]
        shown = [(one.time, one.to_ndarray(format="gray")) for one in written.decode(video=0)]
    assert [time for time, _ in shown] == pytest.approx([i / 25 for i in range(63)], abs=1e-3)
    for (_, picture), original in zip(shown, whole[50:113], strict=True):
        np.testing.assert_array_equal(picture, original)


def test_a_clip_that_was_cut_short_is_found(films: dict[str, Path], tmp_path: Path) -> None:
    stretch = cut(recorded(films["h264"]), 0, 6)
    clip = tmp_path / "clip.mp4"
    write_clip(clip, stretch)
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StreamError, match="instead of 150"):
        verify_clip(clip, stretch)
    clip.write_bytes(b"no film at all")
    with pytest.raises(StreamError, match="check the disk"):
        verify_clip(clip, stretch)


def test_what_was_written_before_a_power_cut_can_be_played(
    films: dict[str, Path], tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    write_clip(clip, cut(recorded(films["h264"]), 0, 6))
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) * 2 // 3])
    assert sum(1 for _ in pictures_of(clip)) >= 50


def test_a_clip_whose_first_picture_cannot_be_decoded_is_found(
    films: dict[str, Path], tmp_path: Path
) -> None:
    ring = Ring(seconds=60, max_bytes=10**8)
    whole = cut(recorded(films["h264"]), 0, 2)
    ring.begin(whole.layout)
    for one in whole.packets[1:]:  # a camera that calls everything a keyframe
        ring.put(type(one)(b"\x00\x00\x00\x05\x41junk", one.pts, one.dts, True, one.utc))
    stretch = cut(ring, 0, 2)
    clip = tmp_path / "clip.mp4"
    write_clip(clip, stretch)
    with pytest.raises(StreamError, match=r"check the (disk|camera's stream)"):
        verify_clip(clip, stretch)


def test_a_disk_that_fails_is_not_the_cameras_fault(films: dict[str, Path], tmp_path: Path) -> None:
    stretch = cut(recorded(films["h264"]), 0, 1)
    with pytest.raises(OSError, match=os.strerror(errno.ENOENT)):
        write_clip(tmp_path / "no folder" / "clip.mp4", stretch)
    if Path("/dev/full").exists():
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            write_clip(Path("/dev/full"), stretch)
