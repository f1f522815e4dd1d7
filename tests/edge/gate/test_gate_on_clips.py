"""Clips with faces: one person is registered from stills of another moment, or nobody is."""

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.cli.main import main
from models.catalog import load_catalog
from models.depot import Depot
from models.faces import Picture
from streams.film import write_film
from streams.recording import open_recording

CONFIG = """\
box: {id: box-01, home: ./var}
cameras:
  - id: gate
    url: rtsp://192.0.2.1/cam
    gate: {direction: in}
"""
RESIDENT = "A-101"
WOMAN = "face_head-pose-face-detection-female"
MAN = "face_head-pose-face-detection-male"
BOTH = "face_head-pose-face-detection-female-and-male"
FAR = "face_classroom"
WALKING = "face_face-demographics-walking"
CLIPS = [FAR, WALKING, WOMAN, MAN, BOTH]
FACELESS = ["lobby_one_by_one_person", "worker-zone-detection"]
LEFT, RIGHT, WHOLE = (0.0, 0.45), (0.5, 1.0), (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Stills:
    """Pictures of one person: frames of a clip, cut to the part of its width they are in."""

    clip: str
    frames: tuple[int, ...]
    part: tuple[float, float] = WHOLE


def clip_file(shared: Path, name: str) -> Path:
    return shared / "dev" / "videos" / f"{name}.mp4"


def people_on(shared: Path, name: str) -> int:
    with (shared / "dev" / "MANIFEST.csv").open(encoding="utf-8", newline="") as table:
        rows = {row["file"]: row["ground_truth"] for row in csv.DictReader(table)}
    return int(json.loads(rows[f"videos/{name}.mp4"])["n_people"])


@pytest.fixture
def config(models_ready: None, tmp_path: Path) -> Path:
    path = tmp_path / "gridwatch.yaml"
    path.write_text(CONFIG)
    return path


def passages(config: Path, clip: Path) -> list[dict[str, Any]]:
    """Return the last word on every passage of a clip."""
    out = config.with_name("messages.jsonl")
    assert (
        main(["replay", "--config", str(config), "--camera", f"gate={clip}", "--json", str(out)])
        == 0
    )
    messages = [json.loads(line) for line in out.read_bytes().splitlines()]
    return list({message["id"]: message for message in messages}.values())


def pictures(clip: Path) -> Iterator[Picture]:
    recording = open_recording(clip, start_utc=datetime(2026, 1, 1, tzinfo=UTC))
    try:
        for frame in recording.frames():
            yield frame.bgr()
    finally:
        recording.close()


def enrol(config: Path, shared: Path, stills: Stills) -> None:
    """Register somebody the way an operator does: photos in a folder, one command."""
    photos = config.with_name("photos") / RESIDENT
    photos.mkdir(parents=True)
    for number, picture in enumerate(pictures(clip_file(shared, stills.clip))):
        if number in stills.frames:
            left, right = (round(share * picture.shape[1]) for share in stills.part)
            assert cv2.imwrite(str(photos / f"{number}.png"), picture[:, left:right])
    assert main(["residents", "import", str(photos.parent), "--config", str(config)]) == 0


@pytest.fixture
def scrfd_config(config: Path, shared: Path) -> Path:
    """The configuration with a folder of insightface's format as its pack."""
    folder = config.with_name("scrfd")
    folder.mkdir()
    shutil.copy(shared / "models" / "scrfd_500m_kps.onnx", folder)
    shutil.copy(Depot().path_of(load_catalog().entry("sface")), folder)
    config.write_text(CONFIG + "models: {faces: ./scrfd}\n")
    return config


def swaying(picture: Picture) -> Iterator[Picture]:
    """Yield two seconds of somebody who does not stand quite still."""
    for step in range(40):
        yield np.roll(picture, (step % 5 - 2, step % 7 - 3), (0, 1))


@pytest.mark.shared
@pytest.mark.parametrize("clip", CLIPS)
def test_with_an_empty_gallery_everybody_on_a_clip_is_a_stranger_once(
    shared: Path, config: Path, clip: str
) -> None:
    told = passages(config, clip_file(shared, clip))
    assert [one["decision"] for one in told] == ["stranger"] * people_on(shared, clip)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("picture", "decision", "doubts"),
    [("image_T1", "stranger", []), ("image_F1", "unsure", ["not_live"])],
)
def test_a_shown_face_is_unsure_where_liveness_is_asked_for(
    shared: Path, config: Path, picture: str, decision: str, doubts: list[str]
) -> None:
    network = shared / "models" / "minifasnetv2_2.7_80.onnx"
    config.write_text(CONFIG + f"models: {{liveness: {network}}}\n")
    still = cv2.imread(str(shared / "dev" / "faces_spoof" / f"{picture}.jpg"))
    assert still is not None
    film = config.with_name("film.mp4")
    write_film(film, swaying(np.asarray(still, np.uint8)), fps=20)
    (told,) = passages(config, film)
    assert (told["decision"], told["doubts"]) == (decision, doubts)


