"""An MQTT broker inside the process, for a first try: no persistence, no passwords, loopback.

amqtt speaks MQTT 3.1.1 only. A site uses its platform's broker, or mosquitto.
"""

import asyncio
import contextlib
import logging
import socket
import threading
from types import TracebackType
from typing import Self

from amqtt.broker import Broker
from amqtt.errors import BrokerError

from edge.errors import DeliveryError

LOOPBACK = "127.0.0.1"
START_TIMEOUT_S = 10.0
VERSION = "3.1.1"


class EmbeddedBroker:
    """A broker on its own thread, from ``with`` to the end of the block."""

    def __init__(self, host: str = LOOPBACK, port: int = 0) -> None:
        """Choose where it listens; port 0 takes a free one."""
        self.host = host
        self.port = port or free_port(host)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="embedded-broker", daemon=True)
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._broker: Broker | None = None
        for noisy in ("amqtt", "transitions"):
            logging.getLogger(noisy).setLevel(logging.CRITICAL)

    @property
    def url(self) -> str:
        """Return the address clients connect to."""
        return f"mqtt://{self.host}:{self.port}"

    def __enter__(self) -> Self:
        """Start it.

        Raises:
            DeliveryError: The port is taken.
        """
        self._thread.start()
        self._started.wait(START_TIMEOUT_S)
        if self._failure is not None or not self._started.is_set():
            raise DeliveryError(
                f"the embedded broker cannot listen on {self.host}:{self.port} "
                f"({self._failure or 'timeout'}); give mqtt.url another port"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_TIMEOUT_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._start())
        except (BrokerError, OSError) as error:
            self._failure = error
            self._started.set()
            self._loop.close()
            return
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._shut_down())
        self._loop.close()

    async def _start(self) -> None:
        listener = {"type": "tcp", "bind": f"{self.host}:{self.port}", "max_connections": 64}
        anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        self._broker = Broker({"listeners": {"default": listener}, "plugins": anonymous})
        await self._broker.start()

    async def _shut_down(self) -> None:
        if self._broker is not None:
            with contextlib.suppress(BrokerError, asyncio.CancelledError):
                await self._broker.shutdown()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def free_port(host: str = LOOPBACK) -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
