"""What became of incidents, counted for reports."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.domain.geometry import Box
from edge.domain.precision import Precision
from edge.domain.review import Verdict
from edge.store.database import open_database
from edge.store.journal import MIGRATIONS
from edge.store.period import Period, marks

RIGHT = frozenset({Verdict.CONFIRMED, Verdict.NOT_ACTIONABLE})
WRONG = frozenset({Verdict.REJECTED, Verdict.RECLASSIFIED})
BOXES_SHOWN = 5000
"""The latest; a heat map of more looks the same."""


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """Incidents of one camera and rule, by verdict.

    Attributes:
        verdicts: How many of each verdict; ``pending`` for those without.
    """

    camera_id: str
    type: str
    verdicts: dict[str, int]

    @property
    def incidents(self) -> int:
        """Return how many there were, judged or not."""
        return sum(self.verdicts.values())

    @property
    def precision(self) -> Precision:
        """Return how many were there; a duplicate says nothing about it."""
        right = sum(self.verdicts.get(verdict, 0) for verdict in RIGHT)
        wrong = sum(self.verdicts.get(verdict, 0) for verdict in WRONG)
        return Precision(right, right + wrong)


@dataclass(frozen=True, slots=True)
class Count:
    """How many incidents have something in common."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class HourCount:
    """Incidents that opened in one hour of UTC."""

    hour: datetime
    count: int


class Figures:
    """One connection to the journal's incidents."""

    def __init__(self, path: Path) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def cameras(self) -> list[str]:
        """Return every camera that has had an incident or has reported, by id."""
        rows = self._connection.execute(
            # From one camera to the next by the index, not through all incidents.
            "WITH RECURSIVE seen (camera) AS (SELECT MIN(camera_id) FROM incident_heads UNION ALL"
            " SELECT (SELECT MIN(camera_id) FROM incident_heads WHERE camera_id > camera) FROM seen"
            " WHERE camera IS NOT NULL)"
            " SELECT camera FROM seen WHERE camera IS NOT NULL UNION SELECT camera_id FROM cameras"
            " ORDER BY 1"
        ).fetchall()
        return [row[0] for row in rows]

    def rules(self, period: Period, cameras: Sequence[str]) -> list[RuleFigures]:
        """Return the figures of every camera and rule, by camera and type."""
        found: dict[tuple[str, str], dict[str, int]] = {}
        for camera_id, kind, verdict, count in self._counted(
            "camera_id, type, coalesce(verdict, 'pending')", period, cameras
        ):
            found.setdefault((camera_id, kind), {})[verdict] = count
        return [RuleFigures(*key, verdicts) for key, verdicts in sorted(found.items())]

    def hours(self, period: Period, cameras: Sequence[str]) -> list[HourCount]:
        """Return how many incidents opened in each hour, oldest first; no empty hours."""
        rows = self._counted("substr(opened_at, 1, 13)", period, cameras)
        return [
            HourCount(datetime.fromisoformat(f"{hour}:00:00+00:00"), count)
            for hour, count in sorted(rows)
        ]

    def places(self, period: Period, cameras: Sequence[str]) -> list[Count]:
        """Return the incidents of each place, or camera and zone where it has no name."""
        rows = self._counted(
            "coalesce(place, camera_id || coalesce(' / ' || zone_id, ''))", period, cameras
        )
        return sorted((Count(*row) for row in rows), key=lambda one: (-one.count, one.name))

    def reasons(self, period: Period, cameras: Sequence[str]) -> list[Count]:
        """Return why incidents were rejected, the most frequent first."""
        rows = self._counted(
            "coalesce(reason, 'other')", period, cameras, f"AND verdict = '{Verdict.REJECTED}'"
        )
        return sorted((Count(*row) for row in rows), key=lambda one: (-one.count, one.name))

    def boxes(self, period: Period, camera_id: str) -> list[Box]:
        """Return where on a camera's picture its latest incidents stood."""
        rows = self._connection.execute(
            "SELECT bbox FROM incident_heads WHERE camera_id = ? AND opened_at >= ?"
            " AND opened_at < ? AND bbox IS NOT NULL ORDER BY opened_at DESC LIMIT ?",
            (camera_id, *period.texts, BOXES_SHOWN),
        ).fetchall()
        boxes = (json.loads(row["bbox"]) for row in rows)
        return [(left, top, right, bottom) for left, top, right, bottom in boxes]

    def _counted(
        self, columns: str, period: Period, cameras: Sequence[str], only: str = ""
    ) -> list[tuple[Any, ...]]:
        """Return groups of incidents and their counts; ``columns`` and ``only`` are this file's."""
        rows = self._connection.execute(
            # By camera, it would read each incident itself to see its verdict.
            f"SELECT {columns}, COUNT(*) FROM incident_heads INDEXED BY incident_heads_for_reports"
            f" WHERE opened_at >= ? AND opened_at < ? AND camera_id IN ({marks(cameras)})"
            f" {only} GROUP BY {columns}",
            (*period.texts, *cameras),
        ).fetchall()
        return [tuple(row) for row in rows]
