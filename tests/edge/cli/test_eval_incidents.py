"""Which clips, which configuration, which camera; and one clip from end to end."""

import json
from pathlib import Path

import numpy as np
import pytest

from edge.cli.eval_incidents import choose_clips, config_of, street_camera
from edge.cli.main import main
from edge.errors import ConfigError
from edge.evaluation.truth import Clip
from edge.settings import Settings, load_settings
from streams.film import write_film

STREET = """\
mqtt: {url: "mqtt://127.0.0.1:1"}
cameras:
  - id: street-01
    url: rtsp://127.0.0.1:1/cam
    street: {network: false}
    zones:
      - id: kerb
        polygon: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
        rules: [{type: material_pile}]
  - {id: watches-nothing, url: "rtsp://127.0.0.1:1/cam"}
"""

CLIPS = [Clip("a/one.mp4", ()), Clip("two.mp4", ()), Clip("three.mp4", ())]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one.mp4").touch()
    (tmp_path / "two.mp4").touch()
    return tmp_path


def settings(folder: Path, text: str = STREET) -> Settings:
    path = folder / "gridwatch.yaml"
    path.write_text(text)
    return load_settings(path)


def test_clips_that_are_not_here_are_passed_over_and_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert choose_clips(CLIPS, root, []) == CLIPS[:2]
    assert "three.mp4" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["one", "a/one.mp4"])
def test_a_clip_is_chosen_by_its_name_or_file(root: Path, name: str) -> None:
    assert choose_clips(CLIPS, root, [name]) == CLIPS[:1]


def test_an_unknown_clip_is_answered_with_the_known_ones(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"--clip four: .* its clips: one, two, three"):
        choose_clips(CLIPS, root, ["one", "four"])


def test_a_root_without_any_clip_is_said(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"a: has none of the clips, a/one\.mp4 for one"):
        choose_clips(CLIPS, root / "a", [])


def test_a_folder_has_a_configuration_for_a_clip_and_one_for_the_others(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has neither one\.yaml nor default\.yaml"):
        config_of(CLIPS[0], tmp_path)
    for name in ("one", "default"):
        (tmp_path / f"{name}.yaml").touch()
    assert config_of(CLIPS[0], tmp_path).name == "one.yaml"
    assert config_of(CLIPS[1], tmp_path).name == "default.yaml"
    assert config_of(CLIPS[1], tmp_path / "one.yaml").name == "one.yaml"


def test_the_only_camera_that_watches_a_street_is_taken(tmp_path: Path) -> None:
    assert street_camera(settings(tmp_path), None) == "street-01"
    with pytest.raises(ConfigError, match=r"--camera watches-nothing: watches no street"):
        street_camera(settings(tmp_path), "watches-nothing")


def test_among_several_cameras_one_must_be_chosen(tmp_path: Path) -> None:
    camera = STREET[STREET.index("  - id: street-01") : STREET.index("  - {id: watches")]
    both = settings(tmp_path, STREET + camera.replace("street-01", "street-02"))
    with pytest.raises(ConfigError, match=r"choose with --camera: street-01, street-02"):
        street_camera(both, None)
    assert street_camera(both, "street-02") == "street-02"


def test_without_any_street_nothing_can_be_judged(tmp_path: Path) -> None:
    text = STREET.replace("        rules: [{type: material_pile}]\n", "")
    with pytest.raises(ConfigError, match=r"none watches a street"):
        street_camera(settings(tmp_path, text), None)


def test_a_street_in_which_nothing_happens_is_judged_from_end_to_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grey = np.full((180, 320, 3), 120, np.uint8)
    write_film(tmp_path / "quiet.mp4", [grey] * 20, fps=10)
    (tmp_path / "truth.yaml").write_text(
        "- {file: quiet.mp4, expected: [{type: smoke, start_s: 1}]}\n"
    )
    settings(tmp_path)
    done = main(
        [
            *("eval", "incidents", "--truth", str(tmp_path / "truth.yaml")),
            *("--config", str(tmp_path / "gridwatch.yaml")),
            *("--json", str(tmp_path / "out.json"), "--pictures", str(tmp_path / "pictures")),
        ]
    )
    assert done == 0
    assert "missed smoke" in capsys.readouterr().out
    figures = json.loads((tmp_path / "out.json").read_text())["all"]
    assert (figures["clips"], figures["missed"], figures["false"]) == (1, 1, 0)
    assert (tmp_path / "pictures/quiet.png").exists()
