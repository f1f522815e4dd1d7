"""Zones drawn in a real browser by mouse, by finger and by keyboard, and saved to the file."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from edge.console.permissions import Role
from edge.domain.geometry import Polygon, area
from edge.settings import Settings, load_settings
from edge.settings.schema import Camera
from tests.console_app import Console
from tests.served import let_in, served

PICTURE = "**/api/v1/cameras/*/live.jpg*"
WIDTH, HEIGHT = 960, 540
NEAR = 0.02
ENDS_WITHIN_MS = 120_000
SHAPE: Polygon = ((0.2, 0.3), (0.6, 0.3), (0.6, 0.7), (0.2, 0.7))
LINE: Polygon = ((0.01, 0.56), (0.63, 0.56), (0.63, 0.8), (0.01, 0.8))


def a_picture() -> bytes:
    picture = np.full((HEIGHT, WIDTH, 3), (90, 100, 95), np.uint8)
    cv2.rectangle(picture, (0, 300), (WIDTH, HEIGHT), (70, 70, 72), cv2.FILLED)
    return cv2.imencode(".jpg", picture)[1].tobytes()


class Drawer:
    """Somebody at the page of one camera."""

    def __init__(
        self, browser: Browser, url: str, console: Console, *, touch: bool = False
    ) -> None:
        self.console = console
        self.errors: list[str] = []
        size = (412, 880) if touch else (1366, 860)
        self.context = browser.new_context(
            has_touch=touch,
            is_mobile=touch,
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB",
        )
        let_in(self.context, url, console, Role.ADMIN)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        body = a_picture()
        self.page.route(PICTURE, lambda route: route.fulfill(body=body, content_type="image/jpeg"))
        self.page.goto(f"{url}/cameras/west")
        self.page.wait_for_selector("[data-ready]")
        self.page.wait_for_selector("[data-picture]:not([hidden])")

    @property
    def settings(self) -> Settings:
        return load_settings(self.console.home / "gridwatch.yaml")

    @property
    def camera(self) -> Camera:
        return self.settings.camera("west")

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return where a share of the picture is on the screen."""
        box = self.page.locator("[data-zones-svg]").bounding_box()
        assert box is not None
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def name(self, name: str) -> None:
        field = self.page.locator("[data-zone-panel] input").first
        field.fill(name)
        field.press("Tab")

    def add_rule(self, kind: str, dwell: str) -> None:
        self.page.locator("[data-rule-type]").select_option(kind)
        self.page.locator("[data-add-rule]").click()
        field = self.page.locator('.rule:last-of-type [data-path$=".dwell"] input')
        field.fill(dwell)
        field.press("Tab")

    def save(self, remark: str) -> str:
        """Save and return the difference that was shown."""
        self.page.locator("[data-save]").click()
        shown = self.page.locator("dialog .diff").inner_text()
        self.page.locator("dialog [name=remark]").fill(remark)
        self.page.locator("dialog button.primary").click()
        self.page.wait_for_selector("[data-unsaved]", state="hidden")
        return shown


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


@pytest.fixture
def url(console: Console) -> Iterator[str]:
    with served(console.app) as address:
        yield address


@pytest.fixture
def drawer(browser: Browser, url: str, console: Console) -> Iterator[Drawer]:
    drawer = Drawer(browser, url, console)
    yield drawer
    drawer.context.close()
    assert drawer.errors == []


def close_to(polygon: Polygon, wanted: Polygon) -> bool:
    return len(polygon) == len(wanted) and all(
        abs(x - a) < NEAR and abs(y - b) < NEAR
        for (x, y), (a, b) in zip(polygon, wanted, strict=True)
    )


def test_a_zone_drawn_by_mouse_with_a_rule_is_in_the_file(drawer: Drawer) -> None:
    page = drawer.page
    page.locator("[data-draw]").click()
    for point in (*SHAPE, SHAPE[0]):
        page.mouse.click(*drawer.at(point))
    drawer.name("lane")
    drawer.add_rule("fire_lane_blocked", "90s")
    shown = drawer.save("the lane is new")
    assert "+" in shown
    assert "fire_lane_blocked" in shown
    lane = drawer.camera.zones[1]
    assert (lane.id, [rule.type for rule in lane.rules]) == ("lane", ["fire_lane_blocked"])
    assert lane.rules[0].dwell == 90
    assert close_to(lane.polygon, SHAPE)
    # What was there stays as it was written.
    assert "# agreed with the shops" in drawer.settings.text
    latest = drawer.console.services.configuration.history()[0]
    assert (latest.by, latest.remark) == ("admin", "the lane is new")


