"""What a camera usually shows, learnt slowly and kept over a restart."""

import io
import zipfile
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from edge.integrity.look import EDGES_WH, TILES_WH, Look

Floats = npt.NDArray[np.float32]

LEARN_S = 10.0
"""Nothing is compared with a reference younger than this."""

TAU_S = 600.0
FIRST_S = 0.1
"""What the first picture counts for, and another of the same moment."""

RISE = np.float32(0.2)
"""Contrast that comes is learnt slower than contrast that goes: cars that pass are not usual."""

MAGIC = "gridwatch.integrity/1"


@dataclass(slots=True, eq=False)
class Reference:
    """What the camera usually shows: means that forget.

    Attributes:
        edges: ``(90, 160)``, as the other arrays of a look.
        contrast: ``(9, 16)``, of what is always there: it falls fast and rises slowly.
        near: ``(9, 16)``.
        wide: ``(9, 16)``.
        level: Mean luma.
        usual_fit: How well the present edges fit the reference while nothing is wrong.
        age_s: How long it has learnt.
    """

    edges: Floats = field(default_factory=lambda: np.zeros(EDGES_WH[::-1], np.float32))
    contrast: Floats = field(default_factory=lambda: np.zeros(TILES_WH[::-1], np.float32))
    near: Floats = field(default_factory=lambda: np.zeros(TILES_WH[::-1], np.float32))
    wide: Floats = field(default_factory=lambda: np.zeros(TILES_WH[::-1], np.float32))
    level: float = 0.0
    usual_fit: float = 1.0
    age_s: float = 0.0

    @property
    def learnt(self) -> bool:
        """Return whether it may be compared with."""
        return self.age_s >= LEARN_S

    def learn(self, seen: Look, recent_fit: float | None, elapsed_s: float) -> None:
        """Take in a picture that nothing is wrong with."""
        if self.age_s == 0:
            self.contrast = seen.contrast.copy()
        self.age_s += max(elapsed_s, FIRST_S)
        weight = np.float32(max(elapsed_s, FIRST_S) / min(self.age_s, TAU_S))
        self.edges += weight * (seen.edges - self.edges)
        change = seen.contrast - self.contrast
        self.contrast += weight * np.where(change > 0, RISE * change, change)
        self.near += weight * (seen.near - self.near)
        self.wide += weight * (seen.wide - self.wide)
        self.level += float(weight) * (seen.level - self.level)
        if recent_fit is not None:
            self.usual_fit += float(weight) * (recent_fit - self.usual_fit)

    def saved(self) -> bytes:
        """Return it as the bytes of an npz file."""
        file = io.BytesIO()
        arrays = {one.name: np.asarray(getattr(self, one.name), np.float32) for one in fields(self)}
        # Positional, so that no name can be mistaken for one of numpy's own parameters.
        np.savez_compressed(file, np.array(MAGIC), *arrays.values())
        return file.getvalue()


def restored(saved: bytes) -> Reference:
    """Return a saved reference.

    Raises:
        ValueError: These bytes are none.
    """
    shapes = [np.shape(getattr(Reference(), one.name)) for one in fields(Reference)]
    try:
        with np.load(io.BytesIO(saved), allow_pickle=False) as file:
            magic, *arrays = (file[f"arr_{number}"] for number in range(len(shapes) + 1))
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"this is no saved reference of a camera: {error}") from error
    fits = [one.shape for one in arrays] == shapes and all(
        one.dtype == np.float32 for one in arrays
    )
    if str(magic) != MAGIC or not fits or not all(np.isfinite(one).all() for one in arrays):
        raise ValueError("this is no saved reference of a camera of this version")
    edges, contrast, near, wide, level, usual_fit, age_s = arrays
    numbers = float(level), float(usual_fit), float(age_s)
    return Reference(edges, contrast, near, wide, *numbers)
