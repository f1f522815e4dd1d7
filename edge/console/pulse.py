"""What has changed on the box, told to every page that is open."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field

from edge.errors import StoreError

log = logging.getLogger(__name__)

LOOK_S = 0.5
HEARTBEAT_S = 15.0
"""Proxies cut a line that says nothing for a minute or less."""


@dataclass(slots=True, eq=False)
class _Listener:
    news: set[str] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Pulse:
    """One look at the journal for all listeners, and none while nobody listens."""

    def __init__(
        self,
        changed: Callable[[], Iterable[str]],
        *,
        look_s: float = LOOK_S,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        """Prepare.

        Args:
            changed: Returns what kinds have changed since its last call; raises StoreError.
            look_s: Between two looks.
            heartbeat_s: The longest silence.
        """
        self._changed = changed
        self._look_s = look_s
        self._heartbeat_s = heartbeat_s
        self._listeners: set[_Listener] = set()
        self._looking: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """Return how many listen."""
        return len(self._listeners)

    async def listen(self) -> AsyncIterator[str | None]:
        """Yield a kind whenever it has changed, None after a silence; ends with its reader."""
        mine = _Listener()
        self._listeners.add(mine)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            while True:
                try:
                    await asyncio.wait_for(mine.wake.wait(), self._heartbeat_s)
                except TimeoutError:
                    yield None
                    continue
                mine.wake.clear()
                # What changes often is told once to a reader that is slow.
                news, mine.news = mine.news, set()
                for kind in sorted(news):
                    yield kind
        finally:
            self._listeners.discard(mine)
            if not self._listeners and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    def tell(self, kinds: Iterable[str]) -> None:
        """Tell all listeners of something that is not in the journal."""
        news = set(kinds)
        for listener in self._listeners if news else ():
            listener.news |= news
            listener.wake.set()

    async def _look(self) -> None:
        while True:
            try:
                self.tell(self._changed())
            except StoreError as error:
                log.warning("console: %s", error)
            await asyncio.sleep(self._look_s)
