"""The platform's MQTT broker, through paho: the only file that knows it.

Each connection has a new client object, because paho keeps unacknowledged messages in memory and
sends them again by itself after a reconnect, beside the outbox that does the same from disk.
"""

import contextlib
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.delivery.inbound import MOST_BYTES, RECEIVE_MAXIMUM, Inbound
from edge.delivery.pump import Pump
from edge.delivery.sink import Acknowledged, Bell, Event, Lost, Received, Refused
from edge.delivery.tls import Trust, explain
from edge.errors import DeliveryError

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
GOODBYE_TIMEOUT_S = 1.0
HEADER_BYTES = 1024
"""Room for topic and properties in a packet of the broker's largest size."""

FIRST_FAILURE = 0x80
PACKET_TOO_LARGE = 0x95
DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}
STATUS_LEAF = "status"
LOSS_IS_TOLD = (paho.MQTT_ERR_SUCCESS, paho.MQTT_ERR_NO_CONN, paho.MQTT_ERR_CONN_LOST)
"""What may come of sending a message: if the connection is gone, that is an event of its own."""


@dataclass(frozen=True, slots=True, repr=False)
class BrokerAddress:
    """Where and how to connect. Its text form is the URL alone: no password ever shows.

    Attributes:
        url: ``mqtt://host:port`` or ``mqtts://host:port``.
        version: ``5`` or ``3.1.1``.
        trust: Whom to believe, and what the box proves itself by, if the URL is ``mqtts``.
    """

    url: str
    client_id: str
    version: str = "5"
    username: str | None = None
    password: str | None = None
    trust: Trust = field(default_factory=Trust)
    keepalive_s: float = 30.0
    session_expiry_s: float = 86400.0

    def __repr__(self) -> str:
        return f"BrokerAddress({self.url})"


