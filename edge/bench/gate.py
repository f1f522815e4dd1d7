"""A gate camera's processor time, against what decoding and networks alone would take.

The recording is drawn, not filmed: a textured scene through which portraits walk for two thirds of
the time. Both sides see the same frames in the same run. The limit decodes every frame, and after
those that the gate looked at it runs bare networks: each that the gate ran on the frame, detector,
second looks at a face and recogniser, as often and on batches of the same size. A network's weights
are as cold after a decoder there as here. Nothing is counted before or after a network: no smaller
picture, no boxes, no alignment.
"""

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np

from edge.bench.paced import a_pacer
from edge.domain.camera import CameraReport
from edge.domain.candidate import Candidate
from edge.domain.passage import Direction, Passage
from edge.gate.decision import Thresholds
from edge.gate.gate import Gate, GateRules, Reference, Sighting
from edge.worker.camera import CameraWorker
from edge.worker.gate import GatePipeline
from models.faces import Embeddings, FacePack, Faces, Floats, Picture
from models.picture import keep_to_one_thread
from models.session import Network, overheard
from streams.film import write_film
from streams.frame import Frame
from streams.luma import MotionGate
from streams.pace import Pace
from streams.recording import open_recording

SIZE_WH = (1920, 1080)
FPS = 25
ANALYSED_FPS = 5.0
GREY = 127.0
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GateFigures:
    """Processor seconds for the same recording.

    Attributes:
        stream_s: Length of the recording.
        gate_cpu_s: Of the whole camera: decoding, motion, networks, decision.
        limit_cpu_s: Of decoding and bare networks.
        analysed: Frames given to the detector.
        refined: Faces looked at again.
        embedded: Faces given to the recogniser.
        passages: What the gate told.
    """

    stream_s: float
    gate_cpu_s: float
    limit_cpu_s: float
    analysed: int
    refined: int
    embedded: int
    passages: int

    @property
    def ratio(self) -> float:
        """Return the gate's processor time over the limit's."""
        return self.gate_cpu_s / self.limit_cpu_s

    @property
    def cpu_share(self) -> float:
        """Return processors per camera."""
        return self.gate_cpu_s / self.stream_s

    @property
    def made_of(self) -> str:
        """Return of what the limit is made, in words."""
        return (
            f"decoding {self.stream_s:g} s + {self.analysed} detections"
            f" + {self.refined} second looks + {self.embedded} embeddings"
        )


class _Counting:
    """A detector and recogniser that remember what they were given."""

    def __init__(self, pack: FacePack) -> None:
        self._pack = pack
        self.sha256 = pack.recogniser.sha256
        self.canvas_px = pack.detector.canvas_px
        self.pictures = 0
        self.crops = 0
        self.refined = 0

    def detect(self, picture: Picture) -> Faces:
        self.pictures += 1
        return self._pack.detector.detect(picture)

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        self.refined += len(faces)
        return self._pack.detector.refine(picture, faces)

    def embed(self, crops: Picture, *, mirrored: bool = False) -> Embeddings:
        self.crops += len(crops)
        return self._pack.recogniser.embed(crops, mirrored=mirrored)


Runs = Sequence[tuple[Network, tuple[int, ...]]]
"""Of networks, on batches of which shapes."""


class _Overheard(GatePipeline):
    """Remembers what networks ran on each frame, by its index."""

    def __init__(self, gate: Gate, *, pace: Pace, recorder: "_Nowhere") -> None:
        super().__init__(gate, pace=pace, recorder=recorder)
        self.runs: dict[int, Runs] = {}

    def take(self, frame: Frame, *, moving: bool) -> None:
        runs: list[tuple[Network, tuple[int, ...]]] = []
        with overheard(lambda network, shape: runs.append((network, shape))):
            super().take(frame, moving=moving)
        self.runs[frame.index] = runs


class _Strangers:
    """A gallery of one whom nobody resembles."""

    def thresholds(self) -> Thresholds:
        return Thresholds(0.46, 0.36, 1)

    def search(self, query: Floats) -> Candidate | None:
        del query
        return None


class _Nowhere:
    """Keeps passages until the end of the run."""

    def __init__(self) -> None:
        self.told: list[Passage] = []

    def record(self, sighting: Sighting, frame: Frame | None) -> None:
        del frame
        self.told.append(sighting.passage)

    def retry(self) -> None:
        """Nothing waits."""

    def report(self, report: CameraReport) -> None:
        del report


class _Still:
    """A clock that stands still: nothing is ever late."""

    def utc(self) -> datetime:
        return START

    def mono_s(self) -> float:
        return 0.0


def bench_gate(
    pack: FacePack, portraits: list[Picture], *, seconds: int = 24, repeats: int = 5
) -> list[GateFigures]:
    """Return the processor time of one 1080p25 H.264 gate camera, and its limit, in turn.

    Args:
        pack: Networks.
        portraits: ``(H, W, 3)`` heads that walk through the picture.
        seconds: Length of the recording.
        repeats: How often both see it.
    """
    with tempfile.TemporaryDirectory(prefix="gridwatch-bench-") as folder:
        film = Path(folder) / "gate.mp4"
        film_gate(film, portraits, seconds=seconds)
        return [measure_gate(film, pack, stream_s=seconds) for _ in range(repeats)]


