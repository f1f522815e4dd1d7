"""Pieces of cameras' films: of the memory if that reaches, else of the last hour."""

from datetime import datetime
from pathlib import Path

import pytest

from edge.bootstrap.ways.clips_out import Cutter
from edge.commands.clip_source import Piece
from edge.worker.errands import CutOut, Outcome, Snippet
from edge.worker.film import Span
from streams.errors import StreamError
from tests.streams.test_last_hour import kept
from tests.streams.test_lookback import at

FILM = b"every picture"


class Site:
    """A camera with three minutes of its last hour, and a memory."""

    def __init__(self, folder: Path, film: Path) -> None:
        kept(film, folder / "east", folder)
        self.target = folder / "out" / "clip.mp4"
        self.target.parent.mkdir()
        self.answer: Outcome | None = None
        self._folder = folder

    def remembers(self, begins_s: float, ends_s: float) -> None:
        self.answer = Snippet(Span(at(begins_s), at(ends_s)))

    def _ask(self, errand: CutOut) -> Outcome | None:
        if isinstance(self.answer, Snippet) and self.answer.span is not None:
            errand.path.write_bytes(FILM)
        return self.answer

    def cut(self, begins_s: float, ends_s: float) -> tuple[str, datetime, datetime]:
        cutter = Cutter(self._ask, lambda camera_id: self._folder / camera_id)
        piece: Piece = cutter("east", at(begins_s), at(ends_s), self.target)
        assert [path.name for path in self.target.parent.iterdir()] == ["clip.mp4"]
        assert (self.target.read_bytes() == FILM) == (piece.kind == "film")
        return piece.kind, piece.begins_at, piece.ends_at


@pytest.fixture
def site(films: dict[str, Path], tmp_path: Path) -> Site:
    return Site(tmp_path, films["h264"])


def test_what_the_memory_holds_is_a_film(site: Site) -> None:
    site.remembers(99, 131)
    assert site.cut(100, 130) == ("film", at(99), at(131))
    site.remembers(101.5, 130)
    assert site.cut(100, 130) == ("film", at(101.5), at(130))


def test_what_is_longer_ago_is_a_picture_every_few_seconds(site: Site) -> None:
    site.answer = Snippet(None, "nothing of that time is in memory")
    assert site.cut(20, 80) == ("keyframes", at(20), at(80))


def test_a_worker_that_is_silent_leaves_the_last_hour(site: Site) -> None:
    assert site.cut(20, 80) == ("keyframes", at(20), at(80))


def test_of_a_span_that_the_memory_holds_in_part_that_is_taken_which_shows_more(site: Site) -> None:
    site.remembers(130, 170)
    assert site.cut(60, 170) == ("keyframes", at(60), at(170))
    assert site.cut(120, 170) == ("keyframes", at(120), at(170))
    site.remembers(130, 300)
    assert site.cut(120, 300) == ("film", at(130), at(300))


def test_what_is_kept_nowhere_is_said_so(site: Site) -> None:
    site.answer = Snippet(None, "nothing of that time is in memory")
    with pytest.raises(StreamError, match=r"is in memory; nothing is kept of that time"):
        site.cut(1000, 1100)
    assert list(site.target.parent.iterdir()) == []
