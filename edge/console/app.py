"""``/healthz`` for supervisors of the machine, ``/metrics`` for Prometheus."""

from collections.abc import Callable, Iterator, Mapping

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from edge.domain.camera import CameraState
from edge.wire import Health

Families = Iterator[Metric]


class _HealthCollector(Collector):
    """Turns the box's health into metrics at the moment Prometheus asks."""

    def __init__(
        self, health: Callable[[], Health], passages: Callable[[], Mapping[str, int]]
    ) -> None:
        self._health = health
        self._passages = passages

    def collect(self) -> Families:
        health = self._health()
        yield from _cameras(health)
        yield from _box(health)
        counted = CounterMetricFamily("gridwatch_passages", "Passages.", labels=["decision"])
        for decision, count in self._passages().items():
            counted.add_metric([decision], count)
        yield counted


def _cameras(health: Health) -> Families:
    online = GaugeMetricFamily("gridwatch_camera_online", "1 while frames flow.", labels=["camera"])
    fps = GaugeMetricFamily("gridwatch_camera_fps", "Decoded frames a second.", labels=["camera"])
    analysed = GaugeMetricFamily(
        "gridwatch_camera_analysed_fps", "Analysed frames a second.", labels=["camera"]
    )
    lag = GaugeMetricFamily("gridwatch_camera_lag_seconds", "Behind live.", labels=["camera"])
    dropped = CounterMetricFamily(
        "gridwatch_camera_dropped_frames", "Frames let go because of lag.", labels=["camera"]
    )
    reconnects = CounterMetricFamily(
        "gridwatch_camera_reconnects", "Streams opened again.", labels=["camera"]
    )
    cpu = GaugeMetricFamily(
        "gridwatch_camera_cpu_share", "Processors that a camera uses.", labels=["camera"]
    )
    for report in health.cameras:
        name = [report.camera_id]
        online.add_metric(name, float(report.state is CameraState.ONLINE))
        fps.add_metric(name, report.fps)
        analysed.add_metric(name, report.analysed_fps)
        lag.add_metric(name, report.lag_s)
        dropped.add_metric(name, report.dropped)
        reconnects.add_metric(name, report.reconnects)
        cpu.add_metric(name, report.cpu_share)
    yield from (online, fps, analysed, lag, dropped, reconnects, cpu)


def _box(health: Health) -> Families:
    yield GaugeMetricFamily(
        "gridwatch_outbox_waiting", "Messages the broker has not acknowledged.", health.waiting
    )
    yield GaugeMetricFamily(
        "gridwatch_broker_connected", "1 while connected.", float(health.broker.connected)
    )
    yield CounterMetricFamily(
        "gridwatch_messages_delivered", "Acknowledged messages.", health.broker.delivered
    )
    yield GaugeMetricFamily("gridwatch_outbox_parked", "Messages put aside.", len(health.parked))
    yield GaugeMetricFamily(
        "gridwatch_disk_free_bytes", "Free space of the box's home.", health.disk_free_bytes
    )
    yield CounterMetricFamily(
        "gridwatch_worker_restarts", "Workers started again.", health.worker_restarts
    )


def create_app(
    *, health: Callable[[], Health], passages: Callable[[], Mapping[str, int]]
) -> FastAPI:
    """Return the web application.

    Args:
        health: The box's health at this moment.
        passages: Passages of the journal per decision.
    """
    app = FastAPI(title="gridwatch", docs_url=None, redoc_url=None, openapi_url=None)
    registry = CollectorRegistry()
    registry.register(_HealthCollector(health, passages))

    @app.get("/healthz")
    def healthz() -> JSONResponse:
        now = health()
        states = {report.camera_id: str(report.state) for report in now.cameras}
        return JSONResponse(
            {
                "status": "ok",
                "cameras": states,
                "broker": {"connected": now.broker.connected, "error": now.broker.error},
                "waiting": now.waiting,
                "parked": len(now.parked),
            }
        )

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app
