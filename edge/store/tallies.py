"""Passages counted by the hour; a trigger of the journal keeps the counts with each passage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge.store.database import open_database
from edge.store.journal import MIGRATIONS
from edge.store.period import Period, marks


@dataclass(frozen=True, slots=True)
class Tally:
    """Passages of one camera in one hour that ended alike.

    Attributes:
        hour: Its beginning, UTC.
    """

    hour: datetime
    camera_id: str
    decision: str
    direction: str
    count: int


@dataclass(frozen=True, slots=True)
class HourTally:
    """Passages of one hour of UTC's day, 0 to 23, that ended in one decision."""

    hour: int
    decision: str
    count: int


class Tallies:
    """One connection to the journal's counts."""

    def __init__(self, path: Path) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def passages(self, period: Period, cameras: Sequence[str]) -> list[Tally]:
        """Return the counts of a period's hours at some cameras, oldest first."""
        rows = self._connection.execute(
            "SELECT hour, camera_id, decision, direction, count FROM passage_tallies"
            f" WHERE hour >= ? AND hour < ? AND camera_id IN ({marks(cameras)}) AND count > 0"
            " ORDER BY hour, camera_id, decision, direction",
            (_hour(period.since), _hour(period.until), *cameras),
        ).fetchall()
        return [Tally(_moment(row["hour"]), *tuple(row)[1:]) for row in rows]

    def by_hour(self, period: Period, cameras: Sequence[str]) -> list[HourTally]:
        """Return the counts of each hour of UTC's day and decision over all days and cameras."""
        rows = self._connection.execute(
            "SELECT substr(hour, 12) AS of_day, decision, SUM(count) FROM passage_tallies"
            f" WHERE hour >= ? AND hour < ? AND camera_id IN ({marks(cameras)}) AND count > 0"
            " GROUP BY of_day, decision",
            (_hour(period.since), _hour(period.until), *cameras),
        ).fetchall()
        return [HourTally(int(hour), decision, count) for hour, decision, count in rows]


def _moment(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00:00+00:00")


def _hour(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="hours")[:13]
