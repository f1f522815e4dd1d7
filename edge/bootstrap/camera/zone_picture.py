"""A camera's picture with its zones in it: their names, and what is not allowed in each."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.domain.geometry import Polygon
from edge.rules import RULES
from edge.settings.schema import Camera
from edge.settings.street import Rule, Zone
from edge.stills import Picture

COLOURS = (
    (0, 159, 230),
    (233, 180, 86),
    (66, 228, 240),
    (167, 121, 204),
    (115, 158, 0),
    (0, 94, 213),
)
"""BGR, told apart by the colour-blind too (Okabe and Ito, 2008)."""

LEAST_LONGER_PX = 1280
"""A smaller picture is enlarged: text must be read on it."""

TINT = 0.18
SHADOW = (0, 0, 0)
PAPER, PAPER_SHARE = (24, 24, 24), 0.8
INK = (245, 245, 245)
FONT = cv2.FONT_HERSHEY_SIMPLEX
FONT_SHARE = 1 / 2400
"""Of the longer side: text of 0.53 on a picture of 1280 pixels."""

PLACES = 9
"""Places that are tried for a label, along each axis of its zone."""

MINUTE_S, HOUR_S = 60, 3600

Corners = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Label:
    """What stands beside a zone: its name and, line by line, what it is for."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Type:
    """Sizes of text on one picture."""

    size: float
    thickness: int
    line_px: int
    pad_px: int

    def width_of(self, text: str) -> int:
        (width, _), _ = cv2.getTextSize(text, FONT, self.size, self.thickness)
        return int(width)


def zone_picture(bgr: Picture, camera: Camera) -> Picture:
    """Return a copy of a camera's ``(H, W, 3)`` picture with its zones drawn into it."""
    scale = max(LEAST_LONGER_PX / max(bgr.shape[:2]), 1.0)
    enlarged = np.asarray(
        cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
    )
    painted = [
        (_corners(zone.polygon, enlarged), COLOURS[number % len(COLOURS)])
        for number, zone in enumerate(camera.zones)
    ]
    tinted = enlarged.copy()
    for corners, colour in painted:
        cv2.fillPoly(tinted, [corners], colour, cv2.LINE_AA)
    drawn = np.asarray(cv2.addWeighted(tinted, TINT, enlarged, 1 - TINT, 0), np.uint8)
    type_ = _type_for(drawn)
    taken = np.zeros(drawn.shape[:2], np.uint8)
    for corners, colour in painted:
        _outline(drawn, corners, colour)
        cv2.polylines(taken, [corners], True, 1, 2 * type_.pad_px)
    for zone, (corners, colour) in zip(camera.zones, painted, strict=True):
        _write(drawn, taken, label_of(zone, camera), corners, colour, type_)
    return drawn


def label_of(zone: Zone, camera: Camera) -> Label:
    """Return what is to be said of a zone: its rules, and where else the camera uses it."""
    uses = {
        "gate": [camera.gate.zone] if camera.gate and camera.gate.zone else [],
        "motion ignored": camera.motion.ignore,
        "sky": camera.street.sky,
        "looked at closely": camera.street.close,
        "allowed place": [
            name for one in camera.zones for rule in one.rules for name in rule.outside
        ],
    }
    lines = [_told(rule) for rule in zone.rules]
    lines += [use for use, names in uses.items() if zone.id in names]
    return Label(zone.id, tuple(lines) or ("no rule",))


def _told(rule: Rule) -> str:
    dwell_s = RULES[rule.type].terms.dwell_s if rule.dwell is None else rule.dwell
    hours = " at set hours" if rule.schedule else ""
    return f"{rule.type} after {duration(dwell_s)}{hours}"


