"""How much of a stream is decoded: all of it, its keyframes, or as much as motion asks for."""

from collections.abc import Iterator
from enum import StrEnum

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from streams.source import Counters

LONGEST_GOP_PACKETS = 600
"""Kept of the current group of pictures; a longer one is woken from its next keyframe."""


class Decode(StrEnum):
    """Decode policy of a camera."""

    ALL = "all"
    KEYFRAMES = "keyframes"
    ADAPTIVE = "adaptive"


class Decoder:
    """Packets in, pictures out, under a policy.

    While it decodes keyframes only, the packets since the last keyframe are kept, a few hundred
    kilobytes: when motion wakes it, they are decoded in one go, so that the next picture is whole
    and no moment is missed. The pictures of that catch-up are not passed on: they are past.
    """

    def __init__(
        self,
        codec: VideoCodecContext,
        policy: Decode,
        counters: Counters,
        *,
        quiet_after_s: float,
    ) -> None:
        """Prepare a decoder.

        Args:
            codec: The stream's decoder.
            policy: How much to decode.
            counters: Updated as packets pass.
            quiet_after_s: Adaptive decoding goes back to keyframes this long after the last motion.
        """
        codec.thread_count = 1
        self._codec = codec
        self._policy = policy
        self._counters = counters
        self._quiet_after_s = quiet_after_s
        self._everything = policy is Decode.ALL
        self._thrifty = False
        self._moved_s = float("-inf")
        self._gop: list[av.Packet[VideoStream]] = []

    @property
    def sparse(self) -> bool:
        """Return whether keyframes alone are decoded at the moment."""
        return self._thrifty or not self._everything

    def note_motion(self, active: bool, mono_s: float) -> None:
        """Wake to full decoding on motion, go back to keyframes after quiet."""
        if self._policy is not Decode.ADAPTIVE:
            return
        if active:
            self._moved_s = mono_s
        awake = mono_s - self._moved_s < self._quiet_after_s
        if awake and not self._everything and not self._thrifty:
            self._catch_up()
        self._everything = awake

    def ease(self, thrifty: bool) -> None:
        """Decode keyframes only for a while, whatever the policy says; then go on as before."""
        if thrifty == self._thrifty:
            return
        self._thrifty = thrifty
        if thrifty:
            if self._policy is not Decode.ADAPTIVE:
                self._gop.clear()  # nothing was kept of it so far
        elif self._everything:
            self._catch_up()

    def decode(self, packet: "av.Packet[VideoStream]") -> Iterator[av.VideoFrame]:
        """Yield the pictures that a packet completes; a broken packet is counted."""
        self._counters.packets += 1
        self._counters.keyframes += packet.is_keyframe
        if self._thrifty or self._policy is Decode.ADAPTIVE:
            self._keep(packet)
        if not self.sparse:
            yield from self._decoded(packet)
        elif packet.is_keyframe:
            # A decoder with reordering holds the picture back until it is told that no more come.
            # All are taken out before the first is passed on: who gets it may wake the decoder.
            yield from [*self._decoded(packet), *self._drained()]

    def finish(self) -> Iterator[av.VideoFrame]:
        """Yield the pictures that were held back for their order: no more packets come."""
        if not self.sparse:
            yield from self._drained()

    def _keep(self, packet: "av.Packet[VideoStream]") -> None:
        if packet.is_keyframe:
            self._gop.clear()
        if len(self._gop) < LONGEST_GOP_PACKETS:
            self._gop.append(packet)

    def _catch_up(self) -> None:
        self._codec.flush_buffers()
        for packet in self._gop:
            for _ in self._decoded(packet):
                self._counters.decoded -= 1

    def _decoded(self, packet: "av.Packet[VideoStream] | None") -> Iterator[av.VideoFrame]:
        try:
            for picture in self._codec.decode(packet):
                self._counters.decoded += 1
                yield picture
        except av.FFmpegError:
            self._counters.corrupt += 1

    def _drained(self) -> Iterator[av.VideoFrame]:
        yield from self._decoded(None)
        self._codec.flush_buffers()
