"""The page Live and its API: who may look, how old a picture is, how streams end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from edge.clock import SystemClock
from edge.console.api.live import SeatedResponse
from edge.console.live import PAUSE_S, Live, Looks, Seats
from edge.console.permissions import Role
from edge.console.wall import STALE_S, Showing, shown_camera
from edge.domain.camera import CameraReport, CameraState
from edge.domain.live import LivePicture, Size, View
from edge.errors import StoreError
from tests.conftest import FakeClock
from tests.console_app import Console

JPEG = b"\xff\xd8 somebody at a gate \xff\xd9"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EAST = "/api/v1/cameras/east/live"


class Box:
    """A console whose cameras are in one worker process, played by the test."""

    def __init__(self, folder: Path) -> None:
        self.console = Console(folder)
        self.line: Connection[Any, Any] = self.console.live.connect("worker-1", ["east", "west"])

    def show(self, camera_id: str, *, size: Size = Size.WALL, age_s: float = 0.0) -> LivePicture:
        """Have a worker show a picture, and wait until it has arrived."""
        at = SystemClock().utc() - timedelta(seconds=age_s)
        picture = LivePicture(View(camera_id, size), at, JPEG)
        self.console.live.look(picture.view)
        self.line.send(picture)
        for _ in range(100_000):
            if self.console.live.look(picture.view) == picture:
                return picture
        raise AssertionError("the picture did not arrive")

    def looks(self) -> list[str]:
        audit = self.console.accounts.audit_rows()
        return [row.subject for row in audit if row.act == "live.look"]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.line.close()


@pytest.fixture
def operator(box: Box) -> TestClient:
    return box.console.sign_in(Role.OPERATOR)


def test_a_picture_says_when_it_was_taken_and_how_old_it_is(box: Box, operator: TestClient) -> None:
    picture = box.show("east", age_s=40)
    answer = operator.get(f"{EAST}.jpg")
    assert (answer.status_code, answer.content) == (200, JPEG)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-store"
    said = datetime.fromisoformat(answer.headers["x-frame-time"])
    assert abs(said - picture.at) < timedelta(milliseconds=1)
    assert 40 <= float(answer.headers["x-frame-age"]) < 60


def test_a_picture_that_is_still_the_same_is_not_sent_again(box: Box, operator: TestClient) -> None:
    box.show("east")
    tag = operator.get(f"{EAST}.jpg").headers["etag"]
    same = operator.get(f"{EAST}.jpg", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    assert float(same.headers["x-frame-age"]) >= 0
    box.show("east")
    assert operator.get(f"{EAST}.jpg", headers={"If-None-Match": tag}).status_code == 200


def test_before_the_first_picture_the_answer_says_what_is_wrong(operator: TestClient) -> None:
    waiting = operator.get(f"{EAST}.jpg")
    assert (waiting.status_code, waiting.headers["retry-after"]) == (503, "1")
    assert "no picture yet" in waiting.json()["detail"]
    down = operator.get("/api/v1/cameras/west/live.jpg")
    assert (down.status_code, down.json()["detail"]) == (503, "sent nothing in time")


def test_a_camera_that_is_not_there_or_not_theirs_is_not_found(box: Box) -> None:
    limited = box.console.sign_in(Role.OPERATOR, cameras=["west"])
    box.show("east")
    for path in (f"{EAST}.jpg", f"{EAST}.mjpg", "/api/v1/cameras/north/live.jpg"):
        answer = limited.get(path)
        assert answer.status_code == 404, path
        assert "there is no such camera" in answer.json()["detail"]
    assert [one["id"] for one in limited.get("/api/v1/live").json()["cameras"]] == ["west"]
    assert 'data-camera="east"' not in limited.get("/live").text
    assert box.looks() == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.RESIDENT_ADMIN, Role.AUDITOR])
def test_faces_are_live_for_none_but_operators_and_administrators(box: Box, role: Role) -> None:
    client = box.console.sign_in(role)
    for path in ("/live", "/api/v1/live", f"{EAST}.jpg", f"{EAST}.mjpg"):
        assert client.get(path).status_code == 403, path


def test_whoever_begins_to_look_is_written_down_once(box: Box, operator: TestClient) -> None:
    box.show("east")
    for _ in range(3):
        operator.get(f"{EAST}.jpg")
    operator.get("/api/v1/cameras/west/live.jpg")
    assert sorted(box.looks()) == ["camera east", "camera west"]


def test_a_look_after_a_pause_is_another_one(clock: FakeClock) -> None:
    looks, written = Looks(clock), list[float]()
    for pause_s in (0.0, PAUSE_S / 2, PAUSE_S, PAUSE_S + 1):
        clock.advance(pause_s)
        looks.note("ann", "east", write=lambda: written.append(clock.mono_s()))
    assert len(written) == 2


def test_a_look_that_cannot_be_written_down_has_not_begun(clock: FakeClock) -> None:
    looks, written = Looks(clock), list[str]()

    def refuse() -> None:
        raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        looks.note("ann", "east", write=refuse)
    looks.note("ann", "east", write=lambda: written.append("now"))
    assert written == ["now"]


class Leaving:
    """Pictures of a camera that leaves after a few; each look may have something done first."""

    def __init__(self, count: int, before: Callable[[], object] = object) -> None:
        self.left, self._before = count, before

    def has(self, camera_id: str) -> bool:
        return self.left > 0

    def cameras(self) -> frozenset[str]:
        return frozenset()

    def look(self, view: View) -> LivePicture:
        self._before()
        self.left -= 1
        return LivePicture(view, NOON - timedelta(seconds=self.left), JPEG)

    def seen_at(self, camera_id: str) -> None:
        """Nobody asks."""


class Hurrying(SystemClock):
    """A clock on which a minute goes by between two looks."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def mono_s(self) -> float:
        self._now_s += 60
        return self._now_s


