"""Signals to end, as an event that threads can wait for."""

import _thread
import signal
from threading import Event


def stopped_by(*numbers: signal.Signals) -> Event:
    """Return an event that is set when one of these signals arrives; call from the main thread.

    A handler interrupts the main thread anywhere, also within ``wait`` of this very event while it
    holds the event's lock: there ``set`` would wait for ever. So another thread sets it, one that
    needs no lock to begin.
    """
    stop = Event()
    for number in numbers:
        signal.signal(number, lambda *_: _thread.start_new_thread(stop.set, ()))
    return stop
