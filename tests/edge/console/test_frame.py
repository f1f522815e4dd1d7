"""What every page has, in a browser far away or as narrow as a phone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from edge.console.permissions import Role
from tests.review_console import ReviewConsole
from tests.review_scenes import open_scene
from tests.served import let_in, served

INCIDENT = "0193a5b0-0000-7000-8000-000000000001"
MORNING = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
"""At nine in Shanghai, where the box stands, and still the day before in New York."""
LEAST_GAP_PX = 6.0
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1366, "height": 860}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> ReviewConsole:
    made = ReviewConsole(tmp_path_factory.mktemp("frame"))
    open_scene(made, INCIDENT, opened_at=MORNING, clip=False)
    return made


@pytest.fixture(scope="module")
def url(console: ReviewConsole, browser: Browser) -> Iterator[str]:
    with served(console.app) as address:
        yield address
        for context in browser.contexts:  # open pages would wait for news
            context.close()


def opened(
    browser: Browser,
    url: str,
    console: ReviewConsole,
    path: str,
    *,
    language: str = "en-GB",
    phone: bool = False,
    role: Role = Role.ADMIN,
) -> Page:
    context = browser.new_context(
        viewport=PHONE if phone else DESK,
        locale=language,
        timezone_id="America/New_York",
    )
    context.set_default_timeout(15_000)
    let_in(context, url, console, role)
    page = context.new_page()
    page.goto(url + path)
    return page


def edges(one: Locator) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom on the screen."""
    found = one.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def test_an_incident_is_told_in_the_sites_time(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    page = opened(browser, url, console, "/review")
    expect(page.locator("dl.facts")).to_contain_text("Nov 24, 2026, 09:02:03")
    expect(page.locator(".history").first).to_contain_text("Nov 24, 2026")
    assert "Nov 23" not in page.locator("main").inner_text()


def test_the_history_of_the_configuration_is_told_in_the_sites_time(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    client = console.sign_in(Role.ADMIN)
    version = client.get("/api/v1/configuration").json()["version"]
    changes = [{"camera_id": "west", "keys": {"decode": "keyframes"}}]
    body = {"changes": changes, "version": version, "remark": "less work"}
    assert client.put("/api/v1/configuration", json=body).is_success
    (state, *_) = client.get("/api/v1/configuration/history").json()
    saved = datetime.fromisoformat(state["saved_at"]).astimezone(console.services.time_zone)
    page = opened(browser, url, console, "/cameras")
    page.locator("[data-history]").click()
    expect(page.locator("dialog .history")).to_contain_text(saved.strftime("%H:%M:%S"))


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_nothing_touches_in_the_head_of_a_phone(
    browser: Browser, url: str, console: ReviewConsole, language: str
) -> None:
    page = opened(
        browser, url, console, "/account", language=language, phone=True, role=Role.RESIDENT_ADMIN
    )
    word = edges(page.locator(".brand span").first)
    choices = edges(page.locator(".choices"))
    assert choices[0] - word[2] >= LEAST_GAP_PX
    assert choices[2] <= PHONE["width"]
    whole = page.locator(".brand span").first.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert whole


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_everything_that_can_be_done_is_within_reach_on_a_phone(
    browser: Browser, url: str, console: ReviewConsole, language: str
) -> None:
    page = opened(browser, url, console, "/review", language=language, phone=True)
    page.locator(f'[data-id="{INCIDENT}"]').click()
    acts = page.locator("[data-act]:visible")
    expect(page.locator("[data-act=confirm]")).to_be_visible()
    names = {one.get_attribute("data-act") for one in acts.all()}
    assert {"confirm", "reject", "suppress", "clear", "undo"} <= names
    for one in acts.all():
        left, _, right, bottom = edges(one)
        assert left >= 0, one.inner_text()
        assert right <= PHONE["width"], one.inner_text()
        assert bottom <= PHONE["height"], one.inner_text()
