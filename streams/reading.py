"""The reading of an opened container: packets to frames, errors to ``StreamError``."""

import math
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Event

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from streams.decode import Decode, Decoder
from streams.errors import StreamError
from streams.faults import Fault
from streams.frame import Frame
from streams.pixels import Converter
from streams.reasons import broken
from streams.ring import Ring
from streams.scrutiny import Scrutiny
from streams.source import Counters, StreamInfo
from streams.tape import open_tape
from streams.timeline import Timeline

REST_S = 0.2
"""Packets gather for so long where keyframes alone are decoded: taken together they cost half."""

CAUGHT_UP_S = 0.003
"""Who has waited this long for a packet has taken all that had come before."""

BROKEN_PACKETS_IN_A_ROW = 250
"""Ten seconds of a 25 fps camera without one picture: its stream is not what it says."""


class Reading:
    """One opened container as a ``Stream``."""

    def __init__(
        self,
        container: InputContainer,
        name: str,
        *,
        decode: Decode,
        quiet_after_s: float,
        start_mono_s: float,
        utc_of: Callable[[float], datetime],
        wait_until: Callable[[float], bool] | None = None,
        arrived: Callable[[float], None] | None = None,
        ring: Ring | None = None,
    ) -> None:
        """Take over a container.

        Args:
            container: Opened; closed by ``close``.
            name: For errors; shows no credentials.
            decode: How much to decode.
            quiet_after_s: See ``Decoder``.
            start_mono_s: Stream time of the first frame.
            utc_of: Wall time of a stream time.
            wait_until: Waits for a stream time and returns False to end; None not to wait.
            arrived: Told the stream time of pictures as they come; None where nothing comes live.
            ring: Takes every packet, decoded or not; None to keep none.

        Raises:
            StreamError: There is no video in it, or no decoder for it.
        """
        self._container = container
        self.name = name
        video = next(iter(container.streams.video), None)
        if video is None or video.codec_context is None:
            container.close()
            raise StreamError(
                f"{name}: has no video that can be decoded; check the address", Fault.UNREADABLE
            )
        self._video: VideoStream = video
        fps = float(video.average_rate or video.guessed_rate or 0)
        self.info = StreamInfo(video.codec_context.name, (video.width, video.height), fps)
        self.counters = Counters()
        self._decoder = Decoder(
            video.codec_context, decode, self.counters, quiet_after_s=quiet_after_s
        )
        self._timeline = Timeline(start_s=start_mono_s, nominal_fps=fps)
        self._utc_of = utc_of
        self._wait_until = wait_until
        self._arrived = arrived
        self._tape = None if ring is None else open_tape(name, ring, video, utc_of)
        # A recording is what it is; what comes live may turn into anything.
        self._scrutiny = (
            Scrutiny(name, video.codec_context, self.counters, time.monotonic)
            if arrived is not None
            else None
        )

    @property
    def length_s(self) -> float | None:
        """Return how long it is, as its container says; None for what comes live."""
        duration = self._container.duration
        return duration / av.time_base if duration else None

    def note_motion(self, active: bool, mono_s: float) -> None:
        """Say whether something moves; see ``Stream``."""
        self._decoder.note_motion(active, mono_s)

    def ease(self, thrifty: bool) -> None:
        """Say whether the machine can afford keyframes only; see ``Stream``."""
        self._decoder.ease(thrifty)

    def close(self) -> None:
        """Release the container."""
        self._container.close()

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the container ends.

        Raises:
            StreamError: Reading failed, or nothing could be decoded for long.
        """
        converter = Converter()
        for index, picture in enumerate(self._pictures()):
            pts_s = _shown_s(picture)
            mono_s = self._advance(pts_s)
            if self._tape is not None:
                self._tape.align(pts_s, mono_s)
            if not self._waited(mono_s):
                return
            yield Frame(
                index, mono_s, self._utc_of(mono_s), bool(picture.key_frame), picture, converter
            )

    def keep(self, stop: Event) -> None:
        """Put packets into the ring, without decoding any, until the end or until ``stop`` is set.

        Raises:
            StreamError: Reading failed, or there is no ring.
        """
        if self._tape is None:
            raise StreamError(f"{self.name}: has no ring to be kept in")
        for packet in self._packets(rests=lambda: True):
            if stop.is_set():
                return
            if not packet.size:
                continue
            self.counters.packets += 1
            if self._scrutiny is not None and packet.is_keyframe:
                self._scrutiny.keyframe(bytes(packet))
            if packet.is_keyframe:
                pts_s = _seconds(packet)
                mono_s = self._advance(pts_s)
                self._tape.align(pts_s, mono_s)
                if not self._waited(mono_s):
                    return
            self._tape.add(packet)

    def _waited(self, mono_s: float) -> bool:
        """Wait for a stream time, where it does not come by itself; return False to end."""
        if self._wait_until is None:
            return True
        began_s = time.monotonic()
        goes_on = self._wait_until(mono_s)
        self.counters.waited_s += time.monotonic() - began_s
        return goes_on

    def _advance(self, pts_s: float | None) -> float:
        if self._arrived is None:
            return self._timeline.advance(pts_s)
        jumps = self._timeline.jumps
        mono_s = self._timeline.advance(pts_s, time.monotonic(), self.counters.waited_s)
        if self._timeline.jumps > jumps:
            self.counters.note(Fault.TIMESTAMPS)
        self._arrived(mono_s)
        return mono_s

    def _pictures(self) -> Iterator[av.VideoFrame]:
        fruitless = 0
        for packet in self._packets(rests=lambda: self._decoder.sparse):
            if packet.dts is None and not packet.size:  # the demuxer's mark of the end
                yield from self._decoder.finish()
                continue
            corrupt, decoded = self.counters.corrupt, self.counters.decoded
            if self._worth_it(packet):
                yield from self._seen(self._decoder.decode(packet))
            if self._tape is not None:
                self._tape.add(packet)
            damaged = self.counters.corrupt > corrupt
            if damaged:
                self.counters.note(Fault.CORRUPT)
            fruitless = fruitless + 1 if damaged and self.counters.decoded == decoded else 0
            if fruitless >= BROKEN_PACKETS_IN_A_ROW:
                raise StreamError(
                    f"{self.name}: {fruitless} packets in a row could not be decoded; "
                    f"check that the camera really sends {self.info.codec}",
                    Fault.CORRUPT,
                )

    def _worth_it(self, packet: "av.Packet[VideoStream]") -> bool:
        if self._scrutiny is None:
            return True
        if packet.is_keyframe:
            self._scrutiny.keyframe(bytes(packet))
        return self._scrutiny.packet(keyframe=bool(packet.is_keyframe))

    def _seen(self, pictures: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        for picture in pictures:
            if self._scrutiny is not None:
                damaged = bool(picture.is_corrupt)
                self._scrutiny.picture((picture.width, picture.height), damaged=damaged)
            yield picture

    def _packets(self, *, rests: Callable[[], bool]) -> "Iterator[av.Packet[VideoStream]]":
        packets = iter(self._container.demux(self._video))
        try:
            while True:
                began_s = time.monotonic()
                packet = next(packets, None)
                waited_s = time.monotonic() - began_s
                self.counters.waited_s += waited_s
                if packet is None:
                    return
                yield packet
                if self._arrived is not None and waited_s > CAUGHT_UP_S and rests():
                    time.sleep(REST_S)
                    self.counters.waited_s += REST_S
        except av.FFmpegError as error:
            raise broken(self.name, error) from None  # the cause shows the password
        except IndexError as error:  # of the library, which knows the tracks of the beginning only
            raise StreamError(
                f"{self.name}: another track began in the middle; check the camera, or the file",
                Fault.UNREADABLE,
            ) from error


def _seconds(packet: "av.Packet[VideoStream]") -> float | None:
    if packet.pts is None or packet.time_base is None:
        return None
    return float(packet.pts * packet.time_base)


def _shown_s(picture: av.VideoFrame) -> float | None:
    """Return a picture's time stamp; a damaged file can make it anything but a number."""
    if picture.time is None or not math.isfinite(picture.time):
        return None
    return float(picture.time)


def since(start_utc: datetime, start_mono_s: float) -> Callable[[float], datetime]:
    """Return a function from stream time to wall time, given one moment of both."""
    return lambda mono_s: start_utc + timedelta(seconds=mono_s - start_mono_s)