def watch(box: Box, pictures: Leaving, seats: Seats, clock: SystemClock) -> None:
    """Have the console take its pictures there."""
    live = Live(pictures, Looks(clock), seats)
    box.console.app.state.services = replace(box.console.services, live=live, clock=clock)


def test_a_stream_ends_when_its_camera_leaves_and_gives_its_seat_back(
    box: Box, operator: TestClient
) -> None:
    seats = Seats(1)
    for _ in range(2):
        watch(box, Leaving(3), seats, SystemClock())
        answer = operator.get(f"{EAST}.mjpg")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "multipart/x-mixed-replace; boundary=picture"
        parts = answer.content.split(b"--picture\r\n")[1:]
        assert len(parts) == 3
        assert all(JPEG in part for part in parts)
        assert f"X-Frame-Time: {NOON.isoformat(timespec='milliseconds')}".encode() in parts[-1]


def test_a_stream_ends_soon_after_somebody_may_not_see_the_camera_any_more(
    box: Box, operator: TestClient
) -> None:
    def forbid() -> None:
        box.console.services.accounts().change(
            "operator", role=Role.OPERATOR, cameras=frozenset({"west"}), disabled=False, by="test"
        )

    pictures = Leaving(1000, forbid)
    watch(box, pictures, Seats(), Hurrying())
    operator.get(f"{EAST}.mjpg")
    assert pictures.left == 999


def test_a_stream_ends_with_its_reader() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield JPEG
            await asyncio.sleep(0)

    async def story() -> None:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
        await asyncio.wait_for(SeatedResponse(endless(), seats)(scope, receive, send), 10)

    seats = Seats(1)
    assert seats.take()
    asyncio.run(story())
    assert seats.take()


def test_only_so_many_streams_are_watched_at_once(box: Box, operator: TestClient) -> None:
    while box.console.services.live.seats.take():
        pass
    answer = operator.get(f"{EAST}.mjpg")
    assert answer.status_code == 503
    assert "close another one" in answer.json()["detail"]


def test_seats_are_given_back() -> None:
    seats = Seats(1)
    assert [seats.take(), seats.take()] == [True, False]
    seats.leave()
    assert seats.take()


@pytest.mark.parametrize(
    ("state", "age_s", "showing"),
    [
        (CameraState.ONLINE, None, Showing.RUNNING),
        (CameraState.ONLINE, 1.0, Showing.RUNNING),
        (CameraState.ONLINE, STALE_S + 1, Showing.STALE),
        (CameraState.CONNECTING, STALE_S + 1, Showing.CONNECTING),
        (CameraState.OFFLINE, STALE_S + 1, Showing.FAULT),
        (CameraState.ENDED, None, Showing.ENDED),
    ],
)
def test_how_a_camera_is_doing_is_one_word(
    state: CameraState, age_s: float | None, showing: Showing
) -> None:
    seen_at = None if age_s is None else NOON - timedelta(seconds=age_s)
    shown = shown_camera(CameraReport("east", state, "why"), "North street 1", seen_at, NOON)
    assert shown.state is showing
    assert shown.fault == "why"
    stale = age_s is not None and age_s > STALE_S
    assert shown.stale_since == (seen_at if stale else None)


def test_the_list_tells_what_can_be_looked_at_and_why_not(operator: TestClient) -> None:
    listed = operator.get("/api/v1/live").json()["cameras"]
    assert [(one["id"], one["state"], one["fault"]) for one in listed] == [
        ("east", "running", ""),
        ("west", "fault", "sent nothing in time"),
    ]


def test_a_camera_whose_worker_has_just_begun_is_listed_too(box: Box, operator: TestClient) -> None:
    line = box.console.live.connect("worker-2", ["north"])
    listed = operator.get("/api/v1/live").json()["cameras"]
    assert [(one["id"], one["state"]) for one in listed][-1] == ("north", "connecting")
    line.close()


def test_a_broken_configuration_file_blinds_nobody(box: Box, operator: TestClient) -> None:
    box.show("east")
    (box.console.home / "gridwatch.yaml").write_text("cameras: [", encoding="utf-8")
    assert len(operator.get("/api/v1/live").json()["cameras"]) == 2
    assert operator.get(f"{EAST}.jpg").status_code == 200


def test_without_cameras_the_page_says_what_to_do(tmp_path: Path) -> None:
    page = Console(tmp_path).sign_in(Role.ADMIN).get("/live")
    assert page.status_code == 200
    assert "There is no camera to look at" in page.text
