"""Somebody looks at real cameras in a real browser: pictures move, and what is old says so."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from edge.bootstrap.web.console import accounts_path
from edge.clock import SystemClock
from edge.console.permissions import Role
from edge.settings import load_settings
from edge.store.accounts import Accounts
from tests.fixtures_rtsp import RtspServer
from tests.running_box import PASSWORD, RunningBox

PATIENCE_MS = 30_000
MOVED = "image => image.complete && image.naturalWidth"


@pytest.fixture
def server(make_rtsp_server: Callable[..., RtspServer], films: dict[str, Path]) -> RtspServer:
    return make_rtsp_server({"yard": ("h264", films["h264"]), "lane": ("hevc", films["hevc"])})


@pytest.fixture
def box(tmp_path: Path, server: RtspServer) -> Iterator[RunningBox]:
    """A box whose cameras have nothing to do but be looked at."""
    made = RunningBox(
        tmp_path / "gridwatch.yaml",
        {
            "box": {"home": "./var"},
            "mqtt": {"url": "mqtt://127.0.0.1:1"},
            "console": {"port": 0},
            "workers": 1,
            "cameras": [
                {
                    "id": "yard",
                    "url": server.url("yard"),
                    "location": {"lon": 111, "lat": 35, "address": "North street 1"},
                },
                {"id": "lane", "url": server.url("lane")},
                {"id": "cellar", "url": "rtsp://127.0.0.1:1/none"},
            ],
        },
    )
    made.let_in(Role.OPERATOR)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def page(browser: Browser, box: RunningBox) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    opened.goto(f"{box.url}/login?next=/live")
    opened.fill("[name=name]", Role.OPERATOR)
    opened.fill("[name=password]", PASSWORD)
    opened.click("form .primary")
    opened.wait_for_url("**/live")
    yield opened
    context.close()


def veil_of(camera_id: str) -> str:
    return f"[data-camera={camera_id}].veiled [data-veil]"


def wait_for_picture(page: Page, place: str) -> int:
    """Return the width of a picture once it is there as it is now, without a veil."""
    page.wait_for_selector(f"{place}:not(.veiled) img:not([hidden])")
    page.wait_for_function(f"({MOVED})(document.querySelector('{place} img'))")
    return int(page.eval_on_selector(f"{place} img", "image => image.naturalWidth"))


def picture_later_than(page: Page, url: str, moment: datetime) -> datetime:
    """Return the time of the first picture of a camera taken after a moment."""
    for _ in range(150):
        answer = page.request.get(f"{url}/api/v1/cameras/yard/live.jpg")
        if answer.ok and (at := datetime.fromisoformat(answer.headers["x-frame-time"])) > moment:
            return at
        page.wait_for_timeout(200)
    raise AssertionError(f"no picture after {moment}")


@pytest.mark.e2e
def test_cameras_are_looked_at_enlarged_and_said_to_be_gone(
    box: RunningBox, page: Page, server: RtspServer
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for camera_id in ("yard", "lane"):
        assert wait_for_picture(page, f"[data-camera={camera_id}]") == 320
    page.wait_for_selector(f"{veil_of('cellar')}:has-text('nobody listens there')")
    before = page.get_attribute("[data-camera=yard] time", "datetime")
    page.wait_for_function(
        "before => document.querySelector('[data-camera=yard] time').dateTime > before", arg=before
    )

    page.keyboard.press("1")
    assert page.locator("[data-tile]:visible").count() == 1
    page.keyboard.press("0")
    page.click("[data-camera=yard] [data-enlarge]")
    assert wait_for_picture(page, "[data-enlarged]") == 320
    assert page.text_content("[data-enlarged] [data-name]") == "North street 1"
    page.keyboard.press("ArrowRight")
    assert page.text_content("[data-enlarged] [data-name]") == "lane"
    wait_for_picture(page, "[data-enlarged]")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-enlarged]", state="hidden")

    server.freeze()
    veil = page.wait_for_selector(f"{veil_of('yard')}:has-text('old')")
    assert veil is not None
    assert "Picture of" in str(veil.text_content())
    assert errors == []

    accounts = Accounts(accounts_path(load_settings(box.config)), SystemClock())
    looks = [row.subject for row in accounts.audit_rows() if row.act == "live.look"]
    accounts.close()
    assert sorted(looks) == ["camera cellar", "camera lane", "camera yard"]


@pytest.mark.e2e
def test_after_a_worker_was_killed_pictures_go_on(box: RunningBox, page: Page) -> None:
    wait_for_picture(page, "[data-camera=yard]")
    [worker] = box.workers
    os.kill(worker, signal.SIGKILL)
    box.wait_for("SIGKILL", within_s=PATIENCE_MS / 1000)
    killed = datetime.now(UTC)
    assert picture_later_than(page, box.url, killed) > killed
    assert worker not in box.workers


@pytest.mark.e2e
def test_a_worker_that_hangs_holds_neither_the_console_nor_the_service(
    box: RunningBox, page: Page
) -> None:
    wait_for_picture(page, "[data-camera=yard]")
    [worker] = box.workers
    os.kill(worker, signal.SIGSTOP)
    page.wait_for_selector(f"{veil_of('yard')}:has-text('old')")
    began_s = time.monotonic()
    assert page.request.get(f"{box.url}/healthz").status in {200, 503}
    assert page.request.get(f"{box.url}/api/v1/cameras/yard/live.jpg").ok
    assert time.monotonic() - began_s < 5
