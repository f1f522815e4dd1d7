"""What is wrong with a camera, for health: the last trouble, told for a while after it is over."""

from streams.errors import StreamError
from streams.faults import Fault
from streams.source import Counters, StreamInfo

REMEMBER_S = 60.0
"""Health goes out every half minute: what lasted for seconds is to be seen, too."""

WORDS = {
    Fault.CORRUPT: "packets are lost or damaged on the way; check the network",
    Fault.NO_KEYFRAME: "sends no keyframe; set a shorter interval of keyframes in the camera",
    Fault.TIMESTAMPS: "its time stamps are not true; the box's clock counts instead",
    Fault.FLOOD: "sends more pictures than can be meant; set its frame rate",
}


class Troubles:
    """Troubles of one camera; used by its thread."""

    def __init__(self) -> None:
        """Begin without any."""
        self._fault: Fault | None = None
        self._detail = ""
        self._until_s = float("-inf")
        self._info: StreamInfo | None = None
        self._seen: dict[Fault, int] = {}

    def broke(self, error: StreamError, now_s: float) -> None:
        """Take note of what ended a connection, or kept it from being made."""
        if error.fault is not None:
            self._note(error.fault, str(error), now_s)

    def opened(self, info: StreamInfo, now_s: float) -> None:
        """Take note of what a camera sends now: it may be something else than before."""
        before, self._info = self._info, info
        self._seen = {}
        if before is None:
            return
        now = f"{info.codec} {info.size_wh[0]}x{info.size_wh[1]}"
        was = f"{before.codec} {before.size_wh[0]}x{before.size_wh[1]}"
        if info.codec != before.codec:
            self._note(Fault.CODEC, f"sends {now} instead of {was}", now_s)
        elif info.size_wh != before.size_wh:
            self._note(Fault.RESOLUTION, f"sends {now} instead of {was}", now_s)

    def observe(self, counters: Counters, now_s: float) -> None:
        """Take note of what has happened on a connection since the last call."""
        new = {
            fault: count - self._seen.get(fault, 0)
            for fault, count in counters.faults.items()
            if count > self._seen.get(fault, 0)
        }
        self._seen = dict(counters.faults)
        if new:
            # In a flood no time stamp can be true.
            worst = Fault.FLOOD if Fault.FLOOD in new else max(new, key=lambda fault: new[fault])
            self._note(worst, WORDS.get(worst, worst.value), now_s)

    def told(self, now_s: float) -> tuple[str, str]:
        """Return the last trouble and its words; empty if it was long ago."""
        if self._fault is None or now_s >= self._until_s:
            return "", ""
        return self._fault.value, self._detail

    def _note(self, fault: Fault, detail: str, now_s: float) -> None:
        self._fault, self._detail, self._until_s = fault, detail, now_s + REMEMBER_S
