"""Scenes of trade: a vendor, a stall on the road, goods before a shop."""

from edge.domain.rule import IncidentType, Zone
from edge.domain.scene import Subject
from tests.pictures.goods import cart, crates, plant, stall, tarpaulin
from tests.pictures.ink import CAMERA
from tests.pictures.people import person
from tests.pictures.stage import Stage, drawn, seen, standing
from tests.pictures.street import street, tree
from tests.pictures.vehicles import ebike


def itinerant_vendor() -> Stage:
    """Return a vendor's cart that nobody has named, beside one that is shut down."""
    return Stage(
        IncidentType.ITINERANT_VENDOR,
        Zone("pavement", CAMERA.on_ground((-8.4, 13.4), (8.4, 13.4), (8.4, 18), (-8.4, 18))),
        street() + tree(9.2, 14.5),
        (
            standing(
                tarpaulin(-6.8, 15.2), 2, Subject.OBJECT, attended=0.04, why_not="nobody is at it"
            ),
            seen(person(1.6, 16.1, "#c8553d", apron="#f5e6c8")),
            standing(cart(-0.6, 15.0), 1, Subject.OBJECT, attended=0.82, steadiness=0.91),
            seen(person(-1.1, 14.6, "#5b7db1", reaching=0.45)),
            seen(person(5.6, 15.0, "#6d597a", reaching=0.0), why_not="merely stands"),
        ),
    )


def road_trading() -> Stage:
    """Return a stall on the road that a network knows, and one that is not on the road."""
    return Stage(
        IncidentType.ROAD_TRADING,
        Zone("road", CAMERA.on_ground((-7.4, 8.6), (7.4, 8.6), (8.8, 12.9), (-8.8, 12.9))),
        street() + tree(-8.4, 14.5),
        (
            seen(person(7.6, 16.3, "#3d8f8a", apron="#ffffff")),
            standing(
                cart(5.3, 15.4),
                2,
                Subject.STALL,
                label="vendor_cart",
                attended=0.7,
                why_not="not on the road",
            ),
            seen(person(-1.0, 11.9, "#c8553d", apron="#f5e6c8")),
            standing(
                stall(-2.6, 10.2),
                1,
                Subject.STALL,
                label="stall",
                score=0.78,
                attended=0.74,
                steadiness=0.95,
            ),
            seen(person(-3.0, 9.7, "#5b7db1", reaching=0.5)),
            seen(person(0.9, 9.6, "#6d597a", reaching=-0.5)),
            standing(
                ebike(3.6, 10.0, "#4f8f57"), 3, Subject.BIKE, attended=0.9, why_not="an e-bike"
            ),
        ),
        shown=540,
    )


def shop_overflow() -> Stage:
    """Return crates beyond a shop's line, others behind it, and a plant."""
    return Stage(
        IncidentType.SHOP_OVERFLOW,
        Zone("front", CAMERA.on_ground((-6.2, 13.6), (6.4, 13.6), (6.4, 17.4), (-6.2, 17.4))),
        street() + tree(-8.6, 14.4) + tree(9.0, 14.4),
        (
            standing(
                crates(2.9, 18.3, 2, 1), 3, Subject.GOODS, label="box", why_not="behind the line"
            ),
            seen(person(1.4, 17.2, "#e0a458", apron="#ffffff")),
            standing(
                plant(5.6, 16.2),
                4,
                Subject.GOODS,
                label="potted plant",
                why_not="a plant",
            ),
            standing(
                crates(-4.6, 16.0, 3, 2), 1, Subject.GOODS, label="box", score=0.52, steadiness=0.97
            ),
            standing(
                crates(-1.9, 15.4, 2, 3), 2, Subject.GOODS, label="box", score=0.58, steadiness=0.93
            ),
            drawn(person(-7.2, 15.4, "#5b7db1", walking=True)),
        ),
        terms={"classes": ("box",)},
    )
