"""A real browser: Debian's Chromium, driven over its debugging protocol."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


def find_chromium() -> str | None:
    """Return the browser's path, None if it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _require_chromium() -> str:
    found = find_chromium()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed; scripts/apt-test.txt lists it")
        pytest.skip("no browser: apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for a module's tests; each opens a context of its own.

    While it runs, an event loop runs on this thread: no test of the module can begin one.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=_require_chromium(), args=[*FLAGS])
        yield running
        running.close()
