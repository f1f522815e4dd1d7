"""A face recogniser: aligned 112x112 crops in, unit vectors out. SFace and its like.

Y. Zhong et al.: SFace: Sigmoid-Constrained Hypersphere Loss. IEEE TIP 2021. SFace subtracts its
mean inside the graph, so its input is plain RGB 0..255; other recognisers differ, which is why the
normalisation is part of the catalogue and never guessed.
"""

from dataclasses import dataclass

import numpy as np

from models.faces import Embeddings, Picture
from models.letterbox import to_batch
from models.session import Network


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What a network's input is made of: ``(x - mean) / std`` of 0..255, in RGB or BGR order."""

    mean: float
    std: float
    rgb: bool = True


class Recogniser:
    """Vectors of aligned faces."""

    def __init__(self, network: Network, normalisation: Normalisation, *, sha256: str) -> None:
        """Use a network.

        Args:
            network: One ``(N, 3, 112, 112)`` input, one ``(N, D)`` output.
            normalisation: Of its input.
            sha256: Of the file as published: what templates are bound to.
        """
        self._network = network
        self._normalisation = normalisation
        self._sha256 = sha256
        self._batches = not isinstance(network.input_shape[0], int)

    @property
    def sha256(self) -> str:
        """Return the published file's SHA-256."""
        return self._sha256

    def embed(self, crops: Picture, *, mirrored: bool = False) -> Embeddings:
        """Return one vector per ``(N, 112, 112, 3)`` crop, see ``FaceRecogniser``."""
        raw = self._raw(crops)
        norms = np.linalg.norm(raw, axis=1)
        if mirrored:
            raw = raw + self._raw(crops[:, :, ::-1])
        lengths = np.linalg.norm(raw, axis=1, keepdims=True)
        return Embeddings(raw / np.maximum(lengths, 1e-12), norms)

    def _raw(self, crops: Picture) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        norm = self._normalisation
        batch = to_batch(crops, mean=norm.mean, std=norm.std, rgb=norm.rgb)
        if self._batches:
            return np.asarray(self._network.run(batch)[0], np.float32)
        singles = [self._network.run(batch[row : row + 1])[0] for row in range(len(batch))]
        return np.concatenate(singles).astype(np.float32)