def test_corners_are_dragged_made_and_taken_out_by_mouse_and_all_is_undone(drawer: Drawer) -> None:
    page = drawer.page
    before = drawer.camera.zones[0].polygon
    page.locator("[data-zone-list] button").click()
    page.mouse.move(*drawer.at(before[0]))
    page.mouse.down()
    page.mouse.move(*drawer.at((0.2, 0.4)), steps=4)
    page.mouse.up()
    middle = ((before[1][0] + before[2][0]) / 2, (before[1][1] + before[2][1]) / 2)
    page.mouse.move(*drawer.at(middle))
    page.mouse.down()
    page.mouse.move(*drawer.at((0.99, 0.75)), steps=4)
    page.mouse.up()
    drawer.save("drawn anew")
    wanted = ((0.2, 0.4), before[1], (0.99, 0.75), before[2])
    assert close_to(drawer.camera.zones[0].polygon, wanted)
    page.locator('[data-key="corner-2"]').focus()
    page.locator("[data-remove-corner]").click()
    assert page.locator("[data-corner]").count() == len(wanted) - 1
    drawer.press("Control+z")
    assert page.locator("[data-undo]").is_disabled()
    assert page.locator("[data-corner]").count() == len(wanted)


def test_a_zone_is_drawn_and_dragged_by_finger(
    browser: Browser, url: str, console: Console
) -> None:
    drawer = Drawer(browser, url, console, touch=True)
    page = drawer.page
    page.locator("[data-draw]").tap()
    for point in (*SHAPE, SHAPE[0]):
        page.touchscreen.tap(*drawer.at(point))
    drawer.name("touched")
    page.locator("[data-zones-svg]").scroll_into_view_if_needed()
    drag_finger(page, drawer.at(SHAPE[2]), drawer.at((0.8, 0.9)))
    drawer.save("by finger")
    wanted = (*SHAPE[:2], (0.8, 0.9), SHAPE[3])
    assert close_to(drawer.camera.zones[1].polygon, wanted)
    assert drawer.errors == []
    drawer.context.close()


