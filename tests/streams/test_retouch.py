"""Clips that every browser plays."""

from pathlib import Path

import av
import numpy as np
import pytest

from streams.errors import StreamError
from streams.film import write_film
from streams.retouch import codec_of, pictures_of, rate_of, retouch


def _pictures(count: int) -> list[np.ndarray]:
    return [np.full((66, 98, 3), 10 * index, np.uint8) for index in range(count)]


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_clip_of_any_codec_becomes_h264_with_its_times(tmp_path: Path, codec: str) -> None:
    write_film(tmp_path / "clip.mp4", _pictures(20), fps=10, codec=codec)
    retouch(tmp_path / "clip.mp4", tmp_path / "new.mp4")
    assert (codec_of(tmp_path / "clip.mp4"), codec_of(tmp_path / "new.mp4")) == (codec, "h264")
    with av.open(str(tmp_path / "new.mp4")) as container:
        moments = [round(frame.time or 0.0, 2) for frame in container.decode(video=0)]
    assert moments == [round(index / 10, 2) for index in range(20)]


def test_every_picture_is_changed_and_knows_its_number(tmp_path: Path) -> None:
    write_film(tmp_path / "clip.mp4", _pictures(12), fps=25)
    numbers = []

    def blacken(index: int, picture: np.ndarray) -> np.ndarray:
        numbers.append(index)
        return np.zeros_like(picture)

    retouch(tmp_path / "clip.mp4", tmp_path / "new.mp4", blacken)
    assert numbers == list(range(12))
    assert max(int(picture.max()) for picture in pictures_of(tmp_path / "new.mp4")) < 8


def test_every_fifth_picture_and_the_last_can_be_looked_at(tmp_path: Path) -> None:
    write_film(tmp_path / "clip.mp4", _pictures(12), fps=25)
    seen = [
        round(float(picture.mean()), -1) for picture in pictures_of(tmp_path / "clip.mp4", every=5)
    ]
    assert seen == [0, 50, 100, 110]


def test_the_rate_of_a_clip_is_known(tmp_path: Path) -> None:
    write_film(tmp_path / "clip.mp4", _pictures(12), fps=8)
    assert rate_of(tmp_path / "clip.mp4") == 8


def test_what_is_no_clip_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no clip at all")
    with pytest.raises(StreamError):
        retouch(tmp_path / "clip.mp4", tmp_path / "new.mp4")
    with pytest.raises(StreamError):
        codec_of(tmp_path / "absent.mp4")
