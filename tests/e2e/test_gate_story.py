"""Somebody who was a stranger is registered from a photo, and named at the next passage."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.console.permissions import Role
from edge.demo.gate_scene import FPS, Scene, Walk, render
from edge.demo.people import find_portraits, photo
from models.faces import FacePack
from streams.film import write_film
from tests.fixtures_rtsp import RtspServer
from tests.running_box import PASSWORD, RunningBox

WHO = 7
JUDGED_WITHIN_MS = 30_000
PASSES_WITHIN_MS = 60_000


@pytest.fixture
def box(
    exact_pack: FacePack, make_rtsp_server: Callable[..., RtspServer], tmp_path: Path
) -> RunningBox:
    """One person walks through a gate, again and again; nobody is registered."""
    portraits = find_portraits(exact_pack.detector)
    write_film(
        tmp_path / "gate.mp4", render((Scene("somebody", (Walk(WHO),)),), portraits), fps=FPS
    )
    (tmp_path / "photo.jpg").write_bytes(photo(portraits[WHO]))
    server = make_rtsp_server({"gate": ("h264", tmp_path / "gate.mp4")})
    gate = {"direction": "in", "cooldown": "2s", "probes_of": ["resident", "stranger"]}
    return RunningBox(
        tmp_path / "gridwatch.yaml",
        {
            "box": {"id": "box-story", "home": "./var"},
            "mqtt": {"url": "embedded://127.0.0.1:0"},
            "console": {"port": 0},
            "cameras": [{"id": "gate-east", "url": server.url("gate"), "gate": gate}],
        },
    )


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_who_was_registered_from_a_photo_is_named_at_the_next_passage(
    box: RunningBox, browser: Browser, tmp_path: Path
) -> None:
    name = box.let_in(Role.ADMIN)
    box.start()
    context = browser.new_context(locale="en-GB")
    try:
        page = context.new_page()
        page.set_default_timeout(20_000)
        sign_in(page, box, name)
        page.goto(f"{box.url}/gate")
        passages = page.locator("[data-passages] button")
        expect(passages.first).to_contain_text("Stranger", timeout=PASSES_WITHIN_MS)
        register(page, box, tmp_path / "photo.jpg")
        page.goto(f"{box.url}/gate")
        named = passages.filter(has_text="Lin Example")
        expect(named.first).to_contain_text("Resident", timeout=PASSES_WITHIN_MS)
        compare(page, named.first.click)
    finally:
        context.close()
        box.stop()


def sign_in(page: Page, box: RunningBox, name: str) -> None:
    page.goto(f"{box.url}/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def register(page: Page, box: RunningBox, picture: Path) -> None:
    page.goto(f"{box.url}/residents")
    page.locator("[data-open-add]").click()
    form = page.locator("[data-enrol]")
    form.locator("[name=id]").fill("A-101")
    form.locator("[name=name]").fill("Lin Example")
    form.locator("[name=notice_version]").fill("2026-1")
    form.locator("[name=given_at]").fill("2026-11-01")
    for box_to_tick in form.locator("[type=checkbox]").all():
        box_to_tick.check()
    form.locator("[data-files]").set_input_files(picture)
    # A process behind all others judges it, and loads its networks first.
    expect(form.locator("[data-photos] .badge.good")).to_be_visible(timeout=JUDGED_WITHIN_MS)
    form.locator("button.primary").click()
    expect(page.locator("[data-add]")).to_be_hidden(timeout=JUDGED_WITHIN_MS)


def compare(page: Page, choose: Callable[[], None]) -> None:
    """Look at both faces side by side, with what was measured."""
    choose()
    beside = page.locator("[data-compare]")
    beside.get_by_role("button", name="faces").click()
    faces = beside.locator("figure img")
    expect(faces).to_have_count(2)
    loaded = faces.evaluate_all(
        "pictures => Promise.all(pictures.map(p => p.decode().then(() => p.naturalWidth)))"
    )
    assert min(loaded) >= 60
    expect(beside.locator("svg.scale")).to_have_attribute(
        "aria-label", re.compile(r"0\.\d\d.*0\.\d\d")
    )
