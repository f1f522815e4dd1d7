"""What is wrong with the box, as keys of texts that say what to do about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.console.webhooks import WebhookState
from edge.domain.camera import CameraState
from edge.domain.strain import gate_share, overloaded, street_share
from edge.domain.worker import WorkerState
from edge.wire.health import Health

LAG_S = 5.0
"""Behind live: an alert that comes later than this finds nobody."""

LITTLE_DISK_BYTES = 2_000_000_000
NO_DISK_BYTES = 500_000_000
LONG_QUEUE = 1000
CERTIFICATE_ENDS = timedelta(days=14)
WEBHOOK_FAILS = timedelta(minutes=10)
"""Shorter is a receiver that was started anew."""


RESIDENTS = "residents.db"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong.

    Attributes:
        name: Its texts are ``health.trouble.<name>`` and ``health.remedy.<name>``.
        values: What these texts have places for.
        grave: Whether something is lost if nobody acts.
    """

    name: str
    values: dict[str, str]
    grave: bool = False


def troubles(
    health: Health,
    certificate_ends_at: datetime | None = None,
    webhooks: Sequence[WebhookState] = (),
) -> list[Trouble]:
    """Return what is wrong, the grave first."""
    found = (
        *_of_cameras(health),
        *_of_workers(health),
        *_of_box(health),
        *_of_store(health),
        *_of_webhooks(health, webhooks),
        *_of_sinks(health),
        *_of_certificate(health, certificate_ends_at),
    )
    return sorted(found, key=lambda one: not one.grave)


def _of_cameras(health: Health) -> Iterator[Trouble]:
    for camera in health.cameras:
        if camera.state is CameraState.OFFLINE:
            values = {"camera": camera.camera_id, "detail": camera.detail or "?"}
            yield Trouble("camera_offline", values, grave=True)
        elif camera.lag_s > LAG_S:
            yield Trouble("camera_lags", {"camera": camera.camera_id, "lag": f"{camera.lag_s:.0f}"})


def _of_workers(health: Health) -> Iterator[Trouble]:
    for one in health.workers:
        if one.state is WorkerState.CRASH_LOOP:
            wait_s = f"{one.next_try_s:.0f}" if one.next_try_s is not None else "0"
            values = {"exit": one.last_exit, "crashes": str(one.crashes), "wait": wait_s}
            # By the process where it has several cameras: who sees some of them is told too.
            named = {"camera": one.camera_ids[0]} if len(one.camera_ids) == 1 else {}
            yield Trouble("crash_loop", named | values | {"worker": one.name}, grave=True)
        elif one.alone and len(one.camera_ids) == 1:
            yield Trouble("camera_alone", {"camera": one.camera_ids[0]})
    if overloaded(health.strain):
        street, gate = street_share(health.strain), gate_share(health.strain)
        yield Trouble("overloaded", {"street": f"{street:.0%}", "gate": f"{gate:.0%}"})


def _of_box(health: Health) -> Iterator[Trouble]:
    free = {"free": f"{health.disk_free_bytes / 1e9:.1f}"}
    if health.disk_free_bytes < NO_DISK_BYTES:
        yield Trouble("disk_full", free, grave=True)
    elif health.disk_free_bytes < LITTLE_DISK_BYTES:
        yield Trouble("disk_low", free)
    if not health.broker.connected:
        yield Trouble("broker_away", {"error": health.broker.error or "-"}, grave=True)
    if health.waiting > LONG_QUEUE:
        yield Trouble("queue_long", {"waiting": str(health.waiting)})
    if health.parked:
        yield Trouble("parked", {"count": str(len(health.parked))})
    if health.clock.suspect:
        yield Trouble("clock_suspect", {}, grave=True)
    elif health.clock.synced is False:
        yield Trouble("clock", {})
    if health.worker_restarts:
        yield Trouble("restarts", {"count": str(health.worker_restarts)})


def _of_store(health: Health) -> Iterator[Trouble]:
    store = health.store
    if store.error:
        values = {"error": store.error, "count": str(store.unwritten)}
        yield Trouble("store_fails", values, grave=True)
    if store.lost:
        yield Trouble("store_lost", {"count": str(store.lost)}, grave=True)
    for one in store.put_aside:
        lost = f"{one.lost} + {one.pages_lost} × 4 KB" if one.pages_lost else str(one.lost)
        values = {"aside": one.aside, "saved": str(one.saved), "lost": lost}
        if one.name == RESIDENTS:
            yield Trouble("residents_mended", values, grave=True)
        else:
            yield Trouble("mended", values | {"name": one.name}, grave=True)


def _of_webhooks(health: Health, webhooks: Sequence[WebhookState]) -> Iterator[Trouble]:
    for one in webhooks:
        since = one.failing_since
        if since is not None and health.at - since >= WEBHOOK_FAILS:
            minutes = (health.at - since) // timedelta(minutes=1)
            values = {"webhook": one.name, "minutes": str(minutes), "error": one.error or "-"}
            yield Trouble("webhook_fails", values)
        elif one.waiting > LONG_QUEUE:
            values = {"webhook": one.name, "waiting": str(one.waiting)}
            yield Trouble("webhook_slow", values)
        if one.parked:
            yield Trouble("webhook_parked", {"webhook": one.name, "count": str(one.parked)})


def _of_sinks(health: Health) -> Iterator[Trouble]:
    if health.broker.deaf:
        yield Trouble("deaf", {"topics": ", ".join(health.broker.deaf)}, grave=True)
    for one in health.sinks:
        kind, _, name = one.name.partition(":")
        since = one.failing_since
        if kind == "files" and since is not None and health.at - since >= WEBHOOK_FAILS:
            minutes = (health.at - since) // timedelta(minutes=1)
            values = {"name": name, "minutes": str(minutes), "error": one.error or "-"}
            yield Trouble("folder_fails", values)
        if one.awaiting > LONG_QUEUE:
            yield Trouble("no_receipts", {"count": str(one.awaiting)})


def _of_certificate(health: Health, ends_at: datetime | None) -> Iterator[Trouble]:
    if ends_at is None:
        return
    left = ends_at - health.at
    day = {"day": ends_at.date().isoformat()}
    if left <= timedelta():
        yield Trouble("certificate_over", day, grave=True)
    elif left < CERTIFICATE_ENDS:
        yield Trouble("certificate_ends", day)
