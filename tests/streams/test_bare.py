from pathlib import Path

import numpy as np

from streams.bare import BareFilm
from streams.film import write_film


def test_a_bare_film_has_all_packets_all_pictures_and_its_keyframes(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    pictures = (np.full((64, 64, 3), 5 * index, np.uint8) for index in range(20))
    write_film(film, pictures, fps=10, gop_s=0.5)
    found = []
    for read in (BareFilm.demux, BareFilm.decode, lambda one: one.decode(keyframes=True)):
        bare = BareFilm(film)
        found.append(read(bare))
        bare.close()
    assert found == [20, 20, 4]


def test_a_bare_film_is_received_for_as_long_as_is_said_or_to_its_end(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    pictures = (np.full((64, 64, 3), 5 * index, np.uint8) for index in range(20))
    write_film(film, pictures, fps=10)
    bare = BareFilm(film)
    assert bare.receive(0.0) == 1
    assert bare.receive(60.0) in {19, 20}  # the demuxer may mark the end
    bare.close()