@pytest.mark.shared
@pytest.mark.parametrize("clip", FACELESS)
def test_who_never_shows_a_face_makes_no_passage(shared: Path, config: Path, clip: str) -> None:
    assert passages(config, clip_file(shared, clip)) == []


@pytest.mark.shared
@pytest.mark.parametrize(
    ("clip", "stills"),
    [
        (WOMAN, Stills(WOMAN, (13, 17, 21))),
        (WOMAN, Stills(WOMAN, (20,))),
        (WOMAN, Stills(BOTH, (0, 2, 4), LEFT)),
        (MAN, Stills(MAN, (40, 50, 60))),
        (MAN, Stills(MAN, (30,))),
        (MAN, Stills(BOTH, (30, 40, 50), RIGHT)),
        (BOTH, Stills(BOTH, (30, 40, 50), LEFT)),
        (BOTH, Stills(BOTH, (30, 40, 50), RIGHT)),
        (BOTH, Stills(BOTH, (20,), RIGHT)),
        (BOTH, Stills(WOMAN, (13, 17, 21))),
        (BOTH, Stills(MAN, (40, 50, 60))),
    ],
)
def test_somebody_registered_from_other_stills_is_a_resident_once_and_nobody_else_is(
    shared: Path, config: Path, clip: str, stills: Stills
) -> None:
    enrol(config, shared, stills)
    told = passages(config, clip_file(shared, clip))
    named = [(one["decision"], one["resident_id"]) for one in told if one["resident_id"]]
    assert named == [("resident", RESIDENT)]
    assert len(told) == people_on(shared, clip)


@pytest.mark.shared
def test_a_resident_who_comes_three_times_is_told_three_times(shared: Path, config: Path) -> None:
    enrol(config, shared, Stills(MAN, (40, 50, 60)))
    config.write_text(CONFIG.replace("direction: in", "direction: in, cooldown: 3s"))
    man, woman = (list(pictures(clip_file(shared, name))) for name in (MAN, WOMAN))
    nobody = [np.full_like(man[0], 90)] * 60
    film = config.with_name("film.mp4")
    write_film(film, [*man, *nobody, *man, *nobody, *woman, *nobody, *man], fps=12)
    told = [(one["decision"], one["resident_id"]) for one in passages(config, film)]
    known = ("resident", RESIDENT)
    assert told == [known, known, ("stranger", None), known]


@pytest.mark.shared
@pytest.mark.parametrize("clip", [FAR, WALKING])
def test_a_resident_of_elsewhere_is_nobody_on_a_clip_without_them(
    shared: Path, config: Path, clip: str
) -> None:
    enrol(config, shared, Stills(MAN, (40, 50, 60)))
    told = passages(config, clip_file(shared, clip))
    assert len(told) == people_on(shared, clip)
    assert {one["decision"] for one in told} <= {"stranger", "unsure"}
    assert all(one["resident_id"] is None for one in told)


@pytest.mark.shared
@pytest.mark.parametrize("clip", [FAR, BOTH])
def test_another_detector_sees_the_same_strangers(
    shared: Path, scrfd_config: Path, clip: str
) -> None:
    told = passages(scrfd_config, clip_file(shared, clip))
    assert [one["decision"] for one in told] == ["stranger"] * people_on(shared, clip)


@pytest.mark.shared
def test_somebody_registered_with_another_detector_is_a_resident_once(
    shared: Path, scrfd_config: Path
) -> None:
    enrol(scrfd_config, shared, Stills(BOTH, (30, 40, 50), RIGHT))
    told = passages(scrfd_config, clip_file(shared, BOTH))
    assert [one["resident_id"] for one in told].count(RESIDENT) == 1
    assert [one["decision"] for one in told].count("resident") == 1
    assert len(told) == people_on(shared, BOTH)
