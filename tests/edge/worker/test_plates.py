from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import av
import numpy as np
import pytest

from edge.domain.geometry import Box
from edge.domain.incident import Incident, Stage, Step
from edge.domain.rule import IncidentType, Rule, Zone
from edge.domain.scene import Evidence, Place, Presence, Scene, Subject
from edge.rules import RULES
from edge.street.keeper import Keeper
from edge.street.zone_rule import ZoneRule
from edge.worker.plates import LOOK_EVERY_S, MOST_LOOKS, PlateWatch
from models.faces import Floats, Picture
from models.plates import Plate
from streams.frame import Frame
from streams.pixels import Converter

START = datetime(2026, 11, 24, 3, tzinfo=UTC)
ROAD = Zone("curb", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
LEFT: Box = (0.1, 0.4, 0.3, 0.8)
RIGHT: Box = (0.6, 0.4, 0.8, 0.8)
WIDE: Box = (0.1, 0.1, 0.9, 0.9)
SIZE_WH = (320, 180)


class FakeReader:
    """Reads one thing after the other, the last one for ever; None is nothing that can be read."""

    sha256 = "ab" * 32

    def __init__(self, *readings: tuple[str, float] | None) -> None:
        self._readings = list(readings)
        self.asked: list[tuple[tuple[int, ...], list[float]]] = []

    def read(self, picture: Picture, vehicle_xyxy: Floats) -> Plate | None:
        self.asked.append((picture.shape, vehicle_xyxy.tolist()))
        reading = self._readings.pop(0) if len(self._readings) > 1 else self._readings[0]
        return Plate(*reading, vehicle_xyxy) if reading else None


def a_place(place_id: int, box: Box, mono_s: float, presence: Presence) -> Place:
    return Place(
        id=place_id,
        subject=Subject.VEHICLE,
        label="car",
        box=box,
        area=0.08,
        since_s=mono_s,
        seen_s=mono_s,
        presence=presence,
        steadiness=1.0,
        score=0.8,
        evidence=(Evidence.DETECTOR,),
    )


class Kerb:
    """A street with a watch over its plates, second by second."""

    def __init__(self, reader: FakeReader, rule: Rule = RULES[IncidentType.MOTOR_PARKING]) -> None:
        terms = replace(rule.terms, dwell_s=10.0, warn_s=None, clear_s=2.0, clear_looks=2)
        ids = (f"incident-{number}" for number in range(100))
        self.keeper = Keeper(
            "street-01", [ZoneRule(rule, ROAD, terms)], new_id=lambda moment: next(ids)
        )
        self.watch = PlateWatch(reader, self.keeper)
        self.now_s = 0.0

    def run(
        self, seconds: int, box: Box, *, place: int = 1, presence: Presence = Presence.PRESENT
    ) -> Iterator[Incident]:
        since_s = self.now_s
        for _ in range(seconds):
            self.now_s += 1
            utc = START + timedelta(seconds=self.now_s)
            stands = replace(a_place(place, box, since_s, presence), seen_s=self.now_s)
            scene = Scene(mono_s=self.now_s, utc=utc, places=(stands,), looked=True)
            yield from self.watch.complete(self.keeper.observe(scene), a_frame(self.now_s, utc))

    def leave(self, box: Box, *, place: int = 1) -> list[Incident]:
        return list(self.run(5, box, place=place, presence=Presence.ABSENT))


def a_frame(mono_s: float, utc: datetime) -> Frame:
    picture = np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8)
    decoded = av.VideoFrame.from_ndarray(picture, format="bgr24")
    return Frame(int(mono_s), mono_s, utc, True, decoded, Converter())


def test_an_incident_opens_with_its_plate() -> None:
    reader = FakeReader(("京A12345", 0.9))
    (opened,) = Kerb(reader).run(12, LEFT)
    assert (opened.action, opened.plate) == (Step.OPENED, "京A12345")
    shape, vehicle = reader.asked[0]
    assert shape == (180, 320, 3)
    assert vehicle == pytest.approx([32, 72, 96, 144])


def test_two_looks_that_agree_are_all() -> None:
    reader = FakeReader(("京A12345", 0.9))
    told = list(Kerb(reader).run(120, LEFT))
    assert len(told) == 1
    assert len(reader.asked) == 2


