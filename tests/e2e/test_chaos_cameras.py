"""Cameras that do wrong before a real service: the short form of the experiment."""

from pathlib import Path

import pytest

from tests.chaos.cameras import run
from tests.fixtures_mqtt import Mosquitto


@pytest.mark.e2e
def test_cameras_that_do_wrong_are_named_come_back_and_disturb_nobody(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    report = run(tmp_path, short=True)
    assert report.broken == []
