import itertools
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.decode import Decode
from streams.errors import StreamError
from streams.reading import REST_S
from streams.rtsp import RtspAddress, open_rtsp
from tests.fixtures_rtsp import RtspServer

MakeServer = Callable[..., RtspServer]


@pytest.mark.e2e
@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_camera_is_read_and_its_end_is_an_error(
    make_rtsp_server: MakeServer, films: dict[str, Path], codec: str
) -> None:
    server = make_rtsp_server({"cam": (codec, films[codec])})
    stream = open_rtsp(RtspAddress(server.url("cam")), start_mono_s=20.0)
    frames = stream.frames()
    first = next(frames)
    with pytest.raises(StreamError, match="ended the stream"):
        list(frames)
    stream.close()
    assert first.mono_s == 20.0
    assert stream.info.codec == codec
    assert stream.counters.decoded >= 140
    assert stream.counters.corrupt == 0


@pytest.mark.e2e
def test_credentials_are_used_and_never_told(
    make_rtsp_server: MakeServer, films: dict[str, Path]
) -> None:
    server = make_rtsp_server({"cam": ("h264", films["h264"])}, user="viewer", password="p@ss/w:rd")
    stream = open_rtsp(RtspAddress(server.url("cam"), "viewer", "p@ss/w:rd"))
    assert next(stream.frames()).size_wh == (320, 180)
    stream.close()
    wrong = RtspAddress(server.url("cam"), "viewer", "n0t-it")
    with pytest.raises(StreamError) as caught:
        open_rtsp(wrong)
    text = f"{caught.value} {caught.value.__cause__} {wrong!r}"
    assert "refused the login; check username and password" in text
    assert "n0t-it" not in text
    assert "viewer" not in text


@pytest.mark.e2e
def test_a_frozen_camera_is_given_up_within_the_read_timeout_and_can_be_opened_again(
    make_rtsp_server: MakeServer, films: dict[str, Path]
) -> None:
    server = make_rtsp_server({"cam": ("h264", films["h264"])})
    stream = open_rtsp(RtspAddress(server.url("cam")), read_timeout_s=1.0)
    frames = stream.frames()
    for _ in itertools.islice(frames, 10):
        pass
    server.freeze()
    with pytest.raises(StreamError, match="sent nothing in time"):
        for _ in frames:
            pass
    stream.close()
    server.stop()
    server.start()
    again = open_rtsp(RtspAddress(server.url("cam")))
    assert next(again.frames()).keyframe
    again.close()


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("decode", "rests"), [(Decode.KEYFRAMES, True), (Decode.ADAPTIVE, True), (Decode.ALL, False)]
)
def test_packets_gather_where_only_keyframes_are_decoded_and_none_is_missed(
    make_rtsp_server: MakeServer,
    films: dict[str, Path],
    decode: Decode,
    rests: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rested: list[float] = []
    rest = time.sleep

    def noted(seconds: float) -> None:
        rested.append(seconds)
        rest(seconds)

    monkeypatch.setattr("streams.reading.time.sleep", noted)
    server = make_rtsp_server({"cam": ("h264", films["h264"])})
    stream = open_rtsp(RtspAddress(server.url("cam")), decode=decode)
    began_s = time.monotonic()
    with pytest.raises(StreamError, match="ended the stream"):
        list(stream.frames())
    took_s = time.monotonic() - began_s
    stream.close()
    assert stream.counters.packets >= 140
    assert stream.counters.waited_s > took_s * 0.8  # a rest is not work
    if not rests:
        assert rested == []
        return
    # Five packets come in a fifth of a second: as many rests as packets would be no gain.
    assert set(rested) == {REST_S}
    assert took_s / REST_S / 3 <= len(rested) <= took_s / REST_S


@pytest.mark.e2e
def test_keyframes_are_enough_where_they_are_asked_for(
    make_rtsp_server: MakeServer, films: dict[str, Path]
) -> None:
    server = make_rtsp_server({"cam": ("h264", films["h264"])})
    stream = open_rtsp(RtspAddress(server.url("cam")), decode=Decode.KEYFRAMES)
    frames = list(itertools.islice(stream.frames(), 3))
    stream.close()
    assert all(frame.keyframe for frame in frames)
    assert stream.counters.decoded == 3
    assert stream.counters.packets > 50


@pytest.mark.e2e
def test_an_unknown_path_is_said(make_rtsp_server: MakeServer, films: dict[str, Path]) -> None:
    server = make_rtsp_server({"cam": ("h264", films["h264"])})
    with pytest.raises(StreamError, match=r"/other: the camera has no such path"):
        open_rtsp(RtspAddress(server.url("other")))


def test_somebody_who_listens_and_says_nothing_is_given_up_in_time() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(StreamError, match="sent nothing in time"):
            open_rtsp(RtspAddress(f"rtsp://127.0.0.1:{port}/cam"), open_timeout_s=0.5)


def test_nobody_who_listens_is_said_at_once(free_port: int) -> None:
    with pytest.raises(StreamError, match="nobody listens there"):
        open_rtsp(RtspAddress(f"rtsp://127.0.0.1:{free_port}/cam"))


@pytest.mark.parametrize("url", ["ftp://host/x", "gate.mp4", "rtsp://"])
def test_what_is_no_camera_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(StreamError, match=r"write it like rtsp://host:554/path"):
        RtspAddress(url)


def test_an_address_never_shows_user_password_or_query() -> None:
    address = RtspAddress("rtsp://admin:hush@cam:554/live?user=admin&pwd=hush")
    assert str(address) == repr(address) == "rtsp://***@cam:554/live?***"
    assert (
        RtspAddress("rtsp://cam/1", "a b", "c/d@e").with_credentials()
        == "rtsp://a%20b:c%2Fd%40e@cam/1"
    )
