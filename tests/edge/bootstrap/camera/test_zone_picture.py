import numpy as np
import pytest

from edge.bootstrap.camera.zone_picture import (
    COLOURS,
    LEAST_LONGER_PX,
    Label,
    duration,
    label_of,
    zone_picture,
)
from edge.settings.schema import Camera

CAMERA = Camera.model_validate(
    {
        "id": "street-01",
        "url": "rtsp://192.0.2.1/cam",
        "motion": {"ignore": ["tree"]},
        "street": {"sky": ["tree"], "close": ["curb"]},
        "zones": [
            {
                "id": "curb",
                "polygon": [[0.0, 0.6], [1.0, 0.6], [1.0, 1.0], [0.0, 1.0]],
                "rules": [
                    {"type": "motor_parking", "dwell": "90s", "outside": ["racks"]},
                    {"type": "road_trading", "schedule": [{"hours": "07:00-22:00"}]},
                ],
            },
            {"id": "tree", "polygon": [[0.6, 0.0], [1.0, 0.0], [1.0, 0.5]]},
            {"id": "racks", "polygon": [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]},
            {"id": "door", "polygon": [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4]]},
        ],
    }
)


def grey(width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((height, width, 3), 128, np.uint8)


@pytest.mark.parametrize("size_wh", [(1920, 1080), (1280, 720), (640, 360)])
def test_every_edge_of_a_zone_has_its_colour(size_wh: tuple[int, int]) -> None:
    drawn = zone_picture(grey(*size_wh), CAMERA)
    height, width = drawn.shape[:2]
    for zone, colour in zip(CAMERA.zones, COLOURS, strict=False):
        corners = np.asarray(zone.polygon) * [width, height]
        for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            for share in (0.31, 0.69):
                x, y = np.clip(begin + (end - begin) * share, 0, [width - 1, height - 1])
                found = drawn[round(y), round(x)].astype(int)
                assert np.abs(found - colour).max() < 40, (zone.id, x, y, found)


def test_a_zone_is_tinted_and_the_rest_is_as_it_was() -> None:
    drawn = zone_picture(grey(1280, 720), CAMERA)
    assert drawn[690, 40].tolist() != [128, 128, 128]
    assert drawn[int(0.55 * 720), 640].tolist() == [128, 128, 128]


def test_a_small_picture_is_enlarged_and_a_large_one_is_not() -> None:
    assert zone_picture(grey(320, 180), CAMERA).shape == (720, LEAST_LONGER_PX, 3)
    assert zone_picture(grey(2560, 1440), CAMERA).shape == (1440, 2560, 3)


def test_a_zone_too_small_for_its_label_has_it_beside_within_the_picture() -> None:
    corner = {"id": "corner", "polygon": [[0.98, 0.97], [1.0, 0.97], [1.0, 1.0]]}
    camera = Camera.model_validate({"id": "a", "url": "file:a", "zones": [corner]})
    drawn = zone_picture(grey(1280, 720), camera)
    head = (drawn == np.array(COLOURS[0], np.uint8)).all(axis=2)
    assert head[:, :1240].any()


def test_a_label_says_what_a_zone_is_for() -> None:
    curb, tree, racks, door = (label_of(zone, CAMERA) for zone in CAMERA.zones)
    assert curb == Label(
        "curb",
        (
            "motor_parking after 90 s",
            "road_trading after 5 min at set hours",
            "looked at closely",
        ),
    )
    assert tree.lines == ("motion ignored", "sky")
    assert racks.lines == ("allowed place",)
    assert door.lines == ("no rule",)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3, "3 s"), (90, "90 s"), (300, "5 min"), (5400, "90 min"), (7200, "2 h"), (1.5, "1.5 s")],
)
def test_a_duration_is_told_in_its_largest_whole_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text
