import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.detections import (
    MOST_ROWS,
    Detections,
    Thresholds,
    detect_in,
    detect_regions,
    finished,
    non_maximum_suppression,
)
from models.faces import Floats, Picture

LABELS = ("person", "car")


def boxes(*rows: tuple[float, float, float, float]) -> Floats:
    return np.asarray(rows, np.float32).reshape(-1, 4)


def detections(*rows: tuple[float, float, float, float]) -> Detections:
    count = len(rows)
    return Detections(
        boxes(*rows), np.full(count, 0.9, np.float32), np.zeros(count, np.intp), LABELS
    )


class Corner:
    """Finds one car of 20 x 10 pixels at (5, 5) of every picture, and remembers the picture."""

    name, sha256, labels, input_px = "corner", "0" * 64, LABELS, 416

    def __init__(self, score: float = 0.8) -> None:
        self.seen: list[Picture] = []
        self._score = score

    def detect(self, picture: Picture) -> Detections:
        self.seen.append(picture)
        score = np.array([self._score], np.float32)
        return Detections(boxes((5, 5, 25, 15)), score, np.array([1]), LABELS)


def overlap(a: Floats, b: Floats) -> float:
    """Intersection over union of two boxes, one corner at a time."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(wide, 0) * max(high, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return float(shared / (sum(areas) - shared))


def test_of_two_boxes_of_one_class_at_one_place_the_better_stays() -> None:
    kept = non_maximum_suppression(
        boxes((0, 0, 10, 10), (1, 0, 11, 10), (50, 0, 60, 10)),
        np.array([0.5, 0.9, 0.7], np.float32),
        np.zeros(3, np.intp),
    )
    assert kept.tolist() == [1, 2]


def test_a_person_in_a_car_is_kept_beside_the_car() -> None:
    kept = non_maximum_suppression(
        boxes((0, 0, 10, 10), (0, 0, 10, 10)), np.array([0.5, 0.9], np.float32), np.array([0, 1])
    )
    assert kept.tolist() == [1, 0]


def test_classes_stay_apart_left_of_the_picture_too() -> None:
    rows = boxes((-30, -30, -10, -10), (-51, -51, -30, -30), (-30, -30, 0, 0))
    scores = np.array([0.9, 0.8, 0.7], np.float32)
    kept = non_maximum_suppression(rows, scores, np.array([0, 1, 2]), iou=0.01)
    assert kept.tolist() == [0, 1, 2]


def test_no_boxes_suppress_to_none() -> None:
    nothing = np.zeros(0, np.float32)
    assert non_maximum_suppression(boxes(), nothing, np.zeros(0, np.intp)).tolist() == []


def test_of_very_many_boxes_the_best_are_looked_at() -> None:
    count = MOST_ROWS + 10
    corners = np.arange(count, dtype=np.float32)[:, None] * 10
    rows = np.concatenate([corners, corners, corners + 5, corners + 5], axis=1)
    scores = np.linspace(0.1, 0.9, count, dtype=np.float32)
    kept = non_maximum_suppression(rows, scores, np.zeros(count, np.intp))
    assert kept.tolist() == list(range(count - 1, 9, -1))


@given(
    st.lists(
        st.tuples(
            st.integers(-50, 50),
            st.integers(-50, 50),
            st.integers(1, 40),
            st.integers(1, 40),
            st.integers(0, 100),
            st.integers(0, 2),
        ),
        max_size=30,
    )
)
def test_what_is_kept_overlaps_nothing_better_and_what_is_not_does(
    rows: list[tuple[int, int, int, int, int, int]],
) -> None:
    places = boxes(*((x, y, x + w, y + h) for x, y, w, h, _, _ in rows))
    scores = np.array([row[4] / 100 for row in rows], np.float32)
    classes = np.array([row[5] for row in rows], np.intp)
    kept = non_maximum_suppression(places, scores, classes, iou=0.5)
    assert (np.diff(scores[kept]) <= 0).all()
    for row in range(len(rows)):
        # The margin spares boxes on the very edge, where float32 decides.
        better = [
            other
            for other in kept
            if other != row
            and classes[other] == classes[row]
            and scores[other] >= scores[row]
            and overlap(places[other], places[row]) > 0.501
        ]
        if row in kept:
            ties = [other for other in better if scores[other] > scores[row]]
            assert not ties
        else:
            assert any(overlap(places[one], places[row]) > 0.499 for one in kept)


def test_every_class_has_its_own_least_score() -> None:
    thresholds = Thresholds(LABELS, {"default": 0.5, "person": 0.3})
    scores = np.array([0.4, 0.4, 0.29, 0.5], np.float32)
    assert thresholds.pass_(scores, np.array([0, 1, 0, 1])).tolist() == [True, False, False, True]
    assert thresholds.lowest == pytest.approx(0.3)


def test_a_box_is_cut_at_the_pictures_edge_and_dropped_beyond_it() -> None:
    found = finished(
        boxes((-10, 5, 20, 30), (120, 5, 150, 30)),
        np.array([[0.9, 0.1], [0.9, 0.1]], np.float32),
        labels=LABELS,
        thresholds=Thresholds(LABELS, {}),
        size_wh=(100, 80),
    )
    np.testing.assert_array_equal(found.boxes_xyxy, [[0, 5, 20, 30]])
    assert found.label_of(0) == "person"


def test_rows_are_chosen_by_mask_and_by_order() -> None:
    two = detections((0, 0, 1, 1), (2, 2, 3, 3))
    assert two[np.array([False, True])].boxes_xyxy.tolist() == [[2, 2, 3, 3]]
    assert two[np.array([1, 0])].boxes_xyxy[0].tolist() == [2, 2, 3, 3]
    assert two[:0].labels == LABELS


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same number of rows"):
        Detections(boxes((0, 0, 1, 1)), np.zeros(2, np.float32), np.zeros(2, np.intp), LABELS)


def test_a_part_is_seen_at_its_own_resolution_and_found_in_the_whole() -> None:
    detector = Corner()
    found = detect_in(detector, np.zeros((200, 300, 3), np.uint8), boxes((100, 50, 180, 110))[0])
    assert detector.seen[0].shape == (60, 80, 3)
    np.testing.assert_array_equal(found.boxes_xyxy, [[105, 55, 125, 65]])


def test_a_part_beyond_the_edge_is_cut_and_a_sliver_is_not_looked_at() -> None:
    detector = Corner()
    picture = np.zeros((200, 300, 3), np.uint8)
    detect_in(detector, picture, boxes((-50, 150, 60, 900))[0])
    assert detector.seen[0].shape == (50, 60, 3)
    assert len(detect_in(detector, picture, boxes((290, 0, 400, 200))[0])) == 0
    assert len(detector.seen) == 1


def test_what_two_parts_both_show_is_found_once() -> None:
    picture = np.zeros((200, 300, 3), np.uint8)
    regions = [boxes(row)[0] for row in ((100, 50, 180, 110), (101, 50, 180, 110), (0, 0, 90, 90))]
    found = detect_regions(Corner(), picture, regions)
    assert sorted(found.boxes_xyxy[:, 0].tolist()) == [5, 105]


def test_no_parts_have_no_objects() -> None:
    assert len(detect_regions(Corner(), np.zeros((9, 9, 3), np.uint8), [])) == 0
