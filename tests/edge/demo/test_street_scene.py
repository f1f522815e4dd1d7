"""The drawn street: the same at every call, and nothing is told of it but what it shows."""

from collections import Counter
from dataclasses import replace
from importlib.resources import files
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import yaml

from edge.demo.street_scene import FPS, Stop, Visit, present, render_street
from edge.demo.street_script import street_scene
from edge.replay import replay
from edge.settings import load_settings
from streams.film import write_film

UNTIL_S = 29.0


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("street") / "street.mp4"
    scene = replace(street_scene(), length_s=UNTIL_S)
    write_film(path, render_street(scene), fps=FPS)
    return path


def _told(recording: Path, folder: Path, *, permitted: bool) -> Counter[str]:
    text = "".join(
        files("edge.demo").joinpath(part).read_text("utf-8")
        for part in ("gate.yaml", "street.yaml")
    )
    content = yaml.safe_load(text)
    content["cameras"] = [one for one in content["cameras"] if one["id"] == "street-demo"]
    if not permitted:
        (pavement,) = (one for one in content["cameras"][0]["zones"] if one["id"] == "pavement")
        del pavement["rules"][0]["except"]
    config = folder / "street.yaml"
    config.write_text(yaml.safe_dump(content), "utf-8")
    replayed = replay(
        load_settings(config), {"street-demo": recording}, progress=lambda camera_id: None
    )
    return Counter(replayed.incidents)


def test_a_cart_on_its_pitch_is_not_told(recording: Path, tmp_path: Path) -> None:
    told = _told(recording, tmp_path, permitted=True)
    assert told == {"motor_parking": 1, "material_pile": 1, "smoke_air": 1}


def test_without_its_permit_the_cart_is_told_beside_the_crates(
    recording: Path, tmp_path: Path
) -> None:
    told = _told(recording, tmp_path, permitted=False)
    assert told == {"motor_parking": 1, "material_pile": 2, "smoke_air": 1}


def test_the_street_is_drawn_the_same_at_every_call() -> None:
    once, again = (list(islice(render_street(street_scene()), 40)) for _ in range(2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once[0], once[-1])


def test_a_thing_stands_between_equal_stops_and_is_away_before_and_after() -> None:
    stops = (Stop(1, 0, 300), Stop(2, 100, 320), Stop(5, 100, 320), Stop(6, -100, 320))
    visits = (Visit(lambda brush, way: None, stops),)
    places = [(at.x, at.y, way) for t in (1.5, 3, 5.5) for _, at, way in present(visits, t)]
    assert places == [(50, 310, 50), (100, 320, 100), (0, 320, 0)]
    assert present(visits, 0.5) == present(visits, 6) == []


def test_the_nearer_hides_the_farther() -> None:
    far, near = (Visit(lambda brush, way: None, (Stop(0, 0, y), Stop(9, 0, y))) for y in (300, 400))
    assert [visit for visit, _, _ in present((near, far), 1)] == [far, near]
