"""Enrolment with the real networks and real portraits."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.gallery.enrolment import Enroller, PhotoVerdict
from models.catalog import load_catalog
from models.depot import Depot
from models.faces import FacePack, Picture
from models.packs import load_face_pack

pytestmark = pytest.mark.shared

EVERY = 12


def portraits(shared: Path, role: str) -> list[Path]:
    folder = shared / "dev" / "faces"
    with (folder / "gate.csv").open(newline="") as file:
        return [folder / row["file"] for row in csv.DictReader(file) if row["role"] == role]


@pytest.fixture(scope="module")
def enroller(exact_pack: FacePack) -> Enroller:
    return Enroller(exact_pack)


def test_ordinary_portraits_are_accepted(enroller: Enroller, shared: Path) -> None:
    chosen = portraits(shared, "enroll")[::EVERY]
    verdicts = [enroller.judge(path.name, path.read_bytes()).verdict for path in chosen]
    assert verdicts.count(PhotoVerdict.ACCEPTED) >= 0.9 * len(chosen)


@pytest.mark.parametrize("known", [True, False])
def test_a_pack_of_another_detector_has_its_own_levels(
    models_ready: None, shared: Path, tmp_path: Path, *, known: bool
) -> None:
    """SCRFD is less sure of the same faces than YuNet: hardly one would pass by its levels."""
    sface = Depot().path_of(load_catalog().entry("sface"))
    recogniser = sface if known else shared / "models" / "mobilefacenet_arc_112.onnx"
    for file in (shared / "models" / "scrfd_500m_kps.onnx", recogniser):
        shutil.copy(file, tmp_path)
    other = Enroller(load_face_pack(str(tmp_path), exact=True))
    chosen = portraits(shared, "enroll")[::EVERY]
    verdicts = [other.judge(path.name, path.read_bytes()).verdict for path in chosen]
    assert verdicts.count(PhotoVerdict.ACCEPTED) >= 0.9 * len(chosen)


def dark(picture: Picture) -> Picture:
    return np.asarray(picture // 8, np.uint8)


def blurred(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 4), np.uint8)


def tiny(picture: Picture) -> Picture:
    canvas = np.full((480, 640, 3), 128, np.uint8)
    canvas[100:225, 200:325] = cv2.resize(picture, (125, 125), interpolation=cv2.INTER_AREA)
    return canvas


def doubled(picture: Picture) -> Picture:
    return np.concatenate([picture, picture[:, ::-1]], axis=1)


@pytest.mark.parametrize(
    ("spoil", "verdict"),
    [
        (dark, PhotoVerdict.TOO_DARK),
        (blurred, PhotoVerdict.BLURRED),
        (tiny, PhotoVerdict.TOO_SMALL),
        (doubled, PhotoVerdict.SEVERAL_FACES),
    ],
)
def test_a_spoilt_portrait_is_refused_with_the_reason(
    enroller: Enroller,
    shared: Path,
    spoil: Callable[[Picture], Picture],
    verdict: PhotoVerdict,
) -> None:
    path = portraits(shared, "enroll")[0]
    picture = np.asarray(cv2.imread(str(path)), np.uint8)
    assert enroller.judge(path.name, path.read_bytes()).verdict is PhotoVerdict.ACCEPTED
    _, encoded = cv2.imencode(".jpg", spoil(picture))
    assert enroller.judge(path.name, encoded.tobytes()).verdict is verdict


def test_most_masked_faces_are_refused(enroller: Enroller, shared: Path) -> None:
    masked = sorted((shared / "dev" / "faces_masked").rglob("*.jpg"))[:15]
    verdicts = [enroller.judge(path.name, path.read_bytes()).verdict for path in masked]
    assert verdicts.count(PhotoVerdict.ACCEPTED) <= len(masked) / 3


def test_somebody_elses_photo_among_ones_own_is_found(enroller: Enroller, shared: Path) -> None:
    folders = {path.parent for path in portraits(shared, "probe")}
    several = [
        photos[:3] for folder in sorted(folders) if len(photos := sorted(folder.glob("*.jpg"))) >= 3
    ]
    mine, other = several[0], several[1]
    judged = [
        enroller.judge(name, path.read_bytes())
        for name, path in (("1", mine[0]), ("2", mine[1]), ("3", mine[2]), ("odd", other[0]))
    ]
    enrolled = enroller.combine(judged, resembles_other=lambda template: False)
    assert {one.name: one.verdict for one in enrolled.photos}["odd"] is PhotoVerdict.DIFFERS
    assert enrolled.accepted == 3
