"""Is this face good enough to be compared? Measured before and after the embedding.

A bad face lowers the similarity of a resident but does not raise that of a stranger, so the gate
protects against misses and wasted work: a refused face leads to ``unsure``, never to ``stranger``.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.faces import Floats, Picture
from models.portrait import eye_distance_px, tone_of, turn_of


class Refusal(StrEnum):
    """Why a face was not used."""

    SMALL = "small"
    UNCERTAIN = "uncertain"
    CUT_OFF = "cut_off"
    TURNED = "turned"
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"
    POOR = "poor"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """What a usable face must reach.

    The defaults were measured with YuNet and SFace on degraded portraits: below them more than
    half of the comparisons of one person with themselves fail.

    Attributes:
        eyes_px: Least distance between the eyes; a face box is about 2.2 times as wide.
        score: Least detector score.
        turn: Greatest turn, see ``models.portrait.turn_of``.
        luma: Least and greatest mean luma of the aligned crop, 0..255.
        sharpness: Least variance of the Laplacian of the aligned crop.
        norm: Least raw embedding length, or None for a recogniser whose norm says nothing.
    """

    eyes_px: float = 9.0
    score: float = 0.6
    turn: float = 1.0
    luma: tuple[float, float] = (12.0, 245.0)
    sharpness: float = 4.0
    norm: float | None = 8.0


def refusal_by_shape(
    *,
    box_xyxy: Floats,
    score: float,
    landmarks: Floats,
    size_wh: tuple[int, int],
    limits: QualityLimits,
) -> Refusal | None:
    """Return why a detected face is not worth aligning, or None.

    Args:
        box_xyxy: ``(4,)`` pixels.
        score: The detector's.
        landmarks: ``(5, 2)`` pixels.
        size_wh: The picture's, to see whether the face is cut off by its edge.
        limits: What to reach.
    """
    if eye_distance_px(landmarks) < limits.eyes_px:
        return Refusal.SMALL
    if score < limits.score:
        return Refusal.UNCERTAIN
    if landmarks.min() < 0 or (landmarks.max(axis=0) >= size_wh).any():
        return Refusal.CUT_OFF
    x1, y1, x2, y2 = box_xyxy
    outside = max(-x1, -y1, x2 - size_wh[0], y2 - size_wh[1])
    if outside > (x2 - x1) / 4:
        return Refusal.CUT_OFF
    if turn_of(landmarks) > limits.turn:
        return Refusal.TURNED
    return None


def refusal_by_crop(crop: Picture, limits: QualityLimits) -> Refusal | None:
    """Return why an aligned ``(112, 112, 3)`` face is not worth embedding, or None."""
    tone = tone_of(crop)
    if tone.luma < limits.luma[0]:
        return Refusal.DARK
    if tone.luma > limits.luma[1]:
        return Refusal.BRIGHT
    return Refusal.BLURRED if tone.sharpness < limits.sharpness else None


def refusal_by_norm(norm: float, limits: QualityLimits) -> Refusal | None:
    """Return why an embedded face is not worth comparing, or None."""
    if limits.norm is not None and norm < limits.norm:
        return Refusal.POOR
    return None
