"""A street as a script: OpenCV's reader and the same network as ours.

It judges nothing: what stands where for how long, schedules, evidence and messages would come on
top.
"""

from dataclasses import dataclass
from pathlib import Path

from edge.bench.peers.capture import pictures_of
from models.detections import ObjectDetector


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen on a street.

    Attributes:
        looks: Pictures given to the network.
        objects: What it found on them, one by one.
    """

    looks: int
    objects: int


def watch_street(film: Path, detector: ObjectDetector, *, every: int = 1) -> Seen:
    """Return what is seen on every n-th picture."""
    looks = objects = 0
    for _, picture in pictures_of(film, every=every):
        looks += 1
        objects += len(detector.detect(picture))
    return Seen(looks, objects)
