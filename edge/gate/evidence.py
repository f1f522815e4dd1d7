"""What is known of one person: the embeddings of their usable faces, fused.

The weighted mean of a few gated embeddings beats votes, maxima and the best single frame
(measured). Every usable frame counts, whether it resembles somebody or not: a stranger with one
lucky frame stays a stranger.
"""

from collections import Counter

import numpy as np

from edge.gate.quality import Refusal
from models.faces import Floats, Picture

CAPACITY = 8
"""Embeddings kept; more add cost but no accuracy."""

ODD_SIMILARITY = 0.25
"""Two usable faces of one track below this are hardly one person: genuine 0.65, impostors 0.1
(means measured with SFace)."""


class Evidence:
    """Embeddings and refusals of one person, private to one camera's gate."""

    def __init__(self) -> None:
        self.frames = 0
        self._score_sum = 0.0
        self._refused: Counter[Refusal] = Counter()
        self._vectors: list[Floats] = []
        self._norms: list[float] = []
        self._live: list[float] = []
        self._usable = 0
        self._best: tuple[float, Picture] | None = None

    @property
    def usable_frames(self) -> int:
        """Return how many faces were good enough, those no longer kept included."""
        return self._usable

    @property
    def certainty(self) -> float:
        """Return the mean detector score over all frames: whether this is a face at all."""
        return self._score_sum / self.frames if self.frames else 0.0

    @property
    def refused(self) -> tuple[tuple[str, int], ...]:
        """Return how many faces were refused per reason, sorted by reason."""
        return tuple(sorted((str(reason), count) for reason, count in self._refused.items()))

    @property
    def vectors(self) -> Floats:
        """Return the kept unit vectors, ``(K, D)``, oldest first."""
        return np.stack(self._vectors)

    @property
    def liveness(self) -> float | None:
        """Return the mean probability that a living face was seen, None if never asked."""
        return float(np.mean(self._live)) if self._live else None

    @property
    def best_crop(self) -> Picture | None:
        """Return the aligned face with the greatest norm, None if none was handed in."""
        return None if self._best is None else self._best[1]

    def see(self, score: float) -> None:
        """Count a frame with the face on it, usable or not."""
        self.frames += 1
        self._score_sum += score

    def refuse(self, reason: Refusal) -> None:
        """Count a face that could not be used."""
        self._refused[reason] += 1

    def add(
        self,
        vector: Floats,
        norm: float,
        *,
        live: float | None = None,
        crop: Picture | None = None,
    ) -> None:
        """Add a usable face; beyond capacity the one with the smallest norm goes."""
        if crop is not None and (self._best is None or norm > self._best[0]):
            self._best = norm, crop
        self._usable += 1
        self._vectors.append(vector)
        self._norms.append(norm)
        if live is not None:
            self._live.append(live)
        if len(self._vectors) > CAPACITY:
            worst = int(np.argmin(self._norms))
            del self._vectors[worst], self._norms[worst]

    def strong_frames(self, norm: float) -> int:
        """Return how many kept faces have at least this raw embedding length."""
        return sum(own >= norm for own in self._norms)

    def fused(self) -> Floats:
        """Return the unit mean of the kept vectors ``(D,)``, weighted by the square of the norm.

        Raises:
            ValueError: If there is no usable face.
        """
        if not self._vectors:
            raise ValueError("no usable face to fuse")
        weights = np.square(np.asarray(self._norms, np.float32))
        total = weights @ self.vectors
        return (total / np.linalg.norm(total)).astype(np.float32)

    def resembles(self, vector: Floats) -> float:
        """Return the cosine of a vector with what is known so far."""
        return float(self.fused() @ vector)

    def absorb(self, other: "Evidence") -> None:
        """Take over what was gathered under another track of the same person."""
        self.frames += other.frames
        self._score_sum += other._score_sum
        self._refused.update(other._refused)
        self._live += other._live
        for vector, norm in zip(other._vectors, other._norms, strict=True):
            self.add(vector, norm)
        if other._best is not None and (self._best is None or other._best[0] > self._best[0]):
            self._best = other._best

    def forget(self) -> None:
        """Overwrite the vectors: no template of an unmatched person outlives their pass."""
        for vector in self._vectors:
            vector[:] = 0
        self._vectors.clear()
        self._norms.clear()
        self._best = None
