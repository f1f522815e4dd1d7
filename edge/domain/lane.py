"""What goes first on the way out of the box."""

from enum import IntEnum

from edge.domain.rule import IncidentType
from edge.domain.subscription import TROUBLES


class Lane(IntEnum):
    """Priority of a message: a lane is served when those before it are empty.

    All revisions of an incident or passage are in one lane, so that they stay in order.
    """

    ALERT = 0
    """Gate alerts, fire and smoke, a blocked fire lane; answers to the platform."""
    STREET = 1
    """What else is wrong on the street."""
    PASSAGE = 2
    """Passages that alarm nobody."""
    UPKEEP = 3
    """Camera troubles, pictures of passages, and what the platform asks for again."""


_ALARMS = frozenset(
    {
        IncidentType.FIRE_LANE_BLOCKED,
        IncidentType.SMOKE_AIR,
        IncidentType.OPEN_FLAME,
        IncidentType.OPEN_BURNING,
    }
)


def lane_of(kind: IncidentType) -> Lane:
    """Return the lane of incidents of a type; it never changes for one incident."""
    if kind in _ALARMS:
        return Lane.ALERT
    return Lane.UPKEEP if kind in TROUBLES else Lane.STREET
