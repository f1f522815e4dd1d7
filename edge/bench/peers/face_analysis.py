"""A gate as a script around ``insightface.app.FaceAnalysis``, as its own examples have it."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from insightface.app import FaceAnalysis

from edge.bench.peers.capture import pictures_of
from edge.bench.peers.three_alike import STRANGER, ThreeAlike
from edge.errors import ConfigError
from models.faces import Floats, Picture
from models.picture import decode_picture

SAME_PERSON = 0.4
CANVAS_WH = (640, 640)


class AnalysisScript:
    """Says who passes a camera."""

    def __init__(self, pack: Path, photos: Mapping[str, bytes]) -> None:
        """Load the networks and learn the residents.

        Args:
            pack: Folder of a detector and a recogniser.
            photos: One encoded photo for each name.

        Raises:
            ConfigError: A photo shows no face.
        """
        self._app = FaceAnalysis(
            str(pack.expanduser()),
            allowed_modules=["detection", "recognition"],
            providers=["CPUExecutionProvider"],
        )
        self._app.prepare(ctx_id=-1, det_size=CANVAS_WH)
        self._gallery: dict[str, Floats] = {}
        for name, content in photos.items():
            # With a border: a face that fills a picture is too large for this detector.
            picture = decode_picture(content)
            faces = [] if picture is None else self._faces(_farther(picture))
            if not faces:
                raise ConfigError(f"{name}: their photo shows no face; give another one")
            self._gallery[name] = faces[0]

    def watch(self, film: Path, *, every: int = 1) -> list[str]:
        """Return who passed, looking at every n-th picture."""
        passes = ThreeAlike()
        for at_s, picture in pictures_of(film, every=every):
            passes.note([self._name(vector) for vector in self._faces(picture)], at_s)
        passes.end()
        return passes.told

    def _faces(self, picture: Picture) -> list[Floats]:
        with warnings.catch_warnings():
            # Of scikit-image, about the way in which insightface calls it.
            warnings.simplefilter("ignore", FutureWarning)
            found = self._app.get(picture)
        return [np.asarray(one.normed_embedding, np.float32) for one in found]

    def _name(self, vector: Floats) -> str:
        similarities = {name: float(vector @ known) for name, known in self._gallery.items()}
        name = max(similarities, key=lambda one: similarities[one], default=STRANGER)
        return name if similarities.get(name, 0.0) >= SAME_PERSON else STRANGER


def _farther(picture: Picture) -> Picture:
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    return np.asarray(
        cv2.copyMakeBorder(picture, height, height, width, width, cv2.BORDER_CONSTANT), np.uint8
    )