def measure_gate(
    film: Path,
    pack: FacePack,
    *,
    stream_s: float,
    reference: Reference | None = None,
    paced: bool = False,
) -> GateFigures:
    """Return the processor time of a gate camera that sees a film, and its limit.

    Args:
        film: 1080p25 H.264.
        pack: Networks.
        stream_s: Length of the film.
        reference: The gallery; None for one in which nobody resembles anybody.
        paced: Whether both see the pictures when a camera would send them, and rest between them;
            else as fast as they can.
    """
    keep_to_one_thread()  # as worker processes do
    _warm_up(film, pack, reference)
    run = _run_gate(film, pack, reference, paced=paced)
    return GateFigures(
        stream_s=stream_s,
        gate_cpu_s=run.cpu_s,
        limit_cpu_s=_limit(film, run.runs, paced=paced),
        analysed=run.counted.pictures,
        refined=run.counted.refined,
        embedded=run.counted.crops,
        passages=len(run.told),
    )


def _warm_up(film: Path, pack: FacePack, reference: Reference | None) -> None:
    """Fill caches, and have networks take their memory; not counted."""
    _run_gate(film, pack, reference)


def film_gate(path: Path, portraits: list[Picture], *, seconds: int, abreast: int = 1) -> None:
    """Write the film of a gate through which people walk, so many at a time, each four seconds."""
    write_film(path, _walks(portraits, seconds * FPS, abreast), fps=FPS)


def tell_passages(film: Path, pack: FacePack, reference: Reference) -> list[Passage]:
    """Return what a gate with this gallery tells of a film, in order, updates included."""
    return _run_gate(film, pack, reference).told


@dataclass(frozen=True, slots=True)
class _Run:
    """What a gate did with the film.

    Attributes:
        counted: Its networks.
        runs: Of them, by the index of the frame.
        told: Passages.
        cpu_s: Processor time of all of it.
    """

    counted: _Counting
    runs: Mapping[int, Runs]
    told: list[Passage]
    cpu_s: float


def _run_gate(
    film: Path, pack: FacePack, reference: Reference | None = None, *, paced: bool = False
) -> _Run:
    counting, nowhere = _Counting(pack), _Nowhere()
    counted = FacePack(pack.name, counting, counting, pack.impostors, pack.norm_floor)
    rules = GateRules("bench", Direction.IN, ZoneInfo("UTC"))
    gate = Gate(rules, pack=counted, reference=reference or _Strangers(), new_id=str)
    # As a worker has it, ADR 0022.
    pace = Pace(ANALYSED_FPS, hurried=lambda: gate.deciding)
    pipeline = _Overheard(gate, pace=pace, recorder=nowhere)
    worker = CameraWorker(
        "bench",
        open_stream=lambda start_s: open_recording(
            film, start_utc=START, start_mono_s=start_s, pacer=a_pacer(paced=paced)
        ),
        pipelines=[pipeline],
        motion=MotionGate(),
        reporter=nowhere,
        clock=_Still(),
    )
    began_s = time.process_time()
    worker.run(threading.Event())
    return _Run(counting, pipeline.runs, nowhere.told, time.process_time() - began_s)


def _limit(film: Path, runs: Mapping[int, Runs], *, paced: bool) -> float:
    """Return the processor time of decoding all frames and of the same networks on each."""
    shapes = {shape for some in runs.values() for _, shape in some}
    batches = {shape: np.full(shape, GREY, np.float32) for shape in shapes}
    recording = open_recording(film, start_utc=START, pacer=a_pacer(paced=paced))
    began_s = time.process_time()
    for frame in recording.frames():
        for network, shape in runs.get(frame.index, ()):
            network.run(batches[shape])
    spent_s = time.process_time() - began_s
    recording.close()
    return spent_s


def _walks(portraits: list[Picture], count: int, abreast: int) -> Iterator[Picture]:
    """Draw heads that come nearer, four seconds each, two seconds apart."""
    width, height = SIZE_WH
    texture = np.random.default_rng(3).integers(90, 160, (height // 8, width // 8, 3), np.uint8)
    ground = np.asarray(cv2.resize(texture, SIZE_WH, interpolation=cv2.INTER_CUBIC), np.uint8)
    for index in range(count):
        picture = ground.copy()
        walk, step = divmod(index, 6 * FPS)
        if step < 4 * FPS:
            progress = step / (4 * FPS)
            for place in range(abreast):
                head = portraits[(walk * abreast + place) % len(portraits)]
                x = _way(progress) if abreast == 1 else width * place // abreast
                _put(picture, head, progress, x=x)
        yield picture


def _way(progress: float) -> int:
    """Return where somebody is who comes alone, from the left to the middle."""
    return int(500 + 500 * progress)


def _put(picture: Picture, head: Picture, progress: float, *, x: int) -> None:
    scale = 0.6 + 0.9 * progress
    size_wh = (int(head.shape[1] * scale), int(head.shape[0] * scale))
    y = int(150 + 120 * progress)
    picture[y : y + size_wh[1], x : x + size_wh[0]] = cv2.resize(head, size_wh)
