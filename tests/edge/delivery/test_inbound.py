from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.delivery.broker import EmbeddedBroker
from edge.delivery.inbound import MOST_MESSAGES, Inbound
from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.sink import Received
from edge.errors import DeliveryError
from tests.fixtures_mqtt import Mosquitto

ROOT = "gridwatch/1/box-01"
LOOKS = 200


def test_what_is_larger_than_its_topic_allows_is_refused_and_counted() -> None:
    inbound = Inbound({"commands": 10, "receipts": 5})
    assert inbound.admits(Received("commands", b"x" * 10))
    assert not inbound.admits(Received("receipts", b"x" * 6))
    assert not inbound.admits(Received("elsewhere", b""))
    assert inbound.refused == {"oversized": 1, "unasked": 1}
    assert inbound.is_refused(Received("receipts", b"x" * 6))


def test_more_than_can_be_held_is_not_held_and_there_is_room_after_some_were_taken() -> None:
    inbound = Inbound({"commands": 10})
    one = Received("commands", b"x")
    assert all(inbound.admits(one) for _ in range(MOST_MESSAGES))
    assert not inbound.admits(one)
    assert not inbound.is_refused(one)  # the broker keeps it
    inbound.took(one)
    assert inbound.admits(one)
    assert inbound.refused == {"overflow": 1}


def test_a_new_connection_begins_with_all_the_room_there_is() -> None:
    inbound = Inbound({"commands": 10})
    for _ in range(MOST_MESSAGES):
        inbound.admits(Received("commands", b"x"))
    inbound.begin()
    assert inbound.admits(Received("commands", b"x"))


def test_what_had_no_room_is_lacking_as_soon_as_the_rest_was_taken() -> None:
    inbound = Inbound({"commands": 10})
    one = Received("commands", b"x")
    assert all(inbound.admits(one) for _ in range(MOST_MESSAGES))
    assert not inbound.lacks
    inbound.admits(one)
    for _ in range(MOST_MESSAGES):
        assert not inbound.lacks
        inbound.took(one)
    assert inbound.lacks
    inbound.begin()
    assert not inbound.lacks


class Speaker:
    """The platform, as far as it says something to the box."""

    def __init__(self, url: str, version: str) -> None:
        self.five = version == "5"
        self.client = paho.Client(
            CallbackAPIVersion.VERSION2,
            protocol=paho.MQTTv5 if self.five else paho.MQTTv311,
        )
        self.client.connect("127.0.0.1", int(url.rpartition(":")[2]))
        self.client.loop_start()

    def say(self, leaf: str, payload: bytes, *, topic: str | None = None) -> None:
        properties = None
        if self.five and topic is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.ResponseTopic = topic
            properties.CorrelationData = b"\x00\xff"
        self.client.publish(f"{ROOT}/{leaf}", payload, qos=1, properties=properties)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def heard(sink: MqttSink, count: int) -> list[Received]:
    """Return what came, as soon as there is so much of it."""
    found: list[Received] = []
    for _ in range(LOOKS):
        found += [event for event in sink.events(0.05) if isinstance(event, Received)]
        if len(found) >= count:
            break
    return found


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("kind", "version"), [("mosquitto", "5"), ("mosquitto", "3.1.1"), ("embedded", "3.1.1")]
)
def test_a_box_hears_the_platform(
    kind: str, version: str, make_mosquitto: Callable[..., Mosquitto]
) -> None:
    broker: AbstractContextManager[Mosquitto | EmbeddedBroker]
    broker = EmbeddedBroker() if kind == "embedded" else nullcontext(make_mosquitto())
    with broker as place:
        sink = MqttSink(
            BrokerAddress(place.url, "box-01", version=version),
            topic_root=ROOT,
            status=lambda online: b"{}",
            hears={"receipts": 100, "commands": 1000},
        )
        sink.connect()
        with closing(sink), closing(Speaker(place.url, version)) as platform:
            said: list[Received] = []
            for _ in range(LOOKS):  # until the broker has the subscription
                platform.say("receipts", b"{}")
                if said := heard(sink, 1):
                    break
            assert said[0].leaf == "receipts"
            for one in said:
                sink.took(one)
            platform.say("receipts", b"x" * 101)
            platform.say("commands", b"do", topic=f"{ROOT}/answers/7")
            commands: list[Received] = []
            for _ in range(LOOKS):
                commands += [one for one in heard(sink, 1) if one.leaf == "commands"]
                if commands:
                    break
            (command,) = commands
            assert command.payload == b"do"
            assert not command.retained
            if version == "5":
                assert command.response_topic == f"{ROOT}/answers/7"
                assert command.correlation == b"\x00\xff"
            else:
                assert (command.response_topic, command.correlation) == (None, None)
            assert sink.inbound.refused == {"oversized": 1}


@pytest.mark.e2e
def test_what_was_not_taken_is_said_again_on_the_next_connection(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    sink = MqttSink(
        BrokerAddress(mosquitto.url, "box-01"),
        topic_root=ROOT,
        status=lambda online: b"{}",
        hears={"commands": 1000},
    )
    sink.connect()
    with closing(sink), closing(Speaker(mosquitto.url, "5")) as platform:
        first: list[Received] = []
        while not first:
            platform.say("commands", b"do")
            first = heard(sink, 1)
        sink.connect()
        again = heard(sink, len(first))
        assert {one.payload for one in again} == {b"do"}
        for _ in range(LOOKS):
            for one in again:
                sink.took(one)
            sink.connect()
            again = [event for event in sink.events(0.5) if isinstance(event, Received)]
            if not again:
                break
        assert again == []


@pytest.mark.e2e
def test_a_flood_is_heard_to_its_end_though_not_at_once(
    make_mosquitto: Callable[..., Mosquitto],
) -> None:
    mosquitto = make_mosquitto("max_queued_messages 0")
    sink = MqttSink(
        BrokerAddress(mosquitto.url, "box-01"),
        topic_root=ROOT,
        status=lambda online: b"{}",
        hears={"commands": 1000},
    )
    sink.connect()
    with closing(sink), closing(Speaker(mosquitto.url, "5")) as platform:
        while not heard(sink, 1):
            platform.say("commands", b"first")
        sink.connect()
        many = MOST_MESSAGES + 100
        for number in range(many):
            platform.say("commands", b"%d" % number)
        said: set[bytes] = set()
        connections = 1
        while len(said - {b"first"}) < many:
            for event in heard(sink, 1):
                said.add(event.payload)
                try:
                    sink.took(event)
                except DeliveryError:
                    connections += 1
                    sink.connect()
        assert connections <= 3


def test_what_the_broker_does_not_let_the_box_hear_is_known_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sink = MqttSink(
        BrokerAddress("mqtt://127.0.0.1:1", "box-01"),
        topic_root=ROOT,
        status=lambda online: b"{}",
        hears={"receipts": 100, "commands": 100},
    )
    granted, refused = (ReasonCode(PacketTypes.SUBACK, identifier=code) for code in (0x01, 0x87))
    for _ in range(2):
        sink._on_subscribe(
            paho.Client(CallbackAPIVersion.VERSION2), None, 1, [granted, refused], None
        )
    assert sink.inbound.deaf == ("commands",)
    assert caplog.text.count("does not let the box listen to commands") == 1
    sink._on_subscribe(paho.Client(CallbackAPIVersion.VERSION2), None, 1, [granted, granted], None)
    assert not sink.inbound.deaf
