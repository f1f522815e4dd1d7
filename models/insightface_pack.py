"""Face packs in insightface's format: any folder with a detector and a recogniser as ONNX files.

insightface's own code decodes the detector. Its guess of the recogniser's normalisation is not
used: it goes by node names and is wrong for SFace. A file of the catalogue has the catalogue's
normalisation; of any other file the known normalisations are tried until the self-test passes.
"""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
from google.protobuf.message import DecodeError
from insightface.model_zoo.scrfd import SCRFD

from models.catalog import Catalog, Entry
from models.depot import Depot
from models.errors import ModelFileError
from models.faces import UNMEASURED_IMPOSTORS, FacePack, Faces, Floats, Picture, ScoreLevels
from models.folding import fold
from models.second_look import Look, central_row, look_again
from models.selftest import passes, require_pass
from models.session import Network, Placement, load_network
from models.sface import Normalisation, Recogniser

log = logging.getLogger(__name__)

KNOWN_NORMALISATIONS = (
    Normalisation(127.5, 127.5),
    Normalisation(0.0, 1.0),
    Normalisation(127.5, 128.0),
)
DETECTOR_OUTPUTS = 9
SQUARE_INPUTS_PX = 112
NMS_IOU = 0.4
LEAST_SCORE = 0.5
SCRFD_LEVELS = ScoreLevels(certain=0.65, portrait=0.73, clear=0.65)
LOOKS = (Look(640, 224, mirrored=False), Look(640, 224, mirrored=True))


class ScrfdDetector:
    """SCRFD or a relative, decoded by insightface."""

    def __init__(self, network: Network, path: Path, *, canvas_px: int, exact: bool) -> None:
        """Use a network.

        Args:
            network: The detector.
            path: Its file, which insightface wants to know.
            canvas_px: Side of its square input, where the file leaves it free.
            exact: For single pictures: find faces that fill the picture, and look at each again.
        """
        self._model = SCRFD(model_file=str(path), session=network.session)
        height, width = network.input_shape[2], network.input_shape[3]
        fixed = isinstance(height, int) and isinstance(width, int)
        side_wh = (width, height) if fixed else (canvas_px, canvas_px)
        self._model.prepare(-1, input_size=side_wh, det_thresh=LEAST_SCORE, nms_thresh=NMS_IOU)
        self._exact = exact
        self.canvas_px = max(int(side) for side in side_wh)

    def detect(self, picture: Picture) -> Faces:
        """Return the faces of a picture, best score first."""
        faces = self._detect(picture)
        if len(faces) or not self._exact:
            return faces
        # A face that fills the picture is too large for the network's anchors: step back.
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        farther = cv2.copyMakeBorder(picture, height, height, width, width, cv2.BORDER_CONSTANT)
        return self._detect(np.asarray(farther, np.uint8)).moved(-width, -height)

    def refine(self, picture: Picture, faces: Faces) -> Faces:
        """Return the same faces, their points more exact if that was asked for."""
        return look_again(picture, faces, LOOKS if self._exact else (), self._find)

    def _find(self, canvas: Picture, look: Look) -> Floats | None:
        faces = self._detect(canvas)
        row = central_row(faces, look, least_score=LEAST_SCORE) if len(faces) else None
        return None if row is None else faces.landmarks[row].copy()

    def _detect(self, picture: Picture) -> Faces:
        found, points = self._model.detect(picture)
        if points is None or not len(found):
            return Faces.none()
        order = np.argsort(-found[:, 4], kind="stable")
        return Faces(
            found[order, :4].astype(np.float32),
            found[order, 4].astype(np.float32),
            points[order].astype(np.float32),
        )


def load_folder(
    folder: Path,
    *,
    catalog: Catalog,
    depot: Depot,
    accept_noncommercial: bool,
    placement: Placement,
    canvas_px: int,
    exact: bool,
) -> FacePack:
    """Return the pack of a folder.

    Raises:
        ModelFileError: No folder, or no detector or no recogniser in it, or the self-test failed.
        ModelLicenceError: A file of the catalogue asks for ``accept_noncommercial``.
    """
    if not folder.is_dir():
        raise ModelFileError(
            f"models.faces: {folder} is neither a pack of the catalogue "
            f"({', '.join(catalog.packs)}) nor a folder"
        )
    detector: ScrfdDetector | None = None
    recogniser: Recogniser | None = None
    entry: Entry | None = None
    found = ("", "")
    for path in sorted(folder.glob("*.onnx")):
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        known = catalog.by_sha256(sha256)
        if known is not None:
            known.require_licence(accept_noncommercial=accept_noncommercial)
        network = _load(path, sha256, known, depot=depot, placement=placement)
        if network is None:
            continue
        if len(network.output_names) >= DETECTOR_OUTPUTS and "cls_8" not in network.output_names:
            if detector is None:
                detector = ScrfdDetector(network, path, canvas_px=canvas_px, exact=exact)
                found = (known.name if known else path.stem, sha256)
        elif list(network.input_shape[2:]) == [SQUARE_INPUTS_PX] * 2 and recogniser is None:
            recogniser = _recogniser(network, path, sha256, known)
            entry = known
    if detector is None or recogniser is None:
        lacking = "detector" if detector is None else "recogniser with a 112x112 input"
        raise ModelFileError(f"models.faces: {folder} has no {lacking} as an ONNX file")
    return FacePack(
        name=folder.name,
        detector=detector,
        recogniser=recogniser,
        impostors=(entry.impostors if entry else None) or UNMEASURED_IMPOSTORS,
        norm_floor=entry.norm_floor if entry else None,
        levels=SCRFD_LEVELS,
        networks=(found, (folder.name, recogniser.sha256)),
    )


def _load(
    path: Path, sha256: str, known: Entry | None, *, depot: Depot, placement: Placement
) -> Network | None:
    """Return a file's network, None if it is none that a face pack needs."""
    try:
        graph = onnx.load(str(path), load_external_data=False).graph
    except (DecodeError, OSError) as error:
        raise ModelFileError(f"{path}: is no ONNX file; copy it again") from error
    if any(node.op_type == "DequantizeLinear" for node in graph.node):
        free_input, free_output = (known.free_input, known.free_output) if known else ((), ())
        make: Callable[[], bytes] = lambda: fold(  # noqa: E731
            path, free_input=free_input, free_output=free_output
        )
        path = depot.prepared(f"{path.stem}-{sha256[:16]}", make)
    network = load_network(path, placement)
    return network if len(network.input_shape) == 4 else None  # noqa: PLR2004 - N, C, H, W


def _recogniser(network: Network, path: Path, sha256: str, known: Entry | None) -> Recogniser:
    if known is not None:
        recogniser = Recogniser(network, known.normalisation, sha256=sha256)
        require_pass(recogniser, str(path))
        return recogniser
    for normalisation in KNOWN_NORMALISATIONS:
        recogniser = Recogniser(network, normalisation, sha256=sha256)
        if passes(recogniser):
            log.info("model=%s normalisation=%s passed the self-test", path.name, normalisation)
            return recogniser
    require_pass(recogniser, str(path))
    return recogniser
