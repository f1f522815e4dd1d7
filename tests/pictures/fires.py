"""Scenes of smoke and fire."""

from edge.domain.rule import IncidentType, Zone
from edge.domain.scene import Subject
from tests.pictures.burning import drum, flames, lantern, leaves, smoke
from tests.pictures.people import person
from tests.pictures.stage import Stage, drawn, rising
from tests.pictures.street import street, tree
from tests.pictures.vehicles import car

OVER_THE_STREET = ((0.03, 0.04), (0.97, 0.04), (0.97, 0.72), (0.03, 0.72))
PAVEMENT = ((0.04, 0.34), (0.96, 0.34), (0.96, 0.67), (0.04, 0.67))


def smoke_air() -> Stage:
    """Return smoke that arithmetic alone has found, and the exhaust of a car."""
    return Stage(
        IncidentType.SMOKE_AIR,
        Zone("over-the-street", OVER_THE_STREET),
        street() + tree(-8.8, 14.5),
        (
            drawn(drum(-2.8, 15.4)),
            rising(
                smoke(-2.8, 15.4, 1.0, 4.6, drift=1.6),
                Subject.SMOKE,
                score=0.74,
                age_s=18.0,
                missing=("saturation_loss",),
            ),
            drawn(car(4.2, 10.8, "#6d597a")),
            rising(
                smoke(4.1, 11.4, 0.3, 0.6, drift=-0.9, width=0.4),
                Subject.SMOKE,
                score=0.38,
                alarm=False,
                why_not="exhaust: too little",
            ),
        ),
        shown=490,
    )


def open_flame() -> Stage:
    """Return a fire in a drum that a network has confirmed, and a red lantern."""
    return Stage(
        IncidentType.OPEN_FLAME,
        Zone("pavement", PAVEMENT),
        street() + tree(-8.8, 14.5),
        (
            drawn(person(-0.6, 16.4, "#5b7db1", reaching=-0.4)),
            drawn(drum(-1.8, 15.6)),
            rising(
                flames(-1.8, 15.5, 0.85, 1.15),
                Subject.FLAME,
                score=0.83,
                age_s=6.0,
                confirmed=True,
            ),
            rising(
                lantern(5.4, 17.6, 1.7),
                Subject.FLAME,
                score=0.31,
                alarm=False,
                why_not="a lantern: turns as a whole",
            ),
        ),
    )


def open_burning() -> Stage:
    """Return leaves that burn and smoke, and steam without a flame."""
    return Stage(
        IncidentType.OPEN_BURNING,
        Zone("pavement", PAVEMENT),
        street() + tree(9.2, 14.5),
        (
            rising(
                smoke(-2.4, 15.6, 0.6, 4.0, drift=1.3),
                Subject.SMOKE,
                score=0.66,
                age_s=22.0,
                missing=("saturation_loss",),
            ),
            drawn(leaves(-2.4, 15.3)),
            rising(
                flames(-2.4, 15.2, 0.25, 0.95),
                Subject.FLAME,
                score=0.58,
                age_s=9.0,
                missing=("core",),
            ),
            drawn(person(-4.4, 15.2, "#f77f00", reaching=0.5)),
            drawn(drum(4.6, 15.6)),
            rising(
                smoke(4.6, 15.6, 1.0, 2.6, drift=0.5),
                Subject.SMOKE,
                score=0.55,
                why_not="steam: no flame at it",
            ),
        ),
    )
