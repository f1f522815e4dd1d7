"""Work on pictures in a process of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.bootstrap.workshop.modesty import MOST_BYTES, require_modest
from edge.bootstrap.workshop.service import BROKEN, Bounds, SpawnedPool, Workshop
from edge.errors import ConfigError
from models.picture import size_wh_of
from streams.errors import StreamError
from streams.film import write_film
from streams.retouch import codec_of
from tests.conftest import FakeClock


class _Pool:
    """Keeps jobs until a test does them."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
        self.broken = self.ended = False

    def submit(self, job: Callable[..., Any], /, *args: Any) -> Future[Any]:
        if self.broken:
            raise BrokenProcessPool("gone")
        future: Future[Any] = Future()
        self.jobs.append((future, job, args))
        return future

    def work(self, content: bytes = b"made") -> None:
        future, _, args = self.jobs.pop(0)
        args[1].write_bytes(content)
        future.set_result(None)

    def fail(self, error: Exception) -> None:
        self.jobs.pop(0)[0].set_exception(error)

    def end(self) -> None:
        self.ended = True


class _Shop:
    def __init__(self, folder: Path, clock: FakeClock, cache_bytes: int = 1000) -> None:
        self.pools: list[_Pool] = []
        self.clip = folder / "clip.mp4"
        self.clip.write_bytes(b"a clip")
        self.folder = folder / "redacted"
        bounds = Bounds(idle_s=60, cache_bytes=cache_bytes)
        self.workshop = Workshop(self.folder, self._make, clock, bounds)

    def _make(self) -> _Pool:
        self.pools.append(_Pool())
        return self.pools[-1]


@pytest.fixture
def shop(tmp_path: Path, clock: FakeClock) -> Iterator[_Shop]:
    shop = _Shop(tmp_path, clock)
    yield shop
    shop.workshop.close()


def test_a_clip_is_made_once_for_all_who_ask(shop: _Shop) -> None:
    first = shop.workshop.redact_clip(shop.clip, plates=True)
    second = shop.workshop.redact_clip(shop.clip, plates=True)
    assert (first.path, first.failure) == (second.path, second.failure) == (None, "")
    assert len(shop.pools[0].jobs) == 1
    shop.pools[0].work()
    made = shop.workshop.redact_clip(shop.clip, plates=True)
    assert made.path is not None
    assert made.path.read_bytes() == b"made"
    assert shop.pools[0].jobs == []


def test_with_and_without_plates_are_two_clips(shop: _Shop) -> None:
    shop.workshop.redact_clip(shop.clip, plates=True)
    shop.workshop.redact_clip(shop.clip, plates=False)
    assert len(shop.pools[0].jobs) == 2


def test_a_file_that_was_written_anew_is_made_anew(shop: _Shop) -> None:
    shop.workshop.redact_clip(shop.clip, plates=True)
    shop.pools[0].work()
    shop.clip.write_bytes(b"another clip")
    assert shop.workshop.redact_clip(shop.clip, plates=True).path is None


def test_a_deleted_cache_is_filled_again(shop: _Shop) -> None:
    shop.workshop.redact_clip(shop.clip, plates=True)
    shop.pools[0].work()
    for path in shop.folder.iterdir():
        path.unlink()
    assert shop.workshop.redact_clip(shop.clip, plates=True).path is None
    assert len(shop.pools[0].jobs) == 1


def test_a_failure_is_told_and_tried_again(shop: _Shop) -> None:
    shop.workshop.redact_clip(shop.clip, plates=True)
    shop.pools[0].fail(StreamError("clip.mp4: is no video"))
    assert shop.workshop.redact_clip(shop.clip, plates=True).failure == "clip.mp4: is no video"
    assert shop.workshop.redact_clip(shop.clip, plates=True).failure == ""
    assert len(shop.pools[0].jobs) == 1
    assert list(shop.folder.iterdir()) == []


def test_a_process_that_broke_is_made_again(shop: _Shop) -> None:
    shop.workshop.redact_clip(shop.clip, plates=True)
    shop.pools[0].fail(BrokenProcessPool("killed"))
    assert shop.workshop.redact_clip(shop.clip, plates=True).failure == BROKEN
    shop.pools[0].broken = True
    assert shop.workshop.redact_clip(shop.clip, plates=True).failure == ""
    assert len(shop.pools) == 2
    shop.pools[1].work()
    assert shop.workshop.redact_clip(shop.clip, plates=True).path is not None


