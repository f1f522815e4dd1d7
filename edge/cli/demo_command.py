"""``gridwatch demo``: see it work, with no camera, no broker and no configuration."""

import argparse
import shutil
import time
from pathlib import Path

from edge.cli.options import download_bars


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument(
        "--out", type=Path, default=Path("out/demo"), metavar="DIR", help="default: out/demo"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build the material, run the real service on it, print what the platform receives."""
    from edge.bootstrap.parts import load_pack, pull_if_absent  # noqa: PLC0415 - heavy
    from edge.demo import show  # noqa: PLC0415
    from edge.logs import keep_quiet  # noqa: PLC0415
    from edge.settings import Settings, load_settings  # noqa: PLC0415

    keep_quiet()
    began_s = time.monotonic()
    out = arguments.out.resolve()
    if out.exists():
        shutil.rmtree(out)
    stills = out / "stills"
    stills.mkdir(parents=True)

    def say(text: str) -> None:
        print(text, flush=True)

    with download_bars() as progress:
        pull_if_absent("open", accept_noncommercial=False, progress=progress)
    config = show.prepare(out, load_pack(Settings(), exact=True), say, street=True)
    settings = load_settings(config)
    say("enrolling from photos (other renderings of the same pictures):")
    show.enrol(settings, out, say)
    heard = show.run_service(settings, config, stills, say)
    right = show.summarise(heard, arguments.out, say)
    say(f"{time.monotonic() - began_s:.0f} s in all")
    return 0 if right else 1
