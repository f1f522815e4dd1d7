"""Second looks on recordings of real streets, without a network: what stands, and what is free."""

import random
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from edge.bootstrap import parts
from edge.bootstrap.camera.cameras import Surroundings, build_worker, open_site
from edge.clock import ClockState
from edge.domain.geometry import Box
from edge.domain.rule import IncidentType, Needs
from edge.domain.second_look import SecondLook, Sight, Spot
from edge.rules import RULES
from edge.settings import Settings
from edge.store.journal import Journal
from edge.street.places import STANDS
from edge.worker.second_looks import SecondLooks
from streams.decode import Decode
from streams.recording import open_recording
from tests.conftest import FakeClock

EVERYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
Asked = list[tuple[float, str, Spot]]


def looked_at(film: Path, folder: Path, rule: dict[str, Any], asked: Asked) -> dict[str, Sight]:
    """Return what is seen of spots at moments of a recording."""
    zone = {"id": "all", "polygon": EVERYWHERE, "rules": [rule]}
    settings = Settings.model_validate(
        {
            "models": {"street": "none"},
            "cameras": [{"id": "c", "url": f"file:{film}", "decode": "adaptive", "zones": [zone]}],
        }
    )
    clock = FakeClock()
    journal = Journal(folder / "journal.db", clock)
    looks = SecondLooks(clock=clock, zones={"all": EVERYWHERE}, stills=False)

    def opener(start_s: float) -> Any:
        return open_recording(
            film,
            start_utc=datetime(2026, 1, 1, tzinfo=UTC),
            decode=Decode.ADAPTIVE,
            quiet_after_s=2.0,
            start_mono_s=start_s,
        )

    site = open_site(settings, settings.cameras, lambda: pytest.fail("a street has no residents"))
    around = Surroundings(
        journal,
        journal,
        parts.id_source(random.Random(1)),
        FakeClock(),
        ClockState,
        looks=looks,
    )
    worker = build_worker(site, settings.cameras[0], opener, around=around)
    seen: dict[str, Sight] = {}
    waiting, now_s = list(asked), 0.0

    def keep(name: str) -> Any:
        def answer(look: SecondLook) -> None:
            seen[name] = look.sight

        return answer

    for mono_s in worker.steps(Event()):
        clock.advance(mono_s - now_s)
        now_s = mono_s
        while waiting and mono_s >= waiting[0][0]:
            _, name, spot = waiting.pop(0)
            looks.ask(spot, 20.0, keep(name))
    return seen


def anything_at(box: Box) -> Spot:
    return Spot("c", box, None, None, Needs.PLACES, STANDS)


def test_a_box_on_a_busy_road_is_present_and_the_road_beside_it_is_free(
    shared: Path, tmp_path: Path
) -> None:
    box = (330 / 768, 300 / 576, 373 / 768, 339 / 576)
    free: list[Box] = [
        (0.1, 0.5, 0.17, 0.6),
        (0.6, 0.6, 0.67, 0.7),
        (0.3, 0.7, 0.37, 0.8),
        (0.75, 0.35, 0.82, 0.45),
    ]
    asked: Asked = []
    for at_s in (10, 20, 30, 40, 50):
        asked.append((at_s, f"box at {at_s}", anything_at(box)))
        asked += [(at_s, f"road {one} at {at_s}", anything_at(one)) for one in free]
    film = shared / "dev/videos/abandoned_box_comp_vtest.mp4"
    rule = {"type": "material_pile", "dwell": "10s", "unseen_arrival": 0}
    seen = looked_at(film, tmp_path, rule, asked)
    # The box is put down after fifteen seconds.
    there = {name for name in seen if name.startswith("box") and name != "box at 10"}
    assert seen == {name: Sight.PRESENT if name in there else Sight.GONE for _, name, _ in asked}


def test_a_car_that_stands_in_the_lane_is_present_until_it_drives_on(
    shared: Path, tmp_path: Path
) -> None:
    rule = RULES[IncidentType.MOTOR_PARKING]
    box = (240 / 768, 91 / 432, 445 / 768, 432 / 432)
    spot = Spot("c", box, "all", rule.type, rule.needs, rule.subjects)
    asked: Asked = [(at_s, f"car at {at_s}", spot) for at_s in (2, 20, 40, 60, 69)]
    film = shared / "dev/videos/illegal_parking_comp_60s.mp4"
    seen = looked_at(
        film, tmp_path, {"type": "motor_parking", "dwell": "8s", "unseen_arrival": 0}, asked
    )
    # It comes after six seconds and goes after sixty-six.
    assert seen == {
        "car at 2": Sight.GONE,
        "car at 20": Sight.PRESENT,
        "car at 40": Sight.PRESENT,
        "car at 60": Sight.PRESENT,
        "car at 69": Sight.GONE,
    }
