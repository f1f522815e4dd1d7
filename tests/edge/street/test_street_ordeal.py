"""A parked car goes through everything that streets have, in any order: it is one incident."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from edge.domain.geometry import Box
from edge.domain.incident import Incident, Step
from edge.domain.rule import IncidentType
from edge.street.tone import Picture
from tests.asphalt import BOX_PX, DARK, SIZE_WH, gained, put, put_bus
from tests.fake_detector import FakeDetector
from tests.kerb import CAR, STREET, shares
from tests.street_camera import StreetCamera

Seen = tuple[str, Box, float]
PARKED: Seen = ("car", shares(BOX_PX), 0.8)
BLUE, GREEN = (120, 110, 180), (170, 115, 120)
CHANCE = 12


class Ordeal:
    """What happens in front of the car, drawn by lot."""

    def __init__(self, seed: int, *, network: bool, every_s: float) -> None:
        self.lot = np.random.default_rng(seed)
        self.every_s = every_s
        self.detector = FakeDetector(only_wh=SIZE_WH) if network else None
        self.camera = StreetCamera(
            IncidentType.MOTOR_PARKING,
            IncidentType.MATERIAL_PILE,
            detector=self.detector,
            dwell_s=60.0,
            clear_s=20.0,
        )
        self.gain = 1.0

    def see(self, picture: Picture, seen: Sequence[Seen], seconds: float) -> list[Incident]:
        if self.detector is not None:
            self.detector.seen = tuple(seen)
        return self.camera.watch(seconds, gained(picture, self.gain), every_s=self.every_s)

    def stand(self, seconds: float) -> list[Incident]:
        return self.see(CAR, [PARKED], seconds)

    def bus(self) -> list[Incident]:
        """A bus that stops in front, named where there is a network."""
        left, right = int(self.lot.integers(60, 90)), int(self.lot.integers(210, 260))
        box_px = (left, 56, right, 165)
        seen = ("truck", shares(box_px), 0.8)
        return self.see(put_bus(CAR, box_px, BLUE), [seen], int(self.lot.integers(2, 12)))

    def lorry(self) -> list[Incident]:
        """One that the network does not know."""
        left, right = int(self.lot.integers(60, 120)), int(self.lot.integers(200, 270))
        return self.see(put_bus(CAR, (left, 60, right, 160), GREEN), [], 6)

    def missed(self) -> list[Incident]:
        return self.see(CAR, [], int(self.lot.integers(5, 20)))

    def light(self) -> list[Incident]:
        self.gain = float(self.lot.uniform(0.7, 1.25))
        return self.stand(8)

    def shake(self) -> list[Incident]:
        told = []
        for _ in range(4):
            x, y = self.lot.uniform(-3, 3, 2)
            matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
            moved = cv2.warpAffine(CAR, matrix, SIZE_WH, borderMode=cv2.BORDER_REPLICATE)
            told += self.see(np.asarray(moved, np.uint8), [PARKED], self.every_s)
        return told

    def people(self) -> list[Incident]:
        told = []
        for _ in range(5):
            left = int(self.lot.integers(110, 200))
            box_px = (left, 70, left + 16, 135)
            seen = ("person", shares(box_px), 0.8)
            told += self.see(put(CAR, box_px, DARK, seed=3), [PARKED, seen], self.every_s)
        return told

    def garbled(self) -> list[Incident]:
        """A picture of which nothing can be used."""
        noise = self.lot.integers(90, 200, STREET.shape)
        return self.see(noise.astype(np.uint8), [], 2 * self.every_s)

    def events(self) -> Sequence[Callable[[], list[Incident]]]:
        return (
            self.bus,
            self.lorry,
            self.missed,
            self.light,
            self.shake,
            self.people,
            self.garbled,
        )


@pytest.mark.parametrize("network", [True, False])
@pytest.mark.parametrize(("seed", "every_s"), [(2, 5.0), (9, 2.0), (12, 2.0), (13, 5.0), (11, 1.0)])
def test_whatever_passes_a_parked_car_is_one_incident(
    seed: int, every_s: float, network: bool
) -> None:
    ordeal = Ordeal(seed, network=network, every_s=every_s)
    told = [*ordeal.see(STREET, [], 40), *ordeal.stand(70)]
    for _ in range(CHANCE):
        event = ordeal.events()[int(ordeal.lot.integers(len(ordeal.events())))]
        told += event()
        told += ordeal.stand(int(ordeal.lot.integers(5, 20)))
    assert [one.action for one in told if one.action is not Step.UPDATED] == [Step.OPENED]
    told = ordeal.see(STREET, [], 140)
    assert [one.action for one in told] == [Step.CLEARED]
