"""Reports in a real browser: a suggestion is tried, looked at, applied; charts fit a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from edge.console.permissions import Role
from tests.console_app import Console
from tests.judged import judge_twelve
from tests.served import let_in, served

PATIENCE_MS = 60_000


@pytest.fixture
def console(tmp_path: Path) -> Console:
    console = Console(tmp_path)
    judge_twelve(console)
    return console


def test_a_suggestion_is_tried_then_applied_after_a_look_at_the_change(
    console: Console, browser: Browser
) -> None:
    with served(console.app) as url:
        context = browser.new_context(locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        let_in(context, url, console, Role.ADMIN)
        page = context.new_page()
        page.goto(f"{url}/reports")
        page.get_by_role("button", name="Try in shadow").click()
        page.get_by_role("button", name="Apply").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("confidence: 0.7", timeout=PATIENCE_MS)
        assert "confidence" not in (console.home / "gridwatch.yaml").read_text()
        dialog.get_by_role("button", name="Apply").click()
        expect(page.locator("#suggestions")).to_contain_text("Applied", timeout=PATIENCE_MS)
        assert "confidence: 0.7" in (console.home / "gridwatch.yaml").read_text()
        context.close()


def test_the_page_is_no_wider_than_a_phone(console: Console, browser: Browser) -> None:
    with served(console.app) as url:
        context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        let_in(context, url, console, Role.RESIDENT_ADMIN)
        let_in(context, url, console, Role.ADMIN)
        page = context.new_page()
        for path in ("reports", "health", "users", "account"):
            page.goto(f"{url}/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        context.close()
