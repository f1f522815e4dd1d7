"""Rules tried on a drawn street, through the API and in the real process."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from edge.bootstrap.camera.films import lookback_folder
from edge.console.permissions import Role
from edge.demo.street_ground import WIDTH
from edge.demo.street_scene import FPS, Stop, StreetScene, Visit, render_street
from edge.demo.street_script import OUT
from edge.demo.street_smoke import Plume
from edge.demo.street_things import car
from edge.store.heads import Search
from streams.film import write_film
from streams.lookback import Lookback
from streams.recording import open_recording
from streams.ring import Ring
from tests.console_app import Console

ENDS_WITHIN_S = 120.0
LOOK_EVERY_S = 0.2
CONFIG = """\
box: {home: .}
console: {recordings: films}
cameras:
  - id: street
    url: rtsp://192.0.2.1/1
"""
LINE = {
    "id": "yellow-line",
    "polygon": [[0.0, 0.56], [0.63, 0.56], [0.63, 0.8], [0.0, 0.8]],
    "rules": [{"type": "motor_parking", "warn": "3s", "dwell": "6s", "clear": "3s"}],
}
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
PARKED_X, PARKED_Y = 330, 514
RUNS = "/api/v1/cameras/street/dry-runs"


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    (tmp_path / "gridwatch.yaml").write_text(CONFIG, encoding="utf-8")
    made = Console(tmp_path)
    yield made
    made.services.dry_runs.close()


def begin(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post(RUNS, json={"keys": {"zones": [LINE]}, **body})
    assert answer.status_code == 202, answer.text
    run: dict[str, Any] = answer.json()
    return run


def ended(client: TestClient, number: int) -> dict[str, Any]:
    pause = threading.Event()
    for _ in range(int(ENDS_WITHIN_S / LOOK_EVERY_S)):
        run: dict[str, Any] = client.get(f"{RUNS}/{number}").json()
        if run["state"] != "running":
            return run
        pause.wait(LOOK_EVERY_S)
    pytest.fail(f"still running: {run}")


def test_a_rule_that_is_not_saved_finds_the_car_of_a_recording(
    console: Console, parked_film: Path
) -> None:
    (console.home / "films").mkdir()
    (console.home / "films" / "noon.mp4").write_bytes(parked_film.read_bytes())
    before = (console.home / "gridwatch.yaml").read_bytes()
    client = console.sign_in(Role.ADMIN)
    assert client.get("/api/v1/recordings").json() == {"recordings": ["noon.mp4"]}
    run = begin(client, source="recording", name="noon.mp4", begins_at="2026-11-24T12:00:00")
    run = ended(client, run["number"])
    assert (run["state"], run["detail"], run["share"]) == ("done", "", 1.0)
    (find,) = run["finds"]
    assert (find["type"], find["zone_id"], find["stage"]) == (
        "motor_parking",
        "yellow-line",
        "case",
    )
    assert find["first_seen_at"].startswith("2026-11-24T04:00:")
    left, top, right, bottom = find["box"]
    assert 0 <= left < right <= 1
    assert 0.4 < (top + bottom) / 2 < 0.8
    still = client.get(f"{RUNS}/{run['number']}/{find['number']}.jpg")
    picture = cv2.imdecode(np.frombuffer(still.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    # Nobody else hears of it.
    assert console.services.reviews().find(Search(), limit=1) == []
    assert (console.home / "gridwatch.yaml").read_bytes() == before
    assert "dry_run.begin" in [row.act for row in console.accounts.audit_rows(limit=20)]


def test_a_picture_every_few_seconds_is_enough_to_try_a_rule_of_minutes(console: Console) -> None:
    """Two and a half minutes as the box keeps them by default; a car stands for most of them."""
    stops = ((15, -OUT), (25, PARKED_X), (105, PARKED_X), (115, WIDTH + OUT))
    section = console.settings.evidence
    every_s = round(section.lookback_every)
    way = tuple(Stop(at_s / every_s / FPS, x, PARKED_Y) for at_s, x in stops)
    drawn = StreetScene(3.0, (Visit(car((150, 80, 40)), way),), Plume(1064, 352, 900.0, 901.0))
    slow = console.home / "slow.mp4"
    pictures = (one for one in render_street(drawn) for _ in range(every_s))
    write_film(slow, pictures, fps=1, gop_s=every_s)
    ring = Ring(seconds=600, max_bytes=10**9)
    recording = open_recording(slow, start_utc=NOON, ring=ring)
    recording.keep(threading.Event())
    recording.close()
    folder = lookback_folder(console.settings, "street")
    lookback = Lookback(folder, ring, every_s=section.lookback_every, reach_s=section.lookback)
    lookback.look(NOON)
    lookback.flush()
    client = console.sign_in(Role.ADMIN)
    rules = [{"type": "motor_parking", "warn": "30s", "dwell": "1m", "clear": "20s"}]
    keys = {"zones": [{**LINE, "rules": rules}]}
    run = ended(client, begin(client, keys=keys, source="last_hour")["number"])
    assert (run["state"], run["detail"]) == ("done", "")
    (find,) = run["finds"]
    assert (find["zone_id"], find["stage"], find["still"]) == ("yellow-line", "case", True)
    seen = (datetime.fromisoformat(find["first_seen_at"]) - NOON).total_seconds()
    assert 20 <= seen <= 40
    assert find["cleared_at"] is not None


def test_a_clip_can_be_handed_in_and_a_run_be_cancelled(
    console: Console, parked_film: Path
) -> None:
    client = console.sign_in(Role.ADMIN)
    assert client.put(f"{RUNS}/clip", content=parked_film.read_bytes()).status_code == 204
    number = begin(client, source="upload")["number"]
    busy = client.post(RUNS, json={"keys": {"zones": [LINE]}, "source": "upload"})
    assert busy.status_code == 409
    assert "cancel" in busy.json()["detail"]
    assert client.delete(f"{RUNS}/{number}").json()["state"] == "cancelled"
    assert ended(client, number)["state"] == "cancelled"


def test_what_is_no_video_says_so(console: Console) -> None:
    client = console.sign_in(Role.ADMIN)
    client.put(f"{RUNS}/clip", content=b"no video at all")
    run = ended(client, begin(client, source="upload")["number"])
    assert run["state"] == "failed"
    assert "is no video" in run["detail"]


def test_what_cannot_be_accepted_names_the_field(console: Console) -> None:
    client = console.sign_in(Role.ADMIN)
    rules = [{"type": "motor_parking", "dwell": "soon"}]
    body = {"keys": {"zones": [{**LINE, "rules": rules}]}, "source": "last_hour"}
    answer = client.post(RUNS, json=body)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["key"] == "cameras[0].zones[0].rules[0].dwell"


def test_only_who_may_change_a_camera_tries_it(console: Console) -> None:
    operator = console.sign_in(Role.OPERATOR)
    assert operator.post(RUNS, json={"source": "last_hour"}).status_code == 403
    elsewhere = console.sign_in(Role.ADMIN, cameras=["another"])
    assert elsewhere.post(RUNS, json={"source": "last_hour"}).status_code == 404
    assert elsewhere.get(f"{RUNS}/1").status_code == 404


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "noon"])
def test_a_recording_begins_at_a_time_that_can_be_counted_from(
    console: Console, moment: str
) -> None:
    client = console.sign_in(Role.ADMIN)
    body = {"keys": {"zones": [LINE]}, "source": "upload", "begins_at": moment}
    assert client.post(RUNS, json=body).status_code == 422
