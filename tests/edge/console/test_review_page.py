"""The review page in a real browser, mostly by keyboard."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from edge.clock import SystemClock
from edge.console.permissions import Role
from edge.domain.rule import IncidentType, Severity
from tests.review_console import ReviewConsole
from tests.review_scenes import open_scene
from tests.served import let_in, served

OLD, URGENT, PARKED, BARE = (f"0193a5b0-0000-7000-8000-00000000000{digit}" for digit in "1234")
BOX = (0.45, 0.62, 0.68, 0.82)
NEAR_PX = 2.0


class Desk:
    """Somebody who reviews."""

    def __init__(
        self, browser: Browser, url: str, console: ReviewConsole, role: Role, *, phone: bool = False
    ) -> None:
        self.errors: list[str] = []
        self.context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1366, "height": 860},
            locale="en-GB",
            is_mobile=phone,
            has_touch=phone,
        )
        self.context.set_default_timeout(15_000)
        let_in(self.context, url, console, role)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{url}/review")
        self.page.wait_for_selector(".queue button")

    @property
    def current(self) -> Locator:
        return self.page.locator(".queue [aria-current=true]")

    def at(self, incident_id: str) -> None:
        """Expect to look at an incident."""
        expect(self.current).to_have_attribute("data-id", incident_id)
        expect(self.page.locator("[data-detail]")).to_have_attribute("data-shown", incident_id)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def dialog(self) -> Locator:
        found = self.page.locator("dialog[open]")
        expect(found).to_be_visible()
        return found

    def dismiss(self) -> None:
        """Close the dialog without an answer; it takes no key before it is gone."""
        self.press("Escape")
        expect(self.page.locator("body > dialog")).to_have_count(0)


def box_of(locator: Locator) -> tuple[float, float, float, float]:
    found = locator.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["width"], found["height"]


def too_wide(page: Page) -> int:
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


def played(desk: Desk) -> Locator:
    """Return the player once it has a picture."""
    video = desk.page.locator("video")
    expect(video).to_have_js_property("readyState", 4)
    return video


@pytest.fixture
def console(tmp_path: Path) -> ReviewConsole:
    made, now = ReviewConsole(tmp_path), SystemClock().utc()
    open_scene(made, OLD, opened_at=now - timedelta(days=1), clip=False)
    open_scene(
        made,
        URGENT,
        opened_at=now - timedelta(minutes=40),
        type=IncidentType.FIRE_LANE_BLOCKED,
        severity=Severity.URGENT,
        clip=False,
    )
    open_scene(made, PARKED, opened_at=now - timedelta(hours=3), colour="blue", box=BOX)
    return made


@pytest.fixture
def url(console: ReviewConsole, browser: Browser) -> Iterator[str]:
    with served(console.app) as address:
        yield address
        for context in browser.contexts:  # open pages would wait for news
            context.close()


def test_one_key_judges_and_goes_on_and_one_takes_it_back(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    desk = Desk(browser, url, console, Role.REVIEWER)
    desk.at(URGENT)  # the gravest, then the oldest
    desk.press("j")
    desk.at(OLD)
    desk.press("k")
    desk.at(URGENT)
    desk.press("c")
    desk.at(OLD)
    expect(desk.page.locator(".toast")).to_contain_text("Confirmed")
    desk.press("r")
    expect(desk.dialog()).to_contain_text("Permitted")
    desk.press("2")
    desk.at(PARKED)
    desk.press("u")
    desk.at(OLD)
    desk.press("j")
    desk.at(PARKED)
    desk.press("?")
    expect(desk.dialog()).to_contain_text("Change class")
    desk.dismiss()
    reviews = console.services.reviews()
    assert [(one.verdict, one.reason) for one in reviews.reviews(URGENT)] == [("confirmed", None)]
    said = [(one.verdict, one.reason) for one in reviews.reviews(OLD)]
    assert said == [("rejected", "permitted"), (None, None)]
    assert desk.errors == []


def test_a_duplicate_is_linked_to_what_was_chosen_and_never_by_itself(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    desk = Desk(browser, url, console, Role.OPERATOR)
    desk.at(URGENT)
    desk.press("j", "j")
    desk.at(PARKED)
    desk.press("d")
    expect(desk.dialog()).to_contain_text("Of which one")
    desk.dismiss()
    assert console.services.reviews().reviews(PARKED) == []
    desk.press("d")
    expect(desk.dialog().locator(".choices-list button")).to_have_count(2)
    desk.press("1")
    expect(desk.page.locator(f'[data-id="{PARKED}"]')).to_have_count(0)
    (said,) = console.services.reviews().reviews(PARKED)
    assert (said.verdict, said.duplicate_of) == ("duplicate", OLD)
    desk.page.click(f'[data-id="{OLD}"]')
    desk.press("x")
    desk.dialog().get_by_text("Piled goods").click()
    expect(desk.page.locator(f'[data-id="{OLD}"]')).to_have_count(0)
    (said,) = console.services.reviews().reviews(OLD)
    assert said.corrected_type is IncidentType.MATERIAL_PILE


def test_a_clip_plays_with_the_box_where_it_is_and_goes_step_by_step(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    desk = Desk(browser, url, console, Role.VIEWER)
    expect(desk.page.locator("[data-act]")).to_have_count(0)
    desk.page.click(f'[data-id="{PARKED}"]')
    video = played(desk)
    x, y, width, height = box_of(video)
    scale = min(width / 960, height / 540)
    shown = (960 * scale, 540 * scale)
    left, top = x + (width - shown[0]) / 2, y + (height - shown[1]) / 2
    drawn = box_of(desk.page.locator(".stage .box-line"))
    wanted = (
        left + BOX[0] * shown[0],
        top + BOX[1] * shown[1],
        (BOX[2] - BOX[0]) * shown[0],
        (BOX[3] - BOX[1]) * shown[1],
    )
    assert drawn == pytest.approx(wanted, abs=2 * NEAR_PX)
    desk.page.locator("h2.title").focus()
    desk.press(".", ".", ".")
    expect(desk.page.locator(".timeline .mono")).to_have_text(re.compile(r"−4\.9 s"))
    desk.page.locator(".mark").click()
    expect(desk.page.locator(".timeline .mono")).to_have_text(re.compile(r"0\.0 s"))
    desk.page.locator("h2.title").focus()
    desk.press(">", " ")
    expect(video).to_have_js_property("paused", False)
    expect(video).to_have_js_property("playbackRate", 2)
    expect(video).to_have_js_property("ended", True)
    desk.press("o")
    expect(desk.page.locator(".stage .box-line")).to_be_hidden()
    assert desk.errors == []


def test_news_comes_by_itself_and_leaves_the_operator_where_they_are(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    desk = Desk(browser, url, console, Role.REVIEWER)
    desk.at(URGENT)
    desk.press("j")
    desk.at(OLD)
    console.open(BARE, [], severity=Severity.URGENT, box=None, zone_id=None)
    expect(desk.page.locator(f'[data-id="{BARE}"]')).to_be_visible()
    desk.at(OLD)
    expect(desk.page.locator("[data-waiting]")).to_contain_text("Urgent 2")
    # Somebody else judges what is on the screen: it says so before a second verdict is given.
    other = console.sign_in(Role.OPERATOR)
    verdict = {"revision": 1, "verdict": "confirmed"}
    assert other.post(f"/api/v1/incidents/{OLD}/verdict", json=verdict).status_code == 200
    expect(desk.page.locator(f'[data-id="{OLD}"]')).to_have_count(0)
    expect(desk.page.locator("[data-detail]")).to_contain_text("Confirmed")


def test_a_phone_shows_the_queue_or_an_incident_and_never_scrolls_sideways(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    desk = Desk(browser, url, console, Role.OPERATOR, phone=True)
    assert too_wide(desk.page) == 0
    expect(desk.page.locator("[data-detail]")).to_be_hidden()
    desk.page.tap(f'[data-id="{PARKED}"]')
    expect(desk.page.locator("[data-queue]")).to_be_hidden()
    played(desk)
    assert too_wide(desk.page) == 0
    desk.page.tap("[data-act=reject]")
    assert too_wide(desk.page) == 0
    desk.dialog().get_by_label("Also tell nothing more").check()
    desk.dialog().get_by_text("Permitted").tap()
    expect(desk.page.locator(".toast").last).to_contain_text("Quiet until")
    desk.page.tap(".back")
    expect(desk.page.locator(f'[data-id="{PARKED}"]')).to_have_count(0)
    (quiet,) = console.services.reviews().suppressions()
    assert (quiet.type, quiet.reason) == (IncidentType.MOTOR_PARKING, "Permitted")
    desk.page.tap("[data-quiet]")
    desk.dialog().get_by_text("End now").tap()
    expect(desk.dialog()).to_contain_text("No place is kept quiet")
    assert console.services.reviews().suppressions() == []
    assert desk.errors == []


def test_nothing_is_unblurred_without_a_reason_and_never_for_a_reviewer(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    reviewer = Desk(browser, url, console, Role.REVIEWER)
    expect(reviewer.page.locator("[data-act=confirm]")).to_be_visible()
    expect(reviewer.page.locator("[data-act=clear]")).to_have_count(0)
    reviewer.press("v")
    expect(reviewer.page.locator("dialog[open]")).to_have_count(0)
    operator = Desk(browser, url, console, Role.OPERATOR)
    operator.page.click(f'[data-id="{PARKED}"]')
    played(operator)
    operator.press("v")
    operator.dialog().get_by_label("Reason").fill("a child is lost")
    operator.press("Enter")
    expect(operator.page.locator(".corner")).to_have_text("Unblurred")
    played(operator)
    looks = [row for row in console.audited() if row.act == "media.clear"]
    assert [(row.actor, row.subject, row.result) for row in looks] == [
        ("operator", f"incident {PARKED} clip.mp4", "ok; purpose: a child is lost")
    ]


def test_evidence_is_verified_held_and_saved_and_what_is_missing_says_why(
    browser: Browser, url: str, console: ReviewConsole, tmp_path: Path
) -> None:
    desk = Desk(browser, url, console, Role.OPERATOR)
    detail = desk.page.locator("[data-detail]")
    expect(detail).to_contain_text("the camera sent nothing in time")
    desk.page.get_by_role("button", name="Verify").click()
    expect(detail).to_contain_text("All files are as the box signed them")
    desk.page.get_by_role("button", name="Legal hold").click()
    desk.dialog().get_by_label("Reason").fill("file 17 of the court")
    desk.press("Enter")
    expect(detail).to_contain_text("file 17 of the court · operator")
    assert console.services.evidence().held(URGENT) is not None
    desk.page.get_by_role("button", name="Export").click()
    desk.dialog().get_by_label("Reason").fill("for the court")
    with desk.page.expect_download() as waiting:
        desk.press("Enter")
    waiting.value.save_as(tmp_path / "saved.zip")
    assert waiting.value.suggested_filename == f"{URGENT}-redacted.zip"
    assert (tmp_path / "saved.zip").read_bytes().startswith(b"PK")


def test_an_empty_queue_says_what_to_do_next(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    desk = Desk(browser, url, console, Role.REVIEWER)
    desk.at(URGENT)
    desk.press("c")
    desk.at(OLD)
    desk.press("c")
    desk.at(PARKED)
    desk.press("c")
    expect(desk.page.locator("[data-empty]")).to_contain_text("Nothing to judge")
    expect(desk.page.locator("[data-empty] a")).to_have_count(2)


def test_news_of_an_incident_leaves_its_clip_where_it_was(
    browser: Browser, url: str, console: ReviewConsole
) -> None:
    desk = Desk(browser, url, console, Role.REVIEWER)
    desk.page.click(f'[data-id="{PARKED}"]')
    played(desk)
    desk.page.locator(".mark").click()
    told = desk.page.locator(".timeline .mono")
    expect(told).to_have_text(re.compile(r"0\.0 s"))
    console.exhibits.add(PARKED, "cleared.jpg")
    expect(desk.page.locator(".history li")).to_have_count(2)
    expect(desk.page.locator("[data-detail] h2 ~ .badge").nth(1)).to_have_text("Gone")
    played(desk)
    expect(told).to_have_text(re.compile(r"0\.0 s"))
    assert desk.errors == []
