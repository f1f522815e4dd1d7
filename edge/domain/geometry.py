"""Polygons and boxes on a camera picture, in normalised coordinates."""

from collections.abc import Sequence

Point = tuple[float, float]
Polygon = tuple[Point, ...]


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
