"""The last seconds of a camera as it sent them: compressed packets, whole groups of pictures."""

import io
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby
from threading import Lock

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from streams.errors import StreamError

LARGEST_STEP = timedelta(seconds=10)
SMALLEST_STEP = timedelta(microseconds=1)
USUAL_STEP = timedelta(milliseconds=40)
"""Between two packets whose own times make no sense."""


@dataclass(frozen=True, slots=True)
class RingPacket:
    """One compressed picture.

    Attributes:
        pts: Presentation time in the layout's time base; None if the camera gave none.
        dts: Decoding time, likewise.
        utc: Wall time at which it is shown, never before that of the packet before it.
    """

    payload: bytes
    pts: int | None
    dts: int | None
    keyframe: bool
    utc: datetime


class Layout:
    """What a file must say of a stream before its first packet; outlives the connection."""

    def __init__(self, stream: VideoStream) -> None:
        """Copy what is known of an open stream; raises StreamError if no clip can hold it."""
        self.codec = str(stream.codec_context.name)
        self.size_wh = (stream.width, stream.height)
        self.time_base = stream.time_base or Fraction(1, 90_000)
        self._parameters = stream.codec_context.extradata
        # A container that is never written: its stream keeps the parameters alive when the
        # camera's own container has been closed.
        self._keeper: OutputContainer = av.open(io.BytesIO(), "w", format="mp4")
        try:
            self._template = self._keeper.add_stream_from_template(stream, opaque=True)
        except ValueError as error:
            raise StreamError(
                f"a clip cannot hold {self.codec}; have the camera send H.264"
            ) from error

    def matches(self, other: "Layout") -> bool:
        """Return whether packets of both can be in one file."""
        return (self.codec, self.size_wh, self.time_base, self._parameters) == (
            other.codec,
            other.size_wh,
            other.time_base,
            other._parameters,
        )

    def add_to(self, container: OutputContainer) -> VideoStream:
        """Return a new stream of a container that takes packets of this layout."""
        stream = container.add_stream_from_template(self._template, opaque=True)
        if self.codec == "hevc":
            # With the parameter sets in front: the only form that Apple's players take.
            stream.codec_context.codec_tag = "hvc1"
        return stream


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Packets in a row, of one layout, beginning with a keyframe."""

    layout: Layout
    packets: Sequence[RingPacket]

    @property
    def begins_at(self) -> datetime:
        """Return when its first picture is shown."""
        return self.packets[0].utc

    @property
    def ends_at(self) -> datetime:
        """Return when its last picture is shown."""
        return self.packets[-1].utc


@dataclass(slots=True, eq=False)
class _Group:
    """A keyframe and what depends on it."""

    layout: Layout
    connection: int
    packets: list[RingPacket] = field(default_factory=list)
    bytes: int = 0


class Ring:
    """Bounded memory of one camera's packets; written by one thread, read by others.

    The oldest group goes when what remains still covers the time, or when there are too many
    bytes. A group that alone is too large is cut off at its end: without its keyframe none of it
    could be shown.
    """

    def __init__(self, *, seconds: float, max_bytes: int) -> None:
        """Make an empty ring.

        Args:
            seconds: What it must reach back.
            max_bytes: What it may hold, whatever it reaches back then.
        """
        self._keep = timedelta(seconds=seconds)
        self._max_bytes = max_bytes
        self._groups: deque[_Group] = deque()
        self._lock = Lock()
        self._layout: Layout | None = None
        self._connection = 0
        self._bytes = 0
        self._newest: datetime | None = None
        self.left_out = 0
        """Packets that had no room in their own group."""

    def begin(self, layout: Layout) -> None:
        """Begin a connection; what comes next begins with its first keyframe."""
        with self._lock:
            same = self._layout is not None and self._layout.matches(layout)
            self._layout = self._layout if same else layout
            self._connection += 1

    def put(self, packet: RingPacket) -> None:
        """Take a packet; nothing is kept before the first keyframe of a connection."""
        with self._lock:
            if self._layout is None:
                return
            if packet.keyframe:
                self._begin_group(packet, self._layout)
            group = self._groups[-1] if self._groups else None
            if group is None or group.connection != self._connection:
                return
            if group.packets and group.bytes + len(packet.payload) > self._max_bytes:
                self.left_out += 1
                return
            kept = _after(packet, self._newest)
            group.packets.append(kept)
            group.bytes += len(packet.payload)
            self._bytes += len(packet.payload)
            self._newest = kept.utc
            self._make_room()

    def newest(self) -> datetime | None:
        """Return when the last packet is shown, None while there is none."""
        return self._newest

    @property
    def bytes(self) -> int:
        """Return how much is kept."""
        return self._bytes

    def cut(self, begins_at: datetime, ends_at: datetime, *, moment: datetime) -> Stretch | None:
        """Return what is kept of a span, from the keyframe that shows its beginning.

        A camera that was away is joined to what it sent before, as one long picture. Where it came
        back with other pictures (size, codec), it is the part that contains the moment.

        Args:
            begins_at: Of the span.
            ends_at: Of the span.
            moment: What the span is about.

        Returns:
            The packets, None if nothing is kept of the span.
        """
        with self._lock:
            groups = [group for group in self._groups if group.packets[0].utc <= ends_at]
            before = sum(1 for group in groups if group.packets[0].utc <= begins_at)
            parts = [
                Stretch(layout, [one for group in run for one in group.packets])
                for layout, run in groupby(groups[max(before - 1, 0) :], lambda one: one.layout)
            ]
        cut = [_until(part, ends_at) for part in parts if part.ends_at >= begins_at]
        return min(cut, key=lambda part: _distance(part, moment), default=None)

    def keyframes(self, after: datetime | None) -> list[tuple[Layout, RingPacket]]:
        """Return the keyframes that are shown later than a moment; None for all."""
        with self._lock:
            return [
                (group.layout, group.packets[0])
                for group in self._groups
                if after is None or group.packets[0].utc > after
            ]

    def _begin_group(self, keyframe: RingPacket, layout: Layout) -> None:
        """Begin a group; what lies far ahead of it was kept before the box's clock was set back."""
        if self._newest is not None and keyframe.utc < self._newest - LARGEST_STEP:
            self._groups.clear()
            self._bytes, self._newest = 0, None
        self._groups.append(_Group(layout, self._connection))

    def _make_room(self) -> None:
        while len(self._groups) > 1 and (
            self._bytes > self._max_bytes or self._covers_without_first()
        ):
            self._bytes -= self._groups.popleft().bytes

    def _covers_without_first(self) -> bool:
        return (
            self._newest is not None and self._newest - self._groups[1].packets[0].utc >= self._keep
        )


def _after(packet: RingPacket, newest: datetime | None) -> RingPacket:
    """Return a packet with a time that can follow the one before it, if its own cannot."""
    if newest is None:
        return packet
    step = packet.utc - newest
    # Before a keyframe a camera may have been away for as long as it likes.
    if step >= SMALLEST_STEP and (packet.keyframe or step <= LARGEST_STEP):
        return packet
    # Pictures that come in another order than they are shown; or a camera that set its clock.
    near = packet.keyframe or -LARGEST_STEP <= step < SMALLEST_STEP
    return replace(packet, utc=newest + (SMALLEST_STEP if near else USUAL_STEP))


def _until(part: Stretch, ends_at: datetime) -> Stretch:
    return Stretch(part.layout, [one for one in part.packets if one.utc <= ends_at])


def _distance(part: Stretch, moment: datetime) -> timedelta:
    """Return how far a moment is from a part; nothing if it is in it."""
    return max(part.begins_at - moment, moment - part.ends_at, timedelta())
