from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.settings import Settings, load_settings

GOOD = """\
box: {id: box-01, time_zone: Asia/Shanghai, grid_code: "140802003012004", home: ./var}
mqtt:
  url: mqtts://broker:8883
  version: 3.1.1
  username: box-01
  password: {env: GRIDWATCH_TEST_PASSWORD}
cameras:
  - id: gate-east
    url: rtsp://user:hush@camera/1
    zones:
      - id: door
        polygon: [[0.1, 0.6], [0.9, 0.6], [0.9, 0.9]]
    motion: {ignore: [door]}
    gate: {direction: in, zone: door, match: {fpir: 0.001}, cooldown: 5s}
"""


def load(folder: Path, text: str) -> Settings:
    path = folder / "gridwatch.yaml"
    path.write_text(text)
    return load_settings(path)


def test_a_good_file_is_read_with_its_units(tmp_path: Path) -> None:
    settings = load(tmp_path, GOOD)
    camera = settings.camera("gate-east")
    assert camera.gate is not None
    assert camera.gate.cooldown == 5.0
    assert settings.mqtt.version == "3.1.1"
    assert settings.home == tmp_path / "var"
    assert camera.polygon("door")[1] == (0.9, 0.6)


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "").box.id == "box-01"


def test_no_secret_shows_in_the_settings_text(tmp_path: Path) -> None:
    assert "hush" not in repr(load(tmp_path, GOOD))


def test_a_secret_comes_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(tmp_path, GOOD)
    assert settings.mqtt.password is not None
    with pytest.raises(ValueError, match="GRIDWATCH_TEST_PASSWORD is not set"):
        settings.mqtt.password.reveal(settings.base)
    monkeypatch.setenv("GRIDWATCH_TEST_PASSWORD", "open sesame")
    assert settings.mqtt.password.reveal(settings.base) == "open sesame"
    (tmp_path / "secret").write_text("from a file\n")
    by_file = load(tmp_path, GOOD.replace("env: GRIDWATCH_TEST_PASSWORD", "file: secret"))
    assert by_file.mqtt.password is not None
    assert by_file.mqtt.password.reveal(by_file.base) == "from a file"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("fpir: 0.001", "fpri: 0.001", 14, "cameras[0].gate.match.fpri: unknown key; known here:"),
        ("[0.9, 0.6]", "[1.9, 0.6]", 12, "polygon: corner [1.9, 0.6] lies outside"),
        ("fpir: 0.001", "fpir: 2", 14, "less than 1"),
        ("cooldown: 5s", "cooldown: soon", 14, "'soon' is no duration; write it like 3m"),
        ("direction: in", "direction: up", 14, "'in' or 'out'"),
        ("mqtts://broker", "ftp://broker", 3, "mqtt.url"),
        ("Asia/Shanghai", "Asia/Nowhere", 1, "no IANA time zone"),
        ('"140802003012004"', '"14"', 1, "box.grid_code"),
        ("zone: door", "zone: window", 14, "gate.zone: zone 'window' is used but not listed"),
        ("id: gate-east", "name: gate-east", 8, "cameras[0].id: is missing"),
        ("box:", "boxes:", 1, "boxes: unknown key; known here: box"),
        ("username: box-01", "certificate: a.pem", 2, "certificate and key belong together"),
    ],
)
def test_a_mistake_is_named_with_its_line_key_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'gridwatch.yaml'}:{line}: ")
    assert words in message
    assert "\n" not in message


def test_what_is_no_yaml_is_said_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gridwatch\.yaml:2: is no valid YAML"):
        load(tmp_path, "box: {id: a}\nmqtt: [}\n")


def test_an_absent_file_is_said_with_the_option_to_give_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give an existing file with --config"):
        load_settings(tmp_path / "absent.yaml")
