"""The access rules that the documentation gives a city, on a real broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures_mqtt import require_mosquitto
from tests.guarded_broker import PATIENCE_S, GuardedBroker, sink_to, topics_of_others

OWN, OTHER = "gridwatch/1/box-01", "gridwatch/1/box-02"

pytestmark = pytest.mark.e2e


@pytest.fixture
def city(tmp_path: Path) -> Iterator[GuardedBroker]:
    require_mosquitto()
    broker = GuardedBroker(tmp_path)
    broker.start()
    yield broker
    broker.stop()


def test_a_box_may_say_what_is_its_own(city: GuardedBroker) -> None:
    leaves = ("status", "incidents", "passages", "evidence/1/opened.jpg", "health")
    answers = ("answers", "answers/7", "clips/7/1")
    with city.user("box-01") as box:
        said = {leaf: box.publish(f"{OWN}/{leaf}") for leaf in (*leaves, *answers)}
    assert set(said.values()) <= {"Success", "No matching subscribers"}, said


def test_a_box_can_say_nothing_as_another_or_as_the_platform(city: GuardedBroker) -> None:
    with city.user("platform", "gridwatch/1/#") as platform, city.user("box-01") as box:
        said = {topic: box.publish(topic) for topic in topics_of_others(OWN, OTHER)}
        assert set(said.values()) == {"Not authorized"}, said
        assert list(platform.heard.queue) == []


def test_a_box_that_calls_itself_another_is_not_heard_and_leaves_no_will(
    city: GuardedBroker,
) -> None:
    trust = city.trust("box-01")
    with city.user("platform", "gridwatch/1/#") as platform:
        intruder = sink_to(city.url, trust, topic_root=OTHER)
        intruder.connect()
        # The next connection of the same client: the broker publishes what this one left behind.
        box = sink_to(city.url, trust, topic_root=OWN)
        box.connect()
        assert platform.heard.get(timeout=PATIENCE_S) == f"{OWN}/status"
        assert list(platform.heard.queue) == []
        box.close()
        intruder.close()


def test_a_box_hears_its_own_commands_and_nothing_of_another(city: GuardedBroker) -> None:
    with (
        city.user("box-01", "gridwatch/1/#", "$SYS/#") as box,
        city.user("platform", "gridwatch/1/+/incidents") as platform,
        city.user("box-02") as other,
    ):
        other.publish(f"{OTHER}/incidents")
        assert platform.heard.get(timeout=PATIENCE_S) == f"{OTHER}/incidents"
        for topic in (f"{OTHER}/commands", f"{OTHER}/receipts", f"{OWN}/commands"):
            platform.publish(topic)
        assert box.heard.get(timeout=PATIENCE_S) == f"{OWN}/commands"
        assert list(box.heard.queue) == []
