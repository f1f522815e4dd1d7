"""Where number plates are."""

from typing import Protocol

import numpy as np

from edge.domain.geometry import Box
from edge.redaction.faces import as_shares, tiles
from edge.redaction.squares import widened
from edge.stills import Picture
from models.detections import Detections
from models.faces import Floats

BEYOND = 0.15

PART_PX = 640
"""What the finder sees unscaled: a plate that no vehicle was seen around is small in the whole."""


class PlatePlaces(Protocol):
    """Finds what may be a plate."""

    def places(self, picture: Picture, vehicle_xyxy: Floats) -> Floats:
        """Return ``(N, 4)`` pixels of all that may be plates within a part of a picture."""
        ...


def plates_of(
    vehicles: Detections, picture: Picture, words: frozenset[str], places: PlatePlaces
) -> list[Box]:
    """Return the plates of a picture, as shares of it; some twice.

    Args:
        vehicles: What an object detector sees.
        picture: Where it sees it.
        words: The detector's words for what has a plate.
        places: Finds plates; also looks at the whole picture, as a vehicle that fills it is often
            not seen as one.
    """
    height, width = picture.shape[:2]
    parts = [np.array([0, 0, width, height], np.float32)]
    parts += [
        vehicles.boxes_xyxy[row] for row in range(len(vehicles)) if vehicles.label_of(row) in words
    ]
    return _places(picture, parts, places)


def plates_in_parts(picture: Picture, places: PlatePlaces) -> list[Box]:
    """Return the plates of a picture's unscaled parts, as shares of the picture; some twice."""
    parts = [
        np.array([left, top, left + part.shape[1], top + part.shape[0]], np.float32)
        for left, top, part in tiles(picture, PART_PX)
    ]
    return _places(picture, parts, places)


def _places(picture: Picture, parts: list[Floats], places: PlatePlaces) -> list[Box]:
    found = np.concatenate([places.places(picture, part) for part in parts])
    return [
        widened(box, beside=BEYOND, above=BEYOND, below=BEYOND) for box in as_shares(found, picture)
    ]
