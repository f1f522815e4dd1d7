"""Pictures from files, and a warp whose type is that of a picture."""

import struct

import cv2
import numpy as np
import numpy.typing as npt

from models.faces import Picture

MOST_PIXELS = 50_000_000
"""A few kilobytes can claim to be a picture that fills the memory."""

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
JPEG_SEGMENT = struct.Struct(">HHxHH")
"""ISO/IEC 10918-1: marker, length; of a frame's header also precision, lines and columns."""

MARKER = 0xFF
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Second bytes of the markers that begin a frame."""


def decode_picture(content: bytes) -> Picture | None:
    """Return ``(H, W, 3)`` BGR of an encoded picture, None if it is none or claims to be huge."""
    size_wh = size_wh_of(content)
    if not content or (size_wh is not None and size_wh[0] * size_wh[1] > MOST_PIXELS):
        return None
    try:
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def size_wh_of(content: bytes) -> tuple[int, int] | None:
    """Return the size that a JPEG or PNG claims to have, undecoded; None if it is neither."""
    if content.startswith(PNG):
        size = content[16:24]
        return struct.unpack(">II", size) if len(size) == struct.calcsize(">II") else None
    at = 2
    while content.startswith(JPEG) and at + JPEG_SEGMENT.size <= len(content):
        marker, length, height, width = JPEG_SEGMENT.unpack_from(content, at)
        if marker >> 8 != MARKER:
            return None
        if marker & MARKER == MARKER:  # fill
            at += 1
        elif marker & MARKER in FRAMES:
            return width, height
        else:
            at += 2 + length
    return None


def keep_to_one_thread() -> None:
    """Let OpenCV use the calling thread only, in this process.

    Cameras run side by side, a thread each; helpers of every small resize would only take the
    processor from them.
    """
    cv2.setNumThreads(1)


def warp(
    picture: Picture,
    matrix: npt.NDArray[np.float64],
    size_wh: tuple[int, int],
    *,
    border: int = cv2.BORDER_CONSTANT,
) -> Picture:
    """Return a picture of ``size_wh`` under a ``(2, 3)`` affine map, interpolated linearly."""
    warped = cv2.warpAffine(picture, matrix, size_wh, flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(warped, np.uint8)
