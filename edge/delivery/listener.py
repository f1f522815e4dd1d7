"""Listen to a broker as the platform would: for the demo, the bench, and trying things out."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.errors import DeliveryError

CONNECT_TIMEOUT_S = 10.0
SESSION_EXPIRY_S = 3600

Heard = Callable[[str, bytes], None]
"""Called with topic and payload, on the listener's thread."""


class Listener:
    """Subscribed to everything below a topic, from ``with`` to the end of the block."""

    def __init__(
        self,
        url: str,
        topic_root: str,
        heard: Heard,
        *,
        version: str = "5",
        client_id: str | None = None,
    ) -> None:
        """Prepare a listener.

        Args:
            url: ``mqtt://host:port``.
            topic_root: What the topics listened to begin with.
            heard: Takes what comes.
            version: 5 or 3.1.1.
            client_id: Given, the broker keeps what comes while the listener is away.
        """
        self._url = url
        self._topic = f"{topic_root}/#"
        self._heard = heard
        self._ready = threading.Event()
        self._five = version == "5"
        self._kept = client_id is not None
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or "",
            protocol=paho.MQTTv5 if self._five else paho.MQTTv311,
            clean_session=None if self._five else not self._kept,
        )
        self._client.reconnect_delay_set(1, 2)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._on_message

    def __enter__(self) -> Self:
        """Connect and subscribe; raises DeliveryError."""
        url = urlsplit(self._url)
        try:
            self._connect(str(url.hostname), url.port or 1883)
        except OSError as error:
            raise DeliveryError(f"{self._url}: {error.strerror}; is the broker there?") from error
        self._client.loop_start()
        if not self._ready.wait(CONNECT_TIMEOUT_S):
            self._client.loop_stop()
            raise DeliveryError(f"{self._url}: the broker did not let us subscribe")
        return self

    def _connect(self, host: str, port: int) -> None:
        if not self._five:
            self._client.connect(host, port)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_EXPIRY_S if self._kept else 0
        self._client.connect(host, port, clean_start=not self._kept, properties=properties)

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
