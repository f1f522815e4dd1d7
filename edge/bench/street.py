"""A street camera's processor time, against what decoding and the network alone would take.

Both sides see the same recording in the same run: the limit decodes the frames that the camera
decoded, waking and sleeping when it did, and runs the network as often and on parts of the same
size. The camera is built from a configuration as in the service: motion gate, street, integrity,
journal.
"""

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from edge.bench.paced import a_pacer
from edge.bench.scene import KERB, STREET
from edge.bootstrap.camera.cameras import Site, StreetSite, Surroundings, build_worker, open_site
from edge.bootstrap.parts import id_source
from edge.clock import ClockState
from edge.domain.camera import CameraReport
from edge.errors import ConfigError
from edge.settings import Settings
from edge.store.journal import Journal
from edge.store.residents import ResidentStore
from models.detections import Detections, ObjectDetector
from models.faces import Picture
from models.picture import keep_to_one_thread
from streams.decode import Decode
from streams.film import repeat_film
from streams.frame import Frame
from streams.reading import Reading
from streams.recording import open_recording
from streams.source import Counters, StreamInfo

START = datetime(2026, 1, 1, tzinfo=UTC)
DWELL_RULES = ("motor_parking", "material_pile")
RULES: Mapping[str, tuple[str, ...]] = {
    "dwell": DWELL_RULES,
    "dwell and smoke": (*DWELL_RULES, "smoke_air"),
}
"""What the cameras of the bench watch for."""

CORES = 2
SEED = 7
Shape = tuple[int, int]


@dataclass(frozen=True, slots=True)
class StreetFigures:
    """Processor seconds for one recording.

    Attributes:
        scene: ``quiet`` or ``busy``.
        rules: What was watched for.
        stream_s: Length of the recording.
        street_cpu_s: Of the whole camera.
        limit_cpu_s: Of decoding and the network alone.
        packets, decoded: Of the recording.
        analysed: Pictures that anything was made of.
        dropped: Pictures that were due and let go because of lag.
        looks: Parts of pictures given to the network.
        incidents: What the street told.
    """

    scene: str
    rules: str
    stream_s: float
    street_cpu_s: float
    limit_cpu_s: float
    packets: int
    decoded: int
    analysed: int
    dropped: int
    looks: int
    incidents: int

    @property
    def ratio(self) -> float:
        """Return the street's processor time over the limit's."""
        return self.street_cpu_s / self.limit_cpu_s

    @property
    def cpu_share(self) -> float:
        """Return processors per camera."""
        return self.street_cpu_s / self.stream_s

    @property
    def made_of(self) -> str:
        """Return of what the limit is made, in words."""
        return f"decoding {self.decoded} pictures + {self.looks} detections"

    @property
    def cameras(self) -> int:
        """Return how many such cameras two cores hold, nothing else running."""
        return int(CORES / self.cpu_share)


class _StreamClock:
    """A clock that is where the recording is: vital signs are told as often as in the service."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def utc(self) -> datetime:
        return START + timedelta(seconds=self.now_s)

    def mono_s(self) -> float:
        return self.now_s


class _Counting:
    """A detector that remembers when it was given parts of which sizes."""

    def __init__(self, detector: ObjectDetector, clock: _StreamClock) -> None:
        self._detector, self._clock = detector, clock
        self.name, self.sha256 = detector.name, detector.sha256
        self.labels, self.input_px = detector.labels, detector.input_px
        self.looks: dict[float, list[Shape]] = {}

    def detect(self, picture: Picture) -> Detections:
        shapes = self.looks.setdefault(self._clock.now_s, [])
        shapes.append((picture.shape[0], picture.shape[1]))
        return self._detector.detect(picture)


class _Noting:
    """A recording that remembers after which of its frames it was told what of motion."""

    def __init__(self, reading: Reading, clock: _StreamClock) -> None:
        self._clock = clock
        self._reading = reading
        self.info: StreamInfo = reading.info
        self.counters: Counters = reading.counters
        self.close = reading.close
        self.noted: dict[int, bool] = {}
        self._index = -1

    def frames(self) -> Iterator[Frame]:
        for frame in self._reading.frames():
            self._index, self._clock.now_s = frame.index, frame.mono_s
            yield frame

    def note_motion(self, active: bool, mono_s: float) -> None:
        self.noted[self._index] = active
        self._reading.note_motion(active, mono_s)

    def ease(self, thrifty: bool) -> None:
        self._reading.ease(thrifty)


class _Told:
    """Hands vital signs on, and keeps what the figures need of them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.dropped = 0
        self.incidents = 0

    def report(self, report: CameraReport) -> None:
        self.dropped = report.dropped
        self._journal.report(report)


def cameras_section(
    names: Sequence[str], urls: Sequence[str], *, kerbs: int = 1
) -> list[dict[str, Any]]:
    """Return the cameras of a configuration, one for each address, that watch the drawn street.

    Args:
        names: Rules.
        urls: Addresses.
        kerbs: Zones that the kerb is divided into.
    """
    kerb = [{"type": name} for name in names if name != "smoke_air"]
    zones = [
        {"id": f"kerb-{number}" if number else "kerb", "polygon": part, "rules": kerb}
        for number, part in enumerate(_parts_of_kerb(kerbs))
    ]
    if "smoke_air" in names:
        street = [list(point) for point in STREET]
        zones.append({"id": "street", "polygon": street, "rules": [{"type": "smoke_air"}]})
    return [
        {"id": f"street-{number:02d}", "url": url, "decode": "adaptive", "zones": zones}
        for number, url in enumerate(urls, start=1)
    ]