class _ContentType(Properties):
    """What a message is, packed once: the library goes through all names there are each time."""

    def __init__(self, content_type: str) -> None:
        super().__init__(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        self.ContentType = content_type
        packed = super().pack()  # type: ignore[no-untyped-call]
        object.__setattr__(self, "_packed", packed)  # any other way takes names of MQTT only

    def pack(self) -> bytes:
        """Return it as it goes over the network."""
        packed: bytes = object.__getattribute__(self, "_packed")
        return packed


class MqttSink:
    """One connection at a time to the broker, driven by the thread that asks for events."""

    def __init__(
        self,
        address: BrokerAddress,
        *,
        topic_root: str,
        status: Callable[[bool], bytes],
        hears: Mapping[str, int] | None = None,
    ) -> None:
        """Prepare a sink.

        Args:
            address: The broker.
            topic_root: What all topics begin with.
            status: Makes the retained status message, for a box that is online, or offline: the
                last will.
            hears: Topics below the root that are listened to, and the largest message of each.
        """
        self._address = address
        self._topic_root = topic_root
        self._status = status
        self._said = b""
        self._client: paho.Client | None = None
        self._pump: Pump | None = None
        self._events: list[Event] = []
        self._content_types: dict[str, Properties] = {}
        self.inbound = Inbound(hears or {})
        self._max_bytes: int | None = None

    def connect(self) -> None:
        """Make one attempt to connect; see ``Sink``."""
        self._drop()
        events = self._events = []
        self.inbound.begin()
        client = self._new_client()
        answered: list[bool] = []
        refusal: list[str] = []

        def on_connect(
            _client: paho.Client,
            _userdata: object,
            _flags: object,
            reason: ReasonCode,
            properties: Properties | None,
        ) -> None:
            if reason.is_failure:
                refusal.append(str(reason))
            self._max_bytes = getattr(properties, "MaximumPacketSize", None)
            answered.append(True)

        client.on_connect = on_connect
        client.on_message = self._on_message(events)
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish(events)
        client.on_disconnect = self._on_disconnect(events)
        url = urlsplit(self._address.url)
        try:
            self._open(client, str(url.hostname), url.port or DEFAULT_PORTS[url.scheme])
        except (OSError, ValueError) as error:
            raise DeliveryError(f"{self._address.url}: {_explain(error, self._address)}") from error
        self._client, self._pump = client, Pump(client)
        self._turn(CONNECT_TIMEOUT_S, until=lambda: bool(answered or events))
        if not answered and not events:
            self._drop()
            raise DeliveryError(f"{self._address.url}: the broker did not answer the login")
        if refusal or not client.is_connected():
            self._drop()
            reason = refusal[0] if refusal else "it closed the connection"
            raise DeliveryError(
                f"{self._address.url}: the broker refused the login ({reason}); "
                "check mqtt.username, mqtt.password, the certificate and the broker's access rules"
            )
        self._said = b""
        self.announce()
        if self.inbound.leaves:
            client.subscribe([(f"{self._topic_root}/{leaf}", 1) for leaf in self.inbound.leaves])

    def announce(self) -> None:
        """Publish the status if it is another than was published; see ``Sink``."""
        status = self._status(True)
        if self._client is not None and status != self._said:
            self._said = status
            self._client.publish(f"{self._topic_root}/{STATUS_LEAF}", status, qos=1, retain=True)

    def publish(
        self, leaf: str, payload: bytes, content_type: str, *, correlation: bytes | None = None
    ) -> int:
        """Send a message with QoS 1 and return its token; see ``Sink``."""
        if self._client is None or self._pump is None:
            raise DeliveryError(f"{self._address.url}: not connected")
        properties = None
        if self._address.version == "5":
            properties = self._properties(content_type, correlation)
        self._pump.hold()
        info = self._client.publish(
            f"{self._topic_root}/{leaf}", payload, qos=1, properties=properties
        )
        if info.rc not in LOSS_IS_TOLD:
            raise DeliveryError(f"{self._address.url}: {paho.error_string(info.rc)}")
        return info.mid

    def tell(self, leaf: str, payload: bytes) -> None:
        """Send a message with QoS 0."""
        if self._client is not None:
            self._client.publish(f"{self._topic_root}/{leaf}", payload, qos=0)

    def events(self, timeout_s: float, *, bell: Bell | None = None) -> list[Event]:
        """Return what happened since the last call; see ``Sink``."""
        self._turn(timeout_s, until=lambda: bool(self._events), bell=bell)
        happened = self._events.copy()
        self._events.clear()  # it stays the one that this connection's callbacks know
        return happened

    def took(self, received: Received) -> None:
        """Acknowledge a message of the platform; see ``Sink``."""
        self.inbound.took(received)
        if self._client is not None and received.token:
            self._client.ack(received.token, 1)
        if self.inbound.lacks:
            raise DeliveryError(
                f"{self._address.url}: the broker has sent more at once than there was room for; "
                "it is to send the rest again"
            )

    def max_bytes(self) -> int | None:
        """Return the largest payload the broker takes, as its CONNACK said."""
        return None if self._max_bytes is None else self._max_bytes - HEADER_BYTES

    def close(self) -> None:
        """Publish the offline status and disconnect."""
        if self._client is not None and self._client.is_connected():
            topic = f"{self._topic_root}/{STATUS_LEAF}"
            said = self._client.publish(topic, self._status(False), qos=1, retain=True)
            with contextlib.suppress(RuntimeError, ValueError):
                self._turn(GOODBYE_TIMEOUT_S, until=said.is_published)
        self._drop()

    def _turn(
        self, within_s: float, *, until: Callable[[], bool], bell: Bell | None = None
    ) -> None:
        """Let the network do its work until something is so, a bell rings, or the time is over."""
        deadline_s = time.monotonic() + within_s
        while self._pump is not None and not until():
            left_s = deadline_s - time.monotonic()
            if left_s < 0:
                return
            try:
                if self._pump.turn(left_s, bell=bell):
                    return
            except Exception as error:
                log.exception("what the broker sends is no MQTT")
                self._events.append(Lost(f"what it sends cannot be understood: {error}"))
                return

    def _drop(self) -> None:
        client, self._client, self._pump = self._client, None, None
        if client is None:
            return
        client.disconnect()
        left_open = client.socket()
        if left_open is not None:  # the broker takes nothing, not even the good-bye
            left_open.close()

    def _properties(self, content_type: str, correlation: bytes | None) -> Properties:
        if correlation is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.ContentType = content_type
            properties.CorrelationData = correlation
            return properties
        if content_type not in self._content_types:
            self._content_types[content_type] = _ContentType(content_type)
        return self._content_types[content_type]

    def _new_client(self) -> paho.Client:
        address = self._address
        five = address.version == "5"
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=address.client_id,
            protocol=paho.MQTTv5 if five else paho.MQTTv311,
            # 3.1.1 has no session expiry: its sessions are either clean or kept for ever.
            clean_session=None if five else True,
            reconnect_on_failure=False,
            manual_ack=True,  # what comes is acknowledged when it is on the disk
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(1000)  # the relay has its own, smaller window
        will = self._status(False)
        client.will_set(f"{self._topic_root}/{STATUS_LEAF}", will, qos=1, retain=True)
        if address.username is not None:
            client.username_pw_set(address.username, address.password)
        if urlsplit(address.url).scheme == "mqtts":
            client.tls_set_context(address.trust.context())
        return client

    def _open(self, client: paho.Client, host: str, port: int) -> None:
        keepalive_s = max(round(self._address.keepalive_s), 1)
        if self._address.version != "5":
            client.connect(host, port, keepalive_s)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = round(self._address.session_expiry_s)
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        properties.MaximumPacketSize = MOST_BYTES
        client.connect(host, port, keepalive_s, clean_start=False, properties=properties)

    def _on_message(self, events: list[Event]) -> paho.CallbackOnMessage:
        def on_message(client: paho.Client, _userdata: object, message: paho.MQTTMessage) -> None:
            said = message.properties
            received = Received(
                message.topic.removeprefix(f"{self._topic_root}/"),
                bytes(message.payload),
                getattr(said, "ResponseTopic", None),
                getattr(said, "CorrelationData", None),
                bool(message.retain),
                message.mid if message.qos else 0,
            )
            if self.inbound.admits(received):
                events.append(received)
            elif self.inbound.is_refused(received):
                client.ack(message.mid, message.qos)

        return on_message

    def _on_subscribe(
        self,
        _client: paho.Client,
        _userdata: object,
        _token: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        answers = zip(self.inbound.leaves, reasons, strict=False)
        deaf = tuple(leaf for leaf, reason in answers if reason.is_failure)
        if deaf and deaf != self.inbound.deaf:  # said once, not after every connection
            log.warning(
                "the broker does not let the box listen to %s below %s; allow it there",
                " and ".join(deaf),
                self._topic_root,
            )
        self.inbound.deaf = deaf

    @staticmethod
    def _on_publish(events: list[Event]) -> paho.CallbackOnPublish_v2:
        def on_publish(
            _client: paho.Client,
            _userdata: object,
            token: int,
            reason: ReasonCode,
            _properties: Properties,
        ) -> None:
            if reason.value >= FIRST_FAILURE:
                events.append(Refused(token, f"the broker refused it: {reason}"))
            else:
                events.append(Acknowledged(token))

        return on_publish

    @staticmethod
    def _on_disconnect(events: list[Event]) -> paho.CallbackOnDisconnect_v2:
        def on_disconnect(
            _client: paho.Client,
            _userdata: object,
            _flags: object,
            reason: ReasonCode,
            _properties: Properties | None,
        ) -> None:
            events.append(Lost(str(reason), too_large=reason.value == PACKET_TOO_LARGE))

        return on_disconnect


def _explain(error: OSError | ValueError, address: BrokerAddress) -> str:
    if isinstance(error, ssl.SSLError):
        return explain(error, address.trust)
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there; check mqtt.url and whether the broker runs"
    if isinstance(error, TimeoutError):
        return "no answer; check mqtt.url, the network and the firewall"
    return f"no connection ({getattr(error, 'strerror', None) or error}); check mqtt.url"
