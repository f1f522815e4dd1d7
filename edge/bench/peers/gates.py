"""Our gate beside scripts that watch the same film with the same residents."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from edge.bench.figure import Figure
from edge.bench.gate import film_gate, tell_passages
from edge.bench.peers.cost import Done, cost_of
from edge.bench.peers.gate_script import FaceFiles, GateScript
from edge.bench.peers.reference import Registered, photo_of
from edge.bench.peers.side_by_side import cost_beside, told_alike, watch_in_turn
from edge.domain.passage import Decision, Passage
from models.faces import FacePack, Picture
from models.picture import keep_to_one_thread

SECONDS, REPEATS = 24, 3
WALKERS = 4
"""As many as walk past in that time: everybody once."""

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
        portraits: Heads that walk past, every other one a resident.
        files: OpenCV's networks.
        pack_folder: insightface's networks; None where none are installed.
        skip: Told what cannot be measured.
        seconds: Length of the film.
        repeats: How often everybody watches it.
    """
    keep_to_one_thread()  # the cheapest for the scripts, too
    walkers = list(portraits[:WALKERS])
    film = folder / "gate.mp4"
    film_gate(film, walkers, seconds=seconds)
    photos = {f"resident-{n}": photo_of(head) for n, head in enumerate(walkers) if n % 2 == 0}
    scripts: dict[str, Script] = {OPENCV: GateScript(files, photos)}
    if pack_folder is None:
        skip(f"gate beside {INSIGHTFACE}", "insightface has no pack installed on this machine")
    else:
        from edge.bench.peers.face_analysis import AnalysisScript  # noqa: PLC0415 - heavy

        scripts[INSIGHTFACE] = AnalysisScript(pack_folder, photos)
    ours = partial(tell, film, packs.camera, Registered(packs.photos, photos))
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
    return figures


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
