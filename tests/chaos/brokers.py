"""A real broker that keeps its promises over a restart of its own."""

from pathlib import Path

from edge.delivery.broker import free_port
from tests.fixtures_mqtt import Mosquitto


def keeping_broker(folder: Path) -> Mosquitto:
    """Return a mosquitto on a free port; not started."""
    place = folder / "broker"
    place.mkdir(parents=True)
    lines = ("persistence true", f"persistence_location {place}/", "max_queued_messages 0")
    return Mosquitto(place, free_port(), lines)