def test_an_idle_process_ends_and_the_next_work_begins_another(
    shop: _Shop, clock: FakeClock
) -> None:
    shop.workshop.redact_clip(shop.clip, plates=True)
    clock.advance(1000)
    assert not shop.workshop.rest(), "it has work"
    shop.pools[0].work()
    clock.advance(59)
    assert not shop.workshop.rest()
    clock.advance(2)
    assert shop.workshop.rest()
    assert shop.pools[0].ended
    shop.workshop.redact_clip(shop.clip, plates=False)
    assert len(shop.pools) == 2


def test_what_was_wanted_least_recently_makes_room(tmp_path: Path, clock: FakeClock) -> None:
    shop = _Shop(tmp_path, clock, cache_bytes=250)
    made = []
    for number in range(3):
        clip = tmp_path / f"{number}.mp4"
        clip.write_bytes(b"clip")
        shop.workshop.redact_clip(clip, plates=True)
        shop.pools[0].work(b"x" * 100)
        made.append(shop.workshop.redact_clip(clip, plates=True).path)
    assert [path is not None and path.exists() for path in made] == [False, True, True]
    shop.workshop.close()


def test_a_file_that_is_gone_is_said_to_be_gone(shop: _Shop) -> None:
    shop.clip.unlink()
    assert "not there" in shop.workshop.redact_clip(shop.clip, plates=True).failure


def test_nothing_begins_after_the_end(shop: _Shop) -> None:
    shop.workshop.redact_clip(shop.clip, plates=True)
    shop.workshop.close()
    assert shop.pools[0].ended
    with pytest.raises(ConfigError):
        shop.workshop.redact_jpeg(b"")


def test_an_h264_clip_is_shown_as_it_is(shop: _Shop) -> None:
    write_film(shop.clip, [np.zeros((64, 64, 3), np.uint8)] * 5, fps=25)
    assert shop.workshop.clear_clip(shop.clip).path == shop.clip
    assert shop.pools == []


def test_a_picture_is_refused_before_it_is_decoded() -> None:
    png = cv2.imencode(".png", np.zeros((8, 12, 3), np.uint8))[1].tobytes()
    jpeg = cv2.imencode(".jpg", np.zeros((8, 12, 3), np.uint8))[1].tobytes()
    assert size_wh_of(png) == size_wh_of(jpeg) == (12, 8)
    bomb = png[:16] + (60_000).to_bytes(4, "big") * 2 + png[24:]
    for content in (bomb, b"GIF89a", b"", jpeg[:20], b"\xff\xd8\xff" + bytes(40)):
        with pytest.raises(ConfigError):
            require_modest(content)
    with pytest.raises(ConfigError):
        require_modest(jpeg + bytes(MOST_BYTES))
    require_modest(png)


def test_a_real_process_does_the_work_and_ends_in_the_middle_of_it(
    tmp_path: Path, models_ready: None, clock: FakeClock
) -> None:
    config = tmp_path / "gridwatch.yaml"
    config.write_text(
        "box: {id: box-01, home: ./home}\nmodels: {street: none}\n"
        "cameras: [{id: gate-1, url: 'rtsp://127.0.0.1/x', gate: {}}]\n"
    )
    clip, still = tmp_path / "clip.mp4", tmp_path / "first.jpg"
    write_film(clip, [np.full((64, 96, 3), 90, np.uint8)] * 12, fps=25, codec="hevc")
    cv2.imwrite(str(still), np.full((120, 160, 3), 120, np.uint8))
    workshop = Workshop(
        tmp_path / "redacted", lambda: SpawnedPool(config, config.read_text()), clock
    )
    try:
        shown = workshop.clear_clip(clip, wait_s=60)
        assert shown.path is not None, shown.failure
        assert codec_of(shown.path) == "h264"
        picture = workshop.redact_still(still, plates=True)
        assert picture.path is not None, picture.failure
        with pytest.raises(ConfigError, match="neither"):
            workshop.redact_jpeg(b"no picture")
        long = tmp_path / "long.mp4"
        write_film(long, [np.full((720, 1280, 3), 90, np.uint8)] * 300, fps=25)
        assert workshop.redact_clip(long, plates=True).path is None
    finally:
        workshop.close()
    assert workshop.redact_clip(long, plates=True, wait_s=20).failure == BROKEN
