"""``gridwatch.health/1``."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from edge.clock import ClockState
from edge.domain.camera import CameraReport
from edge.domain.sink import SinkState
from edge.domain.strain import gate_share, overloaded, street_share
from edge.domain.worker import WorkerReport
from edge.wire.box import BoxIdentity
from edge.wire.parts import clock_part
from edge.wire.sinks import sink_part
from edge.wire.text import encode, rounded, timestamp


@dataclass(frozen=True, slots=True)
class BrokerLink:
    """The way to the platform; told on the box only, as no message goes out without it.

    Attributes:
        error: Why there is no connection, empty if there is one.
        delivered: Messages acknowledged since the service began.
        receipts: What the platform has said of messages: ``settled``, ``unknown``, ``malformed``
            and ``again``, for those that it asked for again.
        refused: Messages to the box that were not looked into, by reason.
        deaf: What the broker does not let the box listen to.
    """

    connected: bool = False
    error: str = ""
    delivered: int = 0
    receipts: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    deaf: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PutAside:
    """A database that was damaged: put aside, and begun anew with what could be read.

    Attributes:
        name: Of the database.
        aside: Of the damaged file, which lies there still.
        at: When.
        saved: Rows that the new one was begun with.
        lost: Rows that are known to be lost.
        pages_lost: Pages that could not be read at all.
    """

    name: str
    aside: str
    at: str
    saved: int
    lost: int
    pages_lost: int


@dataclass(frozen=True, slots=True)
class StoreState:
    """Whether the disk takes what the box has to store.

    Attributes:
        error: Why it does not, empty if it does.
        failing_since: Since when.
        unwritten: Alerts and passages that wait in memory until it does.
        lost: Those for which there was no more room in memory.
        put_aside: Databases that were damaged.
    """

    error: str = ""
    failing_since: datetime | None = None
    unwritten: int = 0
    lost: int = 0
    put_aside: Sequence[PutAside] = ()


@dataclass(frozen=True, slots=True)
class CommandsState:
    """What became of the platform's commands since the box was set up.

    Attributes:
        taken: How many were taken.
        waiting: How many of them are not done yet.
        refused: How many were refused, by reason.
        failed: How many could not be done, by reason.
    """

    taken: int = 0
    waiting: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """How the box is.

    Attributes:
        waiting: Messages the platform has not acknowledged.
        parked: Messages put aside, as (seq, reason).
        disk_free_bytes: Where databases and evidence lie.
        worker_restarts: Worker processes started again.
        workers: How each of them is.
        strain: How much less is looked at than should be, from 0 to 1.
        commands: None where none are taken.
        sinks: The ways out of the box, the platform first.
    """

    at: datetime
    cameras: Sequence[CameraReport]
    waiting: int
    parked: Sequence[tuple[int | None, str]]
    disk_free_bytes: int
    clock: ClockState
    worker_restarts: int
    broker: BrokerLink = BrokerLink()
    store: StoreState = StoreState()
    workers: Sequence[WorkerReport] = ()
    strain: float = 0.0
    commands: CommandsState | None = None
    sinks: Sequence[SinkState] = ()


def health_message(health: Health, box: BoxIdentity) -> bytes:
    """Return the JSON of ``gridwatch.health/1``."""
    return encode(
        {
            "schema": "gridwatch.health/1",
            "box_id": box.box_id,
            "at": timestamp(health.at),
            "cameras": [_camera(report) for report in health.cameras],
            "outbox": {
                "waiting": health.waiting,
                "parked": [{"seq": seq, "reason": reason} for seq, reason in health.parked],
            },
            "disk_free_bytes": health.disk_free_bytes,
            "clock": clock_part(health.clock),
            "store": _store(health.store),
            "worker_restarts": health.worker_restarts,
            "workers": [worker_part(report) for report in health.workers],
            "load": {
                "overloaded": overloaded(health.strain),
                "street_share": rounded(street_share(health.strain)),
                "gate_share": rounded(gate_share(health.strain)),
            },
            "commands": _commands(health.commands) if health.commands else None,
            "sinks": [sink_part(one) for one in health.sinks],
        }
    )


def _commands(commands: CommandsState) -> dict[str, Any]:
    return {
        "taken": commands.taken,
        "waiting": commands.waiting,
        "refused": dict(sorted(commands.refused.items())),
        "failed": dict(sorted(commands.failed.items())),
    }


def worker_part(report: WorkerReport) -> dict[str, Any]:
    """Return what is told of a worker process."""
    return {
        "name": report.name,
        "state": report.state,
        "cameras": list(report.camera_ids),
        "alone": report.alone,
        "restarts": report.restarts,
        "crashes": report.crashes,
        "last_exit": report.last_exit,
        "culprit": report.culprit,
        "last_exit_ago_s": rounded(report.last_exit_ago_s),
        "next_try_s": rounded(report.next_try_s),
        "memory_bytes": report.memory_bytes,
    }


def _store(store: StoreState) -> dict[str, Any]:
    return {
        "error": store.error,
        "failing_since": timestamp(store.failing_since) if store.failing_since else None,
        "unwritten": store.unwritten,
        "lost": store.lost,
        "put_aside": [asdict(one) for one in store.put_aside],
    }


def _camera(report: CameraReport) -> dict[str, Any]:
    return {
        "id": report.camera_id,
        "state": report.state,
        "detail": report.detail,
        "fault": report.fault,
        "fps": rounded(report.fps),
        "analysed_fps": rounded(report.analysed_fps),
        "due_fps": rounded(report.due_fps),
        "lag_s": rounded(report.lag_s),
        "dropped": report.dropped,
        "corrupt": report.corrupt,
        "reconnects": report.reconnects,
        "cpu_share": rounded(report.cpu_share),
    }
