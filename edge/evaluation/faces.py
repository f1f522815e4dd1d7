"""Accuracy of a face pack on labelled pictures: pairs, and a gate with strangers.

Figures are those of ISO/IEC 19795-1: FMR and TAR of comparisons, FPIR and TPIR of searches in a
gallery. A picture in which no face is found counts against the pack, as it would at a gate.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge.errors import ConfigError
from edge.gallery.calibration import calibrate
from models.align import align
from models.faces import FacePack, Floats

Scores = npt.NDArray[np.float64]

NO_FACE = -1.0
"""Score of a comparison with a picture in which no face was found."""

FALSE_RATES = (0.01, 0.001)
CALIBRATED_FPIR = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class PairFigures:
    """Verification: is it the same person?

    Attributes:
        accuracy: Best over all thresholds.
        tar: True accept rate by false accept rate.
        genuine: Scores of pairs of one person.
        impostor: Scores of pairs of two people.
    """

    accuracy: float
    tar: dict[float, float]
    genuine: Scores
    impostor: Scores


@dataclass(frozen=True, slots=True, eq=False)
class GateFigures:
    """Identification: who is it, if anybody?

    Attributes:
        gallery: Enrolled people.
        probes: Pictures of them.
        strangers: Pictures of others.
        tpir: True-positive identification rate by false-positive identification rate.
        threshold: That calibration would choose for ``CALIBRATED_FPIR`` from the gallery alone.
        fpir: Share of strangers that reach it.
        tpir_calibrated: Share of probes that are their person's and reach it.
        mated: Best score of each probe whose best match is right, ``NO_FACE`` otherwise.
        nonmated: Best score of each stranger.
    """

    gallery: int
    probes: int
    strangers: int
    tpir: dict[float, float]
    threshold: float
    fpir: float
    tpir_calibrated: float
    mated: Scores
    nonmated: Scores


class Embedder:
    """Vectors of the picture files below a folder, each computed once."""

    def __init__(self, pack: FacePack, root: Path) -> None:
        self._pack = pack
        self._root = root
        self._known: dict[str, Floats | None] = {}

    def vector(self, name: str) -> Floats | None:
        """Return the unit vector ``(D,)`` of a picture's central face, None if there is none."""
        if name not in self._known:
            self._known[name] = self._embed(name)
        return self._known[name]

    def missing(self) -> list[str]:
        """Return the pictures in which no face was found."""
        return [name for name, vector in self._known.items() if vector is None]

    def _embed(self, name: str) -> Floats | None:
        path = self._root / name
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            raise ConfigError(f"{path}: is no picture that can be read; check --root and the CSV")
        pixels = np.asarray(picture, np.uint8)
        faces = self._pack.detector.detect(pixels)
        if not len(faces):
            return None
        centres = (faces.boxes_xyxy[:, :2] + faces.boxes_xyxy[:, 2:]) / 2
        middle = np.array([pixels.shape[1] / 2, pixels.shape[0] / 2])
        nearest = int(np.hypot(*(centres - middle).T).argmin())
        face = self._pack.detector.refine(pixels, faces[nearest : nearest + 1])
        crop = align(pixels, face.landmarks[0])
        embedded = self._pack.recogniser.embed(crop[None], mirrored=True)
        return np.asarray(embedded.vectors[0], np.float32)


def evaluate_pairs(embedder: Embedder, table: Path, advance: Callable[[], object]) -> PairFigures:
    """Return the verification figures of a CSV with columns ``a,b,same``."""
    scores, same = [], []
    for row in _rows(table, ("a", "b", "same")):
        first, second = embedder.vector(row[0]), embedder.vector(row[1])
        scores.append(NO_FACE if first is None or second is None else float(first @ second))
        same.append(row[2] == "1")
        advance()
    all_scores, mated = np.asarray(scores, np.float64), np.asarray(same, np.bool_)
    if mated.all() or not mated.any():
        raise ConfigError(f"{table}: needs pairs of one person and of two; see the column same")
    genuine, impostor = all_scores[mated], all_scores[~mated]
    thresholds = np.unique(all_scores)
    right = [
        (genuine >= threshold).sum() + (impostor < threshold).sum() for threshold in thresholds
    ]
    return PairFigures(
        accuracy=float(max(right) / len(all_scores)),
        tar={rate: float((genuine > _exceeded_by(impostor, rate)).mean()) for rate in FALSE_RATES},
        genuine=genuine,
        impostor=impostor,
    )


def evaluate_gate(
    embedder: Embedder, table: Path, pack: FacePack, advance: Callable[[], object]
) -> GateFigures:
    """Return the identification figures of a CSV with columns ``file,identity,role``.

    Roles are ``enroll``, ``probe`` and ``stranger``. Somebody enrolled with several pictures has
    one template, their mean.
    """
    rows = _rows(table, ("file", "identity", "role"))
    enrolled: dict[str, list[Floats]] = {}
    probes: list[tuple[str, Floats | None]] = []
    strangers: list[Floats | None] = []
    for name, identity, role in rows:
        vector = embedder.vector(name)
        if role == "enroll" and vector is not None:
            enrolled.setdefault(identity, []).append(vector)
        elif role == "probe":
            probes.append((identity, vector))
        elif role == "stranger":
            strangers.append(vector)
        advance()
    if not enrolled or not probes or not strangers:
        raise ConfigError(f"{table}: needs the roles enroll, probe and stranger")
    names = list(enrolled)
    gallery = np.stack([_mean(vectors) for vectors in enrolled.values()])
    mated = np.asarray([_mated_score(gallery, names, *probe) for probe in probes])
    nonmated = np.asarray([_best(gallery, vector)[1] for vector in strangers])
    found = calibrate(gallery, fpir=CALIBRATED_FPIR, prior=pack.impostors)
    return GateFigures(
        gallery=len(names),
        probes=len(probes),
        strangers=len(strangers),
        tpir={rate: float((mated > _exceeded_by(nonmated, rate)).mean()) for rate in FALSE_RATES},
        threshold=found.threshold,
        fpir=float((nonmated >= found.threshold).mean()),
        tpir_calibrated=float((mated >= found.threshold).mean()),
        mated=mated,
        nonmated=nonmated,
    )


def _exceeded_by(scores: Scores, rate: float) -> float:
    """Return the score that at most this share of the scores exceeds."""
    ordered = np.sort(scores)[::-1]
    return float(ordered[min(int(rate * len(ordered)), len(ordered) - 1)])


def _best(gallery: Floats, vector: Floats | None) -> tuple[int, float]:
    if vector is None:
        return -1, NO_FACE
    scores = gallery @ vector
    row = int(scores.argmax())
    return row, float(scores[row])


def _mated_score(
    gallery: Floats, names: Sequence[str], identity: str, vector: Floats | None
) -> float:
    """Return the best score if it is the right person's, ``NO_FACE`` otherwise."""
    row, score = _best(gallery, vector)
    return score if row >= 0 and names[row] == identity else NO_FACE


def _mean(vectors: Iterable[Floats]) -> Floats:
    total = np.sum(list(vectors), axis=0)
    return np.asarray(total / np.linalg.norm(total), np.float32)


def _rows(table: Path, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = [name for name in columns if name not in (reader.fieldnames or ())]
            if lacking:
                raise ConfigError(
                    f"{table}:1: has no column {lacking[0]}; needs {', '.join(columns)}"
                )
            return [tuple(row[name] for name in columns) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{table}: cannot be read as CSV in UTF-8 ({error})") from error
