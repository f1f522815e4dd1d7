"""Load an object detector: one of the catalogue, or a person's own network."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from models.catalog import Catalog, Entry, load_catalog
from models.depot import Condition, Depot
from models.detections import ObjectDetector
from models.errors import ModelFileError
from models.session import Network, Placement, load_network
from models.sources import Progress
from models.ssd import Ssd
from models.yolov8 import YoloV8
from models.yolox import YoloX, answer_shape, grid, square_side

OWN_THRESHOLDS = {"default": 0.35}
FALLBACK = {"yolox-nano": ("yolox-nano", "ssd-mobilenet-v2")}
"""What is tried in turn for a name: the second where only a package index is reached."""

DECODERS = ("yolox", "ssd")
LABEL_SUFFIXES = (".txt", ".names")


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A detector, and why this one if another was wanted."""

    detector: ObjectDetector
    why: str = ""


def load_object_detector(
    name: str,
    *,
    labels: Sequence[str] | None = None,
    thresholds: Mapping[str, float] | None = None,
    placement: Placement | None = None,
    depot: Depot | None = None,
) -> ObjectDetector:
    """Return a detector whose files are there.

    Args:
        name: Of the catalogue, or the path of an ONNX file.
        labels: Words of a person's own network; by default those in the file or beside it.
        thresholds: Least score by word, and ``default``.
        placement: Where it runs.
        depot: Where files lie.

    Raises:
        ModelFileError: A file is absent or wrong, or does not fit its labels.
    """
    catalog, depot, placement = load_catalog(), depot or Depot(), placement or Placement()
    if name in catalog.entries:
        return _of_catalog(catalog, catalog.entry(name), depot, placement, thresholds)
    return _own(Path(name), labels, thresholds, placement)


def pull_first(
    name: str,
    *,
    progress: Progress,
    placement: Placement | None = None,
    thresholds: Mapping[str, float] | None = None,
    depot: Depot | None = None,
) -> Chosen:
    """Return the first detector that can be had for a name, its files pulled where absent.

    Raises:
        ModelFileError: None can be had, or what is there is damaged; says why, one by one.
    """
    entry = load_catalog().entries.get(name)
    if entry is None or entry.decoder not in DECODERS:
        raise ModelFileError(_no_detector(name, entry))
    depot = depot or Depot()
    names = FALLBACK.get(name, (name,))
    failures: list[str] = []
    # What is here is taken before anything is asked of the network: a box in a cabinet may have
    # none, and must not wait for it at every start.
    here = [one for one in names if _is_here(one, depot)]
    for wanted in here[:1] or names:
        try:
            _have(wanted, depot, progress)
        except ModelFileError as error:
            failures.append(str(error))
            continue
        if here and wanted != name:
            failures.append(f"{name} is absent; run 'gridwatch models pull {name}' for it")
        detector = load_object_detector(
            wanted, placement=placement, thresholds=thresholds, depot=depot
        )
        return Chosen(detector, "; ".join(failures))
    raise ModelFileError("; ".join(failures))


def _is_here(name: str, depot: Depot) -> bool:
    """Return whether all files of an entry are there, good or damaged."""
    return all(
        depot.inspect(entry).condition is not Condition.ABSENT
        for entry in load_catalog().expand([name])
    )


def _have(name: str, depot: Depot, progress: Progress) -> None:
    """Make all files of an entry good; a damaged one is said, not quietly replaced."""
    for entry in load_catalog().expand([name]):
        found = depot.inspect(entry)
        if found.condition is Condition.ABSENT:
            depot.pull(entry, progress)
        else:
            found.require_good()


def read_labels(name: str) -> tuple[str, ...]:
    """Return the words of a label list that ships with gridwatch; ``-`` is a gap."""
    text = files("models").joinpath("labels", f"{name}.txt").read_text(encoding="utf-8")
    return tuple(text.split("\n")[:-1])


def _of_catalog(
    catalog: Catalog,
    entry: Entry,
    depot: Depot,
    placement: Placement,
    thresholds: Mapping[str, float] | None,
) -> ObjectDetector:
    if entry.decoder not in DECODERS:
        raise ModelFileError(_no_detector(entry.name, entry))
    path = depot.ready(entry)
    labels = read_labels(entry.labels[0])
    least = {**entry.thresholds, **(thresholds or {})}
    # Only TensorFlow's graphs need a second file, their description for OpenCV.
    if entry.companion is None:
        return YoloX(
            load_network(path, placement),
            name=entry.name,
            sha256=entry.sha256,
            labels=labels,
            thresholds=least,
        )
    text = depot.ready(catalog.entry(entry.companion))
    return Ssd(path, text, name=entry.name, sha256=entry.sha256, labels=labels, thresholds=least)


def _no_detector(name: str, entry: Entry | None) -> str:
    """Return what is wrong with a name, and what would be right."""
    known = [one.name for one in load_catalog().entries.values() if one.decoder in DECODERS]
    fault = f"is for {entry.task}" if entry else "is neither in the catalogue nor an ONNX file"
    return (
        f"models.street: {name!r} {fault}; use one of: {', '.join(known)}, "
        "none, or a path that ends in .onnx"
    )


def _own(
    path: Path,
    labels: Sequence[str] | None,
    thresholds: Mapping[str, float] | None,
    placement: Placement,
) -> ObjectDetector:
    if path.suffix != ".onnx":
        raise ModelFileError(_no_detector(str(path), None))
    if not path.is_file():
        raise ModelFileError(f"models.street: {str(path)!r} is not there; put the file there")
    network = load_network(path, placement)
    entry = load_catalog().by_sha256(network.sha256)
    if labels:
        words = tuple(labels)
    elif entry is not None and entry.labels:
        words = read_labels(entry.labels[0])
    else:
        words = _labels_of(network, path)
    if not words:
        raise ModelFileError(f"{path}: its list of names is empty; give models.street_labels")
    kind = YoloX if _is_yolox(network) else YoloV8
    return kind(
        network,
        name=entry.name if entry else path.stem,
        sha256=network.sha256,
        labels=words,
        thresholds={**(entry.thresholds if entry else OWN_THRESHOLDS), **(thresholds or {})},
    )


def _is_yolox(network: Network) -> bool:
    """Return whether the answer has a row, not a column, for every cell of YOLOX's grid."""
    cells = len(grid(square_side(network))[0])
    answered = answer_shape(network)
    return answered[1:2] == (cells,) and answered[2:3] != (cells,)


def _labels_of(network: Network, path: Path) -> tuple[str, ...]:
    written = network.metadata.get("names", "")
    if written:
        try:
            names = ast.literal_eval(written)
            return tuple(str(names[number]) for number in range(len(names)))
        except (ValueError, SyntaxError, LookupError, TypeError) as error:
            raise ModelFileError(
                f"{path}: its list of names cannot be read; give models.street_labels"
            ) from error
    for suffix in LABEL_SUFFIXES:
        beside = path.with_suffix(suffix)
        if beside.exists():
            return _lines_of(beside)
    raise ModelFileError(
        f"{path}: says no names of its classes; give models.street_labels, or put them one a line "
        f"into {path.with_suffix('.txt').name} beside it"
    )


def _lines_of(path: Path) -> tuple[str, ...]:
    """Return the lines of a person's list; a name may have a space in it, as ``traffic light``."""
    try:
        # Editors on Windows put a mark before the first name.
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelFileError(f"{path}: cannot be read as UTF-8; save it as UTF-8") from error
    return tuple(line.strip() for line in text.strip().splitlines())
