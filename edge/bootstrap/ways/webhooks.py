"""Receivers beside the platform: from the configuration to a courier and a thread for each."""

import contextlib
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from edge.bootstrap import parts
from edge.clock import Clock
from edge.console.webhooks import Tried, TriedAlreadyError, WebhookState
from edge.delivery.courier import Courier
from edge.delivery.post import Post
from edge.delivery.reachable import on_this_machine
from edge.delivery.webhook import Receiver, WebhookCarrier, told
from edge.domain.sink import SinkState
from edge.domain.subscription import Subscription
from edge.errors import ConfigError, DeliveryError
from edge.settings import Settings
from edge.settings.webhooks import Webhook
from edge.store.claim import claimed
from edge.store.letters import Letters
from edge.store.per_thread import PerThread
from edge.store.sinks import WEBHOOK, Sinks
from edge.wire.status import trial_message

ENDS_S = 0.5
TAKEN = range(200, 300)
TEST_KIND = "test"
LEAST_SECRET = 16


@dataclass(frozen=True, slots=True)
class Address:
    """One receiver with its secrets revealed."""

    receiver: Receiver
    url: str
    timeout_s: float
    ca: Path | None

    def post(self) -> Post:
        """Return a way to it; raises ConfigError."""
        return Post(self.url, timeout_s=self.timeout_s, ca=self.ca)

    @property
    def host(self) -> str:
        """Return where it is; what follows in its address may be a secret."""
        return str(urlsplit(self.url).hostname)

    def __repr__(self) -> str:
        return f"Address({self.receiver.name})"


@dataclass(frozen=True, slots=True, eq=False)
class _Service:
    """One receiver being served."""

    address: Address
    post: Post
    stop: threading.Event
    thread: threading.Thread
    trial: threading.Lock


def addresses(settings: Settings) -> list[Address]:
    """Return the receivers of a configuration.

    Raises:
        ConfigError: A secret is missing or empty, or an address cannot be used.
    """
    return [_address(settings, number, hook) for number, hook in enumerate(settings.webhooks)]


def _address(settings: Settings, number: int, hook: Webhook) -> Address:
    where = partial(settings.where, "webhooks", number)
    url = parts.reveal(hook.url, settings, where("url"))
    secret = parts.reveal(hook.secret, settings, where("secret"))
    if not secret:
        raise ConfigError(f"{where('secret')}: is empty; give 32 random characters or more")
    ca = settings.base / hook.ca if hook.ca else None
    address = Address(Receiver(hook.name, secret, _wanted(hook)), url, hook.timeout, ca)
    try:
        address.post()
    except ConfigError as error:
        raise ConfigError(f"{where('url')}: {error}") from error
    return address


def inspect_webhook(settings: Settings, hook: Webhook, *, probe: bool) -> str:
    """Return what becomes of a webhook, with what is doubtful about it.

    Args:
        settings: The configuration.
        hook: One of its webhooks.
        probe: Also connect to the receiver; it is sent nothing.

    Raises:
        ConfigError: It cannot be served.
        DeliveryError: It cannot be reached.
    """
    address = _address(settings, settings.webhooks.index(hook), hook)
    doubts = []
    if address.url.startswith("http:") and not on_this_machine(address.host):
        doubts.append("NOT ENCRYPTED: who listens on the way reads it all; give an https address")
    if len(address.receiver.secret) < LEAST_SECRET:
        doubts.append("the secret is short and can be guessed; give 32 random characters or more")
    unknown = sorted({*hook.cameras} - {camera.id for camera in settings.cameras})
    if unknown:
        doubts.append(f"names cameras that are not configured: {', '.join(unknown)}")
    if probe:
        address.post().knock()
    kinds = ", ".join(sorted(address.receiver.wanted.kinds))
    return "; ".join([f"{address.host}, {kinds}{', reached' if probe else ''}", *doubts])


def _wanted(hook: Webhook) -> Subscription:
    return Subscription(
        frozenset(hook.kinds),
        hook.least_severity,
        frozenset(hook.cameras) if hook.cameras else None,
    )


