"""Listen to a broker as the platform would: for the demo, the bench, and trying things out."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from edge.errors import DeliveryError

CONNECT_TIMEOUT_S = 10.0

Heard = Callable[[str, bytes], None]
"""Called with topic and payload, on the listener's thread."""


class Listener:
    """Subscribed to everything below a topic, from ``with`` to the end of the block."""

    def __init__(self, url: str, topic_root: str, heard: Heard, *, version: str = "5") -> None:
        """Prepare a listener; ``version`` is 5 or 3.1.1."""
        self._url = url
        self._topic = f"{topic_root}/#"
        self._heard = heard
        self._ready = threading.Event()
        protocol = paho.MQTTv5 if version == "5" else paho.MQTTv311
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=protocol)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._on_message

    def __enter__(self) -> Self:
        """Connect and subscribe; raises DeliveryError."""
        url = urlsplit(self._url)
        try:
            self._client.connect(str(url.hostname), url.port or 1883)
        except OSError as error:
            raise DeliveryError(f"{self._url}: {error.strerror}; is the broker there?") from error
        self._client.loop_start()
        if not self._ready.wait(CONNECT_TIMEOUT_S):
            self._client.loop_stop()
            raise DeliveryError(f"{self._url}: the broker did not let us subscribe")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: paho.Client, *_: object) -> None:
        client.subscribe(self._topic, qos=1)

    def _on_message(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        self._heard(message.topic, bytes(message.payload))
