"""What is wrong with what a live camera sends, as it comes: named, counted, or given up."""

from collections.abc import Callable

from av.video.codeccontext import VideoCodecContext

from streams.errors import StreamError
from streams.faults import Fault
from streams.nal import readable_codec, sequence_set
from streams.source import Counters

NOTHING_S = 2.0
"""Packets that make no picture for longer than this are of another kind than was said."""

PAUSE_S = 1.0
KEYFRAME_S = 3.0
USUAL_GROUP_S = 10.0
"""Taken for a group's length until one was measured: some cameras send a keyframe so rarely."""

GROUPS = 2.5
GIVE_UP_S = 60.0
RATE_OVER_S = 3.0
MOST_A_SECOND = 150
"""No camera of a street sends more, also after a network has held some back."""

ENOUGH_S = 0.04
"""Between the keyframes that are decoded of a flood."""

SET_BYTES = 24
"""Of a parameter set: profile, level and size come first."""

TELL_EVERY_S = 2.0


class Scrutiny:
    """Judges one live connection; used by one thread."""

    def __init__(
        self, name: str, codec: VideoCodecContext, counters: Counters, now_s: Callable[[], float]
    ) -> None:
        """Begin with a connection.

        Args:
            name: For errors.
            codec: As it was announced.
            counters: Faults are counted there.
            now_s: Monotonic clock.
        """
        self._name = name
        self._codec = str(codec.name)
        self._readable = readable_codec(self._codec, codec.extradata)
        self._counters = counters
        self._now_s = now_s
        now = now_s()
        self._picture_s = self._keyframe_s = self._told_s = self._window_s = now
        self._came_s = now
        self._decoded_s = float("-inf")
        self._corrupt = 0
        self._keyframes = 0
        self._group_s = 0.0
        self._in_window = 0
        self._flooded = self._torn = False
        self._set: bytes | None = None
        self._size_wh: tuple[int, int] | None = None

    def keyframe(self, payload: bytes) -> None:
        """Judge a keyframe before anybody takes it; raises StreamError if it begins others."""
        described = sequence_set(self._readable, payload)
        if described is None:
            return
        if self._set is None:
            self._set = described
        # What follows it may have been lost, and what comes after that seem to belong to it.
        elif not described.startswith(self._set[:SET_BYTES]):
            raise self._changed()

    def packet(self, *, keyframe: bool) -> bool:
        """Judge a packet; return whether it is worth decoding.

        Raises:
            StreamError: The connection is no longer what it was opened as.
        """
        now = self._now_s()
        self._forgive(now - self._came_s)
        self._came_s = now
        self._count(now)
        if keyframe:
            self._begin_group(now)
        else:
            self._miss_keyframe(now)
        self._miss_pictures(now)
        return self._worth_it(now, keyframe=keyframe)

    def picture(self, size_wh: tuple[int, int], *, damaged: bool) -> None:
        """Judge a picture; raises StreamError if it has another size than those before."""
        self._picture_s = self._now_s()
        self._corrupt = self._counters.corrupt
        if damaged:
            self._counters.corrupt += 1
        if self._size_wh not in {None, size_wh}:
            raise self._changed()
        self._size_wh = size_wh

    def _forgive(self, pause_s: float) -> None:
        """Count only time in which something came: a pause has a name of its own."""
        if pause_s > PAUSE_S:
            self._picture_s += pause_s
            self._keyframe_s += pause_s

    def _count(self, now: float) -> None:
        self._in_window += 1
        over_s = now - self._window_s
        if over_s < RATE_OVER_S:
            return
        self._flooded = self._in_window > MOST_A_SECOND * over_s
        self._window_s, self._in_window = now, 0
        if self._flooded:
            self._counters.note(Fault.FLOOD)

    def _begin_group(self, now: float) -> None:
        if self._keyframes:
            self._group_s = max(self._group_s, now - self._keyframe_s)
        self._keyframes += 1
        self._keyframe_s = now

    def _miss_keyframe(self, now: float) -> None:
        if now - self._keyframe_s > self._patience_s and now - self._told_s >= TELL_EVERY_S:
            self._told_s = now
            self._counters.note(Fault.NO_KEYFRAME)
            if now - self._picture_s > NOTHING_S:
                self._counters.overdue()

    def _miss_pictures(self, now: float) -> None:
        """Give up packets that make no pictures."""
        without_s = now - self._picture_s
        if without_s < NOTHING_S:
            return
        if self._keyframes and self._counters.corrupt - self._corrupt > NOTHING_S:
            raise StreamError(
                f"{self._name}: what comes cannot be decoded any more; "
                f"check that the camera really sends {self._codec}, and the network",
                Fault.CORRUPT,
            )
        if without_s > (self._patience_s if self._group_s else GIVE_UP_S):
            raise StreamError(
                f"{self._name}: no keyframe has come for {now - self._keyframe_s:.0f} s; "
                "set a shorter interval of keyframes in the camera",
                Fault.NO_KEYFRAME,
            )

    @property
    def _patience_s(self) -> float:
        if not self._keyframes:
            return KEYFRAME_S
        return max(KEYFRAME_S, GROUPS * (self._group_s or USUAL_GROUP_S))

    def _worth_it(self, now: float, *, keyframe: bool) -> bool:
        """Return whether to decode: of a flood some keyframes, and afterwards from the next one."""
        if self._flooded:
            self._torn = True
            if not keyframe or now - self._decoded_s < ENOUGH_S:
                return False
        elif self._torn and not keyframe:
            return False
        self._torn = self._flooded
        self._decoded_s = now
        return True

    def _changed(self) -> StreamError:
        return StreamError(
            f"{self._name}: the pictures have another size or form than before; "
            "the stream is opened again",
            Fault.RESOLUTION,
        )
