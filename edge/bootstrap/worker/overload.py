"""Says in the log, once a minute, that the box has more to do than it can."""

import logging

from edge.clock import Clock
from edge.domain.strain import gate_share, overloaded, street_share

log = logging.getLogger(__name__)

EVERY_S = 60.0


class OverloadLog:
    """Told the strain often, and says it seldom."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing to say."""
        self._clock = clock
        self._said_s: float | None = None

    def note(self, strain: float) -> None:
        """Say that less is done than is configured, or that all is done again."""
        now_s = self._clock.mono_s()
        if not overloaded(strain):
            if self._said_s is not None and strain == 0:
                self._said_s = None
                log.info("no longer overloaded: all cameras are looked at as configured")
        elif self._said_s is None or now_s - self._said_s >= EVERY_S:
            self._said_s = now_s
            log.warning(
                "overloaded: streets are looked at %.0f %% as often as configured, gates %.0f %%",
                100 * street_share(strain),
                100 * gate_share(strain),
            )
