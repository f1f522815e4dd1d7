"""Everything about street cameras: one by one against their limit, and many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.bench.fleet import FleetFigures, NotTogetherError, bench_fleet
from edge.bench.scene import film_street
from edge.bench.street import RULES, StreetFigures, bench_street
from models.detections import ObjectDetector

SIZE_WH = (1920, 1080)
QUIET_FILM_S, BUSY_FILM_S = 10, 12
FLEET, FLEET_S = 120, 60


@dataclass(frozen=True, slots=True)
class Case:
    """One camera: what it sees, what it watches for, for how long, and how often this is taken."""

    busy: bool
    rules: str
    seconds: int
    turns: int = 4


CASES = (
    Case(busy=False, rules="dwell", seconds=60),
    Case(busy=False, rules="dwell and smoke", seconds=60),
    # A whole turn of following the motion and letting it be.
    Case(busy=True, rules="dwell", seconds=200, turns=2),
    Case(busy=True, rules="dwell and smoke", seconds=12),
)


@dataclass(frozen=True, slots=True)
class StreetsFigures:
    """Of single cameras, and of many at once or why there are none."""

    single: tuple[StreetFigures, ...]
    fleet: FleetFigures | NotTogetherError


def bench_streets(
    folder: Path,
    detector: ObjectDetector,
    *,
    network: str = "yolox-nano",
    size_wh: tuple[int, int] = SIZE_WH,
    cases: Sequence[Case] = CASES,
    fleet: int = FLEET,
    fleet_s: int = FLEET_S,
) -> StreetsFigures:
    """Return the figures of street cameras with keyframes every two seconds.

    Args:
        folder: Empty; for films and databases.
        detector: The network of the single cameras.
        network: What the configuration of the many calls it.
        size_wh: Of the pictures.
        cases: Single cameras.
        fleet: How many quiet ones at once.
        fleet_s: For how long.
    """
    quiet, busy = folder / "quiet.mp4", folder / "busy.mp4"
    film_street(quiet, busy=False, seconds=QUIET_FILM_S, size_wh=size_wh)
    if any(case.busy for case in cases):
        film_street(busy, busy=True, seconds=BUSY_FILM_S, size_wh=size_wh)
    single = []
    for number, case in enumerate(cases):
        own = folder / str(number)
        own.mkdir()
        single.append(
            bench_street(
                busy if case.busy else quiet,
                own,
                scene="busy" if case.busy else "quiet",
                rules=case.rules,
                seconds=case.seconds,
                turns=case.turns,
                detector=detector,
            )
        )
    together = folder / "fleet"
    together.mkdir()
    names = RULES["dwell and smoke"]
    many: FleetFigures | NotTogetherError
    try:
        many = bench_fleet(
            quiet, together, network=network, names=names, count=fleet, seconds=fleet_s
        )
    except NotTogetherError as error:  # what single cameras cost is known all the same
        many = error
    return StreetsFigures(tuple(single), many)
