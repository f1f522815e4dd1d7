"""Load a face pack by name or folder."""

from pathlib import Path

from models.catalog import Catalog, Pack, load_catalog
from models.depot import Depot
from models.errors import ModelFileError
from models.faces import UNMEASURED_IMPOSTORS, FaceDetector, FacePack, ScoreLevels
from models.selftest import require_pass
from models.session import Placement, load_network
from models.sface import Recogniser
from models.yunet import EXACT, QUICK, YuNet


def load_face_pack(
    name: str,
    *,
    accept_noncommercial: bool = False,
    placement: Placement | None = None,
    canvas_px: int = 640,
    exact: bool = False,
    depot: Depot | None = None,
) -> FacePack:
    """Return the detector and recogniser of a pack, self-tested.

    Args:
        name: A pack of the catalogue, or a folder of ONNX files in insightface's format.
        accept_noncommercial: Whether licences that forbid commercial use are accepted.
        placement: Where the networks run.
        canvas_px: Longer side of the picture as the detector sees it.
        exact: Spend 5 ms instead of 1 ms a face on landmarks: for enrolment and single pictures.
        depot: Where files lie.

    Raises:
        ModelFileError: A file is absent, truncated, another one, or fails its self-test.
        ModelLicenceError: The licence asks for ``accept_noncommercial``.
    """
    catalog, depot = load_catalog(), depot or Depot()
    placement = placement or Placement()
    pack = catalog.packs.get(name)
    if pack is None:
        # Imported here, as insightface takes half a second and the default pack needs none of it.
        from models.insightface_pack import load_folder  # noqa: PLC0415

        return load_folder(
            Path(name).expanduser(),
            catalog=catalog,
            depot=depot,
            accept_noncommercial=accept_noncommercial,
            placement=placement,
            canvas_px=canvas_px,
            exact=exact,
        )
    entry = catalog.entry(pack.recogniser)
    for needed in (catalog.entry(pack.detector), entry):
        needed.require_licence(accept_noncommercial=accept_noncommercial)
    network = load_network(depot.ready(entry), placement)
    recogniser = Recogniser(network, entry.normalisation, sha256=entry.sha256)
    require_pass(recogniser, entry.name)
    detector, levels = _detector(
        pack, catalog, depot=depot, placement=placement, canvas_px=canvas_px, exact=exact
    )
    impostors = entry.impostors or UNMEASURED_IMPOSTORS
    found = catalog.entry(pack.detector)
    networks = ((found.name, found.sha256), (name, entry.sha256))
    return FacePack(name, detector, recogniser, impostors, entry.norm_floor, levels, networks)


def _detector(
    pack: Pack,
    catalog: Catalog,
    *,
    depot: Depot,
    placement: Placement,
    canvas_px: int,
    exact: bool,
) -> tuple[FaceDetector, ScoreLevels]:
    entry = catalog.entry(pack.detector)
    path = depot.ready(entry)
    network = load_network(path, placement)
    match entry.decoder:
        case "yunet":
            looks = EXACT if exact else QUICK
            return YuNet(network, canvas_px=canvas_px, looks=looks), ScoreLevels()
        case "scrfd":
            from models.insightface_pack import SCRFD_LEVELS, ScrfdDetector  # noqa: PLC0415

            detector = ScrfdDetector(network, path, canvas_px=canvas_px, exact=exact)
            return detector, SCRFD_LEVELS
        case unknown:
            raise ModelFileError(f"model {entry.name}: no code reads the decoder {unknown!r}")
