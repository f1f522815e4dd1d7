"""The same client library with nothing else to do: what a broker and a machine can take at most."""

import queue
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

CONNECT_TIMEOUT_S = 10.0
CONTENT_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Spent:
    """What some messages took.

    Attributes:
        began_s, ended_s: Of the monotonic clock, which all processes of a machine share.
        cpu_s: Processor time of the process.
    """

    began_s: float
    ended_s: float
    cpu_s: float

    @property
    def wall_s(self) -> float:
        """Return how long it took."""
        return self.ended_s - self.began_s


def publish_bare(
    url: str, topic: str, payloads: Sequence[bytes], window: int, *, version: str = "5"
) -> Spent:
    """Publish messages with QoS 1 as paho's own examples do: its thread, a window, a queue.

    Args:
        url: ``mqtt://host:port``.
        topic: Of all of them.
        payloads: The messages.
        window: Messages sent ahead of their acknowledgement.
        version: Of MQTT; of 5 the content type is part of a message.

    Returns:
        What it took from the first message to the last acknowledgement.
    """
    five = version == "5"
    client = paho.Client(
        CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5 if five else paho.MQTTv311
    )
    client.max_inflight_messages_set(window)
    came: queue.Queue[int] = queue.Queue()
    connected: queue.Queue[bool] = queue.Queue()
    client.on_connect = lambda *_: connected.put(True)
    client.on_publish = lambda *given: came.put(given[2])
    where = urlsplit(url)
    client.connect(str(where.hostname), where.port or 0)
    client.loop_start()
    connected.get(timeout=CONNECT_TIMEOUT_S)
    properties = None
    if five:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.ContentType = CONTENT_TYPE
    began_s, began_cpu_s = time.monotonic(), time.process_time()
    for number, payload in enumerate(payloads):
        if number >= window:
            came.get()
        client.publish(topic, payload, qos=1, properties=properties)
    for _ in range(min(window, len(payloads))):
        came.get()
    spent = Spent(began_s, time.monotonic(), time.process_time() - began_cpu_s)
    client.disconnect()
    client.loop_stop()
    return spent
