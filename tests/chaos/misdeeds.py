"""All that a camera does wrong here, each with the words that health must find for it."""

import random
import struct
import time

from tests.chaos.camera import Line, Misdeed
from tests.chaos.rtp import CLOCK_HZ, H264_FU_A, H264_PPS, MTU, Picture, interleaved

HOUR = 3600 * CLOCK_HZ
LEAP_EVERY_S = 3
LINE_BYTES_S = 12_000_000
"""As much as a line of 100 Mbit/s carries: no network of cameras is faster."""

USERNAME, PASSWORD = "viewer", "s3cret"
CHALLENGE = 'WWW-Authenticate: Basic realm="camera"\r\n'
SHORT_OF = 120
BEYOND = 4000
ENDLESS = 2_000_000_000


def _usual(line: Line, picture: Picture) -> list[bytes]:
    return line.packer.packets(line.camera.film.codec, picture.nals)


# What it answers.


def _nothing(line: Line, request: str, number: str) -> bool:
    return True


def _garbage(line: Line, request: str, number: str) -> bool:
    line.send(random.Random(number).randbytes(3000))
    line.drop()
    return True


def _one_byte_at_a_time(line: Line, request: str, number: str) -> bool:
    if not request.startswith("DESCRIBE"):
        return False
    body = line.camera.film.sdp()
    head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nContent-Type: application/sdp\r\n"
    line.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
    for byte in body:
        line.send(bytes([byte]))
        time.sleep(0.4)
    return True


