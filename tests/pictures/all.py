"""Every picture of the documentation of rules."""

from collections.abc import Callable, Mapping
from pathlib import Path

from edge.codes.table import load_table
from edge.domain.rule import IncidentType
from tests.pictures.fires import open_burning, open_flame, smoke_air
from tests.pictures.gathered import crowd_gathering, intrusion
from tests.pictures.left import exposed_garbage, material_pile
from tests.pictures.parked import fire_lane_blocked, motor_parking, nonmotor_parking
from tests.pictures.plate import plate
from tests.pictures.stage import Stage
from tests.pictures.trading import itinerant_vendor, road_trading, shop_overflow

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images" / "rules"

STAGES: Mapping[IncidentType, Callable[[], Stage]] = {
    stage().incident: stage
    for stage in (
        motor_parking,
        nonmotor_parking,
        fire_lane_blocked,
        itinerant_vendor,
        road_trading,
        shop_overflow,
        material_pile,
        exposed_garbage,
        crowd_gathering,
        intrusion,
        smoke_air,
        open_flame,
        open_burning,
    )
}


def picture(incident: IncidentType) -> str:
    """Return the SVG about a rule."""
    name = load_table("GB/T 30428.2-2013").category(incident).name
    return plate(STAGES[incident](), name)


def path(incident: IncidentType) -> Path:
    """Return where the picture about a rule lies."""
    return FOLDER / f"{incident}.svg"
