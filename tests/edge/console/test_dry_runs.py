"""Rules tried on a drawn street, through the API and in the real process."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from edge.console.permissions import Role
from edge.demo.street_scene import FPS, render_street
from edge.demo.street_script import street_scene
from edge.store.heads import Search
from streams.film import write_film
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
    "rules": [{"type": "motor_parking", "warn": "6s", "dwell": "12s", "clear": "4s"}],
}
RUNS = "/api/v1/cameras/street/dry-runs"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "street.mp4"
    write_film(path, render_street(street_scene()), fps=FPS)
    return path


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
    console: Console, film: Path
) -> None:
    (console.home / "films").mkdir()
    (console.home / "films" / "noon.mp4").write_bytes(film.read_bytes())
    before = (console.home / "gridwatch.yaml").read_bytes()
    client = console.sign_in(Role.ADMIN)
    assert client.get("/api/v1/recordings").json() == {"recordings": ["noon.mp4"]}
    run = begin(client, source="recording", name="noon.mp4", begins_at="2026-11-24T12:00:00+08:00")
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


def test_a_clip_can_be_handed_in_and_a_run_be_cancelled(console: Console, film: Path) -> None:
    client = console.sign_in(Role.ADMIN)
    assert client.put(f"{RUNS}/clip", content=film.read_bytes()).status_code == 204
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
