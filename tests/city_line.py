"""The city's end of the broker: it asks boxes and hears their answers."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.city import ROOT

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Heard:
    """A message of a box."""

    leaf: str
    payload: bytes
    correlation: bytes | None

    @property
    def content(self) -> dict[str, Any]:
        """Return what it says."""
        said: dict[str, Any] = json.loads(self.payload)
        return said


class CityLine:
    """One connection; what boxes say is kept."""

    def __init__(self, client: paho.Client) -> None:
        self._client = client
        self._news = threading.Condition()
        self.heard: list[Heard] = []
        client.on_message = self._take

    def ask(self, envelope: bytes, *, correlation: bytes = b"", retain: bool = False) -> None:
        """Send something to the topic of commands, answers to ``answers/city``."""
        self.send(
            "commands",
            envelope,
            response_topic=f"{ROOT}/answers/city",
            correlation=correlation,
            retain=retain,
        )

    def send(
        self,
        leaf: str,
        payload: bytes,
        *,
        response_topic: str = "",
        correlation: bytes = b"",
        retain: bool = False,
    ) -> None:
        """Send anything to a topic of the box."""
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if response_topic:
            properties.ResponseTopic = response_topic
        properties.CorrelationData = correlation
        sent = self._client.publish(
            f"{ROOT}/{leaf}", payload, qos=1, retain=retain, properties=properties
        )
        sent.wait_for_publish(PATIENCE_S)

    def answers(self, command_id: str, *, count: int = 1) -> list[Heard]:
        """Return so many answers to a command, waiting for them."""

        return self._wait(lambda: self.answered(command_id), count)

    def answered(self, command_id: str) -> list[Heard]:
        """Return the answers to a command that have come."""
        return [
            one
            for one in tuple(self.heard)
            if one.leaf.startswith("answers/") and one.content["command_id"] == command_id
        ]

    def health(self, **commands: int) -> dict[str, Any]:
        """Return a health message that has counted so many refusals, waiting for it."""

        def found() -> list[Heard]:
            told = [one for one in self.heard if one.leaf == "health"]
            return [one for one in told if _refused(one).items() >= commands.items()]

        return self._wait(found, 1)[-1].content

    def next_health(self) -> dict[str, Any]:
        """Return the next health message that comes."""
        known = self._healths()
        return self._wait(self._healths, len(known) + 1)[-1].content

    def _healths(self) -> list[Heard]:
        return [one for one in self.heard if one.leaf == "health"]

    def _wait(self, found: Any, count: int) -> list[Heard]:
        with self._news:
            if not self._news.wait_for(lambda: len(found()) >= count, PATIENCE_S):
                said = [(one.leaf, one.payload[-600:]) for one in self.heard[-8:]]
                raise TimeoutError(f"the box has not said it; last was said {said}")
            return list(found())

    def _take(self, _: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        properties = message.properties
        correlation = getattr(properties, "CorrelationData", None)
        leaf = message.topic.removeprefix(f"{ROOT}/")
        with self._news:
            self.heard.append(Heard(leaf, bytes(message.payload), correlation))
            self._news.notify_all()


def _refused(one: Heard) -> dict[str, int]:
    refused: dict[str, int] = (one.content["commands"] or {"refused": {}})["refused"]
    return refused


@contextlib.contextmanager
def city_line(url: str) -> Iterator[CityLine]:
    """Yield a connection to a broker that hears answers and health of the box."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="city", protocol=paho.MQTTv5)
    line = CityLine(client)
    listens = threading.Event()
    client.on_subscribe = lambda *_: listens.set()
    address = urlsplit(url)
    client.connect(str(address.hostname), address.port or 1883)
    client.loop_start()
    client.subscribe([(f"{ROOT}/answers/#", 1), (f"{ROOT}/health", 0)])
    assert listens.wait(PATIENCE_S)
    try:
        yield line
    finally:
        client.disconnect()
        client.loop_stop()