def duration(seconds: float) -> str:
    """Return ``90 s``, ``5 min`` or ``2 h``, whichever is whole."""
    for unit_s, unit in ((HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= unit_s and seconds % unit_s == 0:
            return f"{seconds // unit_s:g} {unit}"
    return f"{seconds:g} s"


def _corners(polygon: Polygon, picture: Picture) -> Corners:
    height, width = picture.shape[:2]
    last = np.array([width - 1, height - 1], np.float64)
    return np.asarray((np.asarray(polygon) * [width, height]).round().clip(0, last), np.int32)


def _type_for(picture: Picture) -> _Type:
    longer_px = max(picture.shape[:2])
    size = longer_px * FONT_SHARE
    thickness = max(round(longer_px / 1600), 1)
    (_, height), base = cv2.getTextSize("Ag", FONT, size, thickness)
    return _Type(size, thickness, round((height + base) * 1.15), round(height * 0.5))


def _outline(picture: Picture, corners: Corners, colour: tuple[int, int, int]) -> None:
    thickness = max(round(max(picture.shape[:2]) / 640), 2)
    cv2.polylines(picture, [corners], True, SHADOW, thickness + 2, cv2.LINE_AA)
    cv2.polylines(picture, [corners], True, colour, thickness, cv2.LINE_AA)
    for x, y in corners.tolist():
        cv2.circle(picture, (x, y), thickness * 2 + 1, SHADOW, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(picture, (x, y), thickness * 2, colour, cv2.FILLED, cv2.LINE_AA)


def _write(
    picture: Picture,
    taken: Picture,
    label: Label,
    corners: Corners,
    colour: tuple[int, int, int],
    type_: _Type,
) -> None:
    """Write a label where it lies in its zone and on nothing drawn, as far as there is room."""
    width = max(type_.width_of(text) for text in (label.name, *label.lines)) + 2 * type_.pad_px
    height = type_.line_px * (1 + len(label.lines)) + 2 * type_.pad_px
    x, y = _free_place(taken, corners, (width, height))
    bottom, right = y + height, x + width
    taken[y:bottom, x:right] = 1
    paper = np.full_like(picture[y:bottom, x:right], PAPER)
    below = picture[y:bottom, x:right]
    picture[y:bottom, x:right] = cv2.addWeighted(paper, PAPER_SHARE, below, 1 - PAPER_SHARE, 0)
    head = y + type_.line_px + type_.pad_px // 2
    cv2.rectangle(picture, (x, y), (right - 1, head), colour, cv2.FILLED)
    _line(picture, label.name, (x + type_.pad_px, head - type_.pad_px), SHADOW, type_)
    for number, text in enumerate(label.lines):
        at = (x + type_.pad_px, head + type_.line_px * (number + 1) - type_.pad_px // 3)
        _line(picture, text, at, INK, type_)


def _line(
    picture: Picture,
    text: str,
    at_xy: tuple[int, int],
    colour: tuple[int, int, int],
    type_: _Type,
) -> None:
    cv2.putText(picture, text, at_xy, FONT, type_.size, colour, type_.thickness, cv2.LINE_AA)


def _free_place(taken: Picture, corners: Corners, size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return the left upper corner of the best place for a label, within the picture."""
    height, width = taken.shape
    zone = np.zeros_like(taken)
    cv2.fillPoly(zone, [corners], 1)
    # Beyond the zone costs; on another label or on an outline costs more.
    cost = 1 - zone.astype(np.int32) + 4 * taken.astype(np.int32)
    sums = cv2.integral(cost.astype(np.float32))
    best, place = np.inf, (0, 0)
    for y in _steps(corners[:, 1], size_wh[1], height):
        for x in _steps(corners[:, 0], size_wh[0], width):
            right, bottom = min(x + size_wh[0], width), min(y + size_wh[1], height)
            here = float(sums[bottom, right] - sums[y, right] - sums[bottom, x] + sums[y, x])
            if here < best:
                best, place = here, (x, y)
    return place


def _steps(edges: Sequence[int] | Corners, length: int, limit: int) -> list[int]:
    """Return where a label may begin along one axis: from a zone's one end to its other."""
    margin = 8
    first, last = int(min(edges)) + margin, int(max(edges)) - length - margin
    steps = np.linspace(first, max(last, first), PLACES).round().astype(int)
    return [int(min(max(step, 0), max(limit - length, 0))) for step in steps]
