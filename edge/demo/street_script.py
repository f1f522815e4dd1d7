"""What happens on the demo's street, and what must come of it."""

from collections.abc import Iterator

from edge.demo.street_ground import WIDTH
from edge.demo.street_scene import Stop, StreetScene, Visit
from edge.demo.street_smoke import Plume
from edge.demo.street_things import COATS, Draw, bus, car, cart, crates, person

LENGTH_S = 50.0
OUT = 340
"""Pixels beyond the edge at which the longest thing is out of sight."""

EVENTS = (
    "a car parks at the yellow line; a bus hides it for a while; later it drives off",
    "crates are put down on the pavement and stay",
    "a breakfast cart takes the pitch that its permit names",
    "a heap smokes",
    "people walk by all the time",
)

EXPECTED = {
    "motor_parking": ("opened", "updated", "cleared"),
    "material_pile": ("opened",),
    "smoke_air": ("opened", "cleared"),
}
"""One incident of each type, and the messages about it: the car is warned before it is a case."""


def street_scene() -> StreetScene:
    """Return the scene."""
    return StreetScene(LENGTH_S, tuple(_visits()), Plume(1064, 352, 15.0, 36.0))


def _visits() -> Iterator[Visit]:
    yield Visit(
        car((150, 80, 40)),
        (
            Stop(3, -OUT, 520),
            Stop(5.5, 240, 520),
            Stop(6.5, 330, 514),
            Stop(32, 330, 514),
            Stop(33, 420, 520),
            Stop(36, WIDTH + OUT, 520),
        ),
    )
    yield Visit(bus, (Stop(23, WIDTH + OUT, 690), Stop(27.5, -OUT, 690)))
    yield from _brings(person(COATS[4]), cart, at=Stop(8.5, 880, 330), from_x=WIDTH + 140)
    yield from _brings(person(COATS[1]), crates, at=Stop(14, 560, 372), from_x=-140)
    for number in range(11):
        yield _passer_by(number)


def _brings(who: Draw, what: Draw, *, at: Stop, from_x: float) -> Iterator[Visit]:
    """Yield a thing that is pushed to its place and stays, and the person who pushes it."""
    side = 100 if from_x > at.x else -100
    begin_s = at.at_s - abs(from_x - at.x) / 150
    way = (Stop(begin_s, from_x, at.y), at)
    yield Visit(what, (*way, Stop(LENGTH_S, at.x, at.y)))
    pushing = [Stop(one.at_s, one.x + side, at.y + 2) for one in way]
    home = Stop(at.at_s + abs(from_x - at.x) / 130, from_x + 2 * side, at.y + 6)
    yield Visit(who, (*pushing, home))


def _passer_by(number: int) -> Visit:
    """Return one of those who walk by: from either side, each on a line of their own."""
    begin_s, speed = number * 4.3, 96 + 13 * (number % 5)
    line = 388 - 9 * (number % 3)
    ends = (-40.0, WIDTH + 40.0) if number % 2 else (WIDTH + 40.0, -40.0)
    end_s = begin_s + (WIDTH + 80) / speed
    return Visit(
        person(COATS[number % len(COATS)]),
        (Stop(begin_s, ends[0], line), Stop(end_s, ends[1], line)),
    )
