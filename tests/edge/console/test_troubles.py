from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge.clock import ClockState
from edge.console.texts import Language, load_texts
from edge.console.troubles import troubles
from edge.console.webhooks import WebhookState
from edge.domain.camera import CameraReport, CameraState
from edge.domain.sink import SinkState
from edge.domain.worker import WorkerReport, WorkerState
from edge.wire.health import BrokerLink, Health, PutAside, StoreState

WELL = Health(
    at=datetime(2026, 11, 24, tzinfo=UTC),
    cameras=[CameraReport("east", CameraState.ONLINE, fps=25.0)],
    waiting=3,
    parked=[],
    disk_free_bytes=50_000_000_000,
    clock=ClockState(synced=True),
    worker_restarts=0,
    broker=BrokerLink(connected=True),
)
HOOK = WebhookState(
    name="duty-room",
    host="192.0.2.1",
    kinds=("alerts",),
    waiting=3,
    delivered=0,
    delivered_at=None,
    failing_since=WELL.at - timedelta(minutes=11),
    error="answered 500",
    parked=0,
    refusals=(),
)
ASIDE = PutAside("journal.db", "journal.db.damaged-x", "2026-11-24T00:00:00Z", 90, 7, 2)
LOOPING = WorkerReport(
    "worker-1.west",
    WorkerState.CRASH_LOOP,
    ("west",),
    alone=True,
    crashes=4,
    last_exit="SIGSEGV",
    next_try_s=9.0,
)
OFFLINE = CameraReport("west", CameraState.OFFLINE, "sent nothing in time")


def test_a_box_that_is_well_has_no_troubles() -> None:
    assert troubles(WELL) == []
    assert troubles(replace(WELL, clock=ClockState())) == []


@pytest.mark.parametrize(
    ("health", "name"),
    [
        (replace(WELL, cameras=[OFFLINE]), "camera_offline"),
        (replace(WELL, cameras=[replace(WELL.cameras[0], lag_s=9.0)]), "camera_lags"),
        (replace(WELL, disk_free_bytes=400_000_000), "disk_full"),
        (replace(WELL, disk_free_bytes=1_000_000_000), "disk_low"),
        (replace(WELL, broker=BrokerLink(error="refused")), "broker_away"),
        (replace(WELL, waiting=5000), "queue_long"),
        (replace(WELL, parked=[(7, "too large")]), "parked"),
        (replace(WELL, clock=ClockState(synced=False)), "clock"),
        (replace(WELL, clock=ClockState(synced=False, suspect=True)), "clock_suspect"),
        (replace(WELL, store=StoreState(error="full", unwritten=3)), "store_fails"),
        (replace(WELL, store=StoreState(lost=3)), "store_lost"),
        (replace(WELL, store=StoreState(put_aside=[ASIDE])), "mended"),
        (
            replace(WELL, store=StoreState(put_aside=[replace(ASIDE, name="residents.db")])),
            "residents_mended",
        ),
        (replace(WELL, worker_restarts=2), "restarts"),
        (replace(WELL, workers=[LOOPING]), "crash_loop"),
        (replace(WELL, workers=[replace(LOOPING, camera_ids=("a", "b"))]), "crash_loop"),
        (replace(WELL, workers=[replace(LOOPING, state=WorkerState.RUNNING)]), "camera_alone"),
        (replace(WELL, strain=0.4), "overloaded"),
    ],
)
def test_each_trouble_is_told_with_its_remedy_in_every_language(health: Health, name: str) -> None:
    (trouble,) = troubles(health)
    assert trouble.name == name
    for texts in load_texts().values():
        assert "{" not in texts(f"health.trouble.{name}", **trouble.values)
        assert texts(f"health.remedy.{name}")
    english = load_texts()[Language.EN]
    for value in trouble.values.values():
        assert value in english(f"health.trouble.{name}", **trouble.values)


def test_what_loses_something_comes_first() -> None:
    ill = replace(WELL, cameras=[OFFLINE], parked=[(7, "too large")], worker_restarts=1)
    assert [one.grave for one in troubles(ill)] == [True, False, False]


@pytest.mark.parametrize(
    ("days", "told"), [(30, []), (5, ["certificate_ends"]), (-1, ["certificate_over"])]
)
def test_a_certificate_is_told_of_before_it_ends(days: int, told: list[str]) -> None:
    found = troubles(WELL, WELL.at + timedelta(days=days))
    assert [one.name for one in found] == told
    for texts in load_texts().values():
        assert all("{" not in texts(f"health.trouble.{one.name}", **one.values) for one in found)
        assert all(texts(f"health.remedy.{one.name}") for one in found)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (HOOK, ["webhook_fails"]),
        (replace(HOOK, failing_since=WELL.at - timedelta(minutes=2)), []),
        (replace(HOOK, failing_since=None, waiting=1001), ["webhook_slow"]),
        (replace(HOOK, failing_since=None, parked=2), ["webhook_parked"]),
    ],
)
def test_a_webhook_is_told_of_when_it_fails_for_long(state: WebhookState, told: list[str]) -> None:
    found = troubles(WELL, None, [state])
    assert [one.name for one in found] == told
    for texts in load_texts().values():
        for one in found:
            assert state.name in texts(f"health.trouble.{one.name}", **one.values)
            assert texts(f"health.remedy.{one.name}")


FOLDER = SinkState(
    "files:archive", failing_since=WELL.at - timedelta(minutes=11), error="is over its quota"
)


@pytest.mark.parametrize(
    ("sink", "names"),
    [
        (FOLDER, ["folder_fails"]),
        (replace(FOLDER, failing_since=WELL.at), []),
        (SinkState("mqtt", awaiting=1001), ["no_receipts"]),
        (SinkState("mqtt", awaiting=1000), []),
    ],
)
def test_what_is_wrong_with_a_way_out_is_said(sink: SinkState, names: list[str]) -> None:
    found = troubles(replace(WELL, sinks=[sink]))
    assert [one.name for one in found] == names
    for texts in load_texts().values():
        for one in found:
            assert texts(f"health.trouble.{one.name}", **one.values)
            assert texts(f"health.remedy.{one.name}", **one.values)


def test_a_box_that_may_not_listen_to_the_platform_says_so() -> None:
    deaf = replace(WELL, broker=replace(WELL.broker, deaf=("receipts", "commands")))
    (trouble,) = troubles(deaf)
    assert (trouble.name, trouble.values) == ("deaf", {"topics": "receipts, commands"})
    for texts in load_texts().values():
        assert "receipts" in texts("health.trouble.deaf", **trouble.values)
