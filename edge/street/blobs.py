"""Which patches that stand out of the background are things: not ghosts, light or people."""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from edge.street.background import Background, Mask, View
from edge.street.outline import outline_strength, padded

LEAST_PX = 45
LEAST_SIDE_PX = 5
GREATEST_SHARE = 0.4
"""Of the picture; more is the light or the camera."""

GHOST_RATIO = 1.15
OBJECT_RATIO, CLEAR_RATIO = 1.3, 2.0
LEAST_OUTLINE, LEAST_CLEAR_OUTLINE = 15.0, 6.0
"""Gradient along the outline of a thing, levels; less will do where nothing was before."""

STEP_GUARD_S = 2.5
STEP_RATIO = 2.5
CLEAR_SHARE, RING_SHARE = 0.7, 0.6
RESTLESS_CORE, RESTLESS_EDGE = 0.25, 0.20
WOBBLE_STEEP, WOBBLE_ALL = 0.07, 0.035
STEEP = 24.0
GREATEST_OWN_WOBBLE = 0.06
ALIKE_TEXTURE = 0.6
VERY_ALIKE_TEXTURE = 0.8
LEAST_TEXTURE = 0.8
FLAT = 1e-3
SHADOW_CHROMA = 12.0
FLAT_SPREAD, FLAT_CHROMA = 0.06, 1.5


class Verdict(StrEnum):
    """What a standing patch is."""

    THING = "thing"
    GHOST = "ghost"
    """Something left, and what is seen now was behind it."""
    LIGHT = "light"
    RESTLESS = "restless"
    """Something alive: it does not stand as still as a thing."""
    UNCLEAR = "unclear"
    """Partly covered, or its outline does not say which side is the thing."""


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """A patch that stands.

    Attributes:
        mask: ``(h, w)``.
        box_px: x1, y1, x2, y2 on the small picture.
        onset_s: Stream time at which it came to stand.
        outline: Gradient along its outline, levels.
        contrast: The same, as a ratio to that of the background.
    """

    mask: Mask
    box_px: tuple[int, int, int, int]
    onset_s: float
    outline: float
    contrast: float
    verdict: Verdict

    @property
    def area_px(self) -> int:
        """Return how many pixels it has."""
        return int(np.count_nonzero(self.mask))


def find_blobs(background: Background, view: View, *, mature_s: float, lenient: bool) -> list[Blob]:
    """Return the patches that have stood for some time, judged.

    Args:
        background: After it has seen the picture.
        view: What it made of it.
        mature_s: How long at least.
        lenient: Accept things that wobble a little, because somebody else tells people from things.
    """
    standing = background.standing()
    if not standing.any():
        return []
    age_s = view.mono_s - background.since_s
    seeds = standing & (age_s >= mature_s)
    if not seeds.any():
        return []
    seeds_u8 = cv2.morphologyEx(seeds.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    seeds_u8 = cv2.morphologyEx(seeds_u8, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    grown = (standing & (age_s >= mature_s / 2)) | (seeds_u8 > 0)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown.astype(np.uint8))
    own_wobble = _own_wobble(background)
    blobs = []
    for label in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[label])
        if area < LEAST_PX or min(width, height) < LEAST_SIDE_PX:
            continue
        mask = labels == label
        if not (mask & (seeds_u8 > 0)).any() or area > GREATEST_SHARE * mask.size:
            continue
        blobs.append(
            _judged(
                background,
                view,
                mask,
                (x, y, x + width, y + height),
                own_wobble=own_wobble,
                lenient=lenient,
            )
        )
    return blobs


def _judged(
    background: Background,
    view: View,
    mask: Mask,
    box_px: tuple[int, int, int, int],
    *,
    own_wobble: float,
    lenient: bool,
) -> Blob:
    # The contour of a mask with holes and bays runs through what is behind the thing.
    whole = _filled(mask)
    now = outline_strength(background.candidate, whole)
    then = outline_strength(background.slow, whole)
    onset_s = float(np.median(background.since_s[mask]))
    if _is_light(background, mask, onset_s, now, then):
        verdict = Verdict.LIGHT
    elif then > GHOST_RATIO * now:
        verdict = Verdict.GHOST
    elif not _outlined(now, then) or not _clear_view(background, view, mask):
        verdict = Verdict.UNCLEAR
    elif _restless(background, mask, own_wobble, lenient=lenient):
        verdict = Verdict.RESTLESS
    else:
        verdict = Verdict.THING
    return Blob(mask, box_px, onset_s, now, now / max(then, 1e-3), verdict)


def _outlined(now: float, then: float) -> bool:
    """Return whether a thing has an outline of its own."""
    least = LEAST_CLEAR_OUTLINE if now >= CLEAR_RATIO * then else LEAST_OUTLINE
    return now >= max(OBJECT_RATIO * then, least)


def _is_light(background: Background, mask: Mask, onset_s: float, now: float, then: float) -> bool:
    """Return whether a patch shows the same surface in another light: shadow, sun, lamp."""
    if abs(onset_s - background.stepped_s) < STEP_GUARD_S and now < STEP_RATIO * then:
        return True
    top, bottom, left, right = padded(mask, 3)
    inside = mask[top:bottom, left:right]
    s = background.candidate[top:bottom, left:right]
    b = background.slow[top:bottom, left:right]
    chroma = float(np.abs(s[..., 1:] - b[..., 1:])[inside].mean())
    fine_s = (s[..., 0] - cv2.blur(s[..., 0], (5, 5)))[inside]
    fine_b = (b[..., 0] - cv2.blur(b[..., 0], (5, 5)))[inside]
    if fine_b.std() > LEAST_TEXTURE and fine_s.std() > FLAT:
        alike = float(np.corrcoef(fine_s, fine_b)[0, 1])
        if alike > ALIKE_TEXTURE and (chroma < SHADOW_CHROMA or alike > VERY_ALIKE_TEXTURE):
            return True
    ratio = (s[..., 0][inside] + 1) / (b[..., 0][inside] + 1)
    return float(ratio.std() / ratio.mean()) < FLAT_SPREAD and chroma < FLAT_CHROMA


def _clear_view(background: Background, view: View, mask: Mask) -> bool:
    alike = background.same(view.picture, background.candidate_u8)
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    ring = wide & ~mask
    around = float(view.is_background[ring].mean()) if ring.any() else 1.0
    return float(alike[mask].mean()) >= CLEAR_SHARE and around >= RING_SHARE


def _restless(background: Background, mask: Mask, own_wobble: float, *, lenient: bool) -> bool:
    core = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    edge = mask & ~core
    if core.any() and float(background.restless[core].mean()) > RESTLESS_CORE:
        return True
    if edge.any() and float(background.restless[edge].mean()) > RESTLESS_EDGE:
        return True
    factor = 3.0 if lenient else 1.0
    luma = background.candidate[..., 0]
    x, y = cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)
    steep = mask & (np.abs(x) + np.abs(y) > STEEP * 4)
    wobble = background.wobble
    if steep.any() and float(wobble[steep].mean()) > factor * WOBBLE_STEEP + 1.5 * own_wobble:
        return True
    return float(wobble[mask].mean()) > factor * WOBBLE_ALL + own_wobble


def _own_wobble(background: Background) -> float:
    """Return how much the camera itself wobbles: on edges of the background."""
    luma = background.slow[..., 0]
    x, y = cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)
    steep = (np.abs(x) + np.abs(y) > STEEP * 4) & ~background.differs
    if not steep.any():
        return 0.0
    return min(float(np.median(background.wobble[steep])), GREATEST_OWN_WOBBLE)


def _filled(mask: Mask) -> Mask:
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return filled > 0
