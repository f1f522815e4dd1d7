"""Our gate beside scripts that watch the same film with the same residents.

Who walks past looks towards the camera, as people at a gate do sooner or later. Of somebody who
never does our gate says that it is unsure, where a script says that they are a stranger: a face
seen like that is unlike everybody, its owner included. What both tell of such people is shown
beside, and nothing is held against it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from edge.bench.figure import Figure
from edge.bench.gate import film_gate, tell_passages
from edge.bench.peers.cost import Done, cost_of
from edge.bench.peers.gate_script import FaceFiles, GateScript
from edge.bench.peers.reference import Registered, photo_of
from edge.bench.peers.side_by_side import cost_beside, told_alike, watch_in_turn
from edge.bench.service_films import WALK_EVERY_S
from edge.domain.passage import Decision, Passage
from models.faces import FaceDetector, FacePack, Picture
from models.picture import keep_to_one_thread
from models.portrait import turn_of

SECONDS, REPEATS = 24, 3
WALKERS = 4
"""As many as walk past in that time: everybody once."""

TURNED = 0.5
"""Half-way to a nose above an eye, see ``models.portrait.turn_of``."""

GOAL = 1 / 3
"""Of the time of the script that looks at every picture."""

EVERY: Mapping[str, int] = {"every picture": 1, "every fifth picture": 5}
OURS, OPENCV, INSIGHTFACE = "ours", "OpenCV's script", "insightface's script"

HELD_AGAINST = f"{OPENCV} on every picture"
"""Where it tells what we tell; of scripts that tell something else the cost is only shown."""

Skip = Callable[[str, str], None]


class Script(Protocol):
    """Somebody else's way of watching a gate."""

    def watch(self, film: Path, *, every: int = 1) -> list[str]:
        """Return who passed, looking at every n-th picture."""
        ...


@dataclass(frozen=True, slots=True)
class GatePacks:
    """Our networks: those of a camera, and those for the photos that residents hand in."""

    camera: FacePack
    photos: FacePack


def bench_gates(
    folder: Path,
    packs: GatePacks,
    portraits: Sequence[Picture],
    *,
    files: FaceFiles,
    pack_folder: Path | None,
    skip: Skip,
    seconds: int = SECONDS,
    repeats: int = REPEATS,
) -> list[Figure]:
    """Return what our gate takes of the processor beside each script, and who tells what.

    Args:
        folder: For the film.
        packs: Our networks.
        portraits: Heads. Of those that face the camera some walk past, every other one a resident.
        files: OpenCV's networks.
        pack_folder: insightface's networks; None where none are installed.
        skip: Told what cannot be measured.
        seconds: Length of the film.
        repeats: How often everybody watches it.
    """
    keep_to_one_thread()  # the cheapest for the scripts, too
    facing = [head for head in portraits if _faces_camera(head, packs.photos.detector)]
    walkers = facing[:WALKERS]
    film = folder / "gate.mp4"
    film_gate(film, walkers, seconds=seconds)
    photos = {f"resident-{n}": photo_of(head) for n, head in enumerate(walkers) if n % 2 == 0}
    scripts: dict[str, Script] = {OPENCV: GateScript(files, photos)}
    if pack_folder is None:
        skip(f"gate beside {INSIGHTFACE}", "insightface has no pack installed on this machine")
    else:
        from edge.bench.peers.face_analysis import AnalysisScript  # noqa: PLC0415 - heavy

        scripts[INSIGHTFACE] = AnalysisScript(pack_folder, photos)
    residents = Registered(packs.photos, photos)
    ours = partial(tell, film, packs.camera, residents)
    ways: dict[str, Callable[[], Done[list[str]]]] = {OURS: partial(cost_of, ours)}
    for called, script in scripts.items():
        for how, every in EVERY.items():
            watch = partial(script.watch, film, every=every)
            ways[f"{called} on {how}"] = partial(cost_of, watch)
    watched = watch_in_turn(ways, repeats=repeats)
    told = watched[OURS][-1].found
    figures = []
    for name, theirs in watched.items():
        if name == OURS:
            continue
        figures.append(
            cost_beside(
                f"gate, 1080p25, beside {name}",
                watched[OURS],
                theirs,
                seconds=seconds,
                of=f"{name}",
                goal=GOAL if name == HELD_AGAINST and theirs[-1].found == told else None,
            )
        )
        figures.append(told_alike(f"passages told as by {name}", told, theirs[-1].found))
    turned = [head for head in portraits if not _faces_camera(head, packs.photos.detector)]
    if turned:
        film_gate(film, turned, seconds=len(turned) * WALK_EVERY_S)
        alike = told_alike(
            f"people who turn away told as by {HELD_AGAINST}",
            tell(film, packs.camera, residents),
            scripts[OPENCV].watch(film),
        )
        figures.append(replace(alike, goal=None))
    return figures


def _faces_camera(head: Picture, detector: FaceDetector) -> bool:
    """Return whether somebody looks towards the camera."""
    # With a border: a face that fills a picture is too large for a detector.
    border = max(head.shape[:2]) // 4
    picture = cv2.copyMakeBorder(head, border, border, border, border, cv2.BORDER_CONSTANT)
    faces = detector.detect(np.asarray(picture, np.uint8))
    return len(faces) > 0 and turn_of(faces.landmarks[0]) < TURNED


def tell(film: Path, pack: FacePack, reference: Registered) -> list[str]:
    """Return whom our gate tells of a film, in order; what is told later of a pass counts."""
    return _names(tell_passages(film, pack, reference))


def _names(passages: Iterable[Passage]) -> list[str]:
    latest = {passage.id: passage for passage in passages}
    return [
        one.resident_id
        if one.decision is Decision.RESIDENT and one.resident_id is not None
        else str(one.decision)
        for one in latest.values()
    ]
