"""Tell a living face from a printed or replayed one, with a network of the user's choice.

The common form (MiniFASNet): a square BGR crop 0..255 around the face, several classes of which one
is "live".
"""

from pathlib import Path

import cv2
import numpy as np

from models.errors import ModelFileError
from models.faces import Floats, Picture
from models.letterbox import to_batch
from models.session import Network, Placement, load_network

BOX_SCALE = 2.7
LIVE_CLASS = 1
MOST_CLASSES = 10
"""A network that answers with more is a recogniser or a detector."""


class LivenessNetwork:
    """Probability that a face is alive."""

    def __init__(self, network: Network) -> None:
        """Use a network.

        Raises:
            ModelFileError: Its input is not one square of fixed size, or it does not answer with a
                few classes.
        """
        shape = network.input_shape
        if len(shape) != 4 or not isinstance(shape[2], int) or shape[2] != shape[3]:  # noqa: PLR2004
            raise ModelFileError(
                f"{network.path}: a liveness network takes (N, 3, S, S), this one takes {shape}"
            )
        self._network = network
        self.name, self.sha256 = network.path.stem, network.sha256
        self._side_px = shape[2]
        answer = self._ask(np.zeros((self._side_px, self._side_px, 3), np.uint8))
        if answer.ndim != 2 or not LIVE_CLASS < answer.shape[1] <= MOST_CLASSES:  # noqa: PLR2004
            raise ModelFileError(
                f"{network.path}: a liveness network answers (N, C) for 2 to {MOST_CLASSES} "
                f"classes, this one {answer.shape}; give models.liveness another file"
            )

    def live_score(self, picture: Picture, box_xyxy: Floats) -> float:
        """Return the probability in [0, 1] that a living face is in the box."""
        x1, y1, x2, y2 = (float(edge) for edge in box_xyxy)
        height, width = picture.shape[:2]
        # The box grows as far as the picture allows and is then moved inside, as in training.
        scale = min(BOX_SCALE, (width - 1) / max(x2 - x1, 1.0), (height - 1) / max(y2 - y1, 1.0))
        half_w, half_h = (x2 - x1) * scale / 2, (y2 - y1) * scale / 2
        centre_x = min(max((x1 + x2) / 2, half_w), width - 1 - half_w)
        centre_y = min(max((y1 + y2) / 2, half_h), height - 1 - half_h)
        left, top = max(int(centre_x - half_w), 0), max(int(centre_y - half_h), 0)
        right, bottom = int(centre_x + half_w) + 1, int(centre_y + half_h) + 1
        inside = picture[top:bottom, left:right]
        crop = np.asarray(cv2.resize(inside, (self._side_px, self._side_px)), np.uint8)
        logits = self._ask(crop)[0]
        weights = np.exp(logits - logits.max())
        return float(weights[LIVE_CLASS] / weights.sum())

    def _ask(self, crop: Picture) -> Floats:
        """Return what the network says of one ``(S, S, 3)`` crop, as ``(1, C)``."""
        return self._network.run(to_batch(crop[None], mean=0.0, std=1.0, rgb=False))[0]


def load_liveness(path: Path, placement: Placement | None = None) -> LivenessNetwork:
    """Return the liveness network of a file.

    Raises:
        ModelFileError: The file is absent or no such network.
    """
    return LivenessNetwork(load_network(path, placement))
