"""Scenes of what is left behind: materials and rubbish."""

from edge.domain.rule import IncidentType, Zone
from edge.domain.scene import Subject
from tests.pictures.goods import bag, bin_, boards, pallet
from tests.pictures.ink import CAMERA, Ink
from tests.pictures.people import person
from tests.pictures.stage import Stage, drawn, seen, standing
from tests.pictures.street import street, tree

VEST = "#f77f00"


def material_pile() -> Stage:
    """Return a pallet that nobody is at, and boards that somebody works at."""
    return Stage(
        IncidentType.MATERIAL_PILE,
        Zone("pavement", CAMERA.on_ground((-8.4, 13.4), (8.4, 13.4), (8.4, 18), (-8.4, 18))),
        street() + tree(0.4, 17.2),
        (
            standing(pallet(-5.6, 14.9), 1, Subject.OBJECT, attended=0.06, steadiness=0.94),
            seen(person(3.4, 15.7, VEST, reaching=0.4)),
            standing(
                boards(3.4, 15.0), 2, Subject.OBJECT, attended=0.7, why_not="somebody works at it"
            ),
            seen(person(6.6, 14.9, VEST, reaching=-0.4)),
        ),
    )


def exposed_garbage() -> Stage:
    """Return bags on the pavement, bags at the bins, and one that is being collected."""
    near_bins = ((2.2, 14.0), (6.6, 14.0), (6.6, 16.4), (2.2, 16.4))
    return Stage(
        IncidentType.EXPOSED_GARBAGE,
        Zone("pavement", CAMERA.on_ground((-8.4, 13.4), (8.4, 13.4), (8.4, 18), (-8.4, 18))),
        street() + tree(9.6, 14.6),
        (
            drawn(bin_(2.6, 15.4, "#3d8f5f")),
            drawn(bin_(3.6, 15.4, "#5b7db1")),
            standing(bag(5.1, 15.2), 2, Subject.GARBAGE, why_not="at the bins"),
            standing(
                _heap(-1.6, 15.0),
                1,
                Subject.GARBAGE,
                label="garbage_bag",
                score=0.72,
                attended=0.08,
            ),
            seen(person(-7.2, 15.5, VEST, reaching=0.55)),
            standing(
                bag(-6.2, 15.2, "#4b5563"),
                3,
                Subject.GARBAGE,
                attended=0.62,
                why_not="being collected",
            ),
        ),
        allowed=(("bins", CAMERA.on_ground(*near_bins)),),
    )


def _heap(x: float, z: float) -> Ink:
    heap = Ink()
    for dx, dz, colour, size in (
        (0.2, 0.5, "#e5e7eb", 0.9),
        (-0.55, 0.2, "#2f3640", 1.0),
        (0.75, 0.1, "#3d4653", 1.0),
        (0.1, -0.3, "#1f6f54", 0.85),
    ):
        heap.add(bag(x + dx, z + dz, colour, size))
    return heap
