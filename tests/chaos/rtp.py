"""Pictures of a film as a camera packs them: NAL units, RTP packets (RFC 6184, RFC 7798)."""

import base64
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

PAYLOAD_TYPE = 96
CLOCK_HZ = 90_000
MTU = 1400
START_CODE = b"\x00\x00\x01"
H264_SPS, H264_PPS, H264_FU_A = 7, 8, 28
H265_VPS, H265_SPS, H265_PPS, H265_FU = 32, 33, 34, 49
IN_MP4 = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture.

    Attributes:
        nals: Its NAL units without start codes; parameter sets lead a keyframe.
    """

    nals: tuple[bytes, ...]
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Film:
    """What a camera sends: pictures at a constant rate.

    Attributes:
        codec: ``h264`` or ``hevc``.
        again_from: Index of the keyframe with which it goes on after its last picture.
    """

    codec: str
    fps: int
    pictures: Sequence[Picture]
    again_from: int

    def at(self, index: int) -> Picture:
        """Return a picture of the film that never ends."""
        if index < len(self.pictures):
            return self.pictures[index]
        loop = len(self.pictures) - self.again_from
        return self.pictures[self.again_from + (index - self.again_from) % loop]

    @property
    def parameter_sets(self) -> list[bytes]:
        """Return what a decoder must know before the first picture."""
        return [nal for nal in self.pictures[0].nals if is_parameter_set(self.codec, nal)]

    def sdp(self) -> bytes:
        """Return how a camera describes it (RFC 4566)."""
        sets = self.parameter_sets
        coded = [base64.b64encode(one).decode() for one in sets]
        if self.codec == "h264":
            name, format_ = "H264", f"packetization-mode=1;sprop-parameter-sets={','.join(coded)}"
        else:
            name = "H265"
            format_ = f"sprop-vps={coded[0]};sprop-sps={coded[1]};sprop-pps={coded[2]}"
        lines = (
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=camera",
            "t=0 0",
            "a=control:*",
            f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
            "c=IN IP4 0.0.0.0",
            f"a=rtpmap:{PAYLOAD_TYPE} {name}/{CLOCK_HZ}",
            f"a=fmtp:{PAYLOAD_TYPE} {format_}",
            f"a=framerate:{self.fps}",
            "a=control:track1",
        )
        return ("\r\n".join(lines) + "\r\n").encode()


def read_film(path: Path, *, again_from_s: float) -> Film:
    """Return a file of ``streams.film`` as a camera would send it.

    Args:
        path: MP4.
        again_from_s: Where it goes on after its end; a keyframe must be there.
    """
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        codec, fps = str(stream.codec_context.name), round(float(stream.average_rate or 0))
        unpack = BitStreamFilterContext(IN_MP4[codec], stream)
        pictures = []
        for packet in container.demux(stream):
            if packet.size:
                keyframe = bool(packet.is_keyframe)
                coded = b"".join(bytes(one) for one in unpack.filter(packet))
                pictures.append(Picture(tuple(split(coded)), keyframe))
    again_from = round(again_from_s * fps)
    if not pictures[again_from].keyframe:
        raise ValueError(f"{path}: has no keyframe at {again_from_s} s")
    return Film(codec, fps, pictures, again_from)


def split(annex_b: bytes) -> Iterator[bytes]:
    """Yield the NAL units of a byte stream with start codes."""
    for part in annex_b.split(START_CODE)[1:]:
        yield part.rstrip(b"\x00")


def is_parameter_set(codec: str, nal: bytes) -> bool:
    """Return whether a NAL unit describes pictures instead of being one."""
    if codec == "h264":
        return nal[0] & 0x1F in (H264_SPS, H264_PPS)
    return nal[0] >> 1 & 0x3F in (H265_VPS, H265_SPS, H265_PPS)


def fragments(codec: str, nal: bytes) -> list[bytes]:
    """Return the RTP payloads of a NAL unit: itself, or pieces that fit into a packet."""
    if len(nal) <= MTU:
        return [nal]
    if codec == "h264":
        indicator, kind, body = bytes([nal[0] & 0xE0 | H264_FU_A]), nal[0] & 0x1F, nal[1:]
    else:
        indicator = bytes([nal[0] & 0x81 | H265_FU << 1, nal[1]])
        kind, body = nal[0] >> 1 & 0x3F, nal[2:]
    pieces = [body[at : at + MTU] for at in range(0, len(body), MTU)]
    last = len(pieces) - 1
    return [
        indicator + bytes([(index == 0) << 7 | (index == last) << 6 | kind]) + piece
        for index, piece in enumerate(pieces)
    ]


@dataclass(slots=True)
class Packer:
    """Numbers and times the packets of one connection."""

    sequence: int = 1000
    clock: int = 0
    ssrc: int = 0x67726964
    shift: int = field(default=0)
    """Added to the time stamps: a camera's idea of when it began."""

    def packets(self, codec: str, nals: Sequence[bytes]) -> list[bytes]:
        """Return a picture's RTP packets, the last with the marker; numbers go on."""
        payloads = [one for nal in nals for one in fragments(codec, nal)]
        return [self.packet(one, marker=one is payloads[-1]) for one in payloads]

    def packet(self, payload: bytes, *, marker: bool) -> bytes:
        """Return one RTP packet (RFC 3550)."""
        head = struct.pack(
            ">BBHII",
            0x80,
            marker << 7 | PAYLOAD_TYPE,
            self.sequence & 0xFFFF,
            (self.clock + self.shift) & 0xFFFFFFFF,
            self.ssrc,
        )
        self.sequence += 1
        return head + payload


def interleaved(packet: bytes, channel: int = 0) -> bytes:
    """Return a packet as it travels inside an RTSP connection (RFC 2326, 10.12)."""
    return struct.pack(">cBH", b"$", channel, len(packet)) + packet
