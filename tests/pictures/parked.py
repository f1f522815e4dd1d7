"""Scenes of what stands on wheels: cars, bikes, and a lane that must stay free."""

from edge.domain.rule import IncidentType, Zone
from edge.domain.scene import Subject
from tests.pictures.ink import CAMERA
from tests.pictures.people import person
from tests.pictures.stage import Stage, drawn, standing
from tests.pictures.street import bay, hatched, street, tree
from tests.pictures.vehicles import bike, car, ebike, van


def motor_parking() -> Stage:
    """Return a car at the kerb, beside a van in a marked bay and a bike."""
    marked = (2.6, 8.2, 10.2, 12.9)
    left, right, near, far = marked
    return Stage(
        IncidentType.MOTOR_PARKING,
        Zone("kerb", CAMERA.on_ground((-7.6, 10), (8.6, 10), (8.6, 13), (-7.6, 13))),
        street() + bay(*marked) + tree(-8.2, 14.4) + tree(9.2, 14.4),
        (
            drawn(person(-1.4, 15.4, "#c8553d", walking=True)),
            standing(bike(0.5, 13.9, "#3d8f8a"), 3, Subject.BIKE, why_not="a bike"),
            standing(
                van(3.0, 10.7, "#f3f4f6"), 2, Subject.VEHICLE, label="truck", why_not="in the bay"
            ),
            standing(
                car(-4.2, 10.7, "#4f7cac"),
                1,
                Subject.VEHICLE,
                label="car",
                score=0.86,
                steadiness=0.96,
            ),
        ),
        allowed=(
            ("bay", CAMERA.on_ground((left, near), (right, near), (right, far), (left, far))),
        ),
        shown=490,
    )


def nonmotor_parking() -> Stage:
    """Return bikes on the pavement, beside others in a rack."""
    rack = (2.4, 6.6, 14.4, 16.6)
    left, right, near, far = rack
    loose = (
        (bike(-6.6, 16.6, "#d1495b"), "bicycle", 0.71),
        (bike(-4.5, 15.9, "#5b7db1"), "bicycle", 0.66),
        (ebike(-6.4, 14.5, "#3d8f8a"), "motorcycle", 0.74),
        (bike(-3.6, 14.3, "#e0a458"), "bicycle", 0.62),
    )
    return Stage(
        IncidentType.NONMOTOR_PARKING,
        Zone("pavement", CAMERA.on_ground((-8, 13.4), (7.6, 13.4), (7.6, 18), (-8, 18))),
        street() + bay(*rack) + tree(0.6, 14.6),
        (
            drawn(person(8.9, 16, "#5b7db1", walking=True)),
            *(
                standing(ink, number, Subject.BIKE, label=label, score=score, steadiness=0.93)
                for number, (ink, label, score) in enumerate(loose, 1)
            ),
            standing(bike(2.6, 15.2, "#6b7280"), 8, Subject.BIKE, why_not="in the rack"),
            standing(bike(4.7, 15.2, "#4f8f57"), 9, Subject.BIKE, why_not="in the rack"),
        ),
        allowed=(
            ("rack", CAMERA.on_ground((left, near), (right, near), (right, far), (left, far))),
        ),
    )


def fire_lane_blocked() -> Stage:
    """Return a car across a fire lane, and one nearer to the camera that only hides it."""
    lane = ((-1.9, 13.0), (1.9, 13.0), (1.9, 19.0), (-1.9, 19.0))
    return Stage(
        IncidentType.FIRE_LANE_BLOCKED,
        Zone("fire-lane", CAMERA.on_ground(*lane)),
        street(gateway=True) + hatched(-1.9, 1.9, 13.25, 19.0) + tree(-7.6, 14.4) + tree(7.8, 14.4),
        (
            drawn(person(4.6, 16.4, "#3d8f8a", walking=True)),
            standing(
                car(-2.9, 14.6, "#b23a48"),
                1,
                Subject.VEHICLE,
                label="car",
                score=0.82,
                steadiness=0.94,
            ),
            standing(
                car(1.0, 10.3, "#e9ecef"),
                2,
                Subject.VEHICLE,
                label="car",
                why_not="only in front of it",
            ),
        ),
        shown=490,
    )
