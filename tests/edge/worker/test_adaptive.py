"""A street camera from a configuration to what it decodes: made-up films, keyframes every 2 s."""

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import Surroundings, build_worker, open_site
from edge.clock import ClockState
from edge.domain.camera import CameraReport
from edge.errors import ConfigError
from edge.settings import Settings
from edge.store.journal import Journal
from edge.store.residents import ResidentStore
from edge.worker.waking import AWAKE_S
from streams.decode import Decode
from streams.film import write_film
from streams.recording import open_recording
from streams.source import Counters
from tests.burning_scenes import NOISE, STREET, smoke
from tests.conftest import FakeClock

Pixels = npt.NDArray[np.uint8]
Draw = Callable[[Pixels, float], None]

FPS, GOP_S, QUIET_S = 5, 2.0, 4.0
LEFT = [[0.05, 0.1], [0.45, 0.1], [0.45, 0.9], [0.05, 0.9]]
PILE = {"type": "material_pile", "dwell": "10s", "unseen_arrival": 0}
PATIENT_PILE = {"type": "material_pile", "dwell": "5m"}


@dataclass
class Watched:
    """What came of a film."""

    seen: list[float] = field(default_factory=list)
    counters: Counters = field(default_factory=Counters)
    told: list[str] = field(default_factory=list)

    def all_seen(self, begin_s: float, end_s: float) -> bool:
        return self._count(begin_s, end_s) == round((end_s - begin_s) * FPS)

    def keyframes_seen(self, begin_s: float, end_s: float) -> bool:
        return self._count(begin_s, end_s) == round((end_s - begin_s) / GOP_S)

    def _count(self, begin_s: float, end_s: float) -> int:
        return sum(begin_s <= at + 0.01 < end_s for at in self.seen)


class Unreported:
    """Takes vital signs that nobody asks for."""

    def report(self, report: CameraReport) -> None:
        """Forget it."""


def no_residents() -> ResidentStore:
    raise ConfigError("a street has no residents")


def drawn(draw: Draw, *, until_s: float) -> Iterator[Pixels]:
    for index in range(round(until_s * FPS)):
        picture = np.clip(STREET + NOISE[index % len(NOISE)], 0, 255).astype(np.uint8)
        draw(picture, index / FPS)
        yield picture


def nothing(picture: Pixels, mono_s: float) -> None:
    """Draw nothing."""


def walker(begin_s: float, end_s: float, *, left_px: int) -> Draw:
    """Draw somebody who walks to and fro between two moments."""

    def draw(picture: Pixels, mono_s: float) -> None:
        if begin_s <= mono_s < end_s:
            x = left_px + int(20 * (mono_s % 3))
            picture[60:120, x : x + 20] = (20, 20, 200)

    return draw


def boxes(begin_s: float, end_s: float) -> Draw:
    """Draw goods that are put down and taken away."""

    def draw(picture: Pixels, mono_s: float) -> None:
        if begin_s <= mono_s < end_s:
            picture[90:130, 60:100] = (30, 90, 160)
            picture[98:122:6, 66:94] = (200, 210, 220)

    return draw


def watch(
    pictures: Iterator[Pixels],
    folder: Path,
    clock: FakeClock,
    *,
    rules: list[dict[str, Any]],
    decode: str = "adaptive",
    more: dict[str, Any] | None = None,
) -> Watched:
    film = folder / "film.mp4"
    write_film(film, pictures, fps=FPS, gop_s=GOP_S)
    camera = {
        "id": "street",
        "url": f"file:{film}",
        "decode": decode,
        "zones": [{"id": "left", "polygon": LEFT, "rules": rules}],
        "motion": {"quiet_after": QUIET_S},
        **(more or {}),
    }
    settings = Settings.model_validate({"models": {"street": "none"}, "cameras": [camera]})
    site = open_site(settings, settings.cameras, no_residents)
    journal = Journal(folder / "journal.db", clock)
    new_id = parts.id_source(random.Random(1))
    around = Surroundings(journal, Unreported(), new_id, clock, ClockState)
    found = Watched()

    def open_film(start_s: float) -> Any:
        reading = open_recording(
            film,
            start_utc=datetime(2026, 1, 1, tzinfo=UTC),
            decode=Decode(decode),
            quiet_after_s=QUIET_S,
            start_mono_s=start_s,
        )
        found.counters = reading.counters
        return reading

    worker = build_worker(site, settings.cameras[0], open_film, around=around)
    found.seen = list(worker.steps(threading.Event()))
    found.told = list(journal.count_incidents())
    return found


def test_a_quiet_street_is_watched_on_keyframes(tmp_path: Path, clock: FakeClock) -> None:
    found = watch(drawn(nothing, until_s=20), tmp_path, clock, rules=[PILE])
    assert found.counters.packets == 20 * FPS
    assert found.counters.decoded == found.counters.keyframes == 10


def test_motion_in_the_zone_wakes_it_and_quiet_lets_it_sleep(
    tmp_path: Path, clock: FakeClock
) -> None:
    pictures = drawn(walker(7, 14, left_px=40), until_s=30)
    found = watch(pictures, tmp_path, clock, rules=[PILE])
    assert found.keyframes_seen(0, 8)
    assert found.all_seen(8, 14 + QUIET_S)
    assert found.keyframes_seen(22, 30)
    assert found.counters.decoded < 30 * FPS * 0.7


def test_motion_outside_the_zone_lets_it_sleep(tmp_path: Path, clock: FakeClock) -> None:
    pictures = drawn(walker(4, 16, left_px=200), until_s=20)
    found = watch(pictures, tmp_path, clock, rules=[PILE])
    assert found.counters.decoded == found.counters.keyframes


def test_where_rules_ask_for_minutes_a_busy_street_is_followed_for_a_while_only(
    tmp_path: Path, clock: FakeClock
) -> None:
    pictures = drawn(walker(4, 50, left_px=40), until_s=50)
    found = watch(pictures, tmp_path, clock, rules=[PATIENT_PILE])
    assert found.all_seen(4, 4 + AWAKE_S)
    assert found.keyframes_seen(4 + AWAKE_S + QUIET_S + GOP_S, 50)


def test_the_suspicion_of_smoke_wakes_it_although_nothing_else_does(
    tmp_path: Path, clock: FakeClock
) -> None:
    def pictures() -> Iterator[Pixels]:
        for index in range(24 * FPS):
            scene = smoke(index / FPS) + NOISE[index % len(NOISE)]
            yield np.clip(scene, 0, 255).astype(np.uint8)

    everywhere = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    zones = [
        {"id": "left", "polygon": everywhere, "rules": [{"type": "smoke_air"}]},
        {"id": "restless", "polygon": everywhere},
    ]
    motionless = {"ignore": ["restless"], "quiet_after": QUIET_S}
    found = watch(
        pictures(), tmp_path, clock, rules=[], more={"zones": zones, "motion": motionless}
    )
    assert found.keyframes_seen(0, 6)
    assert found.all_seen(12, 24)
    assert found.told == ["smoke_air"]


@pytest.mark.parametrize("decode", ["keyframes", "adaptive", "all"])
def test_goods_left_behind_are_found_at_every_rate(
    tmp_path: Path, clock: FakeClock, decode: str
) -> None:
    pictures = drawn(boxes(21, 70), until_s=70)
    rule = {"type": "material_pile", "dwell": "30s"}
    found = watch(pictures, tmp_path, clock, rules=[rule], decode=decode)
    assert found.told == ["material_pile"]
    if decode == "keyframes":
        assert found.counters.decoded == 35
