"""What the service has to do once, as soon as the disk lets it."""

import logging
from collections.abc import Callable

from edge.clock import Clock
from edge.errors import ConfigError, StoreError

log = logging.getLogger(__name__)

AGAIN_S = 5.0


class Chores:
    """Does things in order, each until it has worked once; used by one thread."""

    def __init__(self, clock: Clock) -> None:
        """Have nothing to do yet."""
        self._clock = clock
        self._todo: list[tuple[str, Callable[[], object]]] = []
        self._said: dict[str, str] = {}
        self._due_s = float("-inf")

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return what has not been done yet."""
        return tuple(what for what, _ in self._todo)

    def do(self, what: str, act: Callable[[], object]) -> None:
        """Do something now, or as soon as the disk lets it.

        Args:
            what: As in the log.
            act: Raises StoreError, OSError or ConfigError while it cannot be done; a key that
                cannot be written is a ConfigError.
        """
        self._todo = [one for one in self._todo if one[0] != what]
        if not self._attempt(what, act):
            self._todo.append((what, act))

    def look(self) -> None:
        """Try again what could not be done, every few seconds."""
        if not self._todo or self._clock.mono_s() < self._due_s:
            return
        self._due_s = self._clock.mono_s() + AGAIN_S
        todo, self._todo = self._todo, []
        for what, act in todo:
            self.do(what, act)

    def _attempt(self, what: str, act: Callable[[], object]) -> bool:
        try:
            act()
        except (StoreError, ConfigError, OSError) as error:
            if self._said.get(what) != str(error):  # once, not every five seconds
                log.error("%s cannot be done yet: %s", what, error)  # noqa: TRY400
            self._said[what] = str(error)
            return False
        if what in self._said:
            log.info("%s is done", what)
        return True
