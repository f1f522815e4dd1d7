"""Has commands done, each name's in order and beside the others', and answers them."""

import logging
import queue
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.pool import ThreadPool
from threading import Event

from edge.clock import Clock, ClockState
from edge.commands.command import Answer, Command, CommandFailedError, CommandRefusedError
from edge.commands.handler import Handler
from edge.commands.outcomes import outcome_of
from edge.commands.refusals import UNKNOWN_SIGNER, Refusals
from edge.commands.replies import InvalidAnswerError, parcels_of
from edge.errors import ConfigError, StoreError
from edge.store.commands import (
    MOST_ATTEMPTS,
    REFUSED,
    Commands,
    Outcome,
    Waiting,
)
from edge.wire.answer import Reply

log = logging.getLogger(__name__)

LOOK_S = 1.0
FORGET_S = 3600.0
LONGEST_S = 900.0
"""A command that takes longer, and whose own time is over, is told to have failed; what does it may
never come back."""

PROGRESS = "progress"

Audit = Callable[[str, str, str, str], None]
"""Writes down actor, act, subject and result; raises StoreError."""

Permits = Callable[[str, str], bool]
"""Whether commands of a name are done for a signer: a key may have been lost meanwhile."""


@dataclass(slots=True, eq=False)
class _Job:
    """A command that is being done.

    Attributes:
        within_s: How long it may take.
        given_up: Set when it took too long.
    """

    waiting: Waiting
    begun_s: float
    within_s: float = LONGEST_S
    given_up: Event = field(default_factory=Event)


Done = tuple[_Job, Answer | BaseException]


