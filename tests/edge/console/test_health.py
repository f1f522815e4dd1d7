"""Health over HTTP: what is wrong first, then everything there is to know."""

import os
from pathlib import Path

import pytest

from edge.bootstrap import parts
from edge.clock import SystemClock
from edge.console.permissions import Role
from edge.store.database import open_database, transaction
from edge.store.journal import MIGRATIONS
from edge.store.outbox import Outbox
from tests.console_app import Console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


def test_the_first_line_says_what_to_do_in_the_readers_language(console: Console) -> None:
    admin = console.sign_in(Role.ADMIN)
    english = admin.get("/health", headers={"accept-language": "en"}).text
    summary = english.index("Act now: 3 urgent.")
    assert summary < english.index("Camera west is offline: sent nothing in time")
    assert "1 of 2 cameras online, 4 messages waiting" in english
    assert "请立即处理" in admin.get("/health", headers={"accept-language": "zh-CN"}).text


def test_troubles_of_unseen_cameras_are_not_told(console: Console) -> None:
    admin = console.sign_in(Role.ADMIN, cameras=["east"])
    page = admin.get("/health").text
    assert "west" not in page
    told = admin.get("/api/v1/health").json()
    assert [one["id"] for one in told["cameras"]] == ["east"]
    assert "camera_offline" not in {one["name"] for one in told["troubles"]}


def test_processes_and_evidence_are_told(console: Console) -> None:
    told = console.sign_in(Role.ADMIN).get("/api/v1/health").json()
    service = told["processes"][0]
    assert (service["name"], service["pid"]) == ("service", os.getpid())
    assert 10**7 < service["memory_bytes"] < 10**11
    assert 0 < service["runs_s"] < 10**6
    assert told["evidence"]["used_bytes"] == 0
    assert told["evidence"]["oldest"] is None
    assert told["evidence"]["quota_bytes"] == console.settings.evidence.quota
    assert told["certificate_ends_at"] is None


def test_parked_messages_wait_again_once_asked_for(console: Console) -> None:
    path = parts.journal_path(console.settings)
    connection = open_database(path, MIGRATIONS)
    with transaction(connection):
        connection.execute(
            "INSERT INTO strays (sink, seq, lane, state, reason)"
            " VALUES ('mqtt', 1, 0, 'parked', 'too large')"
        )
    connection.close()
    admin = console.sign_in(Role.ADMIN)
    assert console.sign_in(Role.AUDITOR).post("/api/v1/outbox/retry").status_code == 403
    assert admin.post("/api/v1/outbox/retry").json() == {"retried": 1}
    assert Outbox(path, SystemClock()).depth() == 1
    acts = console.accounts.connection.execute(
        "SELECT subject, result FROM audit WHERE act = 'outbox.retry'"
    ).fetchall()
    assert [tuple(row) for row in acts] == [("1 messages", "ok")]


def test_workers_are_told_with_the_cameras_that_one_sees(console: Console) -> None:
    everything = console.sign_in(Role.ADMIN)
    page = everything.get("/health", headers={"accept-language": "en"}).text
    assert "worker-1.west crashes again and again (4 times in a row, last by SIGSEGV)" in page
    assert "next try in 17 s" in page
    assert "4.0 / 5.0" in page
    assert "streets are looked at 55% as often as configured, gates 100%" in page
    told = everything.get("/api/v1/health").json()
    assert [one["cameras"] for one in told["workers"]] == [["east"], ["west"]]
    some = console.sign_in(Role.AUDITOR, cameras=["east"]).get("/api/v1/health").json()
    assert [one["cameras"] for one in some["workers"]] == [["east"], []]
    assert "west" not in str(some["workers"])


def test_every_way_out_is_told_with_what_waits_for_it(console: Console) -> None:
    admin = console.sign_in(Role.ADMIN)
    page = admin.get("/health", headers={"accept-language": "en"}).text
    assert "the platform" in page
    assert "folder archive" in page
    assert "4 for messages, 1 for none, 2 malformed; 3 messages asked for again" in page
    chinese = admin.get("/health", headers={"accept-language": "zh-CN"}).text
    assert "文件夹 archive" in chinese
    mqtt, files = admin.get("/api/v1/health").json()["sinks"]
    assert mqtt["waiting"] == {"alert": 1, "street": 0, "passage": 1, "upkeep": 0}
    assert (mqtt["awaiting_receipt"], mqtt["given_up"]) == (5, 8)
    assert files["name"] == "files:archive"


def test_metrics_tell_of_every_way_out(console: Console) -> None:
    told = console.client().get("/metrics").text
    assert 'gridwatch_sink_waiting{lane="alert",sink="mqtt"} 1.0' in told
    assert 'gridwatch_sink_awaiting_receipt{sink="mqtt"} 5.0' in told
    assert 'gridwatch_sink_failing{sink="mqtt"} 1.0' in told
    assert 'gridwatch_pictures_given_up_total{sink="mqtt"} 8.0' in told
    assert 'gridwatch_receipts_total{outcome="malformed"} 2.0' in told
    assert 'gridwatch_inbound_refused_total{reason="oversized"} 6.0' in told
