from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from streams.decode import Decode
from streams.errors import StreamError
from streams.recording import RealTime, open_recording
from tests.hostile import film

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_recording_gives_every_frame_with_its_times(films: dict[str, Path], codec: str) -> None:
    recording = open_recording(films[codec], start_utc=START, start_mono_s=50.0)
    frames = list(recording.frames())
    recording.close()
    assert recording.info.codec == codec
    assert recording.info.size_wh == (320, 180)
    assert len(frames) == recording.counters.decoded == 150
    assert frames[0].mono_s == 50.0
    assert frames[-1].mono_s == pytest.approx(50.0 + 149 / 25)
    assert frames[25].utc - START == timedelta(seconds=1)
    assert [frame.index for frame in frames if frame.keyframe] == [0, 25, 50, 75, 100, 125]


def test_luma_is_the_plane_itself_and_bgr_is_converted(films: dict[str, Path]) -> None:
    recording = open_recording(films["h264"], start_utc=START)
    frame = next(recording.frames())
    luma, bgr = frame.luma(), frame.bgr()
    recording.close()
    assert luma.shape == (180, 320)
    assert bgr.shape == (180, 320, 3)
    assert luma.base is not None
    assert luma[90, 20] > 200
    assert luma[10, 200] < 140
    grey = bgr.astype(np.float32).mean(axis=2)
    # Studio range: 16..235 is black to white.
    np.testing.assert_allclose(grey, (luma.astype(np.float32) - 16) * 255 / 219, atol=25)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_keyframes_only_decodes_keyframes_only(films: dict[str, Path], codec: str) -> None:
    recording = open_recording(films[codec], start_utc=START, decode=Decode.KEYFRAMES)
    frames = list(recording.frames())
    recording.close()
    assert recording.counters.packets == 150
    assert recording.counters.decoded == len(frames) == 6
    assert all(frame.keyframe for frame in frames)
    assert [frame.mono_s for frame in frames] == pytest.approx([0, 1, 2, 3, 4, 5])


def test_adaptive_wakes_at_once_with_whole_pictures_and_sleeps_after_quiet(
    films: dict[str, Path],
) -> None:
    whole = open_recording(films["h264"], start_utc=START)
    expected = {round(f.mono_s * 25): f.luma().copy() for f in whole.frames()}
    recording = open_recording(
        films["h264"], start_utc=START, decode=Decode.ADAPTIVE, quiet_after_s=1.0
    )
    seen = []
    for frame in recording.frames():
        slot = round(frame.mono_s * 25)
        np.testing.assert_array_equal(frame.luma(), expected[slot])
        seen.append(slot)
        recording.note_motion(slot == 25, frame.mono_s)
    # Keyframes 0 and 25, then everything for a second, then keyframes again.
    assert seen == [0, 25, *range(26, 51), 75, 100, 125]


def test_real_time_waits_for_each_frame_and_can_be_interrupted() -> None:
    now, waits = [1000.0], []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        now[0] += seconds
        return len(waits) > 2

    pacer = RealTime(lambda: now[0], wait)
    assert pacer(5.0)
    now[0] += 0.3
    assert pacer(6.0)
    assert not pacer(7.0)
    assert waits == pytest.approx([0.0, 0.7, 1.0])


def test_a_broken_packet_is_counted_and_the_rest_goes_on(
    films: dict[str, Path], tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.mp4"
    content = bytearray(films["h264"].read_bytes())
    with av.open(str(films["h264"])) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    victim = next(packet for packet in packets[60:] if packet.size > 60)
    assert victim.pos is not None
    content[victim.pos + 4 : victim.pos + 60] = bytes(56)
    damaged.write_bytes(content)
    recording = open_recording(damaged, start_utc=START)
    frames = list(recording.frames())
    recording.close()
    assert len(frames) >= 140


def test_what_is_no_recording_is_said_with_its_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 50)
    with pytest.raises(StreamError, match=r"broken\.mp4: is no video that can be read"):
        open_recording(broken, start_utc=START)
    with pytest.raises(StreamError, match="there is no such recording"):
        open_recording(tmp_path / "absent.mp4", start_utc=START)


def test_a_title_in_another_encoding_is_no_error(tmp_path: Path) -> None:
    path, title = tmp_path / "titled.mp4", "a title of a camera"
    content = film("mp4", "libx264", title)
    assert title.encode() in content
    other = "东门摄像头".encode("gbk").ljust(len(title))
    path.write_bytes(content.replace(title.encode(), other))
    recording = open_recording(path, start_utc=START)
    assert sum(1 for _ in recording.frames()) == 30
    recording.close()
