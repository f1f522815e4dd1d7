"""What happened, written so that it cannot be lost: record and message in one transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from edge.clock import Clock
from edge.domain.camera import CameraReport, CameraState, Duty, Post
from edge.domain.incident import Incident
from edge.domain.lane import Lane, lane_of
from edge.domain.passage import Passage
from edge.store.amendments import amend
from edge.store.database import flushed_later, open_database, transaction
from edge.store.incidents import Render, Written, open_incidents, write_incident
from edge.store.kept import Clip, Item, Kept, write_evidence
from edge.store.moments import text_of
from edge.store.outgoing import Still, next_seq, post, still
from edge.store.passage_entries import PassageEntry, write_passages

MIGRATIONS = tuple(
    files("edge.store").joinpath(name).read_text(encoding="utf-8")
    for name in (
        "schema.sql",
        "incidents.sql",
        "vitals.sql",
        "plates.sql",
        "memory.sql",
        "networks.sql",
        "evidence.sql",
        "review.sql",
        "tallies.sql",
        "reports.sql",
        "passages.sql",
        "counts.sql",
        "room.sql",
        "webhooks.sql",
        "commands.sql",
        "sinks.sql",
        "cases.sql",
        "watch.sql",
        "due.sql",
        "faults.sql",
    )
)
JSON = "application/json"


_COLUMNS = (*(one.name for one in fields(CameraReport)), "reported_at")
_REPORT = (
    f"INSERT OR REPLACE INTO cameras ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
)


def _keep_nothing(_: Incident) -> Kept:
    return Kept()


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision of an incident on its way into the journal.

    Attributes:
        incident: With the camera's own id and revision.
        render: Makes the payload, given the incident under the box's ids and its ``seq``.
        stills: Names the pictures that follow the message, given the same.
        keep: Puts what shows it into its place on the box and names it, given the same.
    """

    incident: Incident
    render: Render
    stills: Callable[[Incident], Sequence[Still]]
    keep: Callable[[Incident], Kept] = _keep_nothing


@dataclass(frozen=True, slots=True)
class SeenCamera:
    """A camera's last report and when it was made."""

    report: CameraReport
    reported_at: datetime


