"""The way to the platform and back: its broker, or the one in the box, and the relay."""

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

from edge.bootstrap import parts
from edge.clock import Clock
from edge.delivery.broker import VERSION as EMBEDDED_VERSION
from edge.delivery.broker import EmbeddedBroker
from edge.delivery.inbound import OVERSIZED, Inbound
from edge.delivery.mqtt import MqttSink
from edge.delivery.receipts import RECEIPTS_LEAF
from edge.delivery.relay import Relay, Terms
from edge.delivery.sink import Received
from edge.inotify import folder_bell
from edge.settings import Settings
from edge.store.claim import claimed
from edge.store.outbox import Outbox
from edge.store.sinks import MQTT
from edge.wire.box import BoxIdentity
from edge.wire.health import BrokerLink, Health, health_message
from edge.wire.receipts import MOST_BYTES as RECEIPT_BYTES
from edge.wire.status import status_message

log = logging.getLogger(__name__)

ENDS_S = 1.5
EMBEDDED_PORT = 1883
COMMANDS_LEAF = "commands"
COMMAND_BYTES = 8 * 1024 * 1024 + 4096
"""The largest that any command may be; those that may not are refused where they are read."""


class Platform:
    """What the box says to the platform, and what the platform says to the box."""

    def __init__(
        self,
        settings: Settings,
        path: Path,
        clock: Clock,
        *,
        box: Callable[[], BoxIdentity],
        models: Callable[[], Sequence[tuple[str, str]]],
        health: Callable[[], Health],
        inbox: Callable[[Received], None] | None = None,
    ) -> None:
        """Prepare the way.

        Args:
            settings: The configuration.
            path: The journal.
            clock: The box's.
            box: Who speaks.
            models: What is loaded, for the status.
            health: How the box is.
            inbox: Takes commands onto the disk; None: none are listened to.
        """
        self._settings = settings
        self._clock = clock
        self._box = box
        self._models = models
        self._health = health
        self._inbox = inbox
        self._path = path
        receipts = settings.mqtt.receipts
        self._outbox = Outbox(path, clock, receipts_s=receipts.timeout if receipts else None)
        self._relay: Relay | None = None
        self._refused: Counter[str] = Counter()
        self._inbound: Inbound | None = None

    @contextlib.contextmanager
    def broker(self) -> Iterator[tuple[str, str]]:
        """Yield the broker's URL and MQTT version, its own if it is embedded.

        Raises:
            DeliveryError: The embedded broker's port is taken.
        """
        mqtt = self._settings.mqtt
        url = urlsplit(mqtt.url)
        if url.scheme != "embedded":
            yield mqtt.url, mqtt.version
            return
        port = EMBEDDED_PORT if url.port is None else url.port
        with EmbeddedBroker(str(url.hostname), port) as broker:
            log.info("embedded broker on %s", broker.url)
            yield broker.url, EMBEDDED_VERSION

    @contextlib.contextmanager
    def relay(self, url: str, mqtt_version: str) -> Iterator[None]:
        """Deliver on a thread of its own."""
        release, mqtt = version("gridwatch"), self._settings.mqtt
        hears = {RECEIPTS_LEAF: RECEIPT_BYTES}
        if self._inbox is not None:
            hears[COMMANDS_LEAF] = COMMAND_BYTES
        sink = MqttSink(
            parts.broker_address(self._settings, url, mqtt_version),
            topic_root=self._box().topic_root,
            status=lambda online: status_message(
                self._box(), online=online, version=release, models=self._models()
            ),
            hears=hears,
        )
        self._refused = sink.inbound.refused
        self._inbound = sink.inbound
        relay = self._relay = Relay(
            self._outbox,
            sink,
            Terms(
                window=mqtt.in_flight,
                health_every_s=mqtt.health_every,
                stills_room=mqtt.stills_room,
            ),
            claim=lambda: claimed(self._path, MQTT),
            health=lambda: health_message(self._health(), self._box()),
            clock=self._clock,
            inbox=self._hear,
            bell=lambda: folder_bell(self._path.parent),
        )
        stop = Event()
        thread = Thread(
            target=relay.run,
            args=(stop,),
            kwargs={"drain_s": ENDS_S},
            name="relay",
            # An attempt to connect cannot be interrupted; what it would send is in the outbox.
            daemon=True,
        )
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(ENDS_S + 0.5)

    @property
    def unread(self) -> int:
        """Return how many messages of the platform were too large to be looked into."""
        return 0 if self._inbound is None else self._inbound.refused[OVERSIZED]

    @property
    def link(self) -> BrokerLink:
        """Return how the connection is."""
        if self._relay is None:
            return BrokerLink()
        state = self._relay.state
        return BrokerLink(
            state.connected,
            state.error,
            state.delivered,
            receipts=asdict(self._relay.receipts.heard),
            refused=dict(self._refused),
            deaf=() if self._inbound is None else self._inbound.deaf,
        )

    def _hear(self, received: Received) -> None:
        if received.leaf == COMMANDS_LEAF and self._inbox is not None:
            self._inbox(received)
