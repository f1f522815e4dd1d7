"""What each network costs with what we do before and after it, and a search with it."""

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np

from edge.bench.apart import as_in_a_worker
from edge.bench.figure import Figure
from edge.bench.gallery import gallery_of, unit_rows
from edge.bench.part import Act, Part, measure, ready
from edge.gallery.matrix import Gallery
from models.align import CROP_PX, TEMPLATE, align, similarity_transform
from models.catalog import Entry, Pack, load_catalog
from models.depot import Depot
from models.errors import ModelFileError, ModelLicenceError
from models.faces import FaceDetector, FacePack, Faces, Floats, Picture
from models.letterbox import letterbox, to_batch
from models.objects import DECODERS, load_object_detector
from models.packs import load_face_pack
from models.plates import CANVAS_PX, FINDER, LINE_PX, LINE_WIDTH_PX, STRIDE_SIDES, load_plate_reader
from models.session import load_network
from models.ssd import Ssd
from models.ssd import preprocess as ssd_batch
from models.yunet import QUICK, STRIDES

GALLERIES = ((10_000, 128), (100_000, 128), (20_000, 512))
"""Templates and dimensions."""

QUERIES = 16
PORTRAIT_SHARE = 0.35
"""Of the picture's height."""

NETWORK_ALONE = "the network alone"
Skip = Callable[[str, str], None]
Portraits = Callable[[FaceDetector], Sequence[Picture]]


def network_parts(
    street: Picture, *, portraits: Portraits, skip: Skip, depot: Depot | None = None
) -> Iterator[Part]:
    """Yield the parts of every network of the catalogue that is there.

    Args:
        street: ``(H, W, 3)`` BGR.
        portraits: Finds heads to put into it.
        skip: Told of each network that is not there, and why.
        depot: Where files lie.
    """
    depot, catalog = depot or Depot(), load_catalog()
    for pack in catalog.packs.values():
        with_faces = _face_parts(pack, street, portraits=portraits, depot=depot)
        yield from _unless_absent(f"{pack.detector}, {pack.recogniser}", with_faces, skip)
    for entry in catalog.entries.values():
        if entry.decoder in DECODERS:
            yield from _unless_absent(entry.name, _object_parts(entry, street, depot), skip)
    yield from _unless_absent(FINDER, _plate_parts(street, depot), skip)


def align_part(picture: Picture) -> Part:
    """Return the alignment of one face of 90 pixels in the middle of a picture."""
    height, width = picture.shape[:2]
    turn = np.asarray(cv2.getRotationMatrix2D((0.0, 0.0), 12.0, 0.8), np.float32)
    points = (TEMPLATE - CROP_PX / 2) @ turn[:, :2].T + np.array([width / 2, height / 2])
    points = points.astype(np.float32)
    matrix = similarity_transform(points, TEMPLATE)
    crop = np.empty((CROP_PX, CROP_PX, 3), np.uint8)
    return Part(
        "align a face",
        ready(lambda: align(picture, points)),
        bare=ready(lambda: cv2.warpAffine(picture, matrix, (CROP_PX, CROP_PX), dst=crop)),
        of="the warp alone",
    )


def search_figures(galleries: Sequence[tuple[int, int]], *, repeats: int) -> list[Figure]:
    """Return what searches take in a process of its own, as workers are.

    Args:
        galleries: Templates and dimensions of each.
        repeats: How often.
    """
    return as_in_a_worker(_measured_searches, galleries, repeats)


def _measured_searches(galleries: Sequence[tuple[int, int]], repeats: int) -> list[Figure]:
    return [
        figure for part in _search_parts(galleries) for figure in measure(part, repeats=repeats)
    ]


def _search_parts(galleries: Sequence[tuple[int, int]]) -> Iterator[Part]:
    """Yield searches for the two most similar people in galleries of one template each."""
    for templates, dimensions in galleries:
        random = np.random.default_rng(1)
        vectors = unit_rows(random, templates, dimensions)
        queries = vectors[random.integers(0, templates, QUERIES)].copy()
        gallery = gallery_of(vectors)
        yield Part(
            f"search {templates:,} x {dimensions}",
            ready(_searching(gallery, queries)),
            QUERIES,
            ready(_multiplying(gallery.vectors, queries)),
            "the bare product",
        )


def _unless_absent(name: str, parts: Iterator[Part], skip: Skip) -> Iterator[Part]:
    try:
        yield from parts
    except (ModelFileError, ModelLicenceError) as error:
        skip(name, str(error))


def _face_parts(
    pack: Pack, street: Picture, *, portraits: Portraits, depot: Depot
) -> Iterator[Part]:
    catalog = load_catalog()
    found = load_face_pack(pack.name, depot=depot)
    picture = with_portrait(street, portraits(found.detector)[0])
    small = _shrunk(picture, found.detector.canvas_px)
    faces = found.detector.detect(small).scaled(picture.shape[1] / small.shape[1])[:1]
    if not len(faces):
        raise ModelFileError(f"{pack.detector}: finds nobody in a picture of 1 person")
    entry = catalog.entry(pack.detector)
    yield _detecting(entry, found, small, depot)
    yield _refining(entry, found, picture, faces, depot)
    network = load_network(depot.ready(catalog.entry(pack.recogniser)))
    crops = align(picture, faces.landmarks[0])[None]
    batch = to_batch(crops, mean=0.0, std=1.0, rgb=True)
    yield Part(
        f"{pack.recogniser}, a face",
        ready(lambda: found.recogniser.embed(crops)),
        bare=ready(lambda: network.run(batch)),
        of=NETWORK_ALONE,
    )


