"""A gate as a script: OpenCV's reader, OpenCV's face detector and recogniser, cosine by cosine.

It shares the networks and the photos with our gate, and no code. Where two ways are as natural it
goes the cheaper: faces are looked for on a picture as small as our gate's, networks are loaded
beforehand, and nothing is kept or sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge.bench.peers.capture import pictures_of
from edge.bench.peers.three_alike import STRANGER, ThreeAlike
from edge.errors import ConfigError
from models.faces import Floats, Picture
from models.picture import decode_picture

LEAST_SCORE = 0.6
"""Of a face: our gate's."""

SAME_PERSON = 0.363
"""Cosine that OpenCV's own example takes with this recogniser."""

CANVAS_PX = 640


@dataclass(frozen=True, slots=True)
class FaceFiles:
    """Network files of OpenCV's two classes."""

    detector: Path
    recogniser: Path


class GateScript:
    """Says who passes a camera."""

    def __init__(self, files: FaceFiles, photos: Mapping[str, bytes]) -> None:
        """Load the networks and learn the residents.

        Args:
            files: Networks.
            photos: One encoded photo for each name.

        Raises:
            ConfigError: A photo shows no face.
        """
        size_wh = (CANVAS_PX, CANVAS_PX)
        self._detector = cv2.FaceDetectorYN.create(str(files.detector), "", size_wh, LEAST_SCORE)
        self._recogniser = cv2.FaceRecognizerSF.create(str(files.recogniser), "")
        self._gallery: dict[str, Floats] = {}
        for name, content in photos.items():
            picture = decode_picture(content)
            features = [] if picture is None else self._features(picture)
            if not features:
                raise ConfigError(f"{name}: their photo shows no face; give another one")
            self._gallery[name] = features[0]

    def watch(self, film: Path, *, every: int = 1) -> list[str]:
        """Return who passed, looking at every n-th picture."""
        passes = ThreeAlike()
        for at_s, picture in pictures_of(film, every=every):
            passes.note([self._name(feature) for feature in self._features(picture)], at_s)
        passes.end()
        return passes.told

    def _features(self, picture: Picture) -> list[Floats]:
        """Return the vectors of all faces, best face first."""
        scale = CANVAS_PX / max(picture.shape[:2])
        size_wh = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        self._detector.setInputSize(size_wh)
        _, rows = self._detector.detect(cv2.resize(picture, size_wh))
        features = []
        for row in [] if rows is None else np.asarray(rows, np.float32):
            row[:14] /= scale  # box and five points; the score stays
            crop = self._recogniser.alignCrop(picture, row)
            features.append(np.array(self._recogniser.feature(crop), np.float32))
        return features

    def _name(self, feature: Floats) -> str:
        best, name = SAME_PERSON, STRANGER
        for one, known in self._gallery.items():
            similarity = self._recogniser.match(feature, known, cv2.FaceRecognizerSF_FR_COSINE)
            if similarity >= best:
                best, name = similarity, one
        return name
