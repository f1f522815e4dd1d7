from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from edge.clock import ClockState
from edge.console.app import create_app
from edge.domain.camera import CameraReport, CameraState
from edge.wire import BrokerLink, Health


@pytest.fixture
def client() -> TestClient:
    health = Health(
        at=datetime(2026, 11, 24, tzinfo=UTC),
        cameras=[
            CameraReport(
                "east", CameraState.ONLINE, fps=25.0, analysed_fps=5.0, dropped=3, cpu_share=0.06
            ),
            CameraReport("west", CameraState.OFFLINE, "sent nothing in time", reconnects=2),
        ],
        waiting=4,
        parked=[(7, "too large")],
        disk_free_bytes=5_000_000_000,
        clock=ClockState(),
        worker_restarts=1,
        broker=BrokerLink(connected=False, error="nobody listens there", delivered=9),
    )
    app = create_app(health=lambda: health, passages=lambda: {"resident": 12, "stranger": 2})
    return TestClient(app)


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
        'gridwatch_passages_total{decision="resident"} 12.0',
        "gridwatch_worker_restarts_total 1.0",
    ],
)
def test_metrics_are_what_prometheus_reads(client: TestClient, line: str) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert line in answer.text.splitlines()


def test_nothing_else_is_served(client: TestClient) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/openapi.json").status_code == 404