class Couriers:
    """Serves the receivers of the configuration; see ``Receivers``. Used by several threads."""

    def __init__(self, path: Path, clock: Clock, *, box_id: str) -> None:
        """Prepare couriers for none yet.

        Args:
            path: The journal.
            clock: The box's.
            box_id: Of test messages.
        """
        self._path = path
        self._clock = clock
        self._box_id = box_id
        self._id_of = parts.id_source(random.SystemRandom())
        self._lock = threading.RLock()
        self._serving: dict[str, _Service] = {}
        self._store = PerThread(lambda: Sinks(path, clock))

    def follow(self, settings: Settings) -> None:
        """Serve the receivers of a configuration from now on.

        Raises:
            ConfigError: It cannot be followed; those before are served on.
            StoreError: The journal cannot be written.
        """
        wanted = {one.receiver.name: one for one in addresses(settings)}
        with self._lock:
            gone = [
                name
                for name, service in self._serving.items()
                if wanted.get(name) != service.address
            ]
            self._end(gone)
            self._store().keep(WEBHOOK, wanted)
            anew = [address for name, address in wanted.items() if name not in self._serving]
            for address in anew:
                self._serving[address.receiver.name] = self._begin(address)
            self._serving = {name: self._serving[name] for name in wanted}

    def end(self) -> None:
        """Serve nobody any more; what is under way is broken off and sent again next time."""
        with self._lock:
            self._end(list(self._serving))

    def states(self) -> Sequence[WebhookState]:
        """Return how the receivers do."""
        with self._lock:
            serving = list(self._serving.values())
        store = self._store()
        found = []
        for service in serving:
            receiver = service.address.receiver
            state = store.state(WEBHOOK + receiver.name)
            if state is not None:
                with contextlib.closing(self._letters(receiver)) as letters:
                    found.append(_state(service.address, state, letters.waiting()))
        return found

    def test(self, name: str) -> Tried:
        """Send a test message; raises KeyError, TriedAlreadyError."""
        with self._lock:
            service = self._serving[name]
        if not service.trial.acquire(blocking=False):
            raise TriedAlreadyError
        try:
            return self._try(service.address)
        finally:
            service.trial.release()

    def _try(self, address: Address) -> Tried:
        now = self._clock.utc()
        test_id = self._id_of(now)
        body = trial_message(test_id, box_id=self._box_id, at=now)
        try:
            answer = self._carrier(address, address.post()).attempt(
                body, kind=TEST_KIND, key=f"{test_id}.1"
            )
        except DeliveryError as error:
            return Tried(False, str(error))
        return Tried(answer.status in TAKEN, told(answer))

    def _begin(self, address: Address) -> _Service:
        post, stop = address.post(), threading.Event()
        letters = self._letters(address.receiver)
        thread = threading.Thread(
            target=self._serve,
            args=(address, post, letters, stop),
            name=f"webhook-{address.receiver.name}",
            # A name that is being resolved cannot be interrupted; nothing is lost by that.
            daemon=True,
        )
        thread.start()
        return _Service(address, post, stop, thread, threading.Lock())

    def _serve(self, address: Address, post: Post, letters: Letters, stop: threading.Event) -> None:
        name = address.receiver.name
        courier = Courier(
            f"webhook={name}",
            letters,
            self._carrier(address, post),
            claim=lambda: claimed(self._path, WEBHOOK + name),
        )
        try:
            courier.run(stop)
        finally:
            letters.close()

    def _letters(self, receiver: Receiver) -> Letters:
        return Letters(self._path, self._clock, WEBHOOK + receiver.name, receiver.wanted)

    def _carrier(self, address: Address, post: Post) -> WebhookCarrier:
        agent = f"gridwatch/{version('gridwatch')}"
        return WebhookCarrier(address.receiver, post, clock=self._clock, agent=agent)

    def _end(self, names: Sequence[str]) -> None:
        ending = [self._serving.pop(name) for name in names]
        for service in ending:
            service.stop.set()
            service.post.end()
        deadline_s = self._clock.mono_s() + ENDS_S
        for service in ending:
            service.thread.join(max(deadline_s - self._clock.mono_s(), 0.0))


def _state(address: Address, reach: SinkState, waiting: int) -> WebhookState:
    receiver = address.receiver
    return WebhookState(
        name=receiver.name,
        host=address.host,
        kinds=tuple(sorted(receiver.wanted.kinds)),
        waiting=waiting,
        delivered=reach.delivered,
        delivered_at=reach.delivered_at,
        failing_since=reach.failing_since,
        error=reach.error,
        parked=reach.parked,
        refusals=tuple((seq, reason) for seq, reason in reach.refusals if seq is not None),
    )
