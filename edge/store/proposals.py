"""Terms that verdicts suggest, tried beside the terms that hold before they replace them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from edge.clock import Clock
from edge.domain.review import Verdict
from edge.domain.suggestion import Judged, Suggestion, Term, suggest
from edge.errors import ConfigError
from edge.store.database import open_database, transaction
from edge.store.figures import RIGHT, WRONG
from edge.store.journal import MIGRATIONS
from edge.store.period import Period, marks

LATEST = 2000
"""Judged incidents that suggestions rest on; a page must not read all of a year's."""


class ProposalState(StrEnum):
    """What became of a proposal."""

    SHADOW = "shadow"
    APPLIED = "applied"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Target:
    """One rule in one zone of one camera."""

    camera_id: str
    zone_id: str
    type: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion for a rule."""

    target: Target
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion that somebody has put to the test."""

    id: int
    target: Target
    suggestion: Suggestion
    state: ProposalState
    began_at: datetime
    began_by: str
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a proposal would have done to the incidents since it began.

    Attributes:
        seen: Incidents of its rule, over as far as a dwell is concerned.
        dropped: How many of them it would not have told.
        right: Of the dropped, those that people then confirmed.
        wrong: Of the dropped, those that people then rejected.
    """

    seen: int
    dropped: int
    right: int
    wrong: int


class Proposals:
    """One connection to the journal's proposals."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the journal's file, made if absent; raises StoreError."""
        self._connection = open_database(path, MIGRATIONS)
        self._clock = clock

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def suggested(self, period: Period, cameras: Sequence[str]) -> list[Suggested]:
        """Return what a period's verdicts suggest for each rule, but what is in shadow already."""
        if not cameras:
            return []  # SQLite finds no use for the index and refuses
        rows = self._connection.execute(
            "SELECT camera_id, zone_id, type, verdict, dwell_s, state, score"
            " FROM incident_heads INDEXED BY incident_heads_judged"
            " WHERE opened_at >= ? AND opened_at < ?"
            f" AND camera_id IN ({marks(cameras)}) AND zone_id IS NOT NULL AND verdict IS NOT NULL"
            " ORDER BY opened_at DESC LIMIT ?",
            (*period.texts, *cameras, LATEST),
        ).fetchall()
        judged: dict[tuple[Target, Term], list[Judged]] = {}
        for row in rows:
            if Verdict(row["verdict"]) not in RIGHT | WRONG:
                continue
            target = Target(row["camera_id"], row["zone_id"], row["type"])
            right = Verdict(row["verdict"]) in RIGHT
            judged.setdefault((target, Term.CONFIDENCE), []).append(Judged(row["score"], right))
            if row["state"] != "open":
                judged.setdefault((target, Term.DWELL), []).append(Judged(row["dwell_s"], right))
        tried = {
            (one.target, one.suggestion.term)
            for one in self.proposals(cameras)
            if one.state is ProposalState.SHADOW
        }
        return [
            Suggested(target, found)
            for (target, term), verdicts in judged.items()
            if (target, term) not in tried and (found := suggest(term, verdicts)) is not None
        ]

    def begin(self, target: Target, suggestion: Suggestion, by: str) -> int:
        """Put a suggestion in shadow and return its id.

        Raises:
            ConfigError: The same term of the same rule is in shadow already.
        """
        key = (target.camera_id, target.zone_id, target.type, suggestion.term)
        with transaction(self._connection):
            known = self._connection.execute(
                "SELECT id FROM proposals WHERE camera_id = ? AND zone_id = ? AND type = ?"
                " AND term = ? AND state = 'shadow'",
                key,
            ).fetchone()
            if known is not None:
                raise ConfigError(
                    f"proposal {known['id']} tries this term already; apply it or drop it first"
                )
            return int(
                self._connection.execute(
                    "INSERT INTO proposals (camera_id, zone_id, type, term, value, confirmed,"
                    " rejected, would_drop, state, began_at, began_by)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'shadow', ?, ?) RETURNING id",
                    (
                        *key,
                        suggestion.value,
                        suggestion.confirmed,
                        suggestion.rejected,
                        suggestion.would_drop,
                        self._now(),
                        by,
                    ),
                ).fetchone()["id"]
            )

    def end(self, proposal_id: int, state: ProposalState, by: str) -> None:
        """Take a proposal out of the shadow.

        Raises:
            ConfigError: It is in shadow no longer.
        """
        with transaction(self._connection):
            ended = self._connection.execute(
                "UPDATE proposals SET state = ?, ended_at = ?, ended_by = ?"
                " WHERE id = ? AND state = 'shadow'",
                (state, self._now(), by, proposal_id),
            ).rowcount
            if not ended:
                raise ConfigError(
                    f"proposal {proposal_id} is in shadow no longer; reload the reports"
                )

    def proposals(self, cameras: Sequence[str]) -> list[Proposal]:
        """Return the proposals for some cameras, the latest first."""
        rows = self._connection.execute(
            f"SELECT * FROM proposals WHERE camera_id IN ({marks(cameras)}) ORDER BY id DESC",
            tuple(cameras),
        ).fetchall()
        return [
            Proposal(
                id=row["id"],
                target=Target(row["camera_id"], row["zone_id"], row["type"]),
                suggestion=Suggestion(
                    Term(row["term"]),
                    row["value"],
                    row["confirmed"],
                    row["rejected"],
                    row["would_drop"],
                ),
                state=ProposalState(row["state"]),
                began_at=datetime.fromisoformat(row["began_at"]),
                began_by=row["began_by"],
                ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
                ended_by=row["ended_by"],
            )
            for row in rows
        ]

    def shadow(self, proposal: Proposal) -> Shadow:
        """Return what a proposal would have done from its beginning until its end or now."""
        term, target = proposal.suggestion.term, proposal.target
        value = "score" if term is Term.CONFIDENCE else "dwell_s"
        until = proposal.ended_at or self._clock.utc()
        rows = self._connection.execute(
            f"SELECT verdict, {value} AS value FROM incident_heads WHERE camera_id = ?"
            " AND type = ? AND zone_id = ? AND opened_at >= ? AND opened_at < ?"
            # How long something stays is known when it has gone.
            + (" AND state <> 'open'" if term is Term.DWELL else ""),
            (
                target.camera_id,
                target.type,
                target.zone_id,
                *Period(proposal.began_at, until).texts,
            ),
        ).fetchall()
        least = proposal.suggestion.value
        dropped = [
            row["verdict"] for row in rows if row["value"] is not None and row["value"] < least
        ]
        return Shadow(
            seen=len(rows),
            dropped=len(dropped),
            right=sum(verdict in RIGHT for verdict in dropped),
            wrong=sum(verdict in WRONG for verdict in dropped),
        )

    def _now(self) -> str:
        return self._clock.utc().isoformat(timespec="milliseconds")
