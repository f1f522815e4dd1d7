"""What each camera of a box takes alone: its film read from a file, in this process."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edge.bench.gate import measure_gate
from edge.bench.service_box import RULES_OF_STREETS
from edge.bench.service_films import Reel
from edge.bench.street import bench_street
from models.detections import ObjectDetector
from models.faces import FacePack

QUIET_S = 20


@dataclass(frozen=True, slots=True)
class Alone:
    """A second of one camera's film.

    Attributes:
        whole: Processors of the whole pipeline.
        parts: Of decoding and networks alone, as often.
        of: What ``parts`` is made of, of the whole film.
    """

    whole: float
    parts: float
    of: str


def each_alone(
    folder: Path, reels: Mapping[str, Reel], pack: FacePack, detector: ObjectDetector
) -> dict[str, Alone]:
    """Return what a camera of each kind takes.

    Args:
        folder: For databases.
        reels: By kind, what cameras send.
        pack: Networks of gates.
        detector: The network of streets.
    """
    return {
        kind: _gate_alone(reel, pack)
        if kind == "gate"
        else _street_alone(folder, kind, reel, detector)
        for kind, reel in reels.items()
    }


def _gate_alone(reel: Reel, pack: FacePack) -> Alone:
    found = measure_gate(reel.once, pack, stream_s=reel.once_s, paced=True)
    of = (
        f"decoding {found.stream_s:g} s + {found.analysed} detections"
        f" + {found.refined} second looks + {found.embedded} embeddings"
    )
    return Alone(found.cpu_share, found.limit_cpu_s / found.stream_s, of)


def _street_alone(folder: Path, kind: str, reel: Reel, detector: ObjectDetector) -> Alone:
    own = folder / f"alone-{kind}"
    own.mkdir()
    found = bench_street(
        reel.once,
        own,
        scene=kind,
        rules=RULES_OF_STREETS,
        seconds=QUIET_S if kind == "quiet" else reel.once_s,
        turns=1,
        detector=detector,
        paced=True,
    )
    of = f"decoding {found.decoded} pictures + {found.looks} detections in {found.stream_s:g} s"
    return Alone(found.cpu_share, found.limit_cpu_s / found.stream_s, of)
