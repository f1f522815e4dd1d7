"""Wrong input: one line that names the thing and the remedy, and the exit code of its kind."""

import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge.bootstrap import parts
from edge.cli import photo_remedies
from edge.cli.main import main
from edge.clock import SystemClock
from edge.demo.people import find_portraits, photo
from edge.domain.resident import Consent, Resident
from edge.gallery.enrolment import PhotoVerdict
from edge.settings import load_settings
from edge.store.residents import Template
from models.catalog import load_catalog
from models.depot import Depot
from models.faces import FacePack

GOOD = """\
box: {id: box-01, home: ./var}
mqtt: {url: "mqtt://127.0.0.1:1"}
cameras:
  - id: gate
    url: rtsp://127.0.0.1:1/cam
    open_timeout: 1s
    zones:
      - id: door
        polygon: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
    gate: {direction: in, zone: door}
"""

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a configuration; return exit code and everything it printed."""

    def run(text: str, *words: str) -> tuple[int, str]:
        config = tmp_path / "gridwatch.yaml"
        config.write_text(text)
        code = main([*words, "--config", str(config)])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def one_line(printed: str) -> str:
    lines = [line for line in printed.splitlines() if line.startswith("gridwatch: ")]
    assert len(lines) == 1, printed
    assert "Traceback" not in printed
    return lines[0]


@pytest.mark.parametrize("command", [["check"], ["run"], ["replay"], ["residents", "list"]])
def test_an_unknown_key_is_a_configuration_error_of_every_command(
    run: Run, command: list[str]
) -> None:
    code, printed = run(GOOD.replace("zone: door}", "zoen: door}"), *command)
    assert code == 2
    assert "gridwatch.yaml:10: cameras[0].gate.zoen: unknown key; known here:" in one_line(printed)


def test_a_polygon_outside_the_picture_is_a_configuration_error(run: Run) -> None:
    code, printed = run(GOOD.replace("[0.9, 0.9]", "[0.9, 1.9]"), "check")
    assert code == 2
    assert "corner [0.9, 1.9] lies outside the picture" in one_line(printed)


def test_a_missing_password_is_a_configuration_error(run: Run, models_ready: None) -> None:
    text = GOOD.replace(
        '"mqtt://127.0.0.1:1"', '"mqtt://127.0.0.1:1", username: box, password: {env: NOT_SET_HERE}'
    )
    code, printed = run(text, "run")
    assert code == 2
    assert one_line(printed) == (
        "gridwatch: mqtt.password: environment variable NOT_SET_HERE is not set; export it"
    )
    code, printed = run(text, "check")
    assert code == 2
    assert "NOT_SET_HERE is not set; export it" in printed


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda content: content[:5000], "is truncated, 5000 of 122489 bytes"),
        (lambda content: content[::-1], "its SHA-256 differs"),
    ],
)
def test_a_damaged_network_is_a_model_error(
    run: Run,
    models_ready: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[bytes], bytes],
    words: str,
) -> None:
    entry = load_catalog().entry("yunet")
    given = tmp_path / "given"
    given.mkdir()
    (given / entry.file).write_bytes(damage(Depot().path_of(entry).read_bytes()))
    monkeypatch.setenv("GRIDWATCH_MODELS", str(given))
    (tmp_path / "any.mp4").write_bytes(b"never read")
    code, printed = run(GOOD, "replay", "--camera", f"gate={tmp_path / 'any.mp4'}")
    assert code == 3
    line = one_line(printed)
    assert str(given / entry.file) in line
    assert words in line
    assert "run 'gridwatch models pull yunet'" in line


def test_a_gallery_of_another_network_is_a_configuration_error(
    run: Run, models_ready: None, tmp_path: Path
) -> None:
    config = tmp_path / "gridwatch.yaml"
    config.write_text(GOOD)
    store = parts.open_residents(load_settings(config), SystemClock())
    vector = np.full(128, 1 / np.sqrt(128), np.float32)
    consent = Consent("v1", SystemClock().utc(), "paper")
    store.register(Resident("tom"), consent, [Template("t1", "tom", "ff" * 32, 1, vector)])
    store.close()
    (tmp_path / "any.mp4").write_bytes(b"never read")
    code, printed = run(GOOD, "replay", "--camera", f"gate={tmp_path / 'any.mp4'}")
    assert code == 2
    line = one_line(printed)
    assert "residents.db" in line
    assert "import" in line


def test_a_corrupt_photo_is_named_and_the_next_person_goes_on(
    run: Run, exact_pack: FacePack, tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    for name in ("one", "two"):
        (photos / name).mkdir(parents=True)
        (photos / name / "1.jpg").write_bytes(b"\xff\xd8 no picture")
    (photos / "two" / "2.jpg").write_bytes(photo(find_portraits(exact_pack.detector)[0]))
    code, printed = run(GOOD, "residents", "import", str(photos))
    assert code == 1
    damaged = "unreadable; the file is damaged or no picture; copy it again"
    assert f"one/1.jpg: {damaged}" in printed
    assert f"two/1.jpg: {damaged}" in printed
    assert "two/2.jpg: accepted" in printed
    assert "1 of 2 people registered" in printed


def test_an_export_that_cannot_be_written_is_said_with_its_option(run: Run, tmp_path: Path) -> None:
    absent = tmp_path / "absent" / "audit.csv"
    code, printed = run(GOOD, "residents", "export-audit", "--out", str(absent))
    assert code == 2
    assert f"--out {absent}: cannot be written" in one_line(printed)


def test_every_photo_that_is_not_accepted_comes_with_a_remedy() -> None:
    told = {verdict: photo_remedies.told(verdict) for verdict in PhotoVerdict}
    assert told.pop(PhotoVerdict.ACCEPTED) == "accepted"
    assert all(line.startswith(f"{verdict}; ") for verdict, line in told.items())


def test_a_corrupt_recording_is_a_camera_error(
    run: Run, models_ready: None, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video" * 100)
    code, printed = run(GOOD, "replay", "--camera", f"gate={broken}")
    assert code == 4
    assert f"{broken}: is no video that can be read" in one_line(printed)


def test_a_box_without_a_camera_is_warned_of_it_and_may_run(run: Run, models_ready: None) -> None:
    code, printed = run("box: {home: ./var}\ncameras: []\n", "check")
    assert code == 0
    (row,) = [line for line in printed.splitlines() if line.startswith("cameras")]
    assert re.search(r"WARN +none configured yet; add the first one in the console", row)


def test_probing_names_each_part_that_is_not_there(run: Run, models_ready: None) -> None:
    code, printed = run(GOOD, "check", "--probe")
    assert code == 5
    assert "broker" in printed
    assert "nobody listens there; check mqtt.url" in printed
    camera = next(line for line in printed.splitlines() if line.startswith("camera gate"))
    assert "FAIL" in camera
    assert "rtsp://127.0.0.1:1/cam: nobody listens there" in camera


def test_an_unreachable_camera_alone_is_a_camera_error(run: Run, models_ready: None) -> None:
    code, _ = run(
        GOOD.replace('"mqtt://127.0.0.1:1"', "embedded://127.0.0.1:0"), "check", "--probe"
    )
    assert code == 4


def test_a_good_box_passes_its_check(run: Run, models_ready: None) -> None:
    code, printed = run(GOOD, "check")
    assert code == 0
    assert "FAIL" not in printed
    assert "self-test passed" in printed


def test_a_taken_broker_port_is_a_delivery_error(run: Run, models_ready: None) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        text = GOOD.replace('"mqtt://127.0.0.1:1"', f"embedded://127.0.0.1:{port}")
        code, printed = run(text, "run")
    assert code == 5
    assert "give mqtt.url another port" in one_line(printed)


def test_no_camera_to_replay_is_said_with_the_option(run: Run) -> None:
    code, printed = run(GOOD, "replay")
    assert code == 2
    assert "give --camera ID=FILE" in one_line(printed)
    code, printed = run(GOOD, "replay", "--camera", "nope=x.mp4")
    assert code == 2
    assert "--camera nope: no such camera; configured: gate" in one_line(printed)


def test_a_worker_that_cannot_start_ends_the_service_with_its_code(
    run: Run, models_ready: None, tmp_path: Path
) -> None:
    text = GOOD.replace('"mqtt://127.0.0.1:1"', "embedded://127.0.0.1:0")
    text = text.replace(
        "    open_timeout: 1s\n", "    username: u\n    password: {env: NOT_SET_HERE}\n"
    )
    text = text.replace("cameras:", "console: {port: 0}\ncameras:")
    code, _ = run(text, "run")
    assert code == 2
    shutil.rmtree(tmp_path / "var")


def test_figures_that_cannot_be_written_are_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = tmp_path / "absent" / "figures.json"
    assert main(["bench", "gallery", "--json", str(absent)]) == 2
    assert f"--json {absent}: cannot be written" in one_line(capsys.readouterr().err)