def test_nobody_is_read_who_moves_on_in_time() -> None:
    reader = FakeReader(("京A12345", 0.9))
    kerb = Kerb(reader)
    assert not list(kerb.run(8, LEFT))
    assert not kerb.leave(LEFT)
    assert not reader.asked


def test_a_plate_that_cannot_be_read_costs_a_few_looks() -> None:
    reader = FakeReader(None)
    told = list(Kerb(reader).run(600, LEFT))
    assert [one.plate for one in told] == [None]
    assert len(reader.asked) == MOST_LOOKS


def test_a_plate_that_is_read_later_is_told_as_a_changed_fact() -> None:
    opened, updated = Kerb(FakeReader(None, None, ("京A12345", 0.8))).run(60, LEFT)
    assert opened.plate is None
    assert (updated.action, updated.revision, updated.plate) == (Step.UPDATED, 2, "京A12345")


def test_the_best_of_the_looks_corrects_the_first() -> None:
    kerb = Kerb(FakeReader(("京A1Z345", 0.6), ("京A12345", 0.9)))
    opened, updated = kerb.run(60, LEFT)
    assert (opened.plate, updated.plate) == ("京A1Z345", "京A12345")
    cleared = kerb.leave(LEFT)[-1]
    assert (cleared.action, cleared.plate) == (Step.CLEARED, "京A12345")


def test_one_sure_look_does_not_outvote_two_that_agree() -> None:
    kerb = Kerb(FakeReader(("京A12345", 0.7), ("京A99999", 0.95), ("京A12345", 0.7)))
    assert list(kerb.run(60, LEFT))[-1].plate == "京A12345"


def test_what_stands_in_front_is_not_read() -> None:
    reader = FakeReader(None)
    kerb = Kerb(reader)
    assert len(list(kerb.run(11, LEFT))) == 1
    looked = len(reader.asked)
    assert not list(kerb.run(60, LEFT, presence=Presence.OCCLUDED))
    assert len(reader.asked) == looked
    list(kerb.run(int(LOOK_EVERY_S) + 1, LEFT))
    assert len(reader.asked) > looked


def test_only_parked_vehicles_are_read() -> None:
    reader = FakeReader(("京A12345", 0.9))
    kerb = Kerb(reader, RULES[IncidentType.FIRE_LANE_BLOCKED])
    assert list(kerb.run(60, WIDE))
    assert not reader.asked


def test_the_same_plate_at_another_place_goes_on_with_its_old_incident() -> None:
    kerb = Kerb(FakeReader(("京A12345", 0.9)))
    (opened,) = kerb.run(20, LEFT)
    (cleared,) = kerb.leave(LEFT)
    again, *_ = kerb.run(20, RIGHT, place=2)
    assert (again.id, again.action, again.reopened) == (opened.id, Step.UPDATED, 1)
    assert again.revision == cleared.revision + 1
    assert (again.opened_at, again.box) == (opened.opened_at, RIGHT)
    (over,) = kerb.leave(RIGHT, place=2)
    assert (over.id, over.revision, over.action) == (opened.id, again.revision + 1, Step.CLEARED)


def test_another_plate_is_another_incident() -> None:
    agreed = ("京A12345", 0.9)
    kerb = Kerb(FakeReader(agreed, agreed, ("京B67890", 0.9)))
    (opened,) = kerb.run(20, LEFT)
    kerb.leave(LEFT)
    (other,) = kerb.run(20, RIGHT, place=2)
    assert (other.action, other.stage, other.plate) == (Step.OPENED, Stage.CASE, "京B67890")
    assert other.id != opened.id


def test_a_plate_that_was_known_before_a_restart_is_not_read_again() -> None:
    kerb = Kerb(FakeReader(("京A12345", 0.9)))
    list(kerb.run(20, LEFT))
    reader = FakeReader(("京B67890", 0.9))
    kerb.watch = PlateWatch(reader, kerb.keeper)
    assert not list(kerb.run(60, LEFT))
    assert not reader.asked


def test_nothing_that_is_printed_shows_a_number() -> None:
    kerb = Kerb(FakeReader(("京A12345", 0.9)))
    (opened,) = kerb.run(12, LEFT)
    (account,) = kerb.keeper.accounts["curb/motor_parking"].values()
    assert account.plate == "京A12345"
    assert "A12345" not in f"{opened!r} {account!r} {kerb.watch._votes!r}"
