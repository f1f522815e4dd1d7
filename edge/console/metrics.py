"""The box's health as metrics, at the moment Prometheus asks."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from edge.console.caller import public
from edge.console.services import services_of
from edge.console.sink_metrics import sink_metrics
from edge.console.webhooks import WebhookState
from edge.domain.camera import CameraState
from edge.domain.strain import gate_share, street_share
from edge.domain.worker import WorkerState
from edge.wire.health import CommandsState, Health

router = APIRouter(include_in_schema=False)

Families = Iterator[Metric]


class _HealthCollector(Collector):
    """Turns the box's health into metrics at the moment Prometheus asks."""

    def __init__(
        self,
        health: Callable[[], Health],
        passages: Callable[[], Mapping[str, int]],
        webhooks: Callable[[], Sequence[WebhookState]],
    ) -> None:
        self._health = health
        self._passages = passages
        self._webhooks = webhooks

    def collect(self) -> Families:
        health = self._health()
        yield from _cameras(health)
        yield from _workers(health)
        yield from _box(health)
        yield from _receivers(self._webhooks())
        yield from sink_metrics(health)
        if health.commands is not None:
            yield from _commands(health.commands)
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
    due = GaugeMetricFamily(
        "gridwatch_camera_due_fps", "Frames a second that should be analysed.", labels=["camera"]
    )
    for report in health.cameras:
        name = [report.camera_id]
        due.add_metric(name, report.due_fps)
        online.add_metric(name, float(report.state is CameraState.ONLINE))
        fps.add_metric(name, report.fps)
        analysed.add_metric(name, report.analysed_fps)
        lag.add_metric(name, report.lag_s)
        dropped.add_metric(name, report.dropped)
        reconnects.add_metric(name, report.reconnects)
        cpu.add_metric(name, report.cpu_share)
    yield from (online, fps, analysed, due, lag, dropped, reconnects, cpu)


def _workers(health: Health) -> Families:
    restarts = CounterMetricFamily(
        "gridwatch_worker_started_again", "Of one worker.", labels=["worker"]
    )
    looping = GaugeMetricFamily(
        "gridwatch_worker_crash_loop", "1 while it crashes again and again.", labels=["worker"]
    )
    memory = GaugeMetricFamily(
        "gridwatch_worker_memory_bytes", "Resident memory.", labels=["worker"]
    )
    for report in health.workers:
        name = [report.name]
        restarts.add_metric(name, report.restarts)
        looping.add_metric(name, float(report.state is WorkerState.CRASH_LOOP))
        memory.add_metric(name, report.memory_bytes or 0)
    yield from (restarts, looping, memory)
    share = GaugeMetricFamily(
        "gridwatch_analysed_share", "Of the pictures that should be analysed.", labels=["pipeline"]
    )
    share.add_metric(["street"], street_share(health.strain))
    share.add_metric(["gate"], gate_share(health.strain))
    yield share


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
    yield GaugeMetricFamily(
        "gridwatch_store_failing", "1 while nothing can be stored.", float(bool(health.store.error))
    )
    yield GaugeMetricFamily(
        "gridwatch_store_unwritten",
        "Alerts and passages that wait in memory for the disk.",
        health.store.unwritten,
    )
    yield CounterMetricFamily(
        "gridwatch_store_lost", "Those memory had no more room for.", health.store.lost
    )
    yield GaugeMetricFamily(
        "gridwatch_databases_put_aside",
        "Damaged files that lie there.",
        len(health.store.put_aside),
    )
    yield GaugeMetricFamily(
        "gridwatch_clock_suspect", "1 while the clock is doubted.", float(health.clock.suspect)
    )
    yield CounterMetricFamily(
        "gridwatch_worker_restarts", "Workers started again.", health.worker_restarts
    )


def _receivers(webhooks: Sequence[WebhookState]) -> Families:
    waiting = GaugeMetricFamily(
        "gridwatch_webhook_waiting", "Messages it has not taken.", labels=["webhook"]
    )
    failing = GaugeMetricFamily(
        "gridwatch_webhook_failing", "1 while it takes nothing.", labels=["webhook"]
    )
    parked = GaugeMetricFamily(
        "gridwatch_webhook_parked", "Messages it has refused.", labels=["webhook"]
    )
    delivered = CounterMetricFamily(
        "gridwatch_webhook_delivered", "Messages it has taken.", labels=["webhook"]
    )
    for one in webhooks:
        waiting.add_metric([one.name], one.waiting)
        failing.add_metric([one.name], float(one.failing_since is not None))
        parked.add_metric([one.name], one.parked)
        delivered.add_metric([one.name], one.delivered)
    yield from (waiting, failing, parked, delivered)


def _commands(commands: CommandsState) -> Families:
    yield CounterMetricFamily(
        "gridwatch_commands_taken", "Commands of the platform that were taken.", commands.taken
    )
    yield GaugeMetricFamily(
        "gridwatch_commands_waiting", "Commands that are not done yet.", commands.waiting
    )
    undone = CounterMetricFamily(
        "gridwatch_commands_undone", "Commands that were not done.", labels=["state", "code"]
    )
    for state, counts in (("refused", commands.refused), ("failed", commands.failed)):
        for code, count in counts.items():
            undone.add_metric([state, code], count)
    yield undone


@router.get("/healthz", dependencies=[public])
def healthz(request: Request) -> JSONResponse:
    """Answer the machine's supervisor: the service lives, and this is how it is."""
    now = services_of(request).health()
    return JSONResponse(
        {
            "status": "ok",
            "cameras": {report.camera_id: str(report.state) for report in now.cameras},
            "broker": {"connected": now.broker.connected, "error": now.broker.error},
            "waiting": now.waiting,
            "parked": len(now.parked),
        }
    )


@router.get("/metrics", dependencies=[public])
def metrics(request: Request) -> Response:
    """Answer Prometheus."""
    services = services_of(request)
    registry = CollectorRegistry()
    registry.register(
        _HealthCollector(services.health, services.passages, services.webhooks.states)
    )
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
