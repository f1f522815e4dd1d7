"""A box and its workers killed at random moments: the short form of the experiment."""

from pathlib import Path

import pytest

from tests.chaos.kills import KILLS, SEED, Whom, plan, run
from tests.fixtures_mqtt import Mosquitto


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_nothing_is_lost_or_told_twice_when_a_box_is_killed(
    tmp_path: Path, mosquitto: Mosquitto, models_ready: None
) -> None:
    report = run(tmp_path, short=True)
    assert report.broken == []


def test_the_same_seed_kills_the_same_at_the_same_moments() -> None:
    kills = plan(KILLS, SEED, (0.3, 4.0))
    assert kills == plan(KILLS, SEED, (0.3, 4.0)) != plan(KILLS, SEED + 1, (0.3, 4.0))
    assert {one.whom for one in kills} == set(Whom)
