from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest
from av.video.stream import VideoStream

from streams.ring import Layout, Ring, RingPacket, Stretch

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def streams(films: dict[str, Path]) -> Iterator[dict[str, VideoStream]]:
    """An opened stream of each codec."""
    with av.open(str(films["h264"])) as h264, av.open(str(films["hevc"])) as hevc:
        yield {"h264": h264.streams.video[0], "hevc": hevc.streams.video[0]}


@pytest.fixture
def layout(streams: dict[str, VideoStream]) -> Layout:
    return Layout(streams["h264"])


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def fill(ring: Ring, begins_s: float, ends_s: float, *, size: int = 100, gop: int = 25) -> None:
    """Send 25 packets a second, with a keyframe first and after every ``gop``."""
    for number in range(round((ends_s - begins_s) * 25)):
        keyframe = number % gop == 0
        moment = at(begins_s + number / 25)
        ring.put(RingPacket(b"x" * size, number, number, keyframe, moment))


def seconds(stretch: Stretch | None) -> tuple[float, float]:
    assert stretch is not None
    assert stretch.packets[0].keyframe
    return (
        round((stretch.begins_at - NOON).total_seconds(), 2),
        round((stretch.ends_at - NOON).total_seconds(), 2),
    )


def test_a_span_begins_with_the_keyframe_that_shows_its_beginning(layout: Layout) -> None:
    ring = Ring(seconds=30, max_bytes=10**6)
    ring.begin(layout)
    fill(ring, 0, 20)
    assert seconds(ring.cut(at(5.5), at(10.5), moment=at(8))) == (5.0, 10.48)
    assert ring.newest() == at(19.96)


def test_what_is_older_than_needed_goes_with_its_whole_group(layout: Layout) -> None:
    ring = Ring(seconds=10, max_bytes=10**6)
    ring.begin(layout)
    fill(ring, 0, 60)
    assert seconds(ring.cut(at(0), at(60), moment=at(55))) == (49.0, 59.96)
    assert ring.bytes == 11 * 25 * 100


def test_bytes_are_bounded_whatever_the_camera_sends(layout: Layout) -> None:
    ring = Ring(seconds=30, max_bytes=20_000)
    ring.begin(layout)
    fill(ring, 0, 60)
    assert ring.bytes <= 20_000
    assert seconds(ring.cut(at(0), at(60), moment=at(59)))[1] == 59.96


def test_a_group_that_is_too_large_is_cut_off_and_counted(layout: Layout) -> None:
    ring = Ring(seconds=30, max_bytes=1000)
    ring.begin(layout)
    fill(ring, 0, 1)
    assert (ring.bytes, ring.left_out) == (1000, 15)
    fill(ring, 1, 1.2)
    assert seconds(ring.cut(at(0), at(2), moment=at(1))) == (1.0, 1.16)


def test_nothing_is_kept_before_the_first_keyframe_of_a_connection(layout: Layout) -> None:
    ring = Ring(seconds=30, max_bytes=10**6)
    ring.put(RingPacket(b"before any connection", 0, 0, True, at(0)))
    ring.begin(layout)
    ring.put(RingPacket(b"no keyframe", 0, 0, False, at(0)))
    assert ring.cut(at(-1), at(1), moment=at(0)) is None
    fill(ring, 1, 2)
    ring.begin(layout)
    ring.put(RingPacket(b"depends on what was lost", 0, 0, False, at(2)))
    assert ring.newest() == at(1.96)


def test_a_camera_that_was_away_is_one_long_picture(layout: Layout) -> None:
    ring = Ring(seconds=60, max_bytes=10**6)
    ring.begin(layout)
    fill(ring, 0, 10)
    ring.begin(layout)
    fill(ring, 25, 30)
    stretch = ring.cut(at(5), at(28), moment=at(9))
    assert seconds(stretch) == (5.0, 28.0)
    assert stretch is not None
    assert len(stretch.packets) == 5 * 25 + 3 * 25 + 1


def test_of_a_camera_that_came_back_otherwise_the_part_with_the_moment_is_cut(
    streams: dict[str, VideoStream],
) -> None:
    ring = Ring(seconds=60, max_bytes=10**6)
    ring.begin(Layout(streams["h264"]))
    fill(ring, 0, 10)
    ring.begin(Layout(streams["hevc"]))
    fill(ring, 12, 20)
    assert seconds(ring.cut(at(5), at(18), moment=at(9))) == (5.0, 9.96)
    assert seconds(ring.cut(at(5), at(18), moment=at(15))) == (12.0, 18.0)
    assert seconds(ring.cut(at(5), at(18), moment=at(11.8))) == (12.0, 18.0)


def test_nothing_of_a_span_is_nothing(layout: Layout) -> None:
    ring = Ring(seconds=60, max_bytes=10**6)
    assert (ring.newest(), ring.cut(at(0), at(1), moment=at(0))) == (None, None)
    ring.begin(layout)
    fill(ring, 10, 20)
    assert ring.cut(at(0), at(5), moment=at(3)) is None
    assert ring.cut(at(25), at(30), moment=at(26)) is None


def test_times_that_make_no_sense_follow_the_packet_before_them(layout: Layout) -> None:
    ring = Ring(seconds=60, max_bytes=10**6)
    ring.begin(layout)
    fill(ring, 0, 1)
    for moment in (at(0.9), at(5000), at(-5000)):
        ring.put(RingPacket(b"x", 0, 0, False, moment))
    stretch = ring.cut(at(0), at(10), moment=at(1))
    assert stretch is not None
    times = [one.utc for one in stretch.packets]
    assert times == sorted(set(times))
    assert times[-1] < at(1.2)


def test_a_box_whose_clock_was_set_back_begins_anew(layout: Layout) -> None:
    ring = Ring(seconds=60, max_bytes=10**6)
    ring.begin(layout)
    fill(ring, 3600, 3610)
    ring.begin(layout)
    fill(ring, 0, 5)
    assert seconds(ring.cut(at(0), at(4000), moment=at(2))) == (0.0, 4.96)
    assert ring.bytes == 5 * 25 * 100


def test_keyframes_are_told_once(layout: Layout) -> None:
    ring = Ring(seconds=60, max_bytes=10**6)
    ring.begin(layout)
    fill(ring, 0, 3)
    assert [one.utc for _, one in ring.keyframes(None)] == [at(0), at(1), at(2)]
    assert [one.utc for _, one in ring.keyframes(at(1))] == [at(2)]


@pytest.mark.parametrize(("codec", "same"), [("h264", True), ("hevc", False)])
def test_layouts_are_one_if_one_file_can_hold_both(
    streams: dict[str, VideoStream], layout: Layout, codec: str, *, same: bool
) -> None:
    assert layout.matches(Layout(streams[codec])) is same
