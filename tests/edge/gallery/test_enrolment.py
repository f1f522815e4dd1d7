import hashlib
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from edge.gallery.enrolment import Enroller, Judged, PhotoVerdict
from models.align import CROP_PX, TEMPLATE
from models.faces import Embeddings, FacePack, Faces, Floats, ImpostorPrior, Picture

SIDE_PX = 240


def face(
    *, x: float = 70, y: float = 60, width: float = 100, score: float = 0.95, turn: float = 0.0
) -> Faces:
    """One face; ``turn`` moves its nose sideways by so many half eye distances."""
    landmarks = TEMPLATE * (width / CROP_PX) + np.array([x, y], np.float32)
    landmarks[2, 0] += turn * (landmarks[1, 0] - landmarks[0, 0]) / 2
    box = np.array([[x, y, x + width, y + width]], np.float32)
    return Faces(box, np.array([score], np.float32), landmarks[None].astype(np.float32))


def together(*faces: Faces) -> Faces:
    return Faces(
        np.concatenate([one.boxes_xyxy for one in faces]),
        np.concatenate([one.scores for one in faces]),
        np.concatenate([one.landmarks for one in faces]),
    )


@dataclass
class SeesTheSame:
    """Finds the same faces in every picture that is bright enough."""

    faces: Faces
    least_luma: float = 0.0
    canvas_px: int = 640

    def detect(self, picture: Picture) -> Faces:
        return self.faces if picture.mean() >= self.least_luma else Faces.none()

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        return faces


@dataclass
class FeelsTheSame:
    """Returns the same vector for every crop."""

    norm: float = 13.0
    sha256: str = "0" * 64

    def embed(self, crops: Picture, *, mirrored: bool = False) -> Embeddings:
        assert mirrored
        vectors = np.tile(np.eye(1, 4, dtype=np.float32), (len(crops), 1))
        return Embeddings(vectors, np.full(len(crops), self.norm, np.float32))


def enroller(
    faces: Faces | None = None,
    *,
    norm: float = 13.0,
    least_luma: float = 0.0,
    norm_floor: float | None = 10.0,
) -> Enroller:
    detector = SeesTheSame(face() if faces is None else faces, least_luma)
    return Enroller(
        FacePack("fake", detector, FeelsTheSame(norm), ImpostorPrior(0.1, 0.09), norm_floor)
    )


def photo(*, luma: float = 130, contrast: float = 25, blur: float = 0.0) -> bytes:
    """A textured picture as PNG."""
    noise = np.random.default_rng(1).normal(luma, contrast, (SIDE_PX, SIDE_PX, 3))
    picture = np.clip(cv2.GaussianBlur(noise, (0, 0), 0.8), 0, 255)
    if blur:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    _, encoded = cv2.imencode(".png", picture.astype(np.uint8))
    return encoded.tobytes()


def unit(*values: float) -> Floats:
    vector = np.asarray(values, np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def accepted(name: str, *values: float) -> Judged:
    return Judged(name, PhotoVerdict.ACCEPTED, unit(*values))


def verdicts(photos: tuple[Judged, ...]) -> dict[str, PhotoVerdict]:
    return {one.name: one.verdict for one in photos}


def test_a_good_photo_is_accepted_with_its_vector_and_measures() -> None:
    content = photo()
    judged = enroller().judge("1.png", content)
    assert judged.verdict is PhotoVerdict.ACCEPTED
    assert judged.vector is not None
    assert judged.vector.tolist() == [1, 0, 0, 0]
    assert judged.sha256 == hashlib.sha256(content).hexdigest()
    assert (judged.face_px, judged.norm) == (100, 13)


@pytest.mark.parametrize("content", [b"", b"no picture", photo()[:2000]])
def test_a_file_that_is_no_whole_picture_is_unreadable(content: bytes) -> None:
    judged = enroller().judge("1.png", content)
    assert (judged.name, judged.verdict) == ("1.png", PhotoVerdict.UNREADABLE)
    assert judged.vector is None


@pytest.mark.parametrize(
    ("faces", "verdict"),
    [
        (Faces.none(), PhotoVerdict.NO_FACE),
        (together(face(x=10), face(x=120, score=0.9)), PhotoVerdict.SEVERAL_FACES),
        (face(width=50, x=95, y=90), PhotoVerdict.TOO_SMALL),
        (face(turn=1.3), PhotoVerdict.TURNED),
        (face(turn=-1.3), PhotoVerdict.TURNED),
        (face(score=0.75), PhotoVerdict.POOR_FACE),
    ],
)
def test_a_flaw_of_the_face_is_named(faces: Faces, verdict: PhotoVerdict) -> None:
    judged = enroller(faces).judge("1.png", photo())
    assert judged.verdict is verdict
    assert judged.vector is None


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (photo(luma=15, contrast=8), PhotoVerdict.TOO_DARK),
        (photo(luma=250, contrast=8), PhotoVerdict.TOO_BRIGHT),
        (photo(blur=4), PhotoVerdict.BLURRED),
    ],
)
def test_a_flaw_of_the_picture_is_named(content: bytes, verdict: PhotoVerdict) -> None:
    assert enroller().judge("1.png", content).verdict is verdict


