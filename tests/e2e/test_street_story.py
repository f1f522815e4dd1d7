"""From the first login to the audit: a zone is drawn, an incident found, watched and rejected."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from edge.delivery.listener import Listener
from edge.demo.street_scene import FPS, Stop, StreetScene, Visit, render_street
from edge.demo.street_smoke import Plume
from edge.demo.street_things import COATS, crates, person
from streams.film import write_film
from tests.fixtures_mqtt import Mosquitto
from tests.fixtures_rtsp import RtspServer
from tests.running_box import RunningBox

BOX = "box-story"
CAMERA = "street-east"
PASSWORD, AUDITORS = "a first password of one's own", "another password for the auditor"
PAVEMENT = ((0.02, 0.34), (0.98, 0.34), (0.98, 0.55), (0.02, 0.55))
FILM_S = 60.0
FOUND_WITHIN_MS = 90_000
SHOWN_WITHIN_MS = 60_000
TOLD_WITHIN_S = 20.0


@dataclass
class Platform:
    """What the city's platform has received of reviews."""

    reviews: list[dict[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, topic: str, payload: bytes) -> None:
        if not topic.endswith("/incidents"):
            return
        told = json.loads(payload)
        if told["action"] == "reviewed":
            with self.changed:
                self.reviews.append(told)
                self.changed.notify_all()

    def first_review(self) -> dict[str, Any]:
        with self.changed:
            assert self.changed.wait_for(lambda: self.reviews, TOLD_WITHIN_S), "no review was told"
            return self.reviews[0]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crates are put down on the pavement after ten seconds, and stay."""
    path = tmp_path_factory.mktemp("street") / "street.mp4"
    there = Stop(10.0, 560.0, 372.0)
    brought = Visit(crates, (Stop(5.0, -140.0, 372.0), there, Stop(FILM_S, 560.0, 372.0)))
    who = Visit(
        person(COATS[1]),
        (Stop(5.0, -240.0, 374.0), Stop(10.0, 460.0, 374.0), Stop(16.0, -240.0, 378.0)),
    )
    never = Plume(1064, 352, FILM_S + 1, FILM_S + 2)
    write_film(path, render_street(StreetScene(FILM_S, (brought, who), never)), fps=FPS)
    return path


@pytest.fixture
def box(
    make_rtsp_server: Callable[..., RtspServer],
    mosquitto: Mosquitto,
    film: Path,
    tmp_path: Path,
) -> Iterator[RunningBox]:
    server = make_rtsp_server({"street": ("h264", film)})
    box = RunningBox(
        tmp_path / "gridwatch.yaml",
        {
            "box": {"id": BOX, "home": "./var"},
            "mqtt": {"url": mosquitto.url},
            "console": {"port": 0},
            "models": {"street": "none"},
            "evidence": {"pre_roll": "4s", "post_roll": "3s"},
            "cameras": [{"id": CAMERA, "url": server.url("street"), "read_timeout": "2s"}],
        },
    )
    yield box
    box.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 860})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.mark.e2e
@pytest.mark.timeout(300)
def test_the_whole_story(box: RunningBox, mosquitto: Mosquitto, context: BrowserContext) -> None:
    box.start()
    platform = Platform()
    with Listener(mosquitto.url, f"gridwatch/1/{BOX}", platform.take):
        page = context.new_page()
        sign_in(page, box, "admin", box.first_password(), PASSWORD)
        draw_a_zone_with_a_rule(page, box)
        incident_id = wait_for_the_incident(page, box)
        play_the_clip(page)
        assert precision(context, box) == "–"
        page.goto(f"{box.url}/review")
        reject(page)
        told = platform.first_review()
        assert told["id"] == incident_id
        assert (told["review"]["verdict"], told["review"]["reason"]) == ("rejected", "permitted")
        assert precision(context, box) == "0 %"
        secret = add_an_auditor(page, box)
    sign_out(page, box)
    sign_in(page, box, "watch", secret, AUDITORS)
    find_it_all_in_the_audit(page, box, incident_id)


def sign_in(page: Page, box: RunningBox, name: str, once: str, own: str) -> None:
    """Sign in with a password that must be changed at once, and change it."""
    page.goto(f"{box.url}/login")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(once)
    page.locator("form .primary").click()
    page.wait_for_url("**/account")
    page.locator("[name=old]").fill(once)
    page.locator("[name=new]").fill(own)
    page.locator("[data-password] .primary").click()
    page.wait_for_url(lambda url: "/account" not in url)


def draw_a_zone_with_a_rule(page: Page, box: RunningBox) -> None:
    page.goto(f"{box.url}/cameras")
    page.get_by_role("link", name=CAMERA).first.click()
    page.wait_for_selector("[data-picture]:not([hidden])")
    page.locator("[data-draw]").click()
    frame = page.locator("[data-zones-svg]").bounding_box()
    assert frame is not None
    for x, y in (*PAVEMENT, PAVEMENT[0]):
        page.mouse.click(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"])
    name = page.locator("[data-zone-panel] input").first
    name.fill("pavement")
    name.press("Tab")
    page.locator("[data-rule-type]").select_option("material_pile")
    page.locator("[data-add-rule]").click()
    dwell = page.locator('.rule:last-of-type [data-path$=".dwell"] input')
    dwell.fill("8s")
    dwell.press("Tab")
    page.locator("[data-save]").click()
    expect(page.locator("dialog .diff")).to_contain_text("material_pile")
    page.locator("dialog [name=remark]").fill("crates block the pavement")
    page.locator("dialog button.primary").click()
    page.wait_for_selector("[data-unsaved]", state="hidden")


def wait_for_the_incident(page: Page, box: RunningBox) -> str:
    """Have the queue open until the incident appears in it by itself; return its id."""
    page.goto(f"{box.url}/review")
    found = page.locator("[data-queue] [data-id]").first
    expect(found).to_contain_text("Piled goods", timeout=FOUND_WITHIN_MS)
    found.click()
    name = found.get_attribute("data-id")
    assert name is not None
    return name


def play_the_clip(page: Page) -> None:
    """Play until the video itself has gone on for a second."""
    video = page.locator("[data-detail] video")
    expect(video).to_be_visible(timeout=SHOWN_WITHIN_MS)
    played = video.evaluate(
        """async (video) => {
          await new Promise((ready, failed) => {
            if (video.readyState >= 2) ready();
            video.addEventListener("loadeddata", ready, { once: true });
            video.addEventListener("error", () => failed(video.error?.message), { once: true });
          });
          await video.play();
          await new Promise((going) => {
            const look = () => (video.currentTime >= 1 ? going() : requestAnimationFrame(look));
            look();
          });
          return [video.videoWidth, video.videoHeight, video.duration];
        }"""
    )
    assert played[:2] == [1280, 720]
    assert 6.5 < played[2] < 12
    outlines = page.locator("[data-detail] svg .zone-line, [data-detail] svg .box-line")
    expect(outlines).to_have_count(2)


def reject(page: Page) -> None:
    page.locator("[data-queue] [data-id]").first.click()
    page.wait_for_selector("[data-detail] .verdicts")
    page.keyboard.press("r")
    page.locator("dialog").get_by_text("permit").first.click()
    expect(page.locator("[data-queue] [data-id]")).to_have_count(0)


def precision(context: BrowserContext, box: RunningBox) -> str:
    """Return what Reports says of the rule."""
    page = context.new_page()
    page.goto(f"{box.url}/reports")
    row = page.locator("tr", has_text=CAMERA).filter(has_text="Piled goods").first
    cells = [one.strip() for one in row.locator("td").all_inner_texts()]
    page.close()
    return cells[5]


def add_an_auditor(page: Page, box: RunningBox) -> str:
    """Make a user who may read the audit; return the password that is shown once."""
    page.goto(f"{box.url}/users")
    form = page.locator("[data-add]")
    form.locator("[name=name]").fill("watch")
    form.locator("[name=role]").select_option("auditor")
    form.locator("button.primary").click()
    secret = page.locator("dialog .secret").inner_text()
    page.locator("dialog button").last.click()
    expect(page.locator("[data-user=watch]")).to_be_visible()  # the page was loaded anew
    return secret


def sign_out(page: Page, box: RunningBox) -> None:
    page.goto(f"{box.url}/account")
    page.locator("[data-logout]").click()
    page.wait_for_url("**/login**")


def find_it_all_in_the_audit(page: Page, box: RunningBox, incident_id: str) -> None:
    page.goto(f"{box.url}/audit")
    rows = [one.inner_text() for one in page.locator("tbody tr").all()]
    for words in (
        ("admin", "login"),
        ("admin", "configuration.save", "crates block the pavement"),
        ("admin", "verdict.give", incident_id, "rejected"),
        ("admin", "live.look", CAMERA),
        ("admin", "user.add", "watch"),
        ("watch", "login"),
    ):
        assert any(all(word in row for word in words) for row in rows), "\n".join(rows)
    page.locator("[data-verify]").click()
    expect(page.locator("[data-outcome]")).to_be_visible()
    expect(page.locator("[data-outcome]")).not_to_have_class("trouble")
