"""Stalls, from a recording to what is told: real road and people, drawn stalls."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.replay import replay
from edge.settings import load_settings
from models.objects import load_object_detector
from streams.film import write_film
from tests.detector_files import as_yolov8
from tests.messages import valid
from tests.stall_scenes import (
    ARRIVES_S,
    FPS,
    LEAVES_S,
    STAYS,
    STOPS,
    Footage,
    Plan,
    a_cart_on_its_way,
    a_stall_with_customers,
    a_thing_left_alone,
    filmed,
    footage_of,
    stall,
    van,
)

SIX = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
"""In the morning of the site."""

DWELL_S = 15
CONFIG = """\
box: {{id: box-01, home: ./var}}
models: {{street: {network}}}
cameras:
  - id: street-01
    url: rtsp://192.0.2.1/cam
    integrity: {{enabled: false}}
    zones:
      - id: road
        polygon: [[0.0, 0.34], [0.62, 0.34], [0.99, 0.6], [0.99, 0.8], [0.4, 0.6], [0.0, 0.5]]
        rules:
          - {{type: itinerant_vendor, dwell: 15s, clear: 6s, except: [{permits}]}}
          - {{type: road_trading, dwell: 15s, clear: 6s, except: [{permits}]}}
{others}
"""
PILES = "          - {type: material_pile, dwell: 15s, clear: 6s}"
AT_THE_CORNER = "polygon: [[0.25, 0.3], [0.52, 0.3], [0.52, 0.58], [0.25, 0.58]]"
OPPOSITE = "polygon: [[0.6, 0.3], [0.9, 0.3], [0.9, 0.58], [0.6, 0.58]]"


@dataclass(frozen=True, slots=True)
class Corner:
    """Replays scenes at a corner; each is filmed once."""

    footage: Footage
    network: Path
    folder: Path

    def film(self, name: str, plan: Plan) -> Path:
        path = self.folder / f"{name}.mp4"
        if not path.exists():
            write_film(path, filmed(self.footage, plan), fps=FPS)
        return path

    def told(
        self,
        film: Path,
        *,
        permits: str = "",
        others: str = PILES,
        network: Path | None = None,
        start: datetime = SIX,
    ) -> list[dict[str, Any]]:
        """Return the incident messages of a replay."""
        text = CONFIG.format(network=network or self.network, permits=permits, others=others)
        config = self.folder / "gridwatch.yaml"
        config.write_text(text, encoding="utf-8")
        made = replay(
            load_settings(config), {"street-01": film}, start=start, progress=lambda name: None
        )
        return [valid(line, "incident") for line in made.lines if b'"action"' in line]


@pytest.fixture(scope="module")
def corner(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Corner:
    footage = footage_of(shared / "dev/videos/street_pedestrians_vtest.mp4")
    network = shared / "models/yolox_nano.onnx"
    return Corner(footage, network, tmp_path_factory.mktemp("corner"))


def customers(corner: Corner) -> Path:
    return corner.film("stall", a_stall_with_customers(corner.footage, stall()))


def after(seconds: float, *, start: datetime = SIX) -> datetime:
    return start + timedelta(seconds=seconds)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_stall_with_people_at_it_is_one_vendor_for_review_and_its_parts_say_why(
    corner: Corner,
) -> None:
    opened, cleared = corner.told(customers(corner))
    assert (opened["type"], opened["action"]) == ("itinerant_vendor", "opened")
    assert opened["severity"] == "review"
    basis = opened["basis"]
    assert (basis["confirmed"], basis["missing"]) == (False, ["detector"])
    assert basis["evidence"] == ["static_foreground", "people"]
    assert basis["parts"] == {
        "unnamed_like_a_stall": 0.6,
        "people": 1.0,
        "steadiness": basis["parts"]["steadiness"],
    }
    assert 0.7 <= basis["parts"]["steadiness"] <= 1.0
    assert abs(moment(opened["first_seen_at"]) - after(ARRIVES_S)) <= timedelta(seconds=3)
    assert moment(opened["opened_at"]) <= after(ARRIVES_S + DWELL_S + 5)
    assert (cleared["action"], cleared["id"]) == ("cleared", opened["id"])
    assert abs(moment(cleared["cleared_at"]) - after(LEAVES_S)) <= timedelta(seconds=3)


def test_a_cart_that_moves_on_after_every_stop_is_nothing(corner: Corner) -> None:
    film = corner.film("stops", a_cart_on_its_way(corner.footage, STOPS))
    assert corner.told(film) == []


def test_a_cart_that_stays_for_longer_is_a_vendor(corner: Corner) -> None:
    film = corner.film("stays", a_cart_on_its_way(corner.footage, STAYS))
    assert [(one["action"], one["type"]) for one in corner.told(film)] == [
        ("opened", "itinerant_vendor"),
        ("cleared", "itinerant_vendor"),
    ]


def test_the_same_stall_with_nobody_but_passers_by_is_a_pile_at_most(corner: Corner) -> None:
    told = corner.told(corner.film("alone", a_thing_left_alone(stall())))
    assert [(one["action"], one["type"], one["severity"]) for one in told] == [
        ("opened", "material_pile", "review"),
        ("cleared", "material_pile", "review"),
    ]


def permit(where: str, hours: str) -> str:
    return f'{{permit: breakfast-12, code: "0491", hours: "{hours}", {where}}}'


def test_a_breakfast_cart_at_its_place_and_hours_is_nothing(corner: Corner) -> None:
    told = corner.told(customers(corner), permits=permit(AT_THE_CORNER, "05:30-09:00"), others="")
    assert told == []


def test_a_stall_that_came_before_its_hours_is_withdrawn_when_they_begin(corner: Corner) -> None:
    elsewhere, here = permit(OPPOSITE, "05:30-09:00"), permit(AT_THE_CORNER, "06:00-09:00")
    early = SIX - timedelta(seconds=ARRIVES_S + DWELL_S + 8)
    told = corner.told(customers(corner), permits=f"{elsewhere}, {here}", others="", start=early)
    assert [(one["action"], one["reason"]) for one in told] == [
        ("opened", ""),
        ("withdrawn", "permit breakfast-12 (0491)"),
    ]
    assert abs(moment(told[1]["observed_at"]) - SIX) <= timedelta(seconds=1)


def test_a_network_that_knows_stalls_confirms_one(corner: Corner) -> None:
    """No network that was trained on stalls is at hand: the default one calls vans by that name."""
    labels = list(load_object_detector(str(corner.network)).labels)
    for word in ("car", "truck", "bus"):
        labels[labels.index(word)] = "stall"
    names = str(dict(enumerate(labels)))
    own = as_yolov8(corner.network, corner.folder / "own.onnx", classes=len(labels), names=names)
    film = corner.film("van", a_stall_with_customers(corner.footage, van(corner.footage)))
    told = corner.told(film, network=own)
    assert [(one["action"], one["type"]) for one in told] == [
        ("opened", "itinerant_vendor"),
        ("cleared", "itinerant_vendor"),
    ]
    opened = told[0]
    assert (opened["label"], opened["severity"]) == ("stall", "normal")
    assert opened["basis"]["confirmed"]
    assert opened["basis"]["parts"]["stall"] >= 0.5
    # Whoever stands at a van has no stall as far as the default network knows.
    assert corner.told(film) == []
