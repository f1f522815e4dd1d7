"""Scenes of people where they should not be, or should not be so many."""

from edge.domain.rule import IncidentType, Zone
from edge.domain.scene import Subject
from tests.pictures.goods import crates
from tests.pictures.ink import CAMERA, Ink
from tests.pictures.people import person
from tests.pictures.stage import Stage, drawn, seen, standing
from tests.pictures.street import street, tree

COATS = ("#c8553d", "#5b7db1", "#3d8f8a", "#6d597a", "#e0a458", "#4f8f57", "#b56576")


def crowd_gathering() -> Stage:
    """Return people who stay together, and two who walk on."""
    spots = (
        (-2.6, 16.6),
        (-0.9, 17.0),
        (0.7, 16.7),
        (2.2, 16.2),
        (-3.4, 15.4),
        (-1.7, 15.3),
        (1.3, 15.2),
        (-0.4, 14.5),
        (2.9, 14.6),
    )
    return Stage(
        IncidentType.CROWD_GATHERING,
        Zone("square", CAMERA.on_ground((-7.6, 13.4), (7.6, 13.4), (7.6, 18.2), (-7.6, 18.2))),
        street() + tree(-9.4, 14.6) + tree(9.4, 14.6),
        (
            *(
                seen(
                    person(x, z, COATS[n % 7], tall=0.96 + 0.03 * (n % 3)),
                    score=round(0.86 - 0.03 * (n % 4), 2),
                )
                for n, (x, z) in enumerate(spots)
            ),
            seen(person(-6.3, 14.8, "#4a5568", walking=True), moving=True, why_not="walks on"),
            seen(person(6.2, 15.2, "#9a3b3b", walking=True), moving=True, why_not="walks on"),
        ),
    )


def intrusion() -> Stage:
    """Return somebody in a fenced yard, and a passer-by outside."""
    return Stage(
        IncidentType.INTRUSION,
        Zone("yard", CAMERA.on_ground((-1.6, 13.9), (6.6, 13.9), (6.6, 18.6), (-1.6, 18.6))),
        street() + tree(-8.6, 14.5),
        (
            standing(_transformer(2.4, 16.8), 1, Subject.OBJECT, why_not="a thing"),
            seen(person(0.3, 15.6, "#4a5568", reaching=0.35), score=0.81),
            drawn(_fence(-1.6, 6.6, 13.95)),
            seen(person(-5.0, 15.2, "#e0a458", walking=True), why_not="outside"),
            standing(crates(8.0, 15.8), 2, Subject.GOODS, why_not="goods, outside"),
        ),
    )


def _transformer(x: float, z: float) -> Ink:
    ink = Ink()
    ink.shadow(x + 1.1, z + 0.6, 2.8, 1.8)
    ink.block(x, 2.2, 1.7, (z, z + 1.2), "#7d9a8c")
    for rib in range(8):
        left = x + 0.95 + rib * 0.15
        ink.flat([(left, 0.25), (left + 0.07, 0.25), (left + 0.07, 1.4), (left, 1.4)], z, "#688577")
    ink.flat([(x + 0.15, 0.7), (x + 0.8, 0.7), (x + 0.475, 1.3)], z, "#f2c14e")
    bolt = ((0.5, 1.12), (0.38, 0.92), (0.47, 0.92), (0.42, 0.76), (0.58, 0.98), (0.49, 0.98))
    ink.flat([(x + dx, y) for dx, y in bolt], z, "#22262b")
    return ink


def _fence(left: float, right: float, z: float) -> Ink:
    ink = Ink()
    for y in (0.25, 1.15):
        ink.line([(left, y, z), (right, y, z)], 0.05, "#5c6670")
    count = round((right - left) / 0.41)
    for post in range(count + 1):
        x = left + post * (right - left) / count
        ink.line([(x, 0.0, z), (x, 1.3, z)], 0.035, "#5c6670")
    return ink
