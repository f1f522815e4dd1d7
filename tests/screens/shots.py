"""How a page is visited and its picture taken."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page

from edge.console.permissions import Role
from tests.running_box import PASSWORD

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
SIZES = {"wide": (1366, 860), "phone": (390, 844)}
PHONE, WIDE = "phone", "wide"
PICTURES_ARE_THERE = """pictures => Promise.race([
  Promise.all(pictures.map((picture) => {
    picture.loading = "eager"; // else what lies further down is never loaded
    return picture.src ? picture.decode().catch(() => null) : null;
  })),
  new Promise((enough) => setTimeout(enough, 5000)),
])"""


def as_it_opens(_: Page) -> None:
    """Do nothing on a page before its picture is taken."""


@dataclass(frozen=True, slots=True)
class View:
    """One picture.

    Attributes:
        name: Of the file.
        path: Of the page.
        prepare: What is done on the page first.
        role: Who looks; None before the login.
        whole: Whether the page is shown down to its end, or as it is seen without scrolling.
    """

    name: str
    path: str
    prepare: Callable[[Page], None] = as_it_opens
    role: Role | None = Role.ADMIN
    whole: bool = True


class Visitor:
    """Somebody with one language and one screen; signs in once for each role."""

    def __init__(self, browser: Browser, url: str, language: str, size: str, *, dark: bool) -> None:
        """Prepare."""
        self._browser = browser
        self._url = url
        self._language = language
        self._size = size
        self._dark = dark
        self._contexts: dict[Role | None, BrowserContext] = {}

    def show(self, view: View, out: Path) -> Path:
        """Take one picture and return its file; what goes wrong on a page is said."""
        page = self._context(view.role).new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: errors.append(said.text) if said.type == "error" else None,
        )
        name = "-".join((view.name, self._size, self._language, *(["dark"] * self._dark)))
        try:
            page.goto(self._url + view.path, wait_until="load")
            page.wait_for_selector("main")
            view.prepare(page)
            page.locator("img").evaluate_all(PICTURES_ARE_THERE)
        except Error as failure:
            errors.append(failure.message)
        taken = out / f"{name}.png"
        page.screenshot(path=taken, full_page=view.whole, animations="disabled")
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wider > 0:
            errors.append(f"is {wider} pixels wider than the screen")
        for error in errors:
            sys.stderr.write(f"{name}: {error}\n")
        page.close()
        return taken

    def leave(self) -> None:
        """Close everything."""
        for context in self._contexts.values():
            context.close()

    def _context(self, role: Role | None) -> BrowserContext:
        if role not in self._contexts:
            width, height = SIZES[self._size]
            context = self._browser.new_context(
                viewport={"width": width, "height": height},
                locale=LOCALES[self._language],
                color_scheme="dark" if self._dark else "light",
                has_touch=self._size == PHONE,
                is_mobile=self._size == PHONE,
                timezone_id="Asia/Shanghai",
            )
            context.set_default_timeout(15_000)
            if role is not None:
                page = context.new_page()
                page.goto(self._url + "/login")
                page.fill("[name=name]", role)
                page.fill("[name=password]", PASSWORD)
                page.click("form .primary")
                page.wait_for_url(lambda url: "/login" not in url)
                page.close()
            self._contexts[role] = context
        return self._contexts[role]
