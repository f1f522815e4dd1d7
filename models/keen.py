"""Face detectors that would rather see a face too many: for pictures that must not show one."""

from collections.abc import Sequence
from pathlib import Path

from models.catalog import load_catalog
from models.depot import Depot
from models.errors import ModelFileError
from models.faces import FaceDetector
from models.session import Placement, load_network
from models.yunet import YuNet

KEEN_SCORE = 0.35
"""Of YuNet: what it is less sure of are turned and covered faces more often than foliage."""


def load_keen_detectors(
    name: str,
    canvases_px: Sequence[int],
    *,
    accept_noncommercial: bool = False,
    placement: Placement | None = None,
    depot: Depot | None = None,
) -> tuple[FaceDetector, ...]:
    """Return a face pack's detector once for every canvas, of which they share the network.

    Args:
        name: A pack of the catalogue, or a folder of ONNX files in insightface's format.
        canvases_px: Longer side of a picture as each of them sees it.
        accept_noncommercial: Whether licences that forbid commercial use are accepted.
        placement: Where the network runs.
        depot: Where files lie.

    Raises:
        ModelFileError: A file is absent, truncated or another one.
        ModelLicenceError: The licence asks for ``accept_noncommercial``.
    """
    catalog, depot, placement = load_catalog(), depot or Depot(), placement or Placement()
    pack = catalog.packs.get(name)
    if pack is None:
        from models.insightface_pack import load_folder  # noqa: PLC0415

        return tuple(
            load_folder(
                Path(name).expanduser(),
                catalog=catalog,
                depot=depot,
                accept_noncommercial=accept_noncommercial,
                placement=placement,
                canvas_px=canvas_px,
                exact=True,
            ).detector
            for canvas_px in canvases_px
        )
    entry = catalog.entry(pack.detector)
    entry.require_licence(accept_noncommercial=accept_noncommercial)
    path = depot.ready(entry)
    network = load_network(path, placement)
    match entry.decoder:
        case "yunet":
            return tuple(
                YuNet(network, canvas_px=canvas_px, least_score=KEEN_SCORE)
                for canvas_px in canvases_px
            )
        case "scrfd":
            from models.insightface_pack import ScrfdDetector  # noqa: PLC0415

            return tuple(
                ScrfdDetector(network, path, canvas_px=canvas_px, exact=True)
                for canvas_px in canvases_px
            )
        case unknown:
            raise ModelFileError(f"model {entry.name}: no code reads the decoder {unknown!r}")
