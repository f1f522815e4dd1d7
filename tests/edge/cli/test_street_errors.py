"""What can be wrong in the street's part of a configuration: one line each, with its place."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge.cli.main import main
from models.catalog import load_catalog
from tests.detector_files import write_detector

CURB = "polygon: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]]"
PARKING = "{type: motor_parking, dwell: 3m}"
INTRUSION = "{type: intrusion, dwell: 5s}"
GOOD = f"""\
box: {{id: box-01, home: ./var}}
mqtt: {{url: "mqtt://127.0.0.1:1"}}
models: {{street: own.onnx}}
cameras:
  - id: street-01
    url: rtsp://127.0.0.1:1/cam
    zones:
      - id: curb
        {CURB}
        rules:
          - {PARKING}
          - {INTRUSION}
"""
NAMES = "{0: 'person', 1: 'car', 2: 'lamp post'}"

Check = Callable[[str], tuple[int, str]]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Check a configuration beside a network of three classes; return exit code and the fault."""
    write_detector(tmp_path / "own.onnx", np.zeros((1, 7, 84), np.float32), names=NAMES)
    config = tmp_path / "gridwatch.yaml"

    def check(text: str) -> tuple[int, str]:
        config.write_text(text, encoding="utf-8")
        code = main(["check", "--config", str(config)])
        printed = capsys.readouterr()
        lines = (printed.out + printed.err).splitlines()
        faults = [line for line in lines if line.startswith("gridwatch: ") or "FAIL" in line]
        assert not any("Traceback" in line for line in lines)
        assert len(faults) <= 1, faults
        return code, (faults or [""])[0].replace(f"{tmp_path}/", "")

    return check


def changed(before: str, after: str) -> str:
    assert before in GOOD
    return GOOD.replace(before, after)


def parking(key: str) -> str:
    """The configuration with one key more in its first rule."""
    return changed(PARKING, f"{{type: motor_parking, dwell: 3m, {key}}}")


def test_a_good_street_has_no_fault(check: Check) -> None:
    assert check(GOOD) == (0, "")


