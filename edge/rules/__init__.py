"""One file per rule: what is not allowed in a zone. Pure; a rule sees rows and no pixels."""

from collections.abc import Mapping

from edge.domain.rule import IncidentType, Rule
from edge.rules import (
    crowd_gathering,
    exposed_garbage,
    fire_lane_blocked,
    intrusion,
    itinerant_vendor,
    material_pile,
    motor_parking,
    nonmotor_parking,
    open_burning,
    open_flame,
    road_trading,
    shop_overflow,
    smoke_air,
)

RULES: Mapping[IncidentType, Rule] = {
    module.RULE.type: module.RULE
    for module in (
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
"""Every rule, by what it opens."""
