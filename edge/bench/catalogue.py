"""All benches: one line each."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.bench.figure import Figure
from models.faces import FaceDetector, Picture
from models.sources import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a bench is given.

    Attributes:
        folder: Empty, its own, and gone afterwards.
        progress: Told how far a network is that has to be pulled.
        skip: Told the name of a figure that cannot be measured here, and why. Whoever can measure
            nothing at all raises ``ConfigError`` instead.
        portraits: Returns heads of people ``(H, W, 3)``, found by the detector.
        broker: ``mqtt://host:port`` to measure with; None for one of our own.
    """

    folder: Path
    progress: Progress
    skip: Callable[[str, str], None]
    portraits: Callable[[FaceDetector], list[Picture]]
    broker: str | None = None


Measure = Callable[[Means], Sequence[Figure]]


@dataclass(frozen=True, slots=True)
class Bench:
    """One thing that can be measured.

    Attributes:
        name: For the command line.
        does: One sentence for the list.
        run: Measures; raises one of ``edge.errors.TOLD`` where something is missing.
    """

    name: str
    does: str
    run: Measure


@dataclass(frozen=True, slots=True)
class Later:
    """A function of a module beside this, imported when it is called: the list must be quick."""

    module: str
    function: str

    def found(self) -> Measure:
        """Return the function."""
        found: Measure = getattr(
            importlib.import_module(f"edge.bench.{self.module}"), self.function
        )
        return found

    def __call__(self, means: Means) -> Sequence[Figure]:
        """Measure."""
        return self.found()(means)


# A new bench is a line here and a function ``(Means) -> Sequence[Figure]`` in a module beside this:
#     Bench("parts", "each part of the work alone", Later("parts", "bench_parts")),
CATALOGUE: Sequence[Bench] = (
    Bench(
        "parts",
        "each part of a camera's work alone, against the bare work",
        Later("parts", "bench_parts"),
    ),
    Bench(
        "gate",
        "a gate camera against decoding, detector and recogniser alone",
        Later("figures_of", "gate"),
    ),
    Bench(
        "street",
        "street cameras against decoding and the network alone, and many at once",
        Later("figures_of", "street"),
    ),
    Bench(
        "latency",
        "from the first usable face to the broker while two processors are busy",
        Later("latency", "latency"),
    ),
    Bench(
        "gallery",
        "a search among all residents against the bare product",
        Later("figures_of", "gallery"),
    ),
    Bench(
        "clip",
        "a clip out of a camera's ring against a bare remux",
        Later("figures_of", "clip"),
    ),
    Bench(
        "peers",
        "our cameras against what an integrator would write or install instead",
        Later("peers.bench", "bench_peers"),
    ),
    Bench(
        "console",
        "every page on a store of years, and the idle console",
        Later("figures_of", "console"),
    ),
    Bench(
        "service",
        "the running service, its cameras over RTSP, against decoding and networks alone",
        Later("service", "service"),
    ),
    Bench(
        "delivery",
        "messages committed and published against the bare client",
        Later("delivery", "delivery"),
    ),
    Bench(
        "start",
        "from the start of the process to the first decision",
        Later("start", "start"),
    ),
    Bench(
        "memory",
        "a worker's memory with one, a few and many cameras",
        Later("memory", "memory"),
    ),
    Bench(
        "growth",
        "how cost grows with cameras, faces in view, residents, zones and messages that wait",
        Later("growth", "growth"),
    ),
)
"""In the order in which they are measured and told."""