RULE = "gridwatch.yaml:11: cameras[0].zones[0].rules[0]"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            changed(CURB, "polygon: [[0.1, 0.5], [0.9, 0.9], [0.9, 0.5], [0.1, 0.9]]"),
            "gridwatch.yaml:9: cameras[0].zones[0].polygon: crosses itself",
        ),
        (
            changed(CURB, "polygon: [[0.1, 0.5], [0.9, 0.9]]"),
            "gridwatch.yaml:9: cameras[0].zones[0].polygon: has 2 corners; a polygon has at",
        ),
        (
            parking("except: [{polygon: [[0.1, 0.5], [0.9, 0.9], [0.9, 0.5], [0.1, 0.9]]}]"),
            f"{RULE}.except[0].polygon: crosses itself",
        ),
        (parking("classes: [lorry]"), f"{RULE}.classes: 'lorry' is no class of own; of those it"),
        (parking("classes: [lorry]"), "these mean something to the rules: person, car"),
        (
            parking("classes: [lamp post]"),
            f"{RULE}.classes: nobody has said what 'lamp post' is to the rules; give it a meaning",
        ),
        (
            changed(INTRUSION, "{type: intrusion, classes: [lamp post]}"),
            "rules[1].classes: nobody has said what 'lamp post' is to the rules; give it a meaning "
            "in models.street_meanings, as {lamp post: other}",
        ),
        (
            parking("classes: [person]"),
            f"{RULE}.classes: motor_parking is about vehicle, and 'person' is person; take it out, "
            "or say in models.street_meanings that it is one of these",
        ),
        (
            changed(INTRUSION, "{type: smoke_air, classes: [car]}"),
            "rules[1].classes: smoke_air is about smoke, and 'car' is vehicle; take it out",
        ),
        (
            changed(INTRUSION, "{type: itinerant_vendor}").replace("own.onnx", "none"),
            "gridwatch.yaml:12: cameras[0].zones[0].rules[1].type: itinerant_vendor needs a "
            "network, but models.street is none; let it have one or take the rule out",
        ),
        (
            changed(INTRUSION, "{type: road_trading}").replace(
                "own.onnx", "own.onnx, street_meanings: {person: other}"
            ),
            "gridwatch.yaml:12: cameras[0].zones[0].rules[1].type: road_trading is about things "
            "with a person at them, and own knows none of it; choose another network, or say what "
            "its words mean in models.street_meanings; it knows: person, car, lamp post",
        ),
        (
            parking('schedule: [{hours: "08:00-08:00"}]'),
            f"{RULE}.schedule: never applies; its hours are empty or its days are past: give hours",
        ),
        (parking("schedule: [{days: 2020-01-01}]"), f"{RULE}.schedule: never applies"),
        (
            parking("schedule: [{days: someday}]"),
            f'{RULE}.schedule[0].days: days "someday": "someday" is no day; write "daily"',
        ),
        (
            parking('except: [{hours: "08:00-08:00"}]'),
            f"{RULE}.except[0].hours: never applies; its hours are empty: give hours",
        ),
        (
            parking("except: [{permit: a, valid_from: 2026-13-01}]"),
            f'{RULE}.except[0].valid_from: dates "2026-13-01": "2026-13-01" is no date; write',
        ),
        (
            parking("except: [{permit: a, valid_from: 2026-12-01..2026-12-05}]"),
            f"{RULE}.except[0].valid_from: '2026-12-01..2026-12-05' is no single day",
        ),
        (
            parking("except: [{permit: a, valid_from: 2026-12-01, valid_until: 2026-11-01}]"),
            f"{RULE}.except[0].valid_until: 2026-11-01 is before valid_from, 2026-12-01",
        ),
        (
            changed("motor_parking", "motor_packing"),
            f"{RULE}.type: 'motor_packing' is no rule; use one of: motor_parking, nonmotor_",
        ),
        (
            parking("outside: [racks]"),
            f"{RULE}.outside[0]: zone 'racks' is used but not listed under this camera's zones; "
            "listed: curb",
        ),
        (
            parking("warn: 5m"),
            f"{RULE}.warn: 300 s is not less than the dwell of 180 s; give a shorter warn",
        ),
        (
            changed("dwell: 3m", "warn: 10m"),
            f"{RULE}.warn: 600 s is not less than the dwell of 300 s; give a shorter warn",
        ),
        (
            changed("own.onnx", "none"),
            "gridwatch.yaml:12: cameras[0].zones[0].rules[1].type: intrusion needs a network, but "
            "models.street is none; let it have one",
        ),
        (
            changed("    zones:", "    street: {network: false}\n    zones:"),
            "gridwatch.yaml:13: cameras[0].zones[0].rules[1].type: intrusion needs a network, but "
            "street.network of this camera is false",
        ),
        (
            changed("intrusion, dwell: 5s", "nonmotor_parking"),
            "gridwatch.yaml:12: cameras[0].zones[0].rules[1].type: nonmotor_parking is about bike, "
            "and own knows none of it; choose another network",
        ),
        (
            changed("own.onnx", "own.onnx, street_thresholds: {lorry: 0.4}"),
            "gridwatch.yaml:3: models.street_thresholds.lorry: is no class of own; it knows: ",
        ),
        (
            changed("own.onnx", "own.onnx, street_meanings: {lorry: vehicle}"),
            "gridwatch.yaml:3: models.street_meanings.lorry: is no class of own; it knows: ",
        ),
        (
            changed(INTRUSION, PARKING),
            "gridwatch.yaml:12: cameras[0].zones[0].rules[1].type: there is a rule of type "
            "motor_parking in this zone already; use a zone for each",
        ),
        (
            changed("  - id: street-01", "  - {id: street-01, url: 'file:a'}\n  - id: street-01"),
            "gridwatch.yaml:6: cameras[1].id: two cameras have the id 'street-01'",
        ),
        (
            changed("  - id: street-01", "  - id: street-01\n    street: {sky: [up]}"),
            "gridwatch.yaml:6: cameras[0].street.sky[0]: zone 'up' is used but not listed",
        ),
        (
            changed(INTRUSION, "{type: smoke_air}").replace(
                "    zones", "    decode: keyframes\n    zones"
            ),
            "gridwatch.yaml:7: cameras[0].decode: smoke and flame are judged by how they move",
        ),
        (
            changed(INTRUSION, "{type: open_flame}").replace(
                "    zones", "    street: {fps: 1}\n    zones"
            ),
            "gridwatch.yaml:7: cameras[0].street.fps: 1 pictures per second are too few for smoke",
        ),
        (GOOD + "codes: {scheme: XY}\n", "use one of: GB/T 30428.2-2013, CJ/T 214-2007"),
        (GOOD + "calendar: {holidays: [2026-02-30]}\n", '"2026-02-30" is no date; write'),
    ],
)
def test_a_fault_is_told_with_file_line_key_and_what_is_allowed(
    check: Check, text: str, says: str
) -> None:
    code, fault = check(text)
    assert code == 2
    assert says in fault


