from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from edge.worker.film import RingFilm
from edge.worker.tap import Tap
from streams.decode import Decode
from streams.errors import StreamError
from streams.reading import Reading
from streams.recording import Pacer, open_recording
from streams.retouch import codec_of
from streams.ring import Ring
from streams.rtsp import RtspAddress, open_rtsp
from tests.fixtures_rtsp import RtspServer

START = datetime(2026, 1, 1, tzinfo=UTC)


def a_ring() -> Ring:
    return Ring(seconds=60, max_bytes=10**8)


def recorded(path: Path, *, begins_s: float = 0.0) -> Ring:
    ring = a_ring()
    recording = open_recording(
        path, start_utc=START + timedelta(seconds=begins_s), decode=Decode.KEYFRAMES, ring=ring
    )
    recording.keep(Event())
    recording.close()
    assert recording.counters.decoded == 0
    return ring


def write(film: RingFilm, path: Path, moment_s: float) -> tuple[float, float]:
    moment, roll = START + timedelta(seconds=moment_s), timedelta(seconds=2)
    span = film.write(path, moment - roll, moment + roll, moment=moment)
    return (span.begins_at - START).total_seconds(), (span.ends_at - START).total_seconds()


@pytest.mark.e2e
@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_the_stream_of_a_real_camera_is_kept_without_decoding_it(
    make_rtsp_server: Callable[..., RtspServer],
    films: dict[str, Path],
    tmp_path: Path,
    codec: str,
) -> None:
    server = make_rtsp_server({"main": (codec, films[codec])})
    ring = a_ring()
    opened: list[Reading] = []

    def open_main(start_mono_s: float) -> Reading:
        address = RtspAddress(server.url("main"))
        opened.append(open_rtsp(address, start_mono_s=start_mono_s, ring=ring))
        return opened[-1]

    began_at = datetime.now(UTC)
    with pytest.raises(StreamError, match="ended the stream"):
        Tap("street-01", open_main).run(Event())
    assert opened[0].counters.decoded == 0
    newest = ring.newest()
    assert newest is not None
    assert abs((newest - began_at).total_seconds() - 6) < 3
    span = RingFilm(ring).write(tmp_path / "clip.mp4", began_at, newest, moment=newest)
    assert (span.ends_at - span.begins_at).total_seconds() == pytest.approx(5.9, abs=0.2)
    assert codec_of(tmp_path / "clip.mp4") == codec


def test_a_tap_ends_when_it_is_asked_to(films: dict[str, Path]) -> None:
    ring, stop = a_ring(), Event()

    def pace(mono_s: float) -> bool:
        if mono_s > 2.0:
            stop.set()
        return True

    opener = partial(_film, films["h264"], ring, pace)
    Tap("street-01", opener).run(stop)
    newest = ring.newest()
    assert newest is not None
    assert newest - START < timedelta(seconds=3.1)


def _film(path: Path, ring: Ring, pace: Pacer, start_mono_s: float) -> Reading:
    return open_recording(path, start_utc=START, pacer=pace, start_mono_s=start_mono_s, ring=ring)


def test_a_film_shows_the_main_stream_and_falls_back_on_the_other(
    films: dict[str, Path], tmp_path: Path
) -> None:
    main, sub = recorded(films["hevc"]), recorded(films["h264"])
    clip = tmp_path / "clip.mp4"
    assert write(RingFilm(main, sub), clip, 3.0) == pytest.approx((1.0, 5.0))
    assert codec_of(clip) == "hevc"
    broke_off = recorded(films["hevc"], begins_s=-6.5)
    assert write(RingFilm(broke_off, sub), clip, 1.0) == pytest.approx((0.0, 3.0))
    assert codec_of(clip) == "h264"
    assert write(RingFilm(a_ring(), sub), clip, 3.0) == pytest.approx((1.0, 5.0))
    with pytest.raises(StreamError, match=r"raise evidence\.ring"):
        write(RingFilm(a_ring(), a_ring()), clip, 3.0)
