"""A clip of ten seconds out of a camera's ring, against the bare remux of the same packets."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from edge.bench.scene import film_street
from edge.errors import ConfigError
from streams.clip import verify_clip, write_clip
from streams.film import copy_film
from streams.recording import open_recording
from streams.ring import Ring

SECONDS = 10
TIMES = 21
RING_BYTES = 64 * 10**6
FULL_HD = (1920, 1080)


@dataclass(frozen=True, slots=True)
class ClipFigures:
    """Medians of processor time in milliseconds, taken in turn."""

    megabytes: float
    write_ms: float
    verify_ms: float
    remux_ms: float

    @property
    def ratio(self) -> float:
        """Return the clip, written and read again, over the bare remux."""
        return (self.write_ms + self.verify_ms) / self.remux_ms


def bench_clip(folder: Path, *, seconds: int = SECONDS, times: int = TIMES) -> ClipFigures:
    """Return the cost of one clip.

    Args:
        folder: For the files.
        seconds: Length of the clip.
        times: How often each part is measured.
    """
    film, clip, bare = folder / "film.mp4", folder / "clip.mp4", folder / "bare.mp4"
    film_street(film, busy=True, seconds=seconds, size_wh=FULL_HD)
    ring = Ring(seconds=2.0 * seconds, max_bytes=RING_BYTES)
    begins_at = datetime.now(UTC)
    recording = open_recording(film, start_utc=begins_at, ring=ring)
    recording.keep(Event())
    recording.close()
    ends_at = begins_at + timedelta(seconds=seconds)
    stretch = ring.cut(begins_at, ends_at, moment=begins_at)
    if stretch is None:
        raise ConfigError("the bench's film has no packets; check the temporary folder")
    write_ms, verify_ms, remux_ms = [], [], []
    for _ in range(times):
        write_ms.append(_cpu_ms(lambda: write_clip(clip, stretch)))
        verify_ms.append(_cpu_ms(lambda: verify_clip(clip, stretch)))
        remux_ms.append(_cpu_ms(lambda: copy_film(film, bare)))
    return ClipFigures(
        clip.stat().st_size / 1e6,
        statistics.median(write_ms),
        statistics.median(verify_ms),
        statistics.median(remux_ms),
    )


def _cpu_ms(act: Callable[[], object]) -> float:
    began_s = time.process_time()
    act()
    return (time.process_time() - began_s) * 1e3
