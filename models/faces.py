"""Faces as columns: what a face detector returns, and what a recogniser makes of them."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""``(H, W, 3)`` BGR, 0..255."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """``N`` faces of one picture, best score first.

    Attributes:
        boxes_xyxy: ``(N, 4)`` corners in pixels of the picture; may reach beyond its edge.
        scores: ``(N,)`` in [0, 1].
        landmarks: ``(N, 5, 2)`` pixels: the eye, the other eye, nose tip, both mouth corners, in
            picture order (left to right on an upright face).
    """

    boxes_xyxy: Floats
    scores: Floats
    landmarks: Floats

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes_xyxy.shape != (count, 4) or self.landmarks.shape != (count, 5, 2):
            raise ValueError("boxes, scores and landmarks must have the same number of rows")

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp] | slice) -> Self:
        return type(self)(self.boxes_xyxy[rows], self.scores[rows], self.landmarks[rows])

    def scaled(self, factor: float) -> Self:
        """Return the same faces on a picture ``factor`` times as large."""
        by = np.float32(factor)
        return type(self)(self.boxes_xyxy * by, self.scores, self.landmarks * by)

    def moved(self, x: int, y: int) -> Self:
        """Return the same faces on a picture whose corner lies so far away from this one's."""
        by = np.array([x, y], np.float32)
        return type(self)(self.boxes_xyxy + np.tile(by, 2), self.scores, self.landmarks + by)

    @classmethod
    def none(cls) -> Self:
        """Return zero faces."""
        zeros = np.zeros
        return cls(zeros((0, 4), np.float32), zeros(0, np.float32), zeros((0, 5, 2), np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """``N`` face vectors.

    Attributes:
        vectors: ``(N, D)`` of length 1; their dot product is the cosine similarity.
        norms: ``(N,)`` length of the network's raw output: the best single measure of how much
            of a face was in the crop.
    """

    vectors: Floats
    norms: Floats

    def __len__(self) -> int:
        return len(self.norms)


class FaceDetector(Protocol):
    """Finds faces in a picture."""

    @property
    def canvas_px(self) -> int:
        """Longer side of a picture as the network sees it: a larger one need not be given."""
        ...

    def detect(self, picture: Picture) -> Faces:
        """Return the faces of a picture, best score first."""
        ...

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        """Return the same faces, same order, with more exact landmarks.

        Dearer than ``detect``; worth it for faces that will be embedded.
        """
        ...


class FaceRecogniser(Protocol):
    """Turns aligned faces into vectors."""

    @property
    def sha256(self) -> str:
        """The network file's SHA-256: vectors of two networks must never be compared."""
        ...

    def embed(self, crops: Picture, *, mirrored: bool = False) -> Embeddings:
        """Return one vector per crop.

        Args:
            crops: ``(N, 112, 112, 3)`` BGR, aligned.
            mirrored: Add the vector of the mirror image of every crop: better for single pictures
                (both sides of a comparison must do so), at twice the cost.
        """
        ...


@dataclass(frozen=True, slots=True)
class ImpostorPrior:
    """Cosine of faces of two different people under one recogniser, as a normal distribution.

    Measured once per network on public faces; a gallery's own scores may only make it stricter.
    """

    mean: float
    sd: float


UNMEASURED_IMPOSTORS = ImpostorPrior(mean=0.10, sd=0.095)
"""For a recogniser nobody has measured: somewhat wider than SFace's, so that thresholds are high
until the gallery's own scores speak."""


@dataclass(frozen=True, slots=True)
class ScoreLevels:
    """What the scores of one detector mean: of the same face two networks are not equally sure.

    The defaults are YuNet's, measured as SCRFD's are on portraits, of which the level for portraits
    loses up to 2 %, on masked faces (a third of YuNet's fall below it, half of SCRFD's) and on
    pictures without any face.

    Attributes:
        certain: Mean over some frames of what is surely a face.
        portrait: Least of a photo worth registering somebody with.
        clear: The same where the recogniser is sure of the face: a cap, a hand at the chin.
    """

    certain: float = 0.8
    portrait: float = 0.88
    clear: float = 0.8


@dataclass(frozen=True, slots=True)
class FacePack:
    """A detector and a recogniser that belong together.

    Attributes:
        name: As in the configuration: ``open``, ``buffalo_l``, a folder.
        norm_floor: Raw embedding length below which a face is not worth matching, or None where
            this recogniser's norm says nothing.
        levels: What the detector's scores mean.
        networks: Name and SHA-256 of both files; the recogniser has the pack's name.
    """

    name: str
    detector: FaceDetector
    recogniser: FaceRecogniser
    impostors: ImpostorPrior
    norm_floor: float | None
    levels: ScoreLevels = ScoreLevels()
    networks: tuple[tuple[str, str], ...] = ()
