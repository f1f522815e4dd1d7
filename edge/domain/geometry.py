"""Polygons and boxes on a camera picture, in normalised coordinates."""

from collections.abc import Sequence
from functools import lru_cache

Point = tuple[float, float]
Polygon = tuple[Point, ...]
Box = tuple[float, float, float, float]
"""x1, y1, x2, y2."""

GRID_STEPS = 40


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Return whether a point lies inside a simple polygon (even-odd rule)."""
    x, y = point
    inside = False
    previous_x, previous_y = polygon[-1]
    for vertex_x, vertex_y in polygon:
        if (vertex_y > y) != (previous_y > y):
            crossing_x = vertex_x + (y - vertex_y) * (previous_x - vertex_x) / (
                previous_y - vertex_y
            )
            if x < crossing_x:
                inside = not inside
        previous_x, previous_y = vertex_x, vertex_y
    return inside


def foot(box: Box) -> Point:
    """Return the middle of a box's lower edge: where a thing stands on the ground."""
    return ((box[0] + box[2]) / 2, box[3])


def centre(box: Box) -> Point:
    """Return the middle of a box."""
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def box_area(box: Box) -> float:
    """Return the area of a box, 0 for one that is turned inside out."""
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def shared_area(a: Box, b: Box) -> float:
    """Return the area that two boxes share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0.0) * max(height, 0.0)


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union of two boxes, in [0, 1]."""
    shared = shared_area(a, b)
    union = box_area(a) + box_area(b) - shared
    return shared / union if union > 0 else 0.0


def covered(a: Box, b: Box) -> float:
    """Return the share of box ``a`` that lies inside box ``b``."""
    area = box_area(a)
    return shared_area(a, b) / area if area > 0 else 0.0


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all boxes; at least one is needed."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def widened(box: Box, by: float) -> Box:
    """Return a box with its sides moved out by a share of its width and height."""
    dx, dy = (box[2] - box[0]) * by, (box[3] - box[1]) * by
    return (box[0] - dx, box[1] - dy, box[2] + dx, box[3] + dy)


def area(polygon: Sequence[Point]) -> float:
    """Return the area of a simple polygon (shoelace formula)."""
    total = 0.0
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        total += x1 * y2 - x2 * y1
    return abs(total) / 2


def clipped(polygon: Sequence[Point], box: Box) -> list[Point]:
    """Return the part of a polygon inside a box (Sutherland and Hodgman, 1974).

    Exact in area for a simple polygon: parts that fall apart stay joined along the box's edge.
    """
    result = list(polygon)
    for axis, limit, keeps_below in (
        (0, box[0], False),
        (0, box[2], True),
        (1, box[1], False),
        (1, box[3], True),
    ):
        result = _clip(result, axis, limit, keeps_below=keeps_below)
    return result


def _clip(polygon: Sequence[Point], axis: int, limit: float, *, keeps_below: bool) -> list[Point]:
    kept: list[Point] = []
    for number, corner in enumerate(polygon):
        before = polygon[number - 1]
        inside = (corner[axis] <= limit) if keeps_below else (corner[axis] >= limit)
        was_inside = (before[axis] <= limit) if keeps_below else (before[axis] >= limit)
        if inside != was_inside:
            share = (limit - before[axis]) / (corner[axis] - before[axis])
            kept.append(
                (
                    before[0] + share * (corner[0] - before[0]),
                    before[1] + share * (corner[1] - before[1]),
                )
            )
        if inside:
            kept.append(corner)
    return kept


def share_inside(box: Box, polygon: Sequence[Point]) -> float:
    """Return the share of a box's area that lies inside a simple polygon, in [0, 1]."""
    whole = box_area(box)
    part = clipped(polygon, box)
    return min(area(part) / whole, 1.0) if whole > 0 and part else 0.0


def share_covered(polygon: Polygon, boxes: Sequence[Box]) -> float:
    """Return the share of a polygon that boxes cover together, to about 0.03."""
    inside = _grid_in(polygon)
    if not inside or not boxes:
        return 0.0
    hit = sum(
        any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)
        for x, y in inside
    )
    return hit / len(inside)


@lru_cache(maxsize=256)
def _grid_in(polygon: Polygon) -> tuple[Point, ...]:
    """Return the points of a grid that lie in a polygon; of a zone it is asked again and again."""
    left, right = min(x for x, _ in polygon), max(x for x, _ in polygon)
    top, bottom = min(y for _, y in polygon), max(y for _, y in polygon)
    shares = [(step + 0.5) / GRID_STEPS for step in range(GRID_STEPS)]
    points = ((left + a * (right - left), top + b * (bottom - top)) for b in shares for a in shares)
    return tuple(point for point in points if contains(polygon, point))


def crosses_itself(polygon: Sequence[Point]) -> bool:
    """Return whether two edges of a polygon meet elsewhere than at their common corner."""
    if len(set(polygon)) != len(polygon):
        return True
    edges = list(zip(polygon, [*polygon[1:], polygon[0]], strict=True))
    for first, one in enumerate(edges):
        if _folds_back(*edges[first - 1], one[1]):
            return True
        # The last edge is the neighbour of the first one.
        last = len(edges) - (first == 0)
        if any(_meet(one, other) for other in edges[first + 2 : last]):
            return True
    return False


def _side(a: Point, b: Point, c: Point) -> float:
    """Return more than 0 where c lies left of the line from a to b, 0 where on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = one, other
    sides = (_side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b))
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(side == 0 and _between(*end) for side, end in zip(sides, ends, strict=True))


def _between(a: Point, b: Point, c: Point) -> bool:
    """Return whether c, on the line through a and b, lies from a to b."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _folds_back(a: Point, b: Point, c: Point) -> bool:
    """Return whether the way from a over b to c turns back on itself at b."""
    onward = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return _side(a, b, c) == 0 and onward < 0
