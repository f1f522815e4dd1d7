from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from edge.console.permissions import Role
from edge.console.rendering import NAVIGATION
from tests.console_app import Console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


@pytest.fixture
def client(console: Console) -> TestClient:
    return console.client()


def test_healthz_tells_each_camera_and_the_outbox(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "cameras": {"east": "online", "west": "offline"},
        "broker": {"connected": False, "error": "nobody listens there"},
        "waiting": 4,
        "parked": 1,
    }


@pytest.mark.parametrize(
    "line",
    [
        'gridwatch_camera_online{camera="east"} 1.0',
        'gridwatch_camera_online{camera="west"} 0.0',
        'gridwatch_camera_fps{camera="east"} 25.0',
        'gridwatch_camera_cpu_share{camera="east"} 0.06',
        'gridwatch_camera_dropped_frames_total{camera="east"} 3.0',
        'gridwatch_camera_reconnects_total{camera="west"} 2.0',
        "gridwatch_broker_connected 0.0",
        "gridwatch_messages_delivered_total 9.0",
        "gridwatch_outbox_waiting 4.0",
        "gridwatch_outbox_parked 1.0",
        "gridwatch_worker_restarts_total 1.0",
        'gridwatch_camera_due_fps{camera="east"} 5.0',
        'gridwatch_worker_started_again_total{worker="worker-1.west"} 7.0',
        'gridwatch_worker_crash_loop{worker="worker-1.west"} 1.0',
        'gridwatch_worker_memory_bytes{worker="worker-1"} 4e+08',
        'gridwatch_analysed_share{pipeline="street"} 0.55',
        'gridwatch_analysed_share{pipeline="gate"} 1.0',
        "gridwatch_commands_taken_total 12.0",
        'gridwatch_commands_undone_total{code="bad_signature",state="refused"} 240.0',
        'gridwatch_commands_undone_total{code="timeout",state="failed"} 1.0',
    ],
)
def test_metrics_are_what_prometheus_reads(client: TestClient, line: str) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert line in answer.text.splitlines()


def test_nothing_else_is_served_to_strangers(client: TestClient) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/openapi.json").status_code == 404
    assert client.get("/api/v1/incidents").status_code == 401


def test_who_is_not_signed_in_is_sent_to_the_login_and_back(client: TestClient) -> None:
    answer = client.get("/review", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/review"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", [item.path for item in NAVIGATION] + ["/account"])
def test_every_page_of_the_menu_is_there_in_both_languages(
    console: Console, path: str, language: str
) -> None:
    role = Role.AUDITOR if path == "/audit" else Role.ADMIN
    answer = console.sign_in(role).get(
        path, headers={"Accept": "text/html", "Accept-Language": language}
    )
    assert answer.status_code == 200
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in answer.text


def test_a_page_that_is_not_there_says_so_and_leads_on(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


def test_nothing_from_elsewhere_runs_on_a_page(client: TestClient) -> None:
    answer = client.get("/login")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
