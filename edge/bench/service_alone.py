"""What each camera of a box takes alone, in this process: its film from a file, its packets."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edge.bench.cast import Cast
from edge.bench.gate import measure_gate
from edge.bench.rtsp import RtspServer
from edge.bench.service_box import RULES_OF_STREETS
from edge.bench.service_films import Reel
from edge.bench.street import bench_street
from models.detections import ObjectDetector
from models.faces import FacePack
from streams.bare import BareFilm

QUIET_S = 20
BUFFERED_S = 2.0
"""So long a server sends as fast as it can."""


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


def each_alone(folder: Path, reels: Mapping[str, Reel], cast: Cast) -> dict[str, Alone]:
    """Return what a camera of each kind takes.

    Args:
        folder: For databases.
        reels: By kind, what cameras send.
        cast: With what they are looked at.
    """
    return {
        kind: _gate_alone(reel, cast.pack)
        if kind == "gate"
        else _street_alone(folder, kind, reel, cast.detector)
        for kind, reel in reels.items()
    }


def _gate_alone(reel: Reel, pack: FacePack) -> Alone:
    found = measure_gate(reel.once, pack, stream_s=reel.once_s, paced=True)
    return Alone(found.cpu_share, found.limit_cpu_s / found.stream_s, found.made_of)


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
    of = f"{found.made_of} in {found.stream_s:g} s"
    return Alone(found.cpu_share, found.limit_cpu_s / found.stream_s, of)


def each_received(reels: Mapping[str, Reel], *, seconds: float) -> dict[str, float]:
    """Return what FFmpeg alone takes to receive the packets of a camera of each kind over RTSP.

    Args:
        reels: By kind, what cameras send.
        seconds: For how long each is received.

    Returns:
        Processors, by kind.
    """
    mounts = {kind: ("h264", reel.phases[0]) for kind, reel in reels.items()}
    with RtspServer(mounts) as server:
        return {kind: _received(server.url(kind), seconds) for kind in reels}


def _received(url: str, seconds: float) -> float:
    film = BareFilm(url)
    try:
        film.receive(BUFFERED_S)
        began_s, spent_s = time.monotonic(), time.process_time()
        film.receive(seconds)
        return (time.process_time() - spent_s) / (time.monotonic() - began_s)
    finally:
        film.close()
