from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from streams.film import repeat_film, write_film
from streams.recording import open_recording

START = datetime(2026, 1, 1, tzinfo=UTC)


def film(path: Path, *, kbit_s: int | None = None) -> Path:
    chance = np.random.default_rng(2)
    ground = chance.integers(60, 200, (96, 160, 3)).astype(np.int16)
    noise = (chance.normal(0, 6, ground.shape) for _ in range(40))
    pictures = ((ground + one).clip(0, 255).astype(np.uint8) for one in noise)
    write_film(path, pictures, fps=10, gop_s=2.0, kbit_s=kbit_s)
    return path


def keyframes_s(path: Path) -> tuple[list[float], int]:
    recording = open_recording(path, start_utc=START)
    frames = list(recording.frames())
    recording.close()
    assert recording.counters.corrupt == 0
    return [frame.mono_s for frame in frames if frame.keyframe], len(frames)


def test_a_film_is_shown_again_and_again_without_gaps(tmp_path: Path) -> None:
    repeat_film(film(tmp_path / "one.mp4"), tmp_path / "long.mp4", seconds=11)
    begins_s, frames = keyframes_s(tmp_path / "long.mp4")
    assert begins_s == pytest.approx([0, 2, 4, 6, 8, 10])
    assert frames == 110


def test_keyframes_of_several_films_need_not_fall_together(tmp_path: Path) -> None:
    repeat_film(film(tmp_path / "one.mp4"), tmp_path / "long.mp4", seconds=8, first_packets=5)
    begins_s, frames = keyframes_s(tmp_path / "long.mp4")
    assert begins_s == pytest.approx([0, 0.5, 2.5, 4.5, 6.5])
    assert frames == 80


def test_a_film_keeps_to_the_rate_of_a_camera(tmp_path: Path) -> None:
    free, kept = film(tmp_path / "free.mp4"), film(tmp_path / "kept.mp4", kbit_s=60)
    assert kept.stat().st_size < free.stat().st_size / 2


def test_the_same_pictures_make_the_same_film_at_a_rate_too(tmp_path: Path) -> None:
    films = [film(tmp_path / f"{number}.mp4", kbit_s=60) for number in range(3)]
    assert len({one.read_bytes() for one in films}) == 1
