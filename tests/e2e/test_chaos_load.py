"""More cameras than a core can look at: the short form of the experiment."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.load import run
from tests.fixtures_mqtt import Mosquitto


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_all_are_looked_at_less_alike_and_gates_stay_quick(
    tmp_path: Path,
    mosquitto: Mosquitto,
    make_rtsp_server: Callable[..., object],
    models_ready: None,
) -> None:
    report = run(tmp_path, short=True)
    assert report.broken == []
