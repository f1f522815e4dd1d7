"""The pictures of a film as a script gets them from OpenCV."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from edge.errors import ConfigError
from models.faces import Picture


def pictures_of(film: Path, *, every: int = 1) -> Iterator[tuple[float, Picture]]:
    """Yield seconds since the beginning and ``(H, W, 3)`` BGR of every n-th picture.

    All are decoded, as nothing else can be asked of ``cv2.VideoCapture``; only those that are
    yielded are converted to BGR.

    Raises:
        ConfigError: OpenCV cannot open the film.
    """
    capture = cv2.VideoCapture(str(film))
    try:
        if not capture.isOpened():
            raise ConfigError(f"{film}: OpenCV cannot open it; install opencv-python with FFmpeg")
        fps = capture.get(cv2.CAP_PROP_FPS)
        index = 0
        while capture.grab():
            if index % every == 0:
                yield index / fps, np.asarray(capture.retrieve()[1], np.uint8)
            index += 1
    finally:
        capture.release()
