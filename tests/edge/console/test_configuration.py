"""The configuration over the API: who may change it, what is refused, what is remembered."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from edge.console.permissions import Role
from tests.console_app import CONFIGURATION, Console

ROOT = "/api/v1/configuration"
PAVEMENT = {"id": "pavement", "polygon": [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


@pytest.fixture
def admin(console: Console) -> TestClient:
    return console.sign_in(Role.ADMIN)


def change(camera_id: str, **keys: Any) -> dict[str, Any]:
    return {"camera_id": camera_id, "keys": keys}


def zones_of(client: TestClient, camera_id: str) -> list[dict[str, Any]]:
    cameras = client.get(ROOT).json()["cameras"]
    return next(list(one["zones"]) for one in cameras if one["id"] == camera_id)


def save(client: TestClient, *changes: dict[str, Any], **said: str) -> Any:
    version = said.pop("version", "") or client.get(ROOT).json()["version"]
    return client.put(ROOT, json={"version": version, "changes": changes, **said})


def test_cameras_are_shown_as_written_without_their_logins(admin: TestClient) -> None:
    east, west = admin.get(ROOT).json()["cameras"]
    assert east["url"] == "rtsp://***@192.0.2.1/1"
    assert west["zones"][0]["rules"] == [{"type": "motor_parking", "dwell": "3m"}]


def test_a_change_is_shown_before_it_is_saved(console: Console, admin: TestClient) -> None:
    body = {"changes": [change("east", gate={"direction": "out"})]}
    checked = admin.post(f"{ROOT}/check", json=body).json()
    assert checked["problems"] == []
    assert "-    gate: {direction: in}\n+    gate: {direction: out}" in checked["diff"]
    assert "hush" not in checked["diff"]
    assert (console.home / "gridwatch.yaml").read_text() == CONFIGURATION


def test_a_zone_is_saved_with_remarks_and_secrets_as_they_were(
    console: Console, admin: TestClient
) -> None:
    zones = [*zones_of(admin, "west"), PAVEMENT]
    east = admin.get(ROOT).json()["cameras"][0]
    answer = save(admin, change("west", zones=zones), {"camera_id": "east", "keys": east})
    assert answer.status_code == 200, answer.text
    text = (console.home / "gridwatch.yaml").read_text()
    added = "      - id: pavement\n        polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]\n"
    assert text == CONFIGURATION + added
    assert admin.get(ROOT).json()["version"] == answer.json()["version"]
    assert console.services.zone("west", "pavement") == ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))


def test_what_is_wrong_is_told_with_its_line_and_the_file_stays(
    console: Console, admin: TestClient
) -> None:
    file = console.home / "gridwatch.yaml"
    before = file.stat()
    zones = [{"id": "curb", "polygon": [[0, 0], [2, 0], [1, 1]], "rules": [{"type": "parking"}]}]
    answer = save(admin, change("west", zones=zones))
    assert answer.status_code == 422
    problems = {one["key"]: one for one in answer.json()["problems"]}
    polygon = problems["cameras[1].zones[0].polygon"]
    assert "lies outside the picture" in polygon["sentence"]
    assert polygon["line"] == 10
    assert "use one of: motor_parking" in problems["cameras[1].zones[0].rules[0].type"]["sentence"]
    assert file.read_text() == CONFIGURATION
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert admin.get(f"{ROOT}/history").json() == []


def test_who_saves_on_top_of_another_change_is_told_so(admin: TestClient) -> None:
    version = admin.get(ROOT).json()["version"]
    assert save(admin, change("east", decode="adaptive"), version=version).status_code == 200
    late = save(admin, change("west", decode="keyframes"), version=version)
    assert late.status_code == 409
    assert "load it again" in late.json()["detail"]


def test_a_state_of_the_history_is_shown_and_made_the_present_one(
    console: Console, admin: TestClient
) -> None:
    save(admin, change("east", decode="adaptive"), remark="less heat")
    latest, first = admin.get(f"{ROOT}/history").json()
    assert (latest["by"], latest["remark"], first["by"]) == ("admin", "less heat", "file")
    diff = admin.get(f"{ROOT}/history/{latest['id']}").json()["diff"]
    assert "+    decode: adaptive" in diff
    assert "hush" not in diff
    body = {"version": latest["version"], "remark": "too little"}
    back = admin.post(f"{ROOT}/history/{first['id']}/roll-back", json=body)
    assert back.json()["version"] == first["version"]
    assert (console.home / "gridwatch.yaml").read_text() == CONFIGURATION
    assert len(admin.get(f"{ROOT}/history").json()) == 3
    assert admin.get(f"{ROOT}/history/99").status_code == 404
    body = {"version": first["version"]}
    assert admin.post(f"{ROOT}/history/99/roll-back", json=body).status_code == 404


def test_cameras_are_added_and_removed_but_not_the_last_one(
    console: Console, admin: TestClient
) -> None:
    new = change("south", url="rtsp://viewer:pw@192.0.2.3/1", gate={"direction": "in"})
    assert save(admin, new, {"camera_id": "east", "keys": None}).status_code == 200
    assert [one["id"] for one in admin.get(ROOT).json()["cameras"]] == ["west", "south"]
    gone = [{"camera_id": one, "keys": None} for one in ("west", "south")]
    answer = save(admin, *gone)
    assert answer.status_code == 422
    assert "the last camera cannot be removed" in answer.json()["detail"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"url": "rtsp://***@192.0.2.9/1"}, "write the secret itself"),
    ({"password": {"env": "HOME"}}, "can only be named in the file itself"),
    ({"url": {"file": "/etc/passwd"}}, "can only be named in the file itself"),
    ({"url": "file:/etc/passwd"}, "can only be named in the file itself"),
    ({"url": "http://["}, "is no camera address"),
    ({"url": "mailto:a"}, "is no camera address"),
    ({"id": "other"}, "cannot change"),
    ({"frames": 3}, "unknown key"),
    ({"zones": [{"id": "a"}]}, "is missing"),
]


def test_a_camera_is_not_made_to_read_what_is_none_of_its_business(
    console: Console, admin: TestClient
) -> None:
    for keys, sentence in REFUSED:
        answer = save(admin, {"camera_id": "east", "keys": keys})
        assert answer.status_code == 422
        assert sentence in answer.json()["detail"]
    assert (console.home / "gridwatch.yaml").read_text() == CONFIGURATION


def test_a_password_is_not_carried_to_another_address(admin: TestClient) -> None:
    first = change("east", url="rtsp://192.0.2.1/1", username="viewer", password="hush")
    assert save(admin, first).status_code == 200
    moved = {"url": "rtsp://198.51.100.7/1", "password": "***"}
    answer = save(admin, {"camera_id": "east", "keys": moved})
    assert answer.status_code == 422
    assert "write the password of that one" in answer.json()["detail"]
    assert save(admin, change("east", url="rtsp://192.0.2.1/2")).status_code == 200
    assert save(admin, change("east", **moved | {"password": "new"})).status_code == 200


NO_BODIES = (
    '{"version": "0123456789abcdef", "changes": []}',
    '{"version": "x", "changes": [{"camera_id": "a", "keys": {}}]}',
    '{"changes": [{"camera_id": "../a", "keys": {}}]}',
    '{"changes": [{"camera_id": "a", "keys": {"b": 1e400}}]}',
    '{"changes": [{"camera_id": "a", "keys": {"b": NaN}}]}',
    '{"changes": [{"camera_id": "a", "keys": {"b": "\\ud800"}}]}',
    '{"changes": [{"camera_id": "a", "keys": {"b": %s}}]}' % ("[" * 40 + "]" * 40),
    '{"changes": [{"camera_id": "a", "keys": {"b": %s}}]}' % ("9" * 300),
)


def test_a_body_that_is_none_is_refused_as_such(admin: TestClient) -> None:
    as_json = {"content-type": "application/json"}
    for content in NO_BODIES:
        ask, path = (admin.put, ROOT) if "version" in content else (admin.post, f"{ROOT}/check")
        answer = ask(path, content=content, headers=as_json)
        assert answer.status_code in {400, 422}, answer.text
        assert "d800" not in answer.text  # nor anything else of what was sent


def test_a_file_that_is_wrong_by_hand_is_said_to_be_so(console: Console, admin: TestClient) -> None:
    (console.home / "gridwatch.yaml").write_text("cameras: [\n")
    answer = admin.get(ROOT)
    assert answer.status_code == 422
    assert "is no valid YAML" in answer.json()["detail"]


def test_somebody_with_one_camera_sees_and_changes_that_one(console: Console) -> None:
    limited = console.sign_in(Role.ADMIN, cameras=["west"])
    found = limited.get(ROOT).json()
    assert [one["id"] for one in found["cameras"]] == ["west"]
    assert save(limited, change("east", decode="keyframes")).status_code == 403
    assert save(limited, change("west", decode="keyframes")).status_code == 200
    assert limited.get(f"{ROOT}/history/1").status_code == 403
    body = {"version": found["version"]}
    assert limited.post(f"{ROOT}/history/1/roll-back", json=body).status_code == 403


def test_who_may_only_look_changes_nothing(console: Console) -> None:
    operator = console.sign_in(Role.OPERATOR)
    assert operator.get(ROOT).status_code == 200
    assert save(operator, change("east", decode="keyframes")).status_code == 403
    assert console.sign_in(Role.VIEWER).get(ROOT).status_code == 403


def test_changes_and_refusals_are_audited(console: Console, admin: TestClient) -> None:
    saved = save(admin, change("east", decode="keyframes"), remark="trial")
    save(admin, change("east", decode="never"))
    version = saved.json()["version"]
    admin.post(f"{ROOT}/history/1/roll-back", json={"version": version})
    rows = [row for row in console.accounts.audit_rows() if row.act.startswith("configuration.")]
    told = [(row.act, row.subject, row.result) for row in sorted(rows, key=lambda row: row.number)]
    assert told == [
        ("configuration.save", "east", "ok; purpose: trial"),
        ("configuration.save", "east", "ok"),
        ("configuration.save", "east", "refused"),
        ("configuration.roll_back", "state 1", "ok"),
    ]