class Desk:
    """One thread, and one more for each handler: a name that hangs keeps no other."""

    def __init__(
        self,
        stores: Callable[[], Commands],
        handlers: Mapping[str, Handler],
        refusals: Refusals,
        *,
        box_id: str,
        permits: Permits,
        audit: Audit,
        clock: Clock,
        clock_state: Callable[[], ClockState],
    ) -> None:
        """Prepare.

        Args:
            stores: Returns the calling thread's own connection.
            handlers: What does the commands, by name.
            refusals: Counted by the intake.
            box_id: Of the box.
            permits: Whether a command that was taken may still be done.
            audit: Writes down who had what done; called from one thread.
            clock: The box's.
            clock_state: Whether it can be believed.
        """
        self._stores = stores
        self._handlers = handlers
        self._refusals = refusals
        self._box_id = box_id
        self._permits = permits
        self._audit = audit
        self._clock = clock
        self._clock_state = clock_state
        self._wake = Event()
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._jobs: dict[str, _Job] = {}
        self._forget_due_s = clock.mono_s()

    def notice(self) -> None:
        """Look at once; called from any thread."""
        self._wake.set()

    def run(self, stop: Event) -> None:
        """Have done what is to be done until ``stop`` is set; then nobody is waited for."""
        pool = ThreadPool(max(len(self._handlers), 1))
        said = ""
        try:
            while not stop.is_set():
                try:
                    self.look(pool)
                    said = ""
                except StoreError as error:
                    if said != str(error):  # once, not every second
                        log.warning("commands wait: %s", error)
                    said = str(error)
                self.wait(LOOK_S)
        finally:
            pool.terminate()

    def wait(self, timeout_s: float) -> None:
        """Wait until there may be something to do."""
        self._wake.wait(timeout_s)
        self._wake.clear()

    def look(self, pool: ThreadPool) -> None:
        """Write down, answer and begin what there is; raises StoreError."""
        store = self._stores()
        self._write_refusals(store)
        self._hear(store)
        self._give_up(store)
        for name in store.names():
            self._begin(store, name, pool)
        if self._clock.mono_s() >= self._forget_due_s:
            self._forget_due_s = self._clock.mono_s() + FORGET_S
            store.forget()

    def _write_refusals(self, store: Commands) -> None:
        for one in self._refusals.due():
            actor = one.signer if one.signer == UNKNOWN_SIGNER else f"{UNKNOWN_SIGNER}:{one.signer}"
            subject = f"command {one.command_id}" if one.command_id else "command"
            self._audit(actor, "command.refused", subject, f"{one.code}, {one.count}")
            store.count(Outcome(REFUSED, one.code), one.count)
            self._refusals.written(one)

    def _hear(self, store: Commands) -> None:
        while not self._done.empty():
            job, result = self._done.get()
            name = job.waiting.command.name
            if job.given_up.is_set():
                log.warning("command=%s %s came back", job.waiting.command.id, name)
                self._jobs.pop(name, None)
                continue
            try:
                self._end(store, job.waiting, result)
            except StoreError:
                self._done.put((job, result))  # said as soon as it can be written
                raise
            self._jobs.pop(name, None)

    def _give_up(self, store: Commands) -> None:
        for job in self._jobs.values():
            late = self._clock.mono_s() - job.begun_s > job.within_s
            if late and not job.given_up.is_set():
                self._end(store, job.waiting, _failed("timeout", f"took over {job.within_s:.0f} s"))
                job.given_up.set()

    def _begin(self, store: Commands, name: str, pool: ThreadPool) -> None:
        job = self._jobs.get(name)
        if job is not None and not job.given_up.is_set():
            return
        waiting = store.next(name)
        if waiting is None:
            return
        if job is not None:
            self._end(store, waiting, _failed("stuck", "one before it never came back"))
        elif name not in self._handlers or not self._permits(name, waiting.command.signer):
            self._end(store, waiting, CommandRefusedError("not_allowed", "it is not done any more"))
        elif waiting.attempts >= MOST_ATTEMPTS:
            self._end(store, waiting, _failed("broke_off", f"begun {waiting.attempts} times"))
        else:
            self._submit(store, waiting, pool)

    def _submit(self, store: Commands, waiting: Waiting, pool: ThreadPool) -> None:
        kept = waiting.command
        if not waiting.audited:
            # Written first: nothing is done that the audit does not know.
            actor = f"{UNKNOWN_SIGNER}:{kept.signer}"
            self._audit(actor, "command.taken", f"command {kept.id}", kept.name)
            store.audited(waiting.number)
        try:
            body = store.begin(waiting.number)
        except ConfigError as error:
            self._end(store, waiting, error)
            return
        valid_s = (kept.expires_at - self._clock.utc()).total_seconds()
        job = _Job(waiting, self._clock.mono_s(), max(LONGEST_S, valid_s + LOOK_S))
        self._jobs[kept.name] = job
        command = Command(
            id=kept.id,
            box_id=self._box_id,
            name=kept.name,
            signer=kept.signer,
            issued_at=kept.issued_at,
            expires_at=kept.expires_at,
            body=body,
        )
        pool.apply_async(
            self._handlers[kept.name].handle,
            (command, partial(self._tell, job)),
            callback=partial(self._came, job),
            error_callback=partial(self._came, job),
        )

    def _came(self, job: _Job, result: Answer | BaseException) -> None:
        self._done.put((job, result))
        self._wake.set()

    def _tell(self, job: _Job, answer: Answer) -> None:
        """Say how far a command has come; on the handler's thread."""
        if job.given_up.is_set():
            raise CommandFailedError("timeout", "it took too long; the platform was told so")
        reply = self._reply(job.waiting, PROGRESS, answer.body)
        self._stores().tell(job.waiting.command.address, parcels_of(reply, answer.attachments))

    def _end(self, store: Commands, waiting: Waiting, result: Answer | BaseException) -> None:
        outcome, answer = outcome_of(waiting.command, result)
        kept = waiting.command
        reply = self._reply(waiting, outcome.state, answer.body, outcome)
        try:
            parcels = parcels_of(reply, answer.attachments)
        except InvalidAnswerError as error:
            outcome, answer = outcome_of(waiting.command, error)
            parcels = parcels_of(self._reply(waiting, outcome.state, answer.body, outcome))
        actor, said = f"{UNKNOWN_SIGNER}:{kept.signer}", outcome.code or kept.name
        self._audit(actor, f"command.{outcome.state}", f"command {kept.id}", said)
        store.end(waiting, outcome, parcels)
        log.info("command=%s %s %s", kept.id, kept.name, f"{outcome.state} {outcome.code}".strip())

    def _reply(
        self, waiting: Waiting, state: str, body: bytes, outcome: Outcome | None = None
    ) -> Reply:
        return Reply(
            command_id=waiting.command.id,
            box_id=self._box_id,
            name=waiting.command.name,
            state=state,
            at=self._clock.utc(),
            clock=self._clock_state(),
            code=outcome.code if outcome else "",
            text=outcome.said if outcome else "",
            body=body,
        )


def _failed(code: str, text: str) -> CommandFailedError:
    return CommandFailedError(code, text)
