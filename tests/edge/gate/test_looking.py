from datetime import UTC, datetime

import numpy as np
import pytest

from edge.gate.looking import FEW, Looking
from edge.gate.people import Person
from edge.gate.quality import QualityLimits
from models.align import align
from models.faces import Embeddings, FacePack, Faces, Floats, ImpostorPrior, Picture

SIZE_WH = (640, 480)
START = datetime(2026, 11, 24, tzinfo=UTC)
LIMITS = QualityLimits(sharpness=0.0, luma=(-1.0, 256.0))


class Cut:
    """A picture of which every part that is asked for is remembered."""

    size_wh = SIZE_WH

    def __init__(self) -> None:
        rows, columns = np.mgrid[: SIZE_WH[1], : SIZE_WH[0]]
        self.whole = np.dstack([rows % 200, columns % 200, (rows + columns) % 200]).astype(np.uint8)
        self.parts: list[tuple[int, int, int, int]] = []
        self.wholes = 0

    def bgr(self, longer_px: int | None = None) -> Picture:
        self.wholes += 1
        return self.whole

    def part(self, part_xyxy: tuple[int, int, int, int]) -> Picture:
        self.parts.append(part_xyxy)
        left, top, right, bottom = part_xyxy
        return self.whole[top:bottom, left:right]


class Networks:
    """A detector that leaves points as they are, a recogniser that keeps what it is given."""

    canvas_px, sha256 = 640, "ab" * 32

    def __init__(self) -> None:
        self.crops: list[Picture] = []

    def detect(self, picture: Picture) -> Faces:
        return Faces.none()

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        return faces

    def embed(self, crops: Picture, *, mirrored: bool = False) -> Embeddings:
        self.crops += list(crops)
        return Embeddings(np.ones((len(crops), 4), np.float32), np.full(len(crops), 12.0))


class SeenAt:
    """A check of liveness that notes what it saw in the box's corners."""

    def __init__(self) -> None:
        self.corners: list[list[int]] = []

    def live_score(self, picture: Picture, box_xyxy: Floats) -> float:
        x1, y1, x2, y2 = (int(edge) for edge in box_xyxy)
        self.corners.append([*picture[y1, x1].tolist(), *picture[y2 - 1, x2 - 1].tolist()])
        return 1.0


def faces_at(*corners: tuple[int, int]) -> Faces:
    boxes = [[x, y, x + 60, y + 80] for x, y in corners]
    points = [
        [[x + 18, y + 30], [x + 42, y + 30], [x + 30, y + 45], [x + 20, y + 60], [x + 40, y + 60]]
        for x, y in corners
    ]
    return Faces(
        np.asarray(boxes, np.float32),
        np.full(len(corners), 0.9, np.float32),
        np.asarray(points, np.float32),
    )


def look(shot: Cut, faces: Faces, liveness: SeenAt | None = None) -> list[Picture]:
    """Return the crops that were embedded, one per face."""
    networks = Networks()
    pack = FacePack("fake", networks, networks, ImpostorPrior(0.1, 0.09), None)
    people = [Person(START, 0.0, box) for box in faces.boxes_xyxy]
    found = list(Looking(pack, LIMITS, liveness).usable(shot, faces, list(enumerate(people))))
    assert [person for person, _ in found] == people
    return networks.crops


@pytest.mark.parametrize(
    "corner", [(300, 200), (0, 0), (0, 400), (579, 0), (580, 399), (301, 17)], ids=str
)
def test_a_face_is_aligned_as_on_the_whole_picture_but_only_what_is_around_it_is_made(
    corner: tuple[int, int],
) -> None:
    shot, faces = Cut(), faces_at(corner)
    (crop,) = look(shot, faces)
    expected = align(shot.whole, faces.landmarks[0])
    np.testing.assert_allclose(crop.astype(int), expected.astype(int), atol=1)
    ((left, top, right, bottom),) = shot.parts
    assert shot.wholes == 0
    assert 0 <= left < right <= SIZE_WH[0]
    assert 0 <= top < bottom <= SIZE_WH[1]
    assert right - left <= 242
    assert bottom - top <= 242
    assert not any(edge % 2 for edge in (left, top, right, bottom))


def test_liveness_sees_the_face_where_it_is_on_the_part() -> None:
    shot, faces, liveness = Cut(), faces_at((300, 200)), SeenAt()
    look(shot, faces, liveness)
    assert liveness.corners == [
        [*shot.whole[200, 300].tolist(), *shot.whole[279, 359].tolist()],
    ]


def test_of_a_crowd_the_whole_picture_is_made_once() -> None:
    shot = Cut()
    faces = faces_at(*((90 * number, 100) for number in range(FEW + 1)))
    crops = look(shot, faces)
    assert (shot.wholes, shot.parts) == (1, [])
    for crop, landmarks in zip(crops, faces.landmarks, strict=True):
        np.testing.assert_array_equal(crop, align(shot.whole, landmarks))


def test_nothing_is_made_for_a_face_that_is_too_small() -> None:
    shot, networks = Cut(), Networks()
    faces = faces_at((300, 200))
    small = Faces(faces.boxes_xyxy, faces.scores, faces.landmarks[:, :1].repeat(5, axis=1))
    person = Person(START, 0.0, small.boxes_xyxy[0])
    pack = FacePack("fake", networks, networks, ImpostorPrior(0.1, 0.09), None)
    assert list(Looking(pack, LIMITS, None).usable(shot, small, [(0, person)])) == []
    assert (shot.wholes, shot.parts, networks.crops) == (0, [], [])
    assert person.evidence.refused == (("small", 1),)
