"""Commands of the platform: from the configuration to an intake, a desk and its handlers."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Event, Thread

from edge.bootstrap import parts
from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.configuration.history import version_of
from edge.bootstrap.evidence import KEYS
from edge.bootstrap.ways.believed import terms_of
from edge.bootstrap.ways.clips_out import open_clip_request
from edge.bootstrap.ways.looking_again import open_recheck
from edge.bootstrap.web.console import accounts_path
from edge.bootstrap.worker.live import LiveHub
from edge.bootstrap.workshop.service import REDACTED, SpawnedPool, Workshop
from edge.clock import Clock, ClockState
from edge.commands.case_status import CaseStatus
from edge.commands.command import CommandName
from edge.commands.config_get import Accepted, ConfigGet
from edge.commands.desk import Desk
from edge.commands.envelope import RECEIPT_TYPE, make_envelope
from edge.commands.handler import Handler
from edge.commands.intake import Asked, Intake, Terms
from edge.commands.refusals import Refusals
from edge.commands.residents_delta import ResidentsDelta
from edge.delivery.sink import Received
from edge.domain.camera import CameraReport
from edge.errors import ConfigError, StoreError
from edge.evidence.signing import Authenticator, open_signer
from edge.settings import Settings
from edge.settings.secrecy import hide_text
from edge.store.accounts import Accounts
from edge.store.cases import Cases
from edge.store.commands import Commands
from edge.store.per_thread import PerThread
from edge.store.vault import open_vault
from edge.wire.health import CommandsState

log = logging.getLogger(__name__)

ENDS_S = 1.0
OVERSIZED = "oversized"


class CommandRoom:
    """Takes what the platform asks and has it done; without its section nothing."""

    def __init__(
        self,
        desk: ConfigurationDesk,
        *,
        live: LiveHub,
        reports: Callable[[], Sequence[CameraReport]],
        clock: Clock,
        clock_state: Callable[[], ClockState],
        unread: Callable[[], int] = lambda: 0,
    ) -> None:
        """Prepare; no file is opened before there is something to do.

        Args:
            desk: The configuration.
            live: The lines to the workers.
            reports: How each camera is now.
            clock: The box's.
            clock_state: Whether it can be believed.
            unread: How many messages were too large to be taken off the network at all.

        Raises:
            ConfigError: A key cannot be used.
        """
        settings = desk.settings
        self._config_desk = desk
        self._live = live
        self._reports = reports
        self._clock = clock
        self._journal = parts.journal_path(settings)
        self._stores = PerThread(lambda: open_store(settings, clock))
        self._accounts = PerThread(lambda: Accounts(accounts_path(settings), clock))
        self._refusals = Refusals(clock.mono_s)
        self._state = CommandsState()
        self._unread = unread
        self._unread_told = 0
        self._workshop = Workshop(
            settings.home / REDACTED,
            lambda: SpawnedPool(desk.path, desk.settings.text),
            clock,
        )
        self._terms = terms_of(settings)
        self._desk = Desk(
            self._stores,
            self._handlers() if self._terms is not None else {},
            self._refusals,
            box_id=settings.box.id,
            permits=self._permits,
            audit=self._audit,
            clock=clock,
            clock_state=clock_state,
        )
        self._intake = (
            Intake(
                self._terms,
                self._stores,
                self._refusals,
                clock=clock,
                clock_state=clock_state,
                taken=self._desk.notice,
            )
            if self._terms is not None
            else None
        )

    @property
    def inbox(self) -> Callable[[Received], None] | None:
        """Return what takes commands onto the disk, None if none are taken."""
        return None if self._intake is None else self._hear

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Have commands done on a thread of its own."""
        if self._intake is None:
            yield
            return
        stop = Event()
        thread = Thread(target=self._desk.run, args=(stop,), name="commands", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            self._desk.notice()
            thread.join(ENDS_S)
            self._workshop.close()

    def follow(self, settings: Settings) -> None:
        """Believe the keys of a configuration, and take what it allows, from now on.

        Raises:
            ConfigError: A key cannot be used; those before are believed on.
        """
        terms = terms_of(settings)
        if self._intake is None or self._terms is None:
            if terms is not None:
                log.warning("commands: none are taken before the service is started anew")
            return
        if terms is None:
            nobody: dict[str, Authenticator] = {}
            terms = Terms(
                box_id=self._terms.box_id,
                topic_root=self._terms.topic_root,
                keys=nobody,
                known=self._terms.known,
                allowed=frozenset(),
            )
        self._terms = terms
        self._intake.follow(terms)

    def state(self) -> CommandsState | None:
        """Return what became of commands; None if none are taken."""
        if self._intake is None:
            return None
        unread = self._unread()
        if unread > self._unread_told:
            self._refusals.add(OVERSIZED, unread - self._unread_told)
            self._unread_told = unread
        # What cannot be read now is told as it was.
        with contextlib.suppress(StoreError):
            tally = self._stores().tally()
            self._state = CommandsState(tally.taken, tally.waiting, tally.refused, tally.failed)
        refused = dict(self._state.refused)
        for code, count in self._refusals.unwritten().items():
            refused[code] = refused.get(code, 0) + count
        state = self._state
        return CommandsState(state.taken, state.waiting, refused, state.failed)

    def _hear(self, received: Received) -> None:
        if self._intake is not None:
            self._intake(
                Asked(
                    received.payload,
                    received.response_topic,
                    received.correlation,
                    received.retained,
                )
            )

    def _permits(self, name: str, signer: str) -> bool:
        terms = self._terms
        return terms is not None and name in terms.allowed and signer in terms.keys

    def _audit(self, actor: str, act: str, subject: str, result: str) -> None:
        self._accounts().audit(actor, act, subject, result)

    def _handlers(self) -> Mapping[str, Handler]:
        desk, clock, journal = self._config_desk, self._clock, self._journal
        settings = desk.settings
        keys = settings.home / KEYS

        def seal(content: bytes) -> bytes:
            signer = open_signer(keys)
            return make_envelope(content, signer.sign, signer=signer.fingerprint, kind=RECEIPT_TYPE)

        return {
            CommandName.CONFIG_GET: ConfigGet(lambda: accepted(desk)),
            CommandName.CASE_STATUS: CaseStatus(PerThread(lambda: Cases(journal, clock))),
            CommandName.RESIDENTS_DELTA: ResidentsDelta(
                lambda delta, actor: self._workshop.apply_delta(delta, actor=actor),
                seal,
                box_id=settings.box.id,
            ),
            CommandName.RECHECK: open_recheck(
                lambda: desk.settings,
                journal=journal,
                live=self._live,
                reports=lambda: list(self._reports()),
                cover=lambda jpeg, plates: self._workshop.redact_jpeg(jpeg, plates=plates),
                clock=clock,
            ),
            CommandName.CLIP_REQUEST: open_clip_request(
                lambda: desk.settings,
                journal=journal,
                live=self._live,
                workshop=self._workshop,
                audit=self._audit,
                clock=clock,
            ),
        }


def open_store(settings: Settings, clock: Clock) -> Commands:
    """Return a connection to the commands of a box; raises StoreError."""
    try:
        vault = open_vault(parts.key_path(settings))
    except ConfigError as error:
        raise StoreError(str(error)) from error  # nothing can be kept without its key
    return Commands(parts.journal_path(settings), clock, vault=vault)


def accepted(desk: ConfigurationDesk) -> Accepted:
    """Return the configuration as it is followed, its secrets hidden; raises StoreError."""
    text = desk.settings.text
    version = version_of(text)
    states = desk.history()
    state = next((one for one in states if one.version == version), None)
    return Accepted(version, None if state is None else state.id, hide_text(text))
