import numpy as np
import pytest

from edge.gate.association import UNTRACKED, Association
from edge.gate.track import Track
from models.faces import Faces

STEP_S = 0.2
SIDE = 40.0
CERTAIN, FAINT = 0.9, 0.4
KEEP_S = 1.5


def faces(*centres: tuple[float, float], scores: tuple[float, ...] = ()) -> Faces:
    """Return faces of one size at some places."""
    points = np.array(centres, np.float32).reshape(-1, 2)
    return Faces(
        boxes_xyxy=np.hstack([points - SIDE / 2, points + SIDE / 2]),
        scores=np.array(scores or [CERTAIN] * len(points), np.float32),
        landmarks=np.repeat(points[:, None], 5, axis=1),
    )


def tracks(association: Association, seen: Faces, mono_s: float) -> list[int]:
    found = association.update(seen, mono_s)
    assert [one.row for one in found] == list(range(len(seen)))
    return [one.track for one in found]


def test_a_face_is_followed_from_its_second_picture_on() -> None:
    association = Association(keep_s=KEEP_S)
    assert tracks(association, faces((100, 100)), 0.0) == [UNTRACKED]
    assert tracks(association, faces((110, 100)), STEP_S) == [0]
    assert tracks(association, faces((120, 100)), 2 * STEP_S) == [0]


def test_what_looked_like_a_face_once_is_forgotten() -> None:
    association = Association(keep_s=KEEP_S)
    tracks(association, faces((100, 100)), 0.0)
    tracks(association, faces(), STEP_S)
    assert tracks(association, faces((100, 100)), 2 * STEP_S) == [UNTRACKED]


@pytest.mark.parametrize("step_px", [0.0, SIDE / 2, 1.5 * SIDE])
def test_a_face_that_moves_by_more_than_its_width_is_the_same(step_px: float) -> None:
    association = Association(keep_s=KEEP_S)
    found = [
        tracks(association, faces((100 + step_px * number, 100)), STEP_S * number)
        for number in range(6)
    ]
    assert found == [[UNTRACKED], *[[0]] * 5]


def test_two_people_who_pass_each_other_keep_their_tracks() -> None:
    association = Association(keep_s=KEEP_S)
    for number in range(11):
        left, right = 100 + 20 * number, 300 - 20 * number
        found = tracks(association, faces((left, 100), (right, 110)), STEP_S * number)
    assert found == [0, 1]


def test_the_order_of_a_detector_does_not_matter() -> None:
    association = Association(keep_s=KEEP_S)
    one, other = (100.0, 100.0), (400.0, 100.0)
    tracks(association, faces(one, other), 0.0)
    assert tracks(association, faces(one, other), STEP_S) == [0, 1]
    assert tracks(association, faces(other, one), 2 * STEP_S) == [1, 0]


def test_a_face_that_turns_away_stays_on_its_track_and_a_faint_one_begins_none() -> None:
    association = Association(keep_s=KEEP_S)
    for number in range(2):
        tracks(association, faces((100, 100)), STEP_S * number)
    for number in range(2, 5):
        seen = faces((100, 100), (400, 100), scores=(FAINT, FAINT))
        assert tracks(association, seen, STEP_S * number) == [0, UNTRACKED]


def test_a_certain_face_has_the_first_choice() -> None:
    association = Association(keep_s=KEEP_S)
    for number in range(2):
        tracks(association, faces((100, 100)), STEP_S * number)
    seen = faces((100, 100), (110, 100), scores=(FAINT, CERTAIN))
    assert tracks(association, seen, 2 * STEP_S) == [UNTRACKED, 0]


@pytest.mark.parametrize(("away_s", "track"), [(KEEP_S - 0.1, 0), (KEEP_S + 0.1, UNTRACKED)])
def test_a_track_is_kept_as_long_as_is_asked_for(away_s: float, track: int) -> None:
    association = Association(keep_s=KEEP_S)
    for number in range(6):
        tracks(association, faces((100, 100)), STEP_S * number)
    last_s = 5 * STEP_S
    tracks(association, faces(), last_s + STEP_S)
    assert tracks(association, faces((100, 100)), last_s + away_s) == [track]


def test_a_track_is_not_followed_by_somebody_elsewhere() -> None:
    association = Association(keep_s=KEEP_S)
    for number in range(4):
        tracks(association, faces((100, 100)), STEP_S * number)
    assert tracks(association, faces((300, 100)), 4 * STEP_S) == [UNTRACKED]


def test_a_box_goes_on_as_it_went_and_its_size_with_it() -> None:
    boxes = [np.array([10 * n, 20, 10 * n + 40 + 2 * n, 60 + 2 * n], np.float32) for n in range(6)]
    track = Track(boxes[0], 0.0)
    for number, box in enumerate(boxes[1:], start=1):
        track.move_on(STEP_S * number)
        track.see(box)
    track.move_on(STEP_S * 6)
    assert track.box_xyxy == pytest.approx([60, 20, 112, 72], abs=1.0)


def test_a_clock_that_stands_still_moves_nobody() -> None:
    track = Track(np.array([0, 0, 40, 40], np.float32), 5.0)
    track.move_on(5.2)
    track.see(np.array([10, 0, 50, 40], np.float32))
    before = track.box_xyxy.copy()
    track.move_on(5.2)
    track.move_on(5.0)
    assert track.box_xyxy == pytest.approx(before)