def test_a_rule_may_be_about_an_animal_and_one_about_stalls_asks_for_no_more_than_people(
    check: Check, tmp_path: Path
) -> None:
    names = NAMES.replace("lamp post", "dog")
    write_detector(tmp_path / "own.onnx", np.zeros((1, 7, 84), np.float32), names=names)
    assert check(changed(INTRUSION, "{type: intrusion, classes: [dog]}")) == (0, "")
    assert check(changed(INTRUSION, "{type: road_trading}")) == (0, "")


def test_dates_need_no_quotation_marks(check: Check) -> None:
    permit = "except: [{permit: a, valid_from: 2026-01-01, valid_until: 2030-01-01}]"
    calendar = "calendar: {holidays: [2026-10-01..2026-10-07], workdays: [2026-10-10]}\n"
    assert check(parking(permit) + calendar) == (0, "")


@pytest.mark.parametrize(
    ("street", "says"),
    [
        ("cut.onnx", "cut.onnx: is no network that ONNX Runtime can load"),
        (
            "boxes.onnx",
            "boxes.onnx: answers (1, 300, 6), boxes that were already chosen; export it",
        ),
        (
            "wide.onnx",
            "wide.onnx: answers (1, 9, 84), but with 3 classes it would be (1, 7, places)",
        ),
        ("gone.onnx", "gone.onnx' is not there; put the file there"),
        ("yolox-huge", "'yolox-huge' is neither in the catalogue nor an ONNX file; use one of: "),
        (
            "sface",
            "'sface' is for face recognition; use one of: yolox-nano, ssd-mobilenet-v2, none",
        ),
    ],
)
def test_a_network_that_does_not_fit_is_a_model_error(
    check: Check, tmp_path: Path, street: str, says: str
) -> None:
    content = (tmp_path / "own.onnx").read_bytes()
    (tmp_path / "cut.onnx").write_bytes(content[: len(content) // 2])
    write_detector(tmp_path / "boxes.onnx", np.zeros((1, 300, 6), np.float32), names=NAMES)
    write_detector(tmp_path / "wide.onnx", np.zeros((1, 9, 84), np.float32), names=NAMES)
    code, fault = check(changed("own.onnx", street))
    assert code == 3
    assert "gridwatch.yaml:3: models.street: " in fault
    assert says in fault


def test_a_truncated_network_of_the_catalogue_is_a_model_error(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = load_catalog().entry("yolox-nano")
    (tmp_path / entry.file).write_bytes(b"\x08\x07" * 1000)
    monkeypatch.setenv("GRIDWATCH_MODELS", str(tmp_path))
    code, fault = check(changed("own.onnx", "yolox-nano"))
    assert code == 3
    assert (
        "gridwatch.yaml:3: models.street: yolox_nano.onnx: is truncated, 2000 of 3678356" in fault
    )
    assert "run 'gridwatch models pull yolox-nano'" in fault