def _detecting(entry: Entry, pack: FacePack, small: Picture, depot: Depot) -> Part:
    name, detect = f"{entry.name}, a picture", ready(lambda: pack.detector.detect(small))
    if entry.decoder != "yunet":
        return Part(name, detect)
    network = load_network(depot.ready(entry))
    boxed = letterbox(small, longer_px=pack.detector.canvas_px, multiple=STRIDES[-1])
    batch = to_batch(boxed.canvas[None], mean=0.0, std=1.0, rgb=False)
    return Part(name, detect, bare=ready(lambda: network.run(batch)), of=NETWORK_ALONE)


def _refining(entry: Entry, pack: FacePack, picture: Picture, faces: Faces, depot: Depot) -> Part:
    name = f"{entry.name}, a second look at a face"
    refine = ready(lambda: pack.detector.refine(picture, faces))
    if entry.decoder != "yunet":
        return Part(name, refine)
    network = load_network(depot.ready(entry))
    batches = [np.zeros((1, 3, look.canvas_px, look.canvas_px), np.float32) for look in QUICK]
    bare = ready(lambda: [network.run(batch) for batch in batches])
    return Part(name, refine, bare=bare, of=NETWORK_ALONE)


def _object_parts(entry: Entry, street: Picture, depot: Depot) -> Iterator[Part]:
    detector = load_object_detector(entry.name, depot=depot)
    small = _shrunk(street, detector.input_px)
    if isinstance(detector, Ssd):
        bare = _bare_ssd(entry, small, depot)
    else:
        network = load_network(depot.ready(entry))
        side = detector.input_px
        square = cv2.copyMakeBorder(
            small, 0, side - small.shape[0], 0, side - small.shape[1], cv2.BORDER_CONSTANT
        )
        batch = to_batch(np.asarray(square, np.uint8)[None], mean=0.0, std=1.0, rgb=False)

        def bare() -> object:
            return network.run(batch)

    detect = ready(lambda: detector.detect(small))
    yield Part(f"{entry.name}, a picture", detect, bare=ready(bare), of=NETWORK_ALONE)


def _bare_ssd(entry: Entry, small: Picture, depot: Depot) -> Act:
    assert entry.companion is not None
    text = depot.ready(load_catalog().entry(entry.companion))
    net = cv2.dnn.readNetFromTensorflow(str(depot.ready(entry)), str(text))
    batch = ssd_batch(small)

    def act() -> None:
        net.setInput(batch)
        net.forward()

    return act


def _plate_parts(street: Picture, depot: Depot) -> Iterator[Part]:
    reader = load_plate_reader(depot=depot)
    finder, line_reader = load_catalog().expand([FINDER])
    finding, reading = load_network(depot.ready(finder)), load_network(depot.ready(line_reader))
    height, width = street.shape[:2]
    box = np.array([0, 0, width, height], np.float32)
    boxed = letterbox(street, longer_px=CANVAS_PX, multiple=STRIDE_SIDES[-1][0])
    canvas = np.zeros((1, 3, *boxed.canvas.shape[:2]), np.float32)
    yield Part(
        f"{finder.name}, a vehicle",
        ready(lambda: reader.places(street, box)),
        bare=ready(lambda: finding.run(canvas)),
        of=NETWORK_ALONE,
    )
    plate = np.ascontiguousarray(street[: min(height, 44), : min(width, 140)])
    line = np.zeros((1, 3, LINE_PX, LINE_WIDTH_PX), np.float32)
    yield Part(
        f"{line_reader.name}, a plate",
        ready(lambda: reader.read_line(plate)),
        bare=ready(lambda: reading.run(line)),
        of=NETWORK_ALONE,
    )


def with_portrait(street: Picture, head: Picture) -> Picture:
    """Return the picture with a head in it."""
    scale = PORTRAIT_SHARE * street.shape[0] / head.shape[0]
    size_wh = (round(head.shape[1] * scale), round(head.shape[0] * scale))
    x, y = street.shape[1] // 3, street.shape[0] // 3
    picture = street.copy()
    picture[y : y + size_wh[1], x : x + size_wh[0]] = cv2.resize(head, size_wh)
    return picture


def _shrunk(picture: Picture, longer_px: int) -> Picture:
    """Return the picture as a frame gives it to a network: never larger than it is."""
    height, width = picture.shape[:2]
    scale = min(longer_px / max(height, width), 1.0)
    size_wh = (round(width * scale / 2) * 2, round(height * scale / 2) * 2)
    return np.asarray(cv2.resize(picture, size_wh), np.uint8)


def _searching(gallery: Gallery, queries: Floats) -> Act:
    return lambda: [gallery.search(query) for query in queries]


def _multiplying(vectors: Floats, queries: Floats) -> Act:
    return lambda: [vectors.dot(query) for query in queries]
