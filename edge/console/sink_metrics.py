"""The ways out of the box as metrics."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from edge.domain.lane import Lane
from edge.wire.health import Health


def sink_metrics(health: Health) -> Iterator[Metric]:
    """Yield what waits for each sink, and what the platform has said."""
    waiting = GaugeMetricFamily(
        "gridwatch_sink_waiting", "Messages it has not had.", labels=["sink", "lane"]
    )
    loose = GaugeMetricFamily(
        "gridwatch_sink_loose", "Pictures and answers that wait.", labels=["sink"]
    )
    awaiting = GaugeMetricFamily(
        "gridwatch_sink_awaiting_receipt", "Sent, and not receipted.", labels=["sink"]
    )
    parked = GaugeMetricFamily("gridwatch_sink_parked", "Messages it refused.", labels=["sink"])
    failing = GaugeMetricFamily(
        "gridwatch_sink_failing", "1 while it takes nothing.", labels=["sink"]
    )
    given_up = CounterMetricFamily(
        "gridwatch_pictures_given_up", "Dropped for want of room.", labels=["sink"]
    )
    for one in health.sinks:
        for lane in Lane:
            waiting.add_metric([one.name, lane.name.lower()], one.waiting.get(lane, 0))
        loose.add_metric([one.name], one.loose)
        awaiting.add_metric([one.name], one.awaiting)
        parked.add_metric([one.name], one.parked)
        failing.add_metric([one.name], float(one.failing_since is not None))
        given_up.add_metric([one.name], one.given_up)
    yield from (waiting, loose, awaiting, parked, failing, given_up)
    receipts = CounterMetricFamily(
        "gridwatch_receipts", "What the platform has said of messages.", labels=["outcome"]
    )
    for outcome, count in health.broker.receipts.items():
        receipts.add_metric([outcome], count)
    refused = CounterMetricFamily(
        "gridwatch_inbound_refused", "Messages to the box not looked into.", labels=["reason"]
    )
    for reason, count in health.broker.refused.items():
        refused.add_metric([reason], count)
    yield from (receipts, refused)
