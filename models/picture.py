"""Pictures from files, and a warp whose type is that of a picture."""

import cv2
import numpy as np
import numpy.typing as npt

from models.faces import Picture


def decode_picture(content: bytes) -> Picture | None:
    """Return ``(H, W, 3)`` BGR of an encoded picture, None if it is none."""
    if not content:
        return None
    try:
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


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
