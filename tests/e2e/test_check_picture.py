"""``gridwatch check --picture`` on a real stream: the zones are where the camera looks."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.bootstrap.camera.zone_picture import COLOURS
from edge.cli.main import main
from tests.fixtures_rtsp import RtspServer

CAMERA = """\
  - id: {id}
    url: {url}
    zones:
      - id: curb
        polygon: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]]
        rules: [{{type: motor_parking}}]
"""


def config_of(folder: Path, **cameras: str) -> Path:
    text = "box: {home: ./var}\nmodels: {street: none}\ncameras:\n"
    text += "".join(CAMERA.format(id=name, url=url) for name, url in cameras.items())
    (folder / "gridwatch.yaml").write_text(text)
    return folder / "gridwatch.yaml"


def assert_drawn(path: Path) -> None:
    picture = cv2.imread(str(path))
    assert picture is not None
    height, width = picture.shape[:2]
    for x, y in ((0.1, 0.7), (0.9, 0.7), (0.8, 0.5), (0.8, 0.9)):
        found = picture[round(y * height), round(x * width)].astype(int)
        assert np.abs(found - COLOURS[0]).max() < 40
    # Above the zone the walking square and its ground are seen as they are.
    assert picture[: height // 3].std() > 5


def test_the_zones_are_drawn_on_what_an_rtsp_camera_shows(
    make_rtsp_server: Callable[..., RtspServer],
    films: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = make_rtsp_server({"street": ("h264", films["h264"])})
    config = config_of(tmp_path, street=server.url("street"))
    out = tmp_path / "zones.png"
    assert main(["check", "--config", str(config), "--picture", str(out)]) == 0
    assert f"h264 320x180 at 25 fps; zones drawn in {out}" in capsys.readouterr().out
    assert_drawn(out)


def test_several_cameras_have_a_picture_each(films: dict[str, Path], tmp_path: Path) -> None:
    config = config_of(tmp_path, a=f"file:{films['h264']}", b=f"file:{films['hevc']}")
    assert main(["check", "--config", str(config), "--picture", str(tmp_path / "z.png")]) == 0
    assert_drawn(tmp_path / "z-a.png")
    assert_drawn(tmp_path / "z-b.png")


def test_a_picture_that_cannot_be_written_is_said(
    films: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_of(tmp_path, a=f"file:{films['h264']}")
    out = tmp_path / "nowhere" / "z.png"
    assert main(["check", "--config", str(config), "--picture", str(out)]) == 2
    assert "z.png: cannot be written (No such file or directory)" in capsys.readouterr().out


def test_a_camera_that_does_not_answer_is_a_camera_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], free_port: int
) -> None:
    config = config_of(tmp_path, a=f"rtsp://127.0.0.1:{free_port}/cam")
    out = tmp_path / "z.png"
    assert main(["check", "--config", str(config), "--picture", str(out)]) == 4
    assert "camera a" in capsys.readouterr().out
    assert not out.exists()
