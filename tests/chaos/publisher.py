"""The same client library with nothing else to do: what a broker and a machine can take at most."""

import queue
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

CONNECT_TIMEOUT_S = 10.0


def publish(
    url: str, topic_root: str, sizes: Sequence[int], window: int, result: "Connection[float, float]"
) -> None:
    """Publish messages of these sizes with QoS 1; send how many seconds it took.

    Args:
        url: ``mqtt://host:port``.
        topic_root: What they are told below.
        sizes: In bytes.
        window: Messages sent ahead of their acknowledgement.
        result: Takes the seconds.
    """
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.max_inflight_messages_set(window)
    came: queue.Queue[int] = queue.Queue()
    connected: queue.Queue[bool] = queue.Queue()
    client.on_connect = lambda *_: connected.put(True)
    client.on_publish = lambda *given: came.put(given[2])
    where = urlsplit(url)
    client.connect(str(where.hostname), where.port or 0)
    client.loop_start()
    connected.get(timeout=CONNECT_TIMEOUT_S)
    content = bytes(max(sizes))
    began_s = time.monotonic()
    for number, size in enumerate(sizes):
        if number >= window:
            came.get()
        client.publish(f"{topic_root}/{number}", content[:size], qos=1)
    for _ in range(min(window, len(sizes))):
        came.get()
    result.send(time.monotonic() - began_s)
    client.disconnect()
    client.loop_stop()
