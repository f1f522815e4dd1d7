"""Take a picture of every page, in both languages and widths: ``python -m tests.screens``.

A real service watches the demo's gate and street over RTSP; an operator judges some of what it
found. Needs Chromium and GStreamer's RTSP server, as the end-to-end tests do.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from edge.bootstrap.parts import journal_path
from edge.console.permissions import Role
from edge.settings import load_settings
from models.packs import load_face_pack
from tests.fixtures_browser import FLAGS, find_chromium
from tests.running_box import demo_town
from tests.screens.guide import put_into_guide
from tests.screens.history import write_history
from tests.screens.shots import LANGUAGES, SIZES, WIDE, Visitor
from tests.screens.views import GUIDE, VIEWS

FOUND_WITHIN_S = 120.0
CLIPS = 3


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens")
    parser.add_argument("out", type=Path, nargs="?", default=Path("out/screens"))
    parser.add_argument("--only", metavar="VIEW", action="append", help="default: all")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--guide", action="store_true", help="those of docs/guide.md instead")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    views = GUIDE if arguments.guide else VIEWS
    chosen = [view for view in views if not arguments.only or view.name in arguments.only]
    with tempfile.TemporaryDirectory(prefix="gridwatch-screens-") as folder:
        box, cameras = demo_town(Path(folder), load_face_pack("open", exact=True))
        write_history(journal_path(load_settings(box.config)))
        box.let_in(Role.ADMIN)
        box.let_in(Role.AUDITOR)
        try:
            box.start()
            box.wait_for(" clip of ", times=CLIPS, within_s=FOUND_WITHIN_S)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*FLAGS])
                for language in LANGUAGES:
                    for size in (WIDE,) if arguments.guide else SIZES:
                        visitor = Visitor(browser, box.url, language, size, dark=arguments.dark)
                        for view in chosen:
                            taken = visitor.show(view, arguments.out)
                            if arguments.guide:
                                put_into_guide(taken, f"{view.name}-{language}")
                        visitor.leave()
                browser.close()
        finally:
            box.stop()
            cameras.stop()


main()
