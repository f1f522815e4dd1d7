"""Load an object detector: one of the catalogue, or a person's own network."""

import ast
import hashlib
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
from models.yolox import YoloX

OWN_THRESHOLDS = {"default": 0.35}
FALLBACK = {"yolox-nano": ("yolox-nano", "ssd-mobilenet-v2")}
"""What is tried in turn for a name: the second where only a package index is reached."""

ROWS_AND_COLUMNS = ("picture", "row", "column")
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
    path = depot.ready(entry)
    labels = read_labels(entry.labels[0]) if entry.labels else ()
    least = {**entry.thresholds, **(thresholds or {})}
    match entry.decoder:
        case "yolox":
            return YoloX(
                load_network(path, placement),
                name=entry.name,
                sha256=entry.sha256,
                labels=labels,
                thresholds=least,
            )
        case "ssd" if entry.companion:
            text = depot.ready(catalog.entry(entry.companion))
            return Ssd(
                path,
                text,
                name=entry.name,
                sha256=entry.sha256,
                labels=labels,
                thresholds=least,
            )
        case _:
            known = [
                one.name for one in catalog.entries.values() if one.decoder in {"yolox", "ssd"}
            ]
            raise ModelFileError(
                f"model {entry.name}: is for {entry.task}, not object detection; "
                f"use one of: {', '.join(known)}, or the path of an ONNX file"
            )


def _own(
    path: Path,
    labels: Sequence[str] | None,
    thresholds: Mapping[str, float] | None,
    placement: Placement,
) -> ObjectDetector:
    if path.suffix != ".onnx":
        known = ", ".join(FALLBACK)
        raise ModelFileError(
            f"models.street: {str(path)!r} is neither in the catalogue nor an ONNX file; "
            f"use {known}, none, or a path that ends in .onnx"
        )
    network = load_network(path, placement)
    words = tuple(labels) if labels else _labels_of(network, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    kind = YoloX if _is_yolox(network) else YoloV8
    return kind(
        network,
        name=path.stem,
        sha256=sha256,
        labels=words,
        thresholds={**OWN_THRESHOLDS, **(thresholds or {})},
    )


def _is_yolox(network: Network) -> bool:
    """Return whether rows are boxes, as YOLOX has it, and not columns."""
    shape = network.output_shape
    return (
        len(shape) == len(ROWS_AND_COLUMNS)
        and isinstance(shape[1], int)
        and isinstance(shape[2], int)
        and shape[1] > shape[2]
    )


def _labels_of(network: Network, path: Path) -> tuple[str, ...]:
    written = network.metadata.get("names", "")
    if written:
        try:
            names = ast.literal_eval(written)
            return tuple(str(names[number]) for number in range(len(names)))
        except (ValueError, SyntaxError, KeyError, TypeError) as error:
            raise ModelFileError(
                f"{path}: its list of names cannot be read; give models.labels"
            ) from error
    for suffix in LABEL_SUFFIXES:
        beside = path.with_suffix(suffix)
        if beside.exists():
            return tuple(beside.read_text(encoding="utf-8").split())
    raise ModelFileError(
        f"{path}: says no names of its classes; give models.labels, or put them one a line into "
        f"{path.with_suffix('.txt').name} beside it"
    )