def _without_end(line: Line, request: str, number: str) -> bool:
    if not request.startswith("DESCRIBE"):
        return False
    head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nContent-Type: application/sdp\r\n"
    line.send(f"{head}Content-Length: {ENDLESS}\r\n\r\n".encode() + line.camera.film.sdp())
    while True:
        line.send(b"a=tool:camera\r\n" * (LINE_BYTES_S // 20 // 15))
        time.sleep(1 / 20)


def _refused_login(line: Line, request: str, number: str) -> bool:
    line.send(f"RTSP/1.0 401 Unauthorized\r\nCSeq: {number}\r\n{CHALLENGE}\r\n".encode())
    return True


def _gone_path(line: Line, request: str, number: str) -> bool:
    line.send(f"RTSP/1.0 404 Not Found\r\nCSeq: {number}\r\n\r\n".encode())
    return True


def _wrong_length(by: int, line: Line, request: str, number: str) -> bool:
    if not request.startswith("DESCRIBE"):
        return False
    body = line.camera.film.sdp()
    head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nContent-Type: application/sdp\r\n"
    line.send(f"{head}Content-Length: {len(body) + by}\r\n\r\n".encode() + body)
    return True


# What it sends.


def _silence(line: Line, picture: Picture) -> list[bytes]:
    return []


def _broken_bits(line: Line, picture: Picture) -> list[bytes]:
    """Half of a picture's bytes beyond its head are noise."""
    noise = random.Random(line.index)
    nals = [
        nal if len(nal) < 40 else nal[:20] + noise.randbytes(len(nal) - 20) for nal in picture.nals
    ]
    return line.packer.packets(line.camera.film.codec, nals)


def _reordered(line: Line, picture: Picture) -> list[bytes]:
    """Packets of a picture in the wrong order, and every third picture lost."""
    packets = _usual(line, picture)
    random.Random(line.index).shuffle(packets)
    return packets[: len(packets) * 2 // 3] if line.index % 3 == 0 else packets


def _clock_stands(line: Line, picture: Picture) -> list[bytes]:
    line.packer.clock -= CLOCK_HZ // line.camera.film.fps
    return _usual(line, picture)


def _clock_runs_back(line: Line, picture: Picture) -> list[bytes]:
    line.packer.clock -= 2 * CLOCK_HZ // line.camera.film.fps
    return _usual(line, picture)


def _clock_leaps(line: Line, picture: Picture) -> list[bytes]:
    """Hours forward, hours back, a few seconds forward, again and again."""
    leaps = (4 * HOUR, -3 * HOUR, 9 * CLOCK_HZ)
    if line.index % (LEAP_EVERY_S * line.camera.film.fps) == 1:
        line.packer.clock += leaps[line.index // (LEAP_EVERY_S * line.camera.film.fps) % 3]
    return _usual(line, picture)


def _clock_races(line: Line, picture: Picture) -> list[bytes]:
    """Nine seconds a picture: each step alone could be a pause."""
    line.packer.clock += 9 * CLOCK_HZ
    return _usual(line, picture)


def _no_keyframe(line: Line, picture: Picture) -> list[bytes]:
    return [] if picture.keyframe else _usual(line, picture)


def _numbers_leap(line: Line, picture: Picture) -> list[bytes]:
    packets = _usual(line, picture)
    line.packer.sequence += 20_000 if line.index % 7 == 0 else 0
    return packets


def _endless_picture(line: Line, picture: Picture) -> list[bytes]:
    """One NAL unit that never ends, as fast as the line carries it."""
    head = bytes([0x60 | H264_FU_A, (line.index == 0) << 7 | 5])
    count = LINE_BYTES_S // line.camera.film.fps // MTU
    return [line.packer.packet(head + bytes(MTU), marker=False) for _ in range(count)]


def _no_size(line: Line, picture: Picture) -> list[bytes]:
    """Parameter sets that leave nothing of the picture, before every picture."""
    pps = next(one for one in line.camera.film.parameter_sets if one[0] & 0x1F == H264_PPS)
    rest = [nal for nal in picture.nals if nal[0] & 0x1F not in (7, 8)]
    return line.packer.packets("h264", [sps_without_size(), pps, *rest])


def sps_without_size() -> bytes:
    """Return an H.264 parameter set of 16 x 16 samples of which 16 x 16 are cut off."""
    bits = "01000010" + "00000000" + "00011110"  # baseline profile, no constraints, level 3
    bits += _ue(0) + _ue(0) + _ue(2) + _ue(1) + "0"  # id, frame numbers, order, references
    bits += _ue(0) + _ue(0) + "1" + "0"  # one macroblock wide and high, frames, inference
    bits += "1" + _ue(0) + _ue(8) + _ue(0) + _ue(8) + "0" + "1"  # cropping: all of it
    bits += "0" * (-len(bits) % 8)
    return b"\x67" + bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def _ue(value: int) -> str:
    """Return an unsigned Exp-Golomb code (H.264, 9.1)."""
    coded = f"{value + 1:b}"
    return "0" * (len(coded) - 1) + coded


def _other_protocol(line: Line, picture: Picture) -> list[bytes]:
    """Packets that are none, between those of the stream."""
    line.send(
        b"HTTP/1.1 200 OK\r\n\r\n" + interleaved(b"\xff" * 3) + struct.pack(">cBH", b"$", 9, 0)
    )
    return _usual(line, picture)


SILENT, UNREACHABLE = frozenset({"silent"}), frozenset({"unreachable"})
STAMPS, CORRUPT = frozenset({"timestamps"}), frozenset({"corrupt"})
UNREADABLE = frozenset({"unreadable"})

MISDEEDS = (
    Misdeed("stops", UNREACHABLE, refuses=True),
    Misdeed("hangs", SILENT, reply=_nothing, spoil=_silence),
    Misdeed("half-open", SILENT, deaf=True, frees=False),
    Misdeed("other-size", frozenset({"resolution"}), film="large", stays=True),
    Misdeed("other-codec", frozenset({"codec"}), film="hevc", stays=True),
    Misdeed("corrupt", CORRUPT, spoil=_broken_bits, frees=False),
    Misdeed("reordered", CORRUPT, spoil=_reordered, frees=False),
    Misdeed("clock-stands", STAMPS, spoil=_clock_stands, frees=False),
    Misdeed("clock-back", STAMPS, spoil=_clock_runs_back, frees=False),
    Misdeed("clock-leaps", STAMPS, spoil=_clock_leaps, frees=False),
    Misdeed("clock-races", STAMPS, spoil=_clock_races, frees=False),
    Misdeed("no-keyframe", frozenset({"no_keyframe"}), spoil=_no_keyframe, cuts=True, frees=False),
    Misdeed("slow-sdp", SILENT, reply=_one_byte_at_a_time, cuts=True),
    Misdeed("endless-sdp", SILENT | UNREADABLE, reply=_without_end, cuts=True),
    Misdeed("garbage", UNREADABLE, reply=_garbage, cuts=True),
    Misdeed("login", frozenset({"login"}), reply=_refused_login, cuts=True),
    Misdeed("path", frozenset({"path"}), reply=_gone_path, cuts=True),
    Misdeed(
        "short-length",
        UNREADABLE | SILENT,
        reply=lambda *asked: _wrong_length(-SHORT_OF, *asked),
        cuts=True,
    ),
    Misdeed("long-length", SILENT, reply=lambda *asked: _wrong_length(BEYOND, *asked), cuts=True),
    Misdeed("numbers-leap", CORRUPT, spoil=_numbers_leap, frees=False),
    Misdeed("endless-picture", SILENT | CORRUPT, spoil=_endless_picture, cuts=True),
    Misdeed("no-size", CORRUPT | {"resolution"}, spoil=_no_size, frees=False),
    Misdeed("mixed-in", CORRUPT | UNREADABLE | SILENT, spoil=_other_protocol, frees=False),
    Misdeed("flood", frozenset({"flood"}), hurry=100.0, frees=False),
)
"""In what order they are done does not matter: all are done at once."""
