from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from streams.errors import StreamError
from streams.film import repeat_film
from streams.lookback import Lookback, LookbackStream, files_of, forget
from streams.recording import open_recording
from streams.ring import Ring

START = datetime(2026, 1, 1, 23, 58, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def filled(path: Path, ring: Ring, *, begins_s: float = 0.0) -> Ring:
    recording = open_recording(path, start_utc=at(begins_s), ring=ring)
    recording.keep(Event())
    recording.close()
    return ring


@pytest.fixture
def ring(films: dict[str, Path], tmp_path: Path) -> Ring:
    """Three minutes with a keyframe every second."""
    repeat_film(films["h264"], tmp_path / "long.mp4", seconds=180)
    return filled(tmp_path / "long.mp4", Ring(seconds=600, max_bytes=10**9))


def test_every_few_seconds_a_picture_is_kept_in_a_file_a_minute(ring: Ring, tmp_path: Path) -> None:
    folder = tmp_path / "street-01"
    lookback = Lookback(folder, ring, every_s=5.0, reach_s=3600.0)
    lookback.look(at(180))
    lookback.flush()
    assert [begins_at for begins_at, _ in files_of(folder)] == [at(0), at(60), at(120)]
    assert {path.stat().st_mode & 0o777 for _, path in files_of(folder)} == {0o600}
    stream = LookbackStream(folder, start_mono_s=50.0)
    frames = list(stream.frames())
    assert (stream.begins_at, stream.info.codec, stream.counters.decoded) == (at(0), "h264", 36)
    assert [one.utc for one in frames] == [at(5 * n) for n in range(36)]
    assert [one.mono_s for one in frames] == pytest.approx([50 + 5 * n for n in range(36)])
    assert np.ptp(frames[7].luma()) > 100


def test_looking_often_keeps_nothing_twice(ring: Ring, tmp_path: Path) -> None:
    lookback = Lookback(tmp_path / "cam", ring, every_s=5.0, reach_s=3600.0)
    for _ in range(4):
        lookback.look(at(180))
    lookback.flush()
    assert len(list(LookbackStream(tmp_path / "cam").frames())) == 36


def test_what_is_old_is_removed(ring: Ring, tmp_path: Path) -> None:
    lookback = Lookback(tmp_path / "cam", ring, every_s=5.0, reach_s=100.0)
    lookback.look(at(180))
    lookback.flush()
    lookback.look(at(180))
    assert [begins_at for begins_at, _ in files_of(tmp_path / "cam")] == [at(120)]
    forget(tmp_path / "cam", at(10_000))
    assert files_of(tmp_path / "cam") == []


def test_stream_time_goes_on_over_an_outage(
    films: dict[str, Path], ring: Ring, tmp_path: Path
) -> None:
    lookback = Lookback(tmp_path / "cam", ring, every_s=5.0, reach_s=9000.0)
    lookback.look(at(180))
    filled(films["h264"], ring, begins_s=500.0)
    lookback.look(at(510))
    lookback.flush()
    frames = list(LookbackStream(tmp_path / "cam", since=at(60)).frames())
    assert (frames[0].utc, frames[0].mono_s) == (at(60), 0.0)
    assert frames[-1].utc == at(505)
    assert frames[-1].mono_s == pytest.approx(445.0)


def test_a_camera_that_changes_its_codec_begins_another_file(
    films: dict[str, Path], ring: Ring, tmp_path: Path
) -> None:
    filled(films["hevc"], ring, begins_s=180.0)
    lookback = Lookback(tmp_path / "cam", ring, every_s=5.0, reach_s=9000.0)
    lookback.look(at(190))
    lookback.flush()
    assert [begins_at for begins_at, _ in files_of(tmp_path / "cam")][-1] == at(180)
    assert len(list(LookbackStream(tmp_path / "cam").frames())) == 38


def test_nothing_is_said_to_be_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("somebody else's")
    with pytest.raises(StreamError, match="begins a minute after"):
        LookbackStream(tmp_path)
    assert (tmp_path / "notes.mp4").exists()


def test_a_disk_that_fails_costs_a_file_and_no_more(ring: Ring, tmp_path: Path) -> None:
    blocked = tmp_path / "lookback"
    blocked.write_text("where a folder should be")
    lookback = Lookback(blocked / "cam", ring, every_s=5.0, reach_s=9000.0)
    with pytest.raises(NotADirectoryError):
        lookback.look(at(180))
    blocked.unlink()
    lookback.look(at(180))
    lookback.flush()
    assert [begins_at for begins_at, _ in files_of(blocked / "cam")] == [at(60), at(120)]
