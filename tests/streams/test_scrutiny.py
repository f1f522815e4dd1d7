"""What a live camera may send is named, counted or given up, on a clock that the test moves."""

import av
import pytest

from streams.errors import StreamError
from streams.faults import Fault
from streams.nal import plausible, readable_codec, sequence_set
from streams.scrutiny import Scrutiny
from streams.source import Counters
from tests.conftest import FakeClock

SIZE = (320, 180)
KEY = b"\x00\x00\x00\x01\x67\x42\x00\x1e\x95\xa8\x14\x01\x6e\x00\x00\x00\x01\x65\x88\x84"
OTHER = KEY.replace(b"\x1e\x95\xa8\x14", b"\x1f\x95\xa8\x28")


class Camera:
    """Sends to a scrutiny at ten packets a second."""

    def __init__(self, clock: FakeClock) -> None:
        self.counters, self.clock = Counters(), clock
        self.told = 0
        self.counters.overdue = self._tell
        codec = av.VideoCodecContext.create("h264", "r")
        self.scrutiny = Scrutiny("cam", codec, self.counters, clock.mono_s)

    def _tell(self) -> None:
        self.told += 1

    def send(self, seconds: float, *, keyframe_every: int = 10, pictures: bool = True) -> int:
        """Send for so long; return how many packets were worth decoding."""
        worth = 0
        for index in range(round(seconds * 10)):
            self.clock.advance(0.1)
            keyframe = bool(keyframe_every) and index % keyframe_every == 0
            worth += self.scrutiny.packet(keyframe=keyframe)
            if pictures:
                self.scrutiny.picture(SIZE, damaged=False)
            else:
                self.counters.corrupt += 1
        return worth


@pytest.fixture
def camera(clock: FakeClock) -> Camera:
    return Camera(clock)


def test_a_good_camera_has_no_fault(camera: Camera) -> None:
    assert camera.send(600) == 6000
    assert camera.counters.faults == {}


def test_a_minute_without_a_keyframe_is_told_and_not_given_up_while_pictures_come(
    camera: Camera,
) -> None:
    camera.send(10)
    camera.send(60, keyframe_every=0)
    assert camera.counters.faults[Fault.NO_KEYFRAME] > 20
    assert camera.told == 0  # who sees pictures tells it with them


def test_without_any_keyframe_it_is_waited_for_a_minute(camera: Camera, clock: FakeClock) -> None:
    began_s = clock.mono_s()
    with pytest.raises(StreamError, match="no keyframe has come") as caught:
        camera.send(120, keyframe_every=0, pictures=False)
    assert caught.value.fault is Fault.NO_KEYFRAME
    assert camera.told > 20
    assert 59 < clock.mono_s() - began_s < 62


def test_rare_keyframes_are_no_fault(camera: Camera) -> None:
    camera.send(120, keyframe_every=100)
    assert camera.counters.faults == {}


def test_what_cannot_be_decoded_any_more_is_opened_again_soon(
    camera: Camera, clock: FakeClock
) -> None:
    camera.send(10)
    began_s = clock.mono_s()
    with pytest.raises(StreamError, match="really sends h264") as caught:
        camera.send(10, keyframe_every=0, pictures=False)
    assert caught.value.fault is Fault.CORRUPT
    assert clock.mono_s() - began_s < 2.5


def test_damaged_pictures_are_counted(camera: Camera) -> None:
    camera.scrutiny.picture(SIZE, damaged=True)
    assert camera.counters.corrupt == 1


def test_another_size_ends_the_connection(camera: Camera) -> None:
    camera.send(1)
    with pytest.raises(StreamError) as caught:
        camera.scrutiny.picture((640, 360), damaged=False)
    assert caught.value.fault is Fault.RESOLUTION


def test_another_parameter_set_ends_it_before_its_pictures_are_kept(camera: Camera) -> None:
    camera.scrutiny.keyframe(KEY)
    camera.scrutiny.keyframe(KEY + b"\x10\x20")
    with pytest.raises(StreamError) as caught:
        camera.scrutiny.keyframe(OTHER)
    assert caught.value.fault is Fault.RESOLUTION


def test_of_a_flood_only_some_keyframes_are_decoded_and_afterwards_everything(
    camera: Camera, clock: FakeClock
) -> None:
    worth = 0
    for index in range(10_000):
        clock.advance(0.001)
        worth += camera.scrutiny.packet(keyframe=index % 10 == 0)
        camera.scrutiny.picture(SIZE, damaged=False)
    assert camera.counters.faults[Fault.FLOOD] >= 2
    assert worth < 3100 + 7 * 25
    camera.send(5)
    assert camera.send(10) == 100


def test_a_burst_after_a_pause_is_no_flood(camera: Camera, clock: FakeClock) -> None:
    for _ in range(5):
        clock.advance(4)
        for index in range(100):
            clock.advance(0.001)
            camera.scrutiny.packet(keyframe=index % 10 == 0)
            camera.scrutiny.picture(SIZE, damaged=False)
    assert Fault.FLOOD not in camera.counters.faults


@pytest.mark.parametrize(
    ("codec", "unit", "possible"),
    [
        ("h264", b"\x65\x88", True),
        ("h264", b"\x41\x9a", True),
        ("h264", b"\x02\x01", False),
        ("h264", b"\xe5\x88", False),
        ("hevc", b"\x40\x01", True),
        ("hevc", b"\x02\x01", True),
        ("hevc", b"\x65\x88", False),
        ("hevc", b"\x41\x9a", False),
        ("mjpeg", b"\xff\xd8", True),
    ],
)
def test_a_unit_of_another_codec_is_seen(codec: str, unit: bytes, possible: bool) -> None:
    assert plausible(codec, b"\x00\x00\x00\x01" + unit) is possible


def test_parameter_sets_are_found_among_other_units() -> None:
    assert sequence_set("h264", KEY) == b"\x67\x42\x00\x1e\x95\xa8\x14\x01\x6e"
    assert sequence_set("h264", b"\x00\x00\x01\x41\x9a") is None
    assert readable_codec("h264", b"\x01\x64\x00") == ""
    assert readable_codec("h264", b"\x00\x00\x01\x67") == "h264"
