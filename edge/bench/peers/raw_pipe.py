"""A street as a recorder with a detector has it: ffmpeg decodes, shrinks and pipes raw pictures.

The way of Frigate (its documentation, "Detect"): five pictures a second of 720p come through a pipe
as ``yuv420p``, motion is looked for on the luma of each, and the network sees the pictures that
have some. ffmpeg may use one thread, which costs the least.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge.bench.peers.street_script import Seen
from edge.errors import ConfigError
from models.detections import ObjectDetector

SIZE_WH = (1280, 720)
FPS = 5
FFMPEG = "ffmpeg"

GREY_WH = (178, 100)
"""Motion is looked for on a picture of 100 lines."""

STEP_LEVELS = 30
LEAST_CHANGED_PX = 10
LEARNT = 0.01

Grey = npt.NDArray[np.uint8]


def watch_pipe(film: Path, detector: ObjectDetector) -> Seen:
    """Return what is seen on the pictures with motion.

    Raises:
        ConfigError: There is no ffmpeg, or it fails.
    """
    motion = _Motion()
    looks = objects = 0
    for planes in raw_pictures(film):
        if motion.seen(planes[: SIZE_WH[1]]):
            looks += 1
            picture = np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420), np.uint8)
            objects += len(detector.detect(picture))
    return Seen(looks, objects)


def raw_pictures(film: Path) -> Iterator[Grey]:
    """Yield ``(H * 3 / 2, W)``: luma, and below it both planes of colour.

    Raises:
        ConfigError: There is no ffmpeg, or it fails.
    """
    program = shutil.which(FFMPEG)
    if program is None:
        raise ConfigError(f"{FFMPEG}: is not installed; install the package ffmpeg")
    width, height = SIZE_WH
    command = [program, "-nostdin", "-loglevel", "error", "-threads", "1", "-i", str(film)]
    command += ["-filter_threads", "1", "-vf", f"fps={FPS},scale={width}:{height}"]
    command += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]
    size = width * height * 3 // 2
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=size) as child:
        assert child.stdout is not None
        while len(raw := child.stdout.read(size)) == size:
            yield np.frombuffer(raw, np.uint8).reshape(height * 3 // 2, width)
    if child.returncode:
        raise ConfigError(f"{FFMPEG}: ended with {child.returncode} on {film}; try it by hand")


class _Motion:
    """Whether a picture differs from the mean of those before."""

    def __init__(self) -> None:
        self._mean: npt.NDArray[np.float32] | None = None

    def seen(self, luma: Grey) -> bool:
        small = cv2.GaussianBlur(
            cv2.resize(luma, GREY_WH, interpolation=cv2.INTER_NEAREST), (3, 3), 0
        )
        if self._mean is None:
            self._mean = np.asarray(small, np.float32)
        changed = cv2.absdiff(small, cv2.convertScaleAbs(self._mean)) > STEP_LEVELS
        cv2.accumulateWeighted(small, self._mean, LEARNT)
        return int(np.count_nonzero(changed)) > LEAST_CHANGED_PX
