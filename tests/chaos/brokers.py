"""A real broker that keeps its promises over a restart of its own."""

import socket
from pathlib import Path

from tests.fixtures_mqtt import Mosquitto


def keeping_broker(folder: Path) -> Mosquitto:
    """Return a mosquitto on a free port; not started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    place = folder / "broker"
    place.mkdir(parents=True)
    lines = ("persistence true", f"persistence_location {place}/", "max_queued_messages 0")
    return Mosquitto(place, port, lines)
