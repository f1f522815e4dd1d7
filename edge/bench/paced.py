"""Recordings at the pace at which cameras send.

Who rests between two pictures finds the processor's caches cold: the same work takes more.
"""

import time
from threading import Event

from streams.recording import Pacer, RealTime


def a_pacer(*, paced: bool) -> Pacer | None:
    """Return what holds a recording back to its own pace, None to let it run."""
    return RealTime(time.monotonic, Event().wait) if paced else None
