from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.settings.edit import NotEditableError, with_cameras
from edge.settings.load import parse_settings
from edge.settings.text import load_plain

TEXT = """\
# The yard of the northern block.
box: {id: box-01,   home: ./var} # spaced by hand

cameras:
  # by the gate
  - id: gate-east # old
    url: "rtsp://user:hush@192.0.2.1/1" # sub-stream
    password: {env: GATE_PASSWORD}
    gate: {direction: in}

  # by the shops
  - id: street-01
    url: rtsp://192.0.2.2/1
    zones:
      # where trucks stand
      - id: curb
        polygon: [[0.1, 0.6], [0.9, 0.6],
                  [0.9, 0.9]] # drawn in May
        rules:
          - {type: motor_parking, dwell: 3m} # agreed with the shops
          # not at night
          - type: road_trading
            schedule: [{hours: "06:00-22:00"}]
      # to the left of it
      - id: door
        polygon: [[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]
    decode: adaptive # usual
workers: 2
"""

Edit = Callable[[list[dict[str, Any]]], object]


def edited(text: str, edit: Edit) -> str:
    cameras = load_plain(text)["cameras"] or []
    edit(cameras)
    return with_cameras(text, cameras)


def difference(text: str, edit: Edit) -> list[str]:
    """Return the lines that an edit takes out and puts in, without what is around them."""
    changed = edited(text, edit)
    lines = unified_diff(text.splitlines(), changed.splitlines(), n=0, lineterm="")
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


def test_nothing_changes_if_nothing_differs() -> None:
    assert edited(TEXT, lambda cameras: None) == TEXT


def test_a_term_of_a_rule_is_set_where_it_stands() -> None:
    assert difference(
        TEXT, lambda cameras: cameras[1]["zones"][0]["rules"][0].update(dwell="5m", cover=0.25)
    ) == [
        "-          - {type: motor_parking, dwell: 3m} # agreed with the shops",
        "+          - {type: motor_parking, dwell: 5m, cover: 0.25} # agreed with the shops",
    ]


def test_a_polygon_is_drawn_anew_and_its_remark_stays() -> None:
    polygon = [[0.1, 0.5], [0.9, 0.6], [0.9, 0.95]]
    assert difference(TEXT, lambda cameras: cameras[1]["zones"][0].update(polygon=polygon)) == [
        "-        polygon: [[0.1, 0.6], [0.9, 0.6],",
        "-                  [0.9, 0.9]] # drawn in May",
        "+        polygon: [[0.1, 0.5], [0.9, 0.6], [0.9, 0.95]] # drawn in May",
    ]


def test_a_zone_with_rules_is_added_behind_the_others() -> None:
    zone = {
        "id": "fire-lane",
        "polygon": [[0.5, 0.5], [0.6, 0.5], [0.7, 1.0]],
        "rules": [
            {"type": "fire_lane_blocked", "cover": 0.2},
            {"type": "intrusion", "schedule": [{"days": "sat,sun", "hours": "22:00-02:00"}]},
        ],
    }
    assert difference(TEXT, lambda cameras: cameras[1]["zones"].append(zone)) == [
        "+      - id: fire-lane",
        "+        polygon: [[0.5, 0.5], [0.6, 0.5], [0.7, 1.0]]",
        "+        rules:",
        "+          - {type: fire_lane_blocked, cover: 0.2}",
        "+          - type: intrusion",
        "+            schedule:",
        '+              - {days: "sat,sun", hours: "22:00-02:00"}',
    ]


def test_a_zone_is_taken_out_and_what_is_said_of_its_neighbours_stays() -> None:
    gone = difference(TEXT, lambda cameras: cameras[1]["zones"].pop(0))
    assert gone[0] == "-      - id: curb"
    assert gone[-1] == '-            schedule: [{hours: "06:00-22:00"}]'
    assert not [line for line in gone if line.startswith("+")]
    assert "# to the left of it" not in "".join(gone)


def test_one_rule_goes_and_another_comes() -> None:
    def change(cameras: list[dict[str, Any]]) -> None:
        rules = cameras[1]["zones"][0]["rules"]
        del rules[0]
        rules.append({"type": "intrusion"})

    assert difference(TEXT, change) == [
        "-          - {type: motor_parking, dwell: 3m} # agreed with the shops",
        "+          - {type: intrusion}",
    ]


def test_a_camera_comes_and_another_goes() -> None:
    def change(cameras: list[dict[str, Any]]) -> None:
        del cameras[0]
        cameras.append({"id": "west", "url": "rtsp://192.0.2.9/1?a=b", "gate": {"direction": "in"}})

    assert difference(TEXT, change) == [
        "-  - id: gate-east # old",
        '-    url: "rtsp://user:hush@192.0.2.1/1" # sub-stream',
        "-    password: {env: GATE_PASSWORD}",
        "-    gate: {direction: in}",
        "+  - id: west",
        '+    url: "rtsp://192.0.2.9/1?a=b"',
        "+    gate: {direction: in}",
    ]


