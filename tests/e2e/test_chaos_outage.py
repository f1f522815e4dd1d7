"""A broker that is gone, and one that is slow: the short form of the experiment."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.backlog import out_of_order
from tests.chaos.outage import run
from tests.fixtures_mqtt import Mosquitto


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_what_waited_for_a_broker_arrives_in_order_and_a_slow_one_delays_no_decision(
    tmp_path: Path, mosquitto: Mosquitto, models_ready: None
) -> None:
    report = run(tmp_path, short=True)
    assert report.broken == []


def test_a_message_behind_a_later_one_of_its_lane_is_out_of_order() -> None:
    alert, calm, smoke = (
        {"decision": "stranger", "alert": True},
        {"decision": "resident", "alert": False},
        {"type": "smoke_air"},
    )

    def heard(*messages: tuple[dict[str, Any], int]) -> int:
        return out_of_order([json.dumps(said | {"seq": seq}).encode() for said, seq in messages])

    assert heard((smoke, 2), (alert, 3), (calm, 1)) == 0
    assert heard((alert, 3), (smoke, 2), (calm, 1)) == 1
