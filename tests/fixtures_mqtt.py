"""A real mosquitto on a free loopback port."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.bench.broker import Mosquitto, installed_mosquitto
from edge.delivery.broker import free_port

__all__ = ["Mosquitto", "make_mosquitto", "mosquitto", "require_mosquitto"]


def require_mosquitto() -> None:
    if installed_mosquitto() is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("mosquitto is not installed; scripts/apt-test.txt lists it")
    pytest.skip("mosquitto is not installed: apt-get install mosquitto")


@pytest.fixture
def make_mosquitto(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Start brokers with extra lines of configuration."""
    require_mosquitto()
    started: list[Mosquitto] = []

    def make(*lines: str, scheme: str = "mqtt") -> Mosquitto:
        folder = tmp_path / f"broker-{len(started)}"
        folder.mkdir()
        broker = Mosquitto(folder, free_port(), lines, scheme)
        started.append(broker)
        broker.start()
        return broker

    yield make
    for broker in started:
        broker.stop()


@pytest.fixture
def mosquitto(make_mosquitto: Callable[..., Mosquitto]) -> Mosquitto:
    return make_mosquitto()
