"""With what the cameras of a whole box are measured: networks, and people who pass its gates."""

from dataclasses import dataclass

from edge.bench import networks
from edge.bench.catalogue import Means
from edge.bench.rtsp import require_rtsp_server
from models.detections import ObjectDetector
from models.faces import FacePack, Picture


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """What all benches of the running service need.

    Attributes:
        pack: Networks of gates.
        portraits: ``(H, W, 3)`` heads that pass them.
        detector: The network of streets.
        network: What the configuration calls it.
    """

    pack: FacePack
    portraits: list[Picture]
    detector: ObjectDetector
    network: str = "yolox-nano"


def cast_of(means: Means) -> Cast:
    """Return it; raises ConfigError where no camera can be played or a network is wrong."""
    require_rtsp_server()
    pack, chosen = networks.faces(means.progress), networks.objects(means.progress)
    return Cast(pack, means.portraits(pack.detector), chosen.detector)