def test_a_face_that_shows_only_when_brightened_is_in_the_dark() -> None:
    judged = enroller(least_luma=60).judge("1.png", photo(luma=15, contrast=8))
    assert judged.verdict is PhotoVerdict.TOO_DARK


def test_a_dark_wall_is_no_face() -> None:
    assert enroller(Faces.none()).judge("1.png", photo(luma=15)).verdict is PhotoVerdict.NO_FACE


def test_a_half_turned_face_is_good_enough() -> None:
    assert enroller(face(turn=0.8)).judge("1.png", photo()).verdict is PhotoVerdict.ACCEPTED


def test_a_small_passer_by_in_the_background_is_no_rival() -> None:
    faces = together(face(), face(x=0, y=0, width=40, score=0.99))
    assert enroller(faces).judge("1.png", photo()).verdict is PhotoVerdict.ACCEPTED


def test_an_unclear_face_is_refused_where_the_network_can_tell() -> None:
    assert enroller(norm=10.1).judge("1.png", photo()).verdict is PhotoVerdict.POOR_FACE
    ignorant = enroller(norm=10.1, norm_floor=None)
    assert ignorant.judge("1.png", photo()).verdict is PhotoVerdict.ACCEPTED


@pytest.mark.parametrize(
    ("norm", "norm_floor", "verdict"),
    [
        (12.0, 10.0, PhotoVerdict.ACCEPTED),
        (11.0, 10.0, PhotoVerdict.POOR_FACE),
        (12.0, None, PhotoVerdict.POOR_FACE),
    ],
)
def test_a_face_with_a_cap_is_good_enough_if_it_is_clear(
    norm: float, norm_floor: float | None, verdict: PhotoVerdict
) -> None:
    capped = enroller(face(score=0.84), norm=norm, norm_floor=norm_floor)
    assert capped.judge("1.png", photo()).verdict is verdict


def test_the_template_is_the_mean_of_the_accepted_photos() -> None:
    photos = [
        accepted("1", 1, 0.5, 0),
        Judged("2", PhotoVerdict.BLURRED),
        accepted("3", 1, -0.5, 0),
    ]
    enrolled = enroller().combine(photos, resembles_other=lambda template: False)
    assert enrolled.template is not None
    assert enrolled.template == pytest.approx([1, 0, 0])
    assert enrolled.accepted == 2


def test_the_photo_that_is_unlike_the_others_is_left_out() -> None:
    photos = [accepted("1", 1, 0.2, 0), accepted("odd", 0, 0, 1), accepted("3", 1, -0.2, 0)]
    enrolled = enroller().combine(photos, resembles_other=lambda template: False)
    assert verdicts(enrolled.photos) == {
        "1": "accepted",
        "odd": "differs_from_own_photos",
        "3": "accepted",
    }
    assert enrolled.template == pytest.approx([1, 0, 0])


def test_of_two_photos_that_differ_neither_is_believed() -> None:
    photos = [accepted("1", 1, 0, 0), accepted("2", 0, 1, 0), Judged("3", PhotoVerdict.NO_FACE)]
    enrolled = enroller().combine(photos, resembles_other=lambda template: False)
    assert verdicts(enrolled.photos) == {
        "1": "differs_from_own_photos",
        "2": "differs_from_own_photos",
        "3": "no_face",
    }
    assert enrolled.template is None


def test_somebody_registered_under_another_id_is_refused() -> None:
    asked: list[Floats] = []

    def resembles(template: Floats) -> bool:
        asked.append(template)
        return True

    photos = [accepted("1", 1, 0), Judged("2", PhotoVerdict.BLURRED)]
    enrolled = enroller().combine(photos, resembles_other=resembles)
    assert verdicts(enrolled.photos) == {"1": "duplicate_of_another_resident", "2": "blurred"}
    assert enrolled.template is None
    assert [one.tolist() for one in asked] == [[1, 0]]


def test_without_an_accepted_photo_there_is_no_template() -> None:
    photos = [Judged("1", PhotoVerdict.NO_FACE)]
    enrolled = enroller().combine(photos, resembles_other=lambda template: True)
    assert enrolled.template is None
    assert enrolled.accepted == 0
    assert enroller().combine([], resembles_other=lambda template: True).photos == ()
