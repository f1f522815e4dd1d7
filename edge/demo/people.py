"""The demo's cast: faces from pictures that installed packages ship.

The pictures are read where they are installed; none is part of gridwatch. A person enrols with
one rendering of their picture and walks past the camera in another, so similarities are higher
than two photos taken on different days would give.
"""

from dataclasses import dataclass
from importlib.resources import files

import cv2
import numpy as np

from edge.errors import ConfigError
from models.faces import FaceDetector, Faces, Picture
from models.picture import decode_picture, warp

SOURCES = (
    ("insightface", "data/images/t1.jpg"),
    ("skimage", "data/astronaut.png"),
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
)
FACE_PX = 150
"""Width of the face in a portrait."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """Head and shoulders of one person.

    Attributes:
        picture: ``(H, W, 3)`` BGR; the face is about ``FACE_PX`` wide.
        mask: ``(H, W)`` float32, 1 at the face, falling to 0 at the border.
    """

    picture: Picture
    mask: np.ndarray[tuple[int, int], np.dtype[np.float32]]


def find_portraits(detector: FaceDetector) -> list[Portrait]:
    """Return the portraits of everybody on the bundled pictures, left to right, file by file.

    Raises:
        ConfigError: A picture is not there: a package was not installed whole.
    """
    portraits = []
    for package, name in SOURCES:
        resource = files(package).joinpath(name)
        if not resource.is_file():
            raise ConfigError(f"{package}: its picture {name} is absent; install {package} again")
        picture = decode_picture(resource.read_bytes())
        if picture is None:
            raise ConfigError(f"{package}: its picture {name} is damaged; install {package} again")
        faces = detector.detect(picture)
        for row in np.argsort(faces.boxes_xyxy[:, 0]):
            portraits.append(_cut(picture, faces, int(row)))
    return portraits


def _cut(picture: Picture, faces: Faces, row: int) -> Portrait:
    x1, y1, x2, y2 = faces.boxes_xyxy[row]
    scale = FACE_PX / (x2 - x1)
    centre = np.array([(x1 + x2) / 2, (y1 + y2) / 2 + 0.1 * (y2 - y1)])
    size_wh = np.array([1.9 * FACE_PX, 2.5 * FACE_PX])
    shift = size_wh / 2 - scale * centre
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    width, height = (int(side) for side in size_wh)
    cut = warp(picture, matrix, (width, height), border=cv2.BORDER_REPLICATE)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    radius = np.hypot((xs / width - 0.5) / 0.5, (ys / height - 0.5) / 0.5)
    mask = np.clip((1.0 - radius) / 0.18, 0, 1).astype(np.float32)
    return Portrait(cut, mask)


def photo(portrait: Portrait) -> bytes:
    """Return the portrait as somebody would hand it in: turned, paler, smaller, a coarse JPEG."""
    height, width = portrait.picture.shape[:2]
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), 4.0, 0.9), np.float64)
    turned = warp(portrait.picture, turn, (width, height), border=cv2.BORDER_REPLICATE)
    paler = cv2.convertScaleAbs(turned, alpha=0.85, beta=25)
    return cv2.imencode(".jpg", paler, [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes()
