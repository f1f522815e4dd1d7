"""Which files show an incident, what is held, what was purged, and which clip is still wanted."""

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge.clock import Clock
from edge.domain.rule import IncidentType
from edge.store.database import open_database, transaction
from edge.store.journal import MIGRATIONS
from edge.store.kept import ANNOTATED, Clip, ClipState, Gap, Item, Kind
from edge.store.moments import text_of

TELLING = ("opened", "warned", "first", "updated", "cleared")
"""How a still's name begins: the picture of the decision says most."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold: what shows the incident is not purged."""

    incident_id: str
    reason: str
    held_by: str
    held_at: datetime


@dataclass(frozen=True, slots=True)
class Purge:
    """A file that was removed, and why."""

    incident_id: str
    name: str
    bytes: int
    sha256: str
    reason: str
    purged_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A revision of an incident as it was told."""

    revision: int
    seq: int
    action: str
    observed_at: datetime
    payload: bytes


class EvidenceStore:
    """One connection to what the journal knows of evidence; each thread has its own."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def items(self, incident_id: str) -> list[Item]:
        """Return the files of an incident, the purged ones too, in the order they were made."""
        rows = self._connection.execute(
            "SELECT * FROM evidence WHERE incident_id = ? ORDER BY begins_at, name", (incident_id,)
        )
        return [_item(row) for row in rows]

    def item(self, incident_id: str, name: str) -> Item | None:
        """Return one file of an incident, None if there never was one of this name."""
        row = self._connection.execute(
            "SELECT * FROM evidence WHERE incident_id = ? AND name = ?", (incident_id, name)
        ).fetchone()
        return _item(row) if row else None

    def stills(self, incident_ids: Collection[str]) -> dict[str, str]:
        """Return the name of the picture that says most of each incident that has one."""
        marks = ", ".join("?" for _ in incident_ids)
        rows = self._connection.execute(
            f"SELECT incident_id, name FROM evidence WHERE incident_id IN ({marks})"
            " AND kind = 'still' AND purged_at IS NULL ORDER BY incident_id, begins_at, name",
            tuple(incident_ids),
        )
        names: dict[str, list[str]] = {}
        for row in rows:
            names.setdefault(row["incident_id"], []).append(row["name"])
        return {incident_id: min(of, key=_telling) for incident_id, of in names.items()}

    def gaps(self, incident_id: str) -> list[Gap]:
        """Return what could not be written for an incident."""
        rows = self._connection.execute(
            "SELECT incident_id, name, detail FROM evidence_gaps WHERE incident_id = ?"
            " ORDER BY name",
            (incident_id,),
        )
        return [Gap(*row) for row in rows]

    def clip(self, incident_id: str) -> Clip | None:
        """Return how far an incident's clip has come, None if none was ever wanted."""
        row = self._connection.execute(
            "SELECT * FROM clips WHERE incident_id = ?", (incident_id,)
        ).fetchone()
        return _clip(row) if row else None

    def wanted(self, camera_id: str) -> list[Clip]:
        """Return the clips of a camera that nobody has written yet, oldest first."""
        rows = self._connection.execute(
            "SELECT * FROM clips WHERE camera_id = ? AND state = 'wanted' ORDER BY moment",
            (camera_id,),
        )
        return [_clip(row) for row in rows]

    def miss(self, incident_id: str, detail: str) -> None:
        """Say that an incident will have no clip, and why."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE clips SET state = 'missing', detail = ? WHERE incident_id = ?"
                " AND state = 'wanted'",
                (detail, incident_id),
            )

    def revisions(self, incident_id: str) -> list[Told]:
        """Return what was told of an incident, in order; nothing if there is no such incident."""
        rows = self._connection.execute(
            "SELECT revision, seq, action, observed_at, payload FROM incidents WHERE id = ?"
            " ORDER BY revision",
            (incident_id,),
        )
        return [Told(row[0], row[1], row[2], _moment(row[3]), bytes(row[4])) for row in rows]

    def opened_at(self, incident_id: str) -> datetime | None:
        """Return when the first camera opened an incident, None if it is not on the disk."""
        row = self._connection.execute(
            "SELECT opened_at FROM incidents WHERE id = ? ORDER BY revision LIMIT 1",
            (incident_id,),
        ).fetchone()
        return _moment(row["opened_at"]) if row else None

    def type_of(self, incident_id: str) -> IncidentType | None:
        """Return what an incident is about, None if it is not on the disk."""
        row = self._connection.execute(
            "SELECT type FROM incidents WHERE id = ? ORDER BY revision DESC LIMIT 1", (incident_id,)
        ).fetchone()
        return IncidentType(row["type"]) if row else None

    def incident_ids(self) -> Iterator[str]:
        """Yield the incidents that have, or had, any evidence."""
        for row in self._connection.execute(
            "SELECT DISTINCT incident_id FROM evidence ORDER BY incident_id"
        ):
            yield row["incident_id"]

    def hold(self, incident_id: str, *, reason: str, by: str) -> bool:
        """Keep what shows an incident until it is released; False if it is held already."""
        with transaction(self._connection):
            if self.held(incident_id) is not None:
                return False
            self._connection.execute(
                "INSERT INTO holds (incident_id, reason, held_by, held_at) VALUES (?, ?, ?, ?)",
                (incident_id, reason, by, text_of(self._clock.utc())),
            )
        return True

    def release(self, incident_id: str, *, by: str) -> bool:
        """End a hold; False if there is none."""
        with transaction(self._connection):
            done = self._connection.execute(
                "UPDATE holds SET released_by = ?, released_at = ? WHERE incident_id = ?"
                " AND released_at IS NULL",
                (by, text_of(self._clock.utc()), incident_id),
            )
        return done.rowcount > 0

    def held(self, incident_id: str) -> Hold | None:
        """Return the hold of an incident, None if there is none now."""
        row = self._connection.execute(
            "SELECT incident_id, reason, held_by, held_at FROM holds WHERE incident_id = ?"
            " AND released_at IS NULL",
            (incident_id,),
        ).fetchone()
        return Hold(row[0], row[1], row[2], _moment(row[3])) if row else None

    def kept_bytes(self) -> int:
        """Return how much all files take that are still there."""
        row = self._connection.execute(
            "SELECT COALESCE(SUM(bytes), 0) AS total FROM evidence WHERE purged_at IS NULL"
        ).fetchone()
        return int(row["total"])

    def oldest(self) -> datetime | None:
        """Return when the oldest file was made that is still there."""
        row = self._connection.execute(
            "SELECT MIN(made_at) AS oldest FROM evidence WHERE purged_at IS NULL"
        ).fetchone()
        return _moment(row["oldest"]) if row["oldest"] else None

    def unprotected(
        self,
        kind: Kind,
        *,
        made_before: datetime | None = None,
        made_after: datetime | None = None,
        limit: int = 100,
    ) -> list[Item]:
        """Return the oldest files of a kind that no hold protects.

        Args:
            kind: Stills or clips.
            made_before: Only those that were made before; None for all.
            made_after: Only those that were made at this time or later; None for all.
            limit: At most so many.
        """
        rows = self._connection.execute(
            "SELECT * FROM evidence WHERE purged_at IS NULL AND kind = ? AND made_at < ?"
            " AND made_at >= ?"
            " AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.incident_id = evidence.incident_id"
            " AND released_at IS NULL) ORDER BY made_at LIMIT ?",
            (
                kind,
                "~" if made_before is None else text_of(made_before),
                "" if made_after is None else text_of(made_after),
                limit,
            ),
        )
        return [_item(row) for row in rows]

    def purge(self, item: Item, reason: str) -> bool:
        """Record that a file is removed; False if a hold or another purge was faster."""
        now = text_of(self._clock.utc())
        with transaction(self._connection):
            if self.held(item.incident_id) is not None:
                return False
            done = self._connection.execute(
                "UPDATE evidence SET purged_at = ? WHERE incident_id = ? AND name = ?"
                " AND purged_at IS NULL",
                (now, item.incident_id, item.name),
            )
            if not done.rowcount:
                return False
            self._connection.execute(
                "INSERT INTO purges (incident_id, name, bytes, sha256, reason, purged_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (item.incident_id, item.name, item.bytes, item.sha256, reason, now),
            )
        return True

    def purges(self, incident_id: str) -> list[Purge]:
        """Return what was removed of an incident, in order."""
        rows = self._connection.execute(
            "SELECT incident_id, name, bytes, sha256, reason, purged_at FROM purges"
            " WHERE incident_id = ? ORDER BY number",
            (incident_id,),
        )
        return [Purge(row[0], row[1], row[2], row[3], row[4], _moment(row[5])) for row in rows]


def _telling(name: str) -> tuple[bool, int]:
    """Return what sorts stills: clean ones first, the most telling moment first."""
    moment = next((n for n, begin in enumerate(TELLING) if name.startswith(begin)), len(TELLING))
    return name.endswith(ANNOTATED), moment


def _item(row: sqlite3.Row) -> Item:
    values = dict(row)
    for name in ("begins_at", "ends_at", "made_at"):
        values[name] = _moment(values[name])
    purged_at = values.pop("purged_at")
    kind = Kind(values.pop("kind"))
    return Item(**values, kind=kind, purged_at=_moment(purged_at) if purged_at else None)


def _clip(row: sqlite3.Row) -> Clip:
    return Clip(
        row["incident_id"],
        row["camera_id"],
        _moment(row["moment"]),
        _moment(row["begins_at"]),
        _moment(row["ends_at"]),
        ClipState(row["state"]),
        row["detail"],
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
