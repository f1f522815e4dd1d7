from pathlib import Path

import pytest

from tests.chaos import hostile
from tests.fixtures_mqtt import require_mosquitto


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.e2e
def test_damage_and_bad_intention_are_refused(tmp_path: Path) -> None:
    require_mosquitto()
    assert hostile.run(tmp_path, short=True).broken == []
