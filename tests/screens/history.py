"""A year before the pictures: what reports are made of."""

from datetime import timedelta
from pathlib import Path

from edge.bench.large_store import build
from edge.clock import SystemClock
from edge.domain.rule import IncidentType

INCIDENTS, PASSAGES = 6000, 40_000
TYPES = (
    IncidentType.MOTOR_PARKING,
    IncidentType.MATERIAL_PILE,
    IncidentType.ROAD_TRADING,
    IncidentType.SMOKE_AIR,
)


def write_history(journal: Path) -> None:
    """Write what two cameras have found in a year; all of it is over and judged."""
    end = SystemClock().utc() - timedelta(hours=2)
    build(
        journal,
        incidents=INCIDENTS,
        passages=PASSAGES,
        end=end,
        cameras=("street-demo",),
        gates=("gate-demo",),
        types=TYPES,
        over=True,
    )
