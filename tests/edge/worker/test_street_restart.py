"""A street over a restart, a crash and a change of its configuration: made-up films of goods."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import Surroundings, build_worker, open_site
from edge.bootstrap.configuration.retirement import retire
from edge.clock import ClockState
from edge.domain.camera import CameraReport, Duty, Post
from edge.settings import Settings
from edge.store.incidents import Written
from edge.store.journal import JSON, Journal, Revision
from edge.store.outbox import Outbox
from edge.wire.box import BoxIdentity
from streams.decode import Decode
from streams.film import write_film
from streams.recording import open_recording
from tests.burning_scenes import NOISE, STREET
from tests.conftest import FakeClock
from tests.messages import valid

Pixels = npt.NDArray[np.uint8]

FPS = 2
COMES_S, STANDS_S, GOES_S = 20, 60, 30
"""In the first film goods come and stay, in the second they stand and go after a while."""

START = datetime(2026, 1, 1, tzinfo=UTC)
EVERYWHERE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
PILE = {"type": "material_pile", "dwell": "10s", "clear": "10s"}
GARBAGE = {"type": "exposed_garbage", "dwell": "1h"}


class KilledError(Exception):
    """The process is no more."""


class Mortal(Journal):
    """A journal whose process is killed as soon as an incident is written."""

    killed = False

    def record_incidents(
        self, post: Post, revisions: Sequence[Revision], memory: bytes | None
    ) -> list[Written]:
        if self.killed:
            raise KilledError
        written = super().record_incidents(post, revisions, memory)
        if written:
            self.killed = True
            raise KilledError
        return written


class Unreported:
    """Takes vital signs that nobody asks for."""

    def report(self, report: CameraReport) -> None:
        """Forget it."""


def film(begin_s: int, end_s: int, *, length_s: int) -> Iterator[Pixels]:
    """Yield a street with goods on it between two moments."""
    for index in range(length_s * FPS):
        picture = np.clip(STREET + NOISE[index % len(NOISE)], 0, 255).astype(np.uint8)
        if begin_s <= index / FPS < end_s:
            picture[90:130, 60:100] = (30, 90, 160)
            picture[98:122:6, 66:94] = (200, 210, 220)
        yield picture


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("films")
    comes, goes = folder / "comes.mp4", folder / "goes.mp4"
    write_film(comes, film(COMES_S, STANDS_S, length_s=STANDS_S), fps=FPS, gop_s=1.0)
    write_film(goes, film(0, GOES_S, length_s=GOES_S + 30), fps=FPS, gop_s=1.0)
    return comes, goes


def box_with(rule: dict[str, Any], *, camera_id: str = "street") -> Settings:
    zone = {"id": "left", "polygon": EVERYWHERE, "rules": [rule]}
    camera = {"id": camera_id, "url": "rtsp://192.0.2.1/cam", "zones": [zone]}
    return Settings.model_validate({"models": {"street": "none"}, "cameras": [camera]})


def run(settings: Settings, film: Path, journal: Journal, *, start: datetime = START) -> None:
    camera = settings.cameras[0]
    site = open_site(settings, [camera], lambda: pytest.fail("a street has no residents"))
    new_id = parts.id_source(random.Random(str(start)))
    around = Surroundings(journal, Unreported(), new_id, FakeClock(), ClockState)

    def opener(start_s: float) -> Any:
        return open_recording(
            film, start_utc=start, decode=Decode.ALL, quiet_after_s=5, start_mono_s=start_s
        )

    build_worker(site, camera, opener, around=around).run(Event())


def told(path: Path, clock: FakeClock) -> list[dict[str, Any]]:
    messages = Outbox(path, clock).waiting(limit=100)
    return [valid(one.payload, "incident") for one in messages if one.content_type == JSON]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


LATER = START + timedelta(seconds=STANDS_S + 5)


def test_what_was_told_just_before_a_crash_is_told_once_and_cleared_under_its_id(
    films: tuple[Path, Path], path: Path, clock: FakeClock
) -> None:
    comes, goes = films
    with pytest.raises(KilledError):
        run(box_with(PILE), comes, Mortal(path, clock))
    (opened,) = told(path, clock)
    run(box_with(PILE), goes, Journal(path, clock), start=LATER)
    assert [(one["action"], one["id"]) for one in told(path, clock)] == [
        ("opened", opened["id"]),
        ("cleared", opened["id"]),
    ]


def test_what_a_rule_has_opened_is_withdrawn_once_the_rule_is_taken_out(
    films: tuple[Path, Path], path: Path, clock: FakeClock
) -> None:
    comes, goes = films
    run(box_with(PILE), comes, Journal(path, clock))
    run(box_with(GARBAGE), goes, Journal(path, clock), start=LATER)
    opened, withdrawn = told(path, clock)
    assert (withdrawn["action"], withdrawn["id"]) == ("withdrawn", opened["id"])
    assert (withdrawn["revision"], withdrawn["reason"]) == (2, "unwatched")
    run(box_with(PILE), goes, Journal(path, clock), start=LATER + timedelta(minutes=2))
    again = told(path, clock)[2]
    assert (again["action"], again["id"] == opened["id"]) == ("opened", False)


def test_what_is_known_but_too_old_is_withdrawn(
    films: tuple[Path, Path], path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    comes, goes = films
    run(box_with(PILE), comes, Journal(path, clock))
    run(box_with(PILE), goes, Journal(path, clock), start=START + timedelta(days=8))
    assert [one["action"] for one in told(path, clock)] == ["opened", "withdrawn"]
    assert "begins without memory of its street" in caplog.text


def test_a_camera_that_is_taken_out_leaves_nothing_open_and_nothing_behind(
    films: tuple[Path, Path], path: Path, clock: FakeClock
) -> None:
    journal = Journal(path, clock)
    run(box_with(PILE), films[0], journal)
    box = BoxIdentity("box-01")
    retire(box_with(PILE), journal, box=box, clock=clock)
    assert [one["action"] for one in told(path, clock)] == ["opened"]
    assert set(journal.posts()) == {Post("street", Duty.STREET), Post("street", Duty.INTEGRITY)}
    retire(box_with(PILE, camera_id="another"), journal, box=box, clock=clock)
    opened, withdrawn = told(path, clock)
    assert (withdrawn["action"], withdrawn["id"]) == ("withdrawn", opened["id"])
    assert (withdrawn["camera_id"], withdrawn["reason"]) == ("street", "unwatched")
    assert journal.posts() == []


def test_integrity_that_is_switched_off_is_forgotten_and_the_street_goes_on(
    films: tuple[Path, Path], path: Path, clock: FakeClock
) -> None:
    journal = Journal(path, clock)
    run(box_with(PILE), films[0], journal)
    settings = box_with(PILE)
    camera = settings.cameras[0]
    off = camera.model_copy(
        update={"integrity": camera.integrity.model_copy(update={"enabled": False})}
    )
    settings = settings.model_copy(update={"cameras": (off,)})
    retire(settings, journal, box=BoxIdentity("box-01"), clock=clock)
    assert journal.posts() == [Post("street", Duty.STREET)]
    assert [one["action"] for one in told(path, clock)] == ["opened"]