def _parts_of_kerb(count: int) -> list[list[list[float]]]:
    (left, top), _, (right, bottom), _ = KERB
    xs = [left + (right - left) * number / count for number in range(count + 1)]
    return [[[x1, top], [x2, top], [x2, bottom], [x1, bottom]] for x1, x2 in pairwise(xs)]


def bench_street(
    film: Path,
    folder: Path,
    *,
    scene: str,
    rules: str,
    seconds: int,
    turns: int,
    detector: ObjectDetector,
    kerbs: int = 1,
    paced: bool = False,
) -> StreetFigures:
    """Return the processor time of one street camera, and its limit.

    Args:
        film: What it sees, again and again.
        folder: Empty; for a longer film and journals.
        scene: What the film shows, for the figures.
        rules: Key of ``RULES``.
        seconds: For how long.
        turns: Of each side; the quicker one counts, as what else the machine does only adds.
        detector: The network.
        kerbs: Zones that the kerb is divided into.
        paced: Whether both see the pictures when a camera would send them, and rest between them;
            else as fast as they can.
    """
    keep_to_one_thread()  # as worker processes do
    longer = folder / "longer.mp4"
    repeat_film(film, longer, seconds=seconds)
    section = cameras_section(RULES[rules], [f"file:{longer}"], kerbs=kerbs)
    settings = Settings.model_validate({"cameras": section})
    clock = _StreamClock()
    counting = _Counting(detector, clock)
    site = replace(open_site(settings, (), _no_residents), streets=StreetSite(counting))
    _warm_up(film, folder, site, clock)
    street_cpu_s = limit_cpu_s = float("inf")
    for turn in range(turns):
        counting.looks.clear()
        began_s = time.process_time()
        noting, told = _run_street(longer, folder / f"turn-{turn}.db", site, clock, paced=paced)
        street_cpu_s = min(street_cpu_s, time.process_time() - began_s)
        limit_cpu_s = min(
            limit_cpu_s, _limit(longer, detector, noting.noted, counting.looks, paced=paced)
        )
    return StreetFigures(
        scene=scene,
        rules=rules,
        stream_s=noting.counters.packets / noting.info.nominal_fps,
        street_cpu_s=street_cpu_s,
        limit_cpu_s=limit_cpu_s,
        packets=noting.counters.packets,
        decoded=noting.counters.decoded,
        analysed=len(noting.noted),
        dropped=told.dropped,
        looks=sum(len(shapes) for shapes in counting.looks.values()),
        incidents=told.incidents,
    )


def _warm_up(film: Path, folder: Path, site: Site, clock: _StreamClock) -> None:
    """Let caches and networks be warm before anything counts."""
    _run_street(film, folder / "warm.db", site, clock)


def _run_street(
    film: Path, journal_path: Path, site: Site, clock: _StreamClock, *, paced: bool = False
) -> "tuple[_Noting, _Told]":
    (camera,) = site.settings.cameras
    clock.now_s = 0.0
    journal = Journal(journal_path, clock)
    told, opened = _Told(journal), list[_Noting]()

    def open_film(start_s: float) -> _Noting:
        reading = open_recording(
            film,
            start_utc=START,
            decode=Decode(camera.decode),
            quiet_after_s=camera.motion.quiet_after,
            start_mono_s=start_s,
            pacer=a_pacer(paced=paced),
        )
        opened.append(_Noting(reading, clock))
        return opened[-1]

    new_id = id_source(random.Random(SEED))
    around = Surroundings(journal, told, new_id, clock, ClockState)
    worker = build_worker(site, camera, open_film, around=around)
    worker.run(threading.Event())
    told.incidents = sum(journal.count_incidents().values())
    journal.close()
    return opened[0], told


def _limit(
    film: Path,
    detector: ObjectDetector,
    noted: Mapping[int, bool],
    looks: Mapping[float, Sequence[Shape]],
    *,
    paced: bool,
) -> float:
    """Return the processor time of decoding the same frames, and of as many inferences.

    One after the other as in the camera, so that both find the processor's caches alike; making the
    network's pictures is not part of it.
    """
    noise = np.random.default_rng(5).integers(0, 255, (1080, 1920, 3), np.uint8)
    shapes = {shape for some in looks.values() for shape in some}
    parts = {shape: np.ascontiguousarray(noise[: shape[0], : shape[1]]) for shape in shapes}
    began_s = time.process_time()
    recording = open_recording(
        film, start_utc=START, decode=Decode.ADAPTIVE, pacer=a_pacer(paced=paced)
    )
    for frame in recording.frames():
        if frame.index in noted:
            recording.note_motion(noted[frame.index], frame.mono_s)
        for shape in looks.get(frame.mono_s, ()):
            detector.detect(parts[shape])
    spent_s = time.process_time() - began_s
    recording.close()
    return spent_s


def _no_residents() -> ResidentStore:
    raise ConfigError("a street has no residents")