def test_keys_of_a_camera_come_and_go() -> None:
    def change(cameras: list[dict[str, Any]]) -> None:
        del cameras[0]["password"]
        cameras[0]["location"] = {"lon": 111.0, "lat": 1e-05, "address": "East: gate"}

    assert difference(TEXT, change) == [
        "-    password: {env: GATE_PASSWORD}",
        '+    location: {lon: 111.0, lat: 0.00001, address: "East: gate"}',
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "cameras:\n  - id: a\n    url: rtsp\n"),
        ("# empty", "# empty\ncameras:\n  - id: a\n    url: rtsp\n"),
        ("box: {id: b}\n", "box: {id: b}\ncameras:\n  - id: a\n    url: rtsp\n"),
        (
            "cameras: [] # none yet\n# cameras:\n#   - id: x\n",
            "cameras: # none yet\n  - id: a\n    url: rtsp\n# cameras:\n#   - id: x\n",
        ),
        ("cameras: # none\nworkers: 1", "cameras: # none\n  - id: a\n    url: rtsp\nworkers: 1"),
    ],
)
def test_the_first_camera_comes_wherever_there_was_none(text: str, expected: str) -> None:
    assert with_cameras(text, [{"id": "a", "url": "rtsp"}]) == expected


def test_a_camera_on_one_line_stays_on_one_line() -> None:
    text = (
        'cameras:\n- {id: a, url: "rtsp://x/1", gate: {direction: in}} # short\n- id: b\n  url: x\n'
    )

    def change(cameras: list[dict[str, Any]]) -> None:
        cameras[0]["zones"] = [{"id": "z", "polygon": [[0, 0], [1, 0], [1, 1]]}]
        cameras[1]["zones"] = [{"id": "z", "polygon": [[0, 0], [1, 0], [1, 1]]}]

    assert edited(text, change) == (
        'cameras:\n- {id: a, url: "rtsp://x/1", gate: {direction: in}, '
        "zones: [{id: z, polygon: [[0, 0], [1, 0], [1, 1]]}]} # short\n"
        "- id: b\n  url: x\n  zones:\n  - id: z\n    polygon: [[0, 0], [1, 0], [1, 1]]\n"
    )


def test_lines_that_end_as_on_windows_go_on_to_do_so() -> None:
    text = edited(TEXT.replace("\n", "\r\n"), lambda cameras: cameras[1].update(zones=[]))
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize(
    "word",
    ["yes", "12:30", "0x10", "1e3", "~", "null", "no", "- a", "a: b", "a #b", "门", "a\nb", ""],
)
def test_a_text_is_read_back_as_the_text_it_was(word: str) -> None:
    text = edited(TEXT, lambda cameras: cameras[0].update(username=word))
    assert load_plain(text)["cameras"][0]["username"] == word


def test_what_is_written_once_for_two_cameras_is_not_changed_for_one() -> None:
    text = "cameras:\n  - id: a\n    zones: &all [{id: z}]\n  - id: b\n    zones: *all\n"
    with pytest.raises(NotEditableError):
        edited(text, lambda cameras: cameras[1].update(zones=[{"id": "z", "place": "p"}]))


def test_the_shipped_files_can_be_edited() -> None:
    folder = Path(__file__).resolve().parents[3] / "config"
    files = [folder / "gridwatch.yaml", *(folder / "examples").glob("*.yaml")]
    camera = {"id": "new", "url": "rtsp://192.0.2.99/1", "gate": {"direction": "in"}}
    for path in files:
        text = path.read_text()
        if "cameras" not in load_plain(text):
            continue
        changed = edited(text, lambda cameras: cameras.append(camera))
        assert parse_settings(path, changed).camera("new")
        assert set(text.replace("cameras: []", "cameras:").splitlines()) <= set(
            changed.splitlines()
        )


_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=9
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)
_NAMED = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["a", "b", "c", "d"])},
        optional={"url": _VALUES, "zones": _VALUES, "gate": _VALUES},
    ),
    max_size=4,
    unique_by=lambda one: str(one["id"]),
)


@settings(max_examples=150, deadline=None)
@given(first=_NAMED, second=_NAMED)
def test_whatever_is_written_is_what_was_meant_or_nothing_is(first: Any, second: Any) -> None:
    try:
        text = with_cameras("# head\nbox: {id: b}\ncameras: # all\nworkers: 1 # last\n", first)
        text = with_cameras(text, second)
    except NotEditableError:
        return
    content = load_plain(text)
    assert (content["cameras"] or []) == second
    assert text.startswith("# head\nbox: {id: b}\ncameras:")
    assert text.endswith("workers: 1 # last\n")
