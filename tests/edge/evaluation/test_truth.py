import csv
import json
from pathlib import Path
from typing import Any

import pytest

from edge.errors import ConfigError
from edge.evaluation.truth import Clip, read_truth


def manifest(folder: Path, truth: object, name: str = "clip.mp4") -> Path:
    path = folder / "MANIFEST.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "shows", "ground_truth"])
        writer.writerow(["picture.jpg", "no clip", json.dumps({"expected": ["smoke"]})])
        writer.writerow(["faces/pairs.csv", "no clip", ""])
        writer.writerow([name, "a clip", truth if isinstance(truth, str) else json.dumps(truth)])
    return path


def only(path: Path) -> Clip:
    (clip,) = read_truth(path)
    return clip


PARKED: dict[str, Any] = {
    "expected": "illegal_parking",
    "events": [
        {"type": "vehicle_stopped", "start": 6, "end": 66, "bbox": [100, 50, 200, 100]},
        {"type": "person", "start": 1, "end": 2},
    ],
    "onset_s": 6,
    "width": 400,
    "height": 200,
    "duration_s": 70,
}


def test_a_parked_car_of_a_manifest_has_shares_of_the_picture(tmp_path: Path) -> None:
    (event,) = only(manifest(tmp_path, PARKED)).expected
    assert event.types == {"motor_parking"}
    assert (event.start_s, event.end_s) == (6, 66)
    assert event.boxes == ((0.25, 0.25, 0.5, 0.5),)


def test_what_lasts_until_the_clip_ends_has_no_end(tmp_path: Path) -> None:
    event = {"type": "abandoned_object", "placed": 15, "until": 60, "bbox": [0, 0, 40, 40]}
    truth = {**PARKED, "expected": "abandoned_object", "events": [event], "duration_s": 60}
    (left,) = only(manifest(tmp_path, truth)).expected
    assert (left.start_s, left.end_s) == (15, None)
    assert left.types == {"material_pile", "exposed_garbage"}


def test_fire_and_its_smoke_are_one_thing_at_two_places(tmp_path: Path) -> None:
    events = [
        {"type": "fire", "start": 4, "end": 54, "polygon": [[0, 100], [200, 100], [200, 200]]},
        {"type": "smoke", "start": 6, "end": 60, "polygon": [[0, 0], [400, 0], [400, 100]]},
    ]
    (fire,) = only(
        manifest(tmp_path, {**PARKED, "expected": "fire_smoke", "events": events})
    ).expected
    assert fire.joined
    assert fire.types == {"open_flame", "smoke_air", "open_burning"}
    assert (fire.start_s, fire.end_s) == (4, 60)
    assert fire.boxes == ((0.0, 0.5, 0.5, 1.0), (0.0, 0.0, 1.0, 0.5))


def test_a_label_without_events_counts_from_its_onset(tmp_path: Path) -> None:
    (smoke,) = only(manifest(tmp_path, {"expected": "smoke", "onset_s": 6.4})).expected
    assert (smoke.start_s, smoke.end_s, smoke.boxes) == (6.4, None, ())


def test_where_nothing_is_wrong_nothing_is_expected(tmp_path: Path) -> None:
    truth = {"expected": "none", "events": [{"type": "vehicle_pass", "start": 1, "end": 2}]}
    assert only(manifest(tmp_path, truth)).expected == ()


def test_clips_about_faces_are_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"MANIFEST\.csv: lists no clip"):
        read_truth(manifest(tmp_path, {"expected": "faces", "n_people": 2}))


@pytest.mark.parametrize(
    ("truth", "words"),
    [
        ("{", r"clip\.mp4: ground_truth: is no valid JSON"),
        ({"expected": "parking"}, r"expected: is 'parking'; use one of: none, illegal_parking"),
        ({}, r"needs expected, one of: none, illegal_parking"),
        ({**PARKED, "width": None}, r"events: times and sizes must be numbers"),
        ({k: v for k, v in PARKED.items() if k != "width"}, r"needs width and height too"),
        ({**PARKED, "onset_s": "soon"}, r"events: times and sizes must be numbers"),
    ],
)
def test_a_wrong_manifest_names_the_row(tmp_path: Path, truth: object, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_truth(manifest(tmp_path, truth))


OWN = """\
- file: a.mp4
  expected:
    - {type: motor_parking, start_s: 5, end_s: 60, bbox: [0.1, 0.2, 0.3, 0.4]}
    - {type: fire_smoke, start_s: 70, end_s: null, bbox: null}
- {file: b.mp4, expected: []}
"""


def test_our_own_list_takes_types_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "truth.yaml"
    path.write_text(OWN)
    first, second = read_truth(path)
    assert second == Clip("b.mp4", ())
    car, fire = first.expected
    assert car.types == {"motor_parking"}
    assert car.boxes == ((0.1, 0.2, 0.3, 0.4),)
    assert fire.joined
    assert "open_flame" in fire.types


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("motor_parking", "parking", r"a\.mp4: type: is 'parking'; use one of: motor_parking"),
        ("end_s: 60", "end_s: 4", r"end_s 4 must be after start_s 5"),
        ("0.4]", "1.4]", r"0\.expected\.0\.bbox\.3: .*less than or equal to 1"),
        ("0.3, 0.4", "0.1, 0.4", r"bbox: its second corner must be right of"),
        ("start_s: 5", "begin_s: 5", r"0\.expected\.0\.begin_s: Extra inputs"),
        ("- file", "- - file", r"is no valid YAML|0: Input should be"),
    ],
)
def test_a_wrong_list_names_the_key(tmp_path: Path, before: str, after: str, words: str) -> None:
    path = tmp_path / "truth.yaml"
    path.write_text(OWN.replace(before, after, 1))
    with pytest.raises(ConfigError, match=words):
        read_truth(path)


def test_a_truth_that_is_absent_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: cannot be read"):
        read_truth(tmp_path / "none.yaml")


@pytest.mark.shared
def test_the_manifest_of_the_material_is_understood(shared: Path) -> None:
    clips = {clip.stem: clip for clip in read_truth(shared / "dev/MANIFEST.csv")}
    assert not any(name.startswith("face_") for name in clips)
    assert clips["street_pedestrians_vtest"].expected == ()
    (car,) = clips["illegal_parking_comp_60s"].expected
    assert (car.start_s, car.end_s) == (6.24, 66.24)
    assert clips["fire_highway_tanker"].expected[0].joined
    assert clips["smoke_comp_vtest"].expected[0].end_s == 45
    assert clips["abandoned_box_comp_vtest"].expected[0].end_s is None