class Journal:
    """One connection to the journal; each thread has its own."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def record_passage(
        self,
        passage: Passage,
        render: Callable[[int], bytes],
        stills: Sequence[Still] = (),
        *,
        lane: Lane = Lane.PASSAGE,
    ) -> int | None:
        """Write one passage and its message, as ``record_passages`` does."""
        (seq,) = self.record_passages([PassageEntry(passage, render, stills, lane)])
        return seq

    def record_passages(self, entries: Sequence[PassageEntry]) -> list[int | None]:
        """Write passages and their messages in one transaction: all of it or nothing.

        Args:
            entries: In order.

        Returns:
            The ``seq`` of each message, None for an id and revision that is in the journal already.
        """
        with transaction(self._connection):
            told = write_passages(self._connection, entries)
            for one, place in zip(entries, told, strict=True):
                if place is not None:
                    self._post(one.stills, place.lane)
        return [place.seq if place else None for place in told]

    def record_incidents(
        self, post: Post, revisions: Sequence[Revision], memory: bytes | None
    ) -> list[Written]:
        """Write revisions, their messages, and what is known after them: all of it or nothing.

        Args:
            post: Whose they are.
            revisions: In order.
            memory: What the post must know after a restart, replacing what was kept; None to leave
                that as it is.

        Returns:
            What was told: not what is in the journal already, and not what another camera that
            shares the place has told.
        """
        written: list[Written] = []
        with transaction(self._connection):
            for one in revisions:
                told = write_incident(
                    self._connection,
                    one.incident,
                    post,
                    next_seq=self._next_seq,
                    render=one.render,
                )
                if told is None:
                    continue
                written.append(told)
                self._post(one.stills(told.incident), lane_of(told.incident.type))
                write_evidence(self._connection, one.keep(told.incident), self._clock.utc())
            if memory is not None:
                self._connection.execute(
                    "INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?)",
                    (post.camera_id, post.duty, text_of(self._clock.utc()), memory),
                )
        return written

    def record_clip(self, clip: Clip, item: Item) -> int | None:
        """Write that an incident has its clip, and tell it, in one transaction.

        Args:
            clip: As it was written.
            item: Its file.

        Returns:
            The message's ``seq``, None if there is no such incident.
        """
        with transaction(self._connection):
            told = amend(
                self._connection,
                clip.incident_id,
                next_seq=self._next_seq,
                evidence=[item.listed()],
            )
            write_evidence(self._connection, Kept([item], clip=clip), self._clock.utc())
        return told.seq if told else None

    def recall(self, post: Post) -> bytes | None:
        """Return what was kept for a post, None if nothing was."""
        row = self._connection.execute(
            "SELECT content FROM memory WHERE camera_id = ? AND duty = ?",
            (post.camera_id, post.duty),
        ).fetchone()
        return row["content"] if row else None

    def forget(self, post: Post) -> None:
        """Keep nothing more for a post."""
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM memory WHERE camera_id = ? AND duty = ?", (post.camera_id, post.duty)
            )

    def open_incidents(self, post: Post) -> list[Incident]:
        """Return the last revisions of what a post has opened and not ended, oldest first."""
        return open_incidents(self._connection, post)

    def posts(self) -> list[Post]:
        """Return who has something open, or a memory."""
        rows = self._connection.execute(
            "SELECT camera_id, duty FROM memory UNION SELECT camera_id, duty FROM incident_views"
            " WHERE open = 1 AND camera_id IS NOT NULL"
        ).fetchall()
        return [Post(row["camera_id"], Duty(row["duty"])) for row in rows]

    def count_incidents(self) -> dict[str, int]:
        """Return how many incidents there are of each type."""
        rows = self._connection.execute(
            "SELECT type, COUNT(DISTINCT id) AS count FROM incidents GROUP BY type ORDER BY type"
        ).fetchall()
        return {row["type"]: row["count"] for row in rows}

    def _next_seq(self) -> int:
        """Count the box's next message; gapless, as it is undone with its transaction."""
        return next_seq(self._connection)

    def _post(self, stills: Sequence[Still], lane: Lane) -> None:
        for one in stills:
            picture = still(one.leaf, one.jpeg, lane)
            post(self._connection, picture, created_at=self._clock.utc())

    def report(self, *reports: CameraReport) -> None:
        """Keep cameras' vital signs, replacing the last ones."""
        now = text_of(self._clock.utc())
        rows = [asdict(one) | {"reported_at": now} for one in reports]
        # Nobody asks for these after a power cut, and a flush to the disk costs ten times the rest:
        # thirty a second with sixty cameras. The next incident's takes them along.
        with flushed_later(self._connection), transaction(self._connection):
            self._connection.executemany(_REPORT, rows)

    def cameras(self) -> list[SeenCamera]:
        """Return every camera's last report, by id."""
        rows = self._connection.execute("SELECT * FROM cameras ORDER BY camera_id").fetchall()
        return [_seen(row) for row in rows]

    def keep_cameras(self, camera_ids: Sequence[str]) -> None:
        """Forget the reports of cameras that are no longer configured."""
        with transaction(self._connection):
            marks = ", ".join("?" for _ in camera_ids)
            self._connection.execute(
                f"DELETE FROM cameras WHERE camera_id NOT IN ({marks})",
                tuple(camera_ids),
            )

    def payloads(self) -> list[bytes]:
        """Return the messages of all passages, in the order of their ``seq``."""
        rows = self._connection.execute("SELECT payload FROM passages ORDER BY seq").fetchall()
        return [row["payload"] for row in rows]

    def count_passages(self) -> dict[str, int]:
        """Return how many passages ended in each decision, revisions counted once."""
        rows = self._connection.execute(
            "SELECT decision, count FROM passage_totals WHERE count > 0"
        ).fetchall()
        return {row["decision"]: row["count"] for row in rows}


def _seen(row: sqlite3.Row) -> SeenCamera:
    values = dict(row)
    reported_at = datetime.fromisoformat(values.pop("reported_at"))
    values["state"] = CameraState(values["state"])
    return SeenCamera(CameraReport(**values), reported_at)
