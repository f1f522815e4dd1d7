"""How the relay waits: shortly while there is something to do, then for a bell."""

from edge.delivery.sink import Bell, Event, Sink

LOOK_EVERY_S = 0.02
"""How often new messages are looked for while there are some, or where no bell rings for them."""

REST_S = 0.25
"""Longest wait for a bell: for this long nobody sees that the service ends."""


class Rest:
    """The waits of one relay; used by its thread.

    Many messages at once are sent together, and not each as it rings: the bell is armed when
    nothing has come for a while, and whoever sends hushes it, as it makes every write dearer.
    """

    def __init__(self, bell: Bell | None = None) -> None:
        """Take what rings when there may be more to send; without, every wait is a short one."""
        self._bell = bell
        self._armed = False

    def events(self, sink: Sink) -> list[Event]:
        """Return what has happened meanwhile; after nothing, look for messages and come again."""
        if self._armed:
            events = sink.events(REST_S, bell=self._bell)
            self.end()
        else:
            events = sink.events(LOOK_EVERY_S)
        if self._bell is not None and not events:
            # Now, so that the look for messages that follows misses none.
            self._armed = self._bell.arm()
        return events

    def end(self) -> None:
        """Note that there is something to do."""
        if self._bell is not None and self._armed:
            self._bell.hush()
        self._armed = False
