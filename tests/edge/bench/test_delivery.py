import threading
from pathlib import Path

import pytest

from edge.bench.broker import running_broker
from edge.bench.delivery import GOAL, bench_delivery
from edge.bench.publisher import publish_bare
from edge.clock import SystemClock
from edge.delivery.listener import Listener
from edge.store.journal import Journal
from edge.store.outbox import Outbox

PATIENCE_S = 20.0
MESSAGES = 40


@pytest.mark.e2e
def test_every_message_is_committed_and_published_on_both_ways(tmp_path: Path) -> None:
    figures = bench_delivery(tmp_path, messages=MESSAGES, repeats=1)
    beside, others = figures[:4], figures[4:]
    for figure in beside:
        assert (figure.goal, figure.at_least) == (GOAL, True)
        assert figure.limit is not None
        assert "window 16" in figure.of
        assert figure.held is (figure.value >= GOAL * figure.limit)
    assert all(figure.value > 0 and figure.goal is None for figure in others)
    for name in ("late.db", "live.db"):
        path = tmp_path / "turn-0" / name
        assert len(Journal(path, SystemClock()).payloads()) == MESSAGES
        assert Outbox(path, SystemClock()).depth() == 0


@pytest.mark.e2e
def test_the_bare_client_publishes_all_it_is_given(tmp_path: Path) -> None:
    payloads = [f"{number}".encode() for number in range(MESSAGES)]
    came: list[bytes] = []
    all_came = threading.Event()

    def heard(_: str, payload: bytes) -> None:
        came.append(payload)
        if len(came) == MESSAGES:
            all_came.set()

    with (
        running_broker(tmp_path) as broker,
        Listener(broker.url, "bare", heard, version=broker.version),
    ):
        spent = publish_bare(broker.url, "bare/1", payloads, 4, version=broker.version)
        assert all_came.wait(PATIENCE_S)
    assert came == payloads
    assert spent.wall_s == spent.ended_s - spent.began_s > 0
