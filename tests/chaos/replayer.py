"""One process that lives through hours of recordings: arguments are CONFIG and SECONDS.

All cameras of a configuration that are recordings are looked at in stream time, as fast as they can
be read, with real networks, galleries and journals. After so many seconds of it each time there is
one line of JSON about the process; nothing of it is kept in memory.
"""

import json
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from threading import Event

from edge.bootstrap.camera.cameras import open_site
from edge.bootstrap.camera.openers import recording_path
from edge.bootstrap.parts import open_residents
from edge.bootstrap.trying.rerun import Rerun
from edge.clock import SystemClock
from edge.replay import DEFAULT_START
from edge.settings import Settings, load_settings
from edge.settings.schema import Camera
from models.picture import keep_to_one_thread
from streams.decode import Decode
from streams.recording import open_recording
from streams.source import Stream
from tests.chaos.processes import holding


def main() -> None:
    """Replay all cameras side by side."""
    settings, every_s = load_settings(Path(sys.argv[1])), float(sys.argv[2])
    keep_to_one_thread()
    with tempfile.TemporaryDirectory(prefix="gridwatch-replayer-") as folder:
        home = Path(folder)
        site = open_site(
            settings,
            settings.cameras,
            lambda: open_residents(
                settings, SystemClock(), home / "residents.db", home / "templates.key"
            ),
        )
        rerun = Rerun(site, home, start=DEFAULT_START)
        for camera in settings.cameras:
            rerun.add(camera, partial(_open, settings, camera))
        told_s, pictures, began_s = 0.0, 0, time.process_time()
        for mono_s in rerun.steps(Event()):
            pictures += 1
            if mono_s - told_s < every_s:
                continue
            now_s = time.process_time()
            held = holding([os.getpid()])
            row = {
                "stream_s": mono_s,
                "rss_mib": held.rss_mib,
                "fds": held.fds,
                "threads": held.threads,
                "ms_a_picture": 1000 * (now_s - began_s) / pictures,
            }
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()
            told_s, pictures, began_s = mono_s, 0, now_s
        told = {
            "passages": sum(rerun.journal.count_passages().values()),
            "incidents": sum(rerun.journal.count_incidents().values()),
            "camera_hours": rerun.seconds / 3600,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        rerun.close()


def _open(settings: Settings, camera: Camera, start_mono_s: float) -> Stream:
    path = recording_path(camera, settings)
    assert path is not None
    return open_recording(
        path,
        start_utc=DEFAULT_START,
        decode=Decode(camera.decode),
        quiet_after_s=camera.motion.quiet_after,
        start_mono_s=start_mono_s,
    )


if __name__ == "__main__":
    main()
