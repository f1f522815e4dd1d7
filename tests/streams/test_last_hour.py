"""Clips of a camera's last hour."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from streams.errors import StreamError
from streams.film import repeat_film
from streams.last_hour import cut_last_hour
from streams.lookback import Lookback, files_of
from streams.recording import open_recording
from streams.ring import Ring
from tests.streams.test_lookback import at, filled

EVERY_S = 5.0


def kept(film: Path, folder: Path, tmp_path: Path, *, begins_s: float = 0.0) -> None:
    """Keep three minutes of a film, a picture every few seconds."""
    long = tmp_path / "long.mp4"
    repeat_film(film, long, seconds=180)
    ring = filled(long, Ring(seconds=600, max_bytes=10**9), begins_s=begins_s)
    lookback = Lookback(folder, ring, every_s=EVERY_S, reach_s=36_000.0)
    lookback.look(at(begins_s + 180))
    lookback.flush()


def times(clip: Path, begins_at: datetime) -> list[datetime]:
    recording = open_recording(clip, start_utc=begins_at)
    found = [frame.utc for frame in recording.frames()]
    recording.close()
    return found


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_clip_shows_what_was_kept_of_a_span_at_its_times(
    films: dict[str, Path], tmp_path: Path, codec: str
) -> None:
    folder, clip = tmp_path / "cam", tmp_path / "clip.mp4"
    kept(films[codec], folder, tmp_path)
    assert cut_last_hour(folder, at(43), at(131), clip) == (at(45), at(130))
    wanted = [at(45 + EVERY_S * number) for number in range(18)]
    found = times(clip, at(45))
    assert len(found) == len(wanted)
    assert all(
        abs(one - other) < timedelta(milliseconds=50)
        for one, other in zip(found, wanted, strict=True)
    )


def test_of_pictures_that_changed_their_size_it_is_the_longer_part(
    films: dict[str, Path], tmp_path: Path
) -> None:
    folder, clip = tmp_path / "cam", tmp_path / "clip.mp4"
    kept(films["h264"], folder, tmp_path)
    kept(films["hevc"], folder, tmp_path, begins_s=180)
    assert cut_last_hour(folder, at(100), at(300), clip) == (at(180), at(300))
    assert cut_last_hour(folder, at(20), at(200), clip) == (at(20), at(175))


def test_a_file_that_is_broken_is_left_out(films: dict[str, Path], tmp_path: Path) -> None:
    folder, clip = tmp_path / "cam", tmp_path / "clip.mp4"
    kept(films["h264"], folder, tmp_path)
    files_of(folder)[1][1].write_bytes(b"nothing")
    assert cut_last_hour(folder, at(0), at(180), clip) == (at(0), at(175))


@pytest.mark.parametrize(("begins_s", "ends_s"), [(-600, -300), (400, 500), (46, 49), (46, 52)])
def test_of_a_time_that_is_not_kept_there_is_no_clip(
    films: dict[str, Path], tmp_path: Path, begins_s: float, ends_s: float
) -> None:
    folder, clip = tmp_path / "cam", tmp_path / "clip.mp4"
    kept(films["h264"], folder, tmp_path)
    with pytest.raises(StreamError, match="nothing is kept of that time"):
        cut_last_hour(folder, at(begins_s), at(ends_s), clip)
    assert not clip.exists()


def test_a_camera_without_a_last_hour_has_none(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match="nothing is kept of that time"):
        cut_last_hour(tmp_path / "cam", at(0), at(9), tmp_path / "clip.mp4")