def drag_finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Put a finger down, move it and lift it: touch events as a screen sends them."""
    screen = page.context.new_cdp_session(page)
    steps = 6
    for step in range(steps + 1):
        x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
        kind = "touchMove" if step else "touchStart"
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_zone_is_drawn_and_changed_by_keyboard_alone(drawer: Drawer) -> None:
    page = drawer.page
    page.locator("[data-draw]").focus()
    drawer.press("Enter")
    # The cross begins in the middle; with Shift a key goes 0.05.
    drawer.press(" ", *["Shift+ArrowRight"] * 2, " ", *["Shift+ArrowDown"] * 2, " ", "Enter")
    drawer.name("keyed")
    zone = page.locator('[data-key="zone-1"]')
    zone.focus()
    drawer.press("Enter", "Shift+ArrowLeft", "Insert")
    assert page.locator("[data-corner]").count() == 4
    page.locator('[data-key="corner-1"]').focus()
    drawer.press("Delete")
    zone.focus()
    drawer.press("Shift+ArrowUp")
    drawer.save("by keyboard")
    wanted = ((0.45, 0.45), (0.6, 0.45), (0.6, 0.55))
    assert close_to(drawer.camera.zones[1].polygon, wanted)


def test_a_zone_that_crosses_itself_says_so_at_once_and_at_the_check(drawer: Drawer) -> None:
    page = drawer.page
    page.locator("[data-zone-list] button").click()
    page.locator('[data-key="corner-2"]').focus()
    drawer.press("Insert")
    page.locator('[data-key="corner-3"]').focus()
    drawer.press(*["Shift+ArrowRight"] * 12)
    assert "cross each other" in page.locator("[data-said]").inner_text()
    assert page.locator(".zone.wrong").count() == 1
    page.locator("[data-check]").click()
    page.wait_for_selector("[data-problems]:not([hidden])")
    assert "crosses itself" in page.locator('[data-path="zones[0].polygon"]').inner_text()
    assert area(drawer.camera.zones[0].polygon) > 0


def test_a_wrong_term_is_told_at_its_field(drawer: Drawer) -> None:
    page = drawer.page
    page.locator("[data-zone-list] button").click()
    page.locator(".rule summary").first.click()
    path = '[data-path="zones[0].rules[0].warn"]'
    page.locator(f"{path} input").fill("5m")
    page.locator(f"{path} input").press("Tab")
    page.locator("[data-check]").click()
    page.wait_for_selector("[data-problems]:not([hidden])")
    assert "give a shorter warn" in page.locator(f"{path} [data-error]").inner_text()
    assert page.locator(f"{path} input").get_attribute("aria-invalid") == "true"
    page.locator(f"{path} input").fill("1m")
    drawer.save("warn first")
    assert drawer.camera.zones[0].rules[0].warn == 60


def test_hours_and_permits_of_a_rule_are_rows_of_the_form(drawer: Drawer) -> None:
    page = drawer.page
    page.locator("[data-zone-list] button").click()
    page.locator(".rule summary").first.click()
    page.get_by_role("button", name="Add hours").click()
    page.locator('[data-path$=".schedule[0].days"] input').fill("mon-fri")
    page.get_by_role("button", name="Add a permit").click()
    page.locator('[data-path$=".except[0].permit"] input').fill("night-market")
    page.locator('[data-path$=".except[0].hours"] input').fill("late")
    page.locator("[data-check]").click()
    page.wait_for_selector("[data-problems]:not([hidden])")
    told = page.locator('[data-path$=".except[0].hours"] [data-error]').inner_text()
    assert "22:00-06:00" in told
    page.locator('[data-path$=".except[0].hours"] input').fill("18:00-22:00")
    drawer.save("the market")
    (rule,) = drawer.camera.zones[0].rules
    assert [(one.days, one.hours) for one in rule.schedule] == [("mon-fri", "07:00-22:00")]
    assert [(one.permit, one.hours) for one in rule.exemptions] == [("night-market", "18:00-22:00")]


def test_whoever_comes_second_is_told_who_was_first_and_nothing_is_lost(drawer: Drawer) -> None:
    client = drawer.console.sign_in(Role.ADMIN)
    now = client.get("/api/v1/configuration").json()
    change = {"camera_id": "east", "keys": {"decode": "keyframes"}}
    body = {"changes": [change], "version": now["version"], "remark": "meanwhile"}
    assert client.put("/api/v1/configuration", json=body).status_code == 200
    page = drawer.page
    page.locator("[data-zone-list] button").click()
    drawer.add_rule("intrusion", "3s")
    page.locator("[data-save]").click()
    page.locator("dialog [name=remark]").fill("too late")
    page.locator("dialog button.primary").click()
    page.wait_for_selector("text=It was changed by admin")
    assert [rule.type for rule in drawer.camera.zones[0].rules] == ["motor_parking"]
    assert drawer.settings.camera("east").decode == "keyframes"


def test_the_configuration_goes_back_to_an_earlier_state(drawer: Drawer) -> None:
    page = drawer.page
    before = drawer.settings.text
    page.locator("[data-zone-list] button").click()
    drawer.add_rule("intrusion", "3s")
    drawer.save("an error")
    page.locator("[data-history]").click()
    page.locator(".history summary").nth(1).click()
    page.locator(".history .danger").click()
    page.locator("dialog [name=remark]").fill("as it was")
    with page.expect_navigation():
        page.locator("dialog button.danger").last.click()
    assert drawer.settings.text == before


def test_a_camera_is_added_with_a_password_that_nobody_sees_again_and_removed(
    drawer: Drawer,
) -> None:
    page = drawer.page
    page.goto(page.url.replace("/cameras/west", "/cameras"))
    page.locator("[data-add]").click()
    page.locator("dialog [name=id]").fill("north")
    page.locator('dialog [data-path="url"] input').fill("rtsp://192.0.2.9/main")
    page.locator('dialog [data-path="username"] input').fill("viewer")
    page.locator('dialog [data-path="password"] input').fill("quite secret")
    page.locator("dialog button.primary").click()
    shown = page.locator("dialog .diff").inner_text()
    assert "north" in shown
    assert "quite secret" not in shown
    page.locator("dialog [name=remark]").fill("a new one")
    with page.expect_navigation():
        page.locator("dialog button.primary").click()
    page.wait_for_selector("[data-ready]")
    north = drawer.settings.camera("north")
    assert north.password is not None
    assert north.password.value == "quite secret"
    assert "quite secret" not in page.content()
    page.locator("summary", has_text="Address and place").click()
    page.locator("[data-remove-camera]").click()
    page.locator("dialog button.danger").click()
    page.locator("dialog [name=remark]").fill("sold")
    with page.expect_navigation():
        page.locator("dialog button.primary").click()
    assert [camera.id for camera in drawer.settings.cameras] == ["east", "west"]


def test_a_dry_run_shows_what_the_drawn_rules_would_have_told(
    drawer: Drawer, parked_film: Path
) -> None:
    page, runs = drawer.page, drawer.console.services.dry_runs
    page.locator("[data-draw]").click()
    for point in (*LINE, LINE[0]):
        page.mouse.click(*drawer.at(point))
    drawer.add_rule("motor_parking", "6s")
    page.locator('[name=source][value="upload"]').check()
    page.locator("[name=clip]").set_input_files(parked_film)
    page.locator("[data-begin]").click()
    page.wait_for_selector("[data-state]:has-text('Done.')", timeout=ENDS_WITHIN_MS)
    find = page.locator(".find").first
    assert "Vehicle parked" in find.inner_text()
    wide = find.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert wide > 0
    find.focus()
    assert page.locator("[data-zones-svg] .box-line").count() == 1
    # It was tried, not saved.
    assert len(drawer.camera.zones) == 1
    runs.close()
