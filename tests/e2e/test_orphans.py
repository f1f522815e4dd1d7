"""A service that is killed while its workers are still loading."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from tests.chaos.victim import Victim, gone_after_s, kill
from tests.fixtures_mqtt import Mosquitto

NOTICED_WITHIN_S = 15.0
"""Loading goes on until its end, on a busy machine for seconds."""


def wait_for(what: Callable[[], bool]) -> None:
    never, until_s = Event(), time.monotonic() + NOTICED_WITHIN_S
    while not what():
        assert time.monotonic() < until_s
        never.wait(0.002)


@pytest.mark.e2e
def test_workers_end_when_their_service_has_ended_before_they_were_ready(
    tmp_path: Path, mosquitto: Mosquitto, models_ready: None
) -> None:
    camera = {"id": "gate", "url": "rtsp://127.0.0.1:1/cam", "gate": {"direction": "in"}}
    content = {
        "box": {"home": "./var"},
        "mqtt": {"url": mosquitto.url},
        "console": {"port": 0},
        "cameras": [camera],
    }
    victim = Victim(tmp_path, content)
    victim.start()
    family = victim.family()
    try:
        wait_for(lambda: bool(victim.box.workers))
        family = victim.family()
        kill(family[:1])
        assert not any(" ready after" in line for line in victim.box.said)
        victim.bury()
        assert gone_after_s(family[1:], NOTICED_WITHIN_S) < NOTICED_WITHIN_S
    finally:
        kill(family)
        victim.end()
