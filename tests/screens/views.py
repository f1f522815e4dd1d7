"""What is shown of each page, and what is done on it first."""

from playwright.sync_api import Page

from edge.console.permissions import Role
from edge.console.rendering import NAVIGATION
from tests.screens.shots import View

CLIP_WITHIN_MS = 60_000
CLIP_IS_THERE = """(video, patience) => new Promise((ready) => {
  video.addEventListener("loadeddata", ready, { once: true });
  setTimeout(ready, video.readyState >= 2 ? 0 : patience);
})"""


def an_incident(page: Page) -> None:
    """Choose the first of the queue, and wait for its clip."""
    page.locator("[data-queue] [data-id]").first.click()
    page.locator("[data-detail] video").wait_for()
    page.locator("[data-detail] video").evaluate(CLIP_IS_THERE, CLIP_WITHIN_MS)


def keys(page: Page) -> None:
    """Ask for the help."""
    page.locator("[data-queue] [data-id]").first.wait_for()
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()


def reasons(page: Page) -> None:
    """Begin to reject."""
    page.locator("[data-queue] [data-id]").first.click()
    page.locator("[data-detail] .verdicts").wait_for()
    page.keyboard.press("r")
    page.locator("dialog[open]").wait_for()


def a_passage(page: Page) -> None:
    """Compare the faces of a stranger."""
    page.locator("[data-passages] button.alert").first.click()
    page.locator("[data-compare] .faces button").click()
    page.locator("[data-compare] figure").first.wait_for()


def a_measure(page: Page) -> None:
    """Choose a stranger, and leave the faces alone."""
    page.locator("[data-passages] button.alert").first.click()
    page.locator("[data-compare] .scale").wait_for()


def a_registration(page: Page) -> None:
    """Begin to register somebody."""
    page.locator("[data-open-add]").click()
    page.locator("[data-add][open]").wait_for()


def a_zone(page: Page) -> None:
    """Choose a zone, and open its rule."""
    page.locator("[data-picture]:not([hidden])").wait_for()
    page.locator("[data-zone-list] button").nth(1).click()
    page.locator(".rule summary").first.click()


def cameras(page: Page) -> None:
    """Wait for the pictures."""
    page.locator("[data-still]:not([hidden])").nth(1).wait_for()


def live(page: Page) -> None:
    """Wait for the pictures."""
    page.locator("[data-tile] img:not([hidden])").nth(1).wait_for()


def the_street(page: Page) -> None:
    """Show the street alone: on the gate's pictures there are faces."""
    page.locator('[data-layout="1"]').click()
    page.locator("[data-after]").click()
    page.locator('[data-camera="street-demo"] img:not([hidden])').wait_for()


PREPARED = {
    "review": View("review", "/review", an_incident),
    "gate": View("gate", "/gate", a_passage),
    "live": View("live", "/live", live),
    "cameras": View("cameras", "/cameras", cameras),
    "audit": View("audit", "/audit", role=Role.AUDITOR),
}
"""Pages that show nothing of what they are for as they open."""

VIEWS = (
    View("login", "/login", role=None),
    *(PREPARED.get(item.name, View(item.name, item.path)) for item in NAVIGATION),
    View("review-queue", "/review"),
    View("review-keys", "/review", keys, whole=False),
    View("review-reject", "/review", reasons, whole=False),
    View("camera", "/cameras/street-demo", a_zone),
    View("register", "/residents", a_registration, whole=False),
    View("account", "/account"),
)

GUIDE = (
    View("login", "/login", role=None, whole=False),
    View("review", "/review", an_incident, whole=False),
    View("gate", "/gate", a_measure, whole=False),
    View("live", "/live", the_street, whole=False),
    View("residents", "/residents", a_registration, whole=False),
    View("camera", "/cameras/street-demo", a_zone, whole=False),
    View("reports", "/reports", whole=False),
    View("health", "/health", whole=False),
    View("audit", "/audit", role=Role.AUDITOR, whole=False),
)
"""The pictures of the operator's guide: nobody's face is on them."""
