#!/usr/bin/env python3
"""Draw where a camera spends its processor time, beside decoding and networks alone."""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from edge.bench import networks
from edge.bench.flame import Stack, flame_svg, sampled
from edge.bench.gate import film_gate, measure_gate
from edge.bench.scene import film_street
from edge.bench.street import bench_street
from edge.bench.streets import BUSY_FILM_S, QUIET_FILM_S, SIZE_WH
from edge.bootstrap.parts import silently
from edge.demo.people import find_portraits
from edge.logs import keep_quiet

RULES = "dwell and smoke"
GATE_S, STREET_S = 24, 60
WARMING = ("edge.bench.street._warm_up", "edge.bench.gate._warm_up")
SIDES = {
    "edge.bench.street._run_street": "the camera",
    "edge.bench.street._limit": "decoding and the network alone",
    "edge.bench.gate._run_gate": "the camera",
    "edge.bench.gate._limit": "decoding and networks alone",
}


def main() -> None:
    """Run the camera and its limit, and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", choices=("gate", "busy", "quiet"))
    parser.add_argument("out", type=Path, metavar="OUT.svg")
    given = parser.parse_args()
    keep_quiet()
    with tempfile.TemporaryDirectory(prefix="gridwatch-profile-") as folder:
        if given.scene == "gate":
            stacks, title = _gate(Path(folder)), f"gate, {GATE_S} s"
        else:
            stacks = _street(Path(folder), given.scene)
            title = f"{given.scene} street, {RULES}, {STREET_S} s"
    given.out.write_text(flame_svg(sides(stacks), title), encoding="utf-8")


def _gate(folder: Path) -> Counter[Stack]:
    pack = networks.faces(silently)
    portraits = [one.picture for one in find_portraits(pack.detector)]
    film = folder / "gate.mp4"
    film_gate(film, portraits, seconds=GATE_S)
    with sampled() as stacks:
        measure_gate(film, pack, stream_s=GATE_S)
    return stacks


def _street(folder: Path, scene: str) -> Counter[Stack]:
    detector = networks.objects(silently).detector
    film, busy = folder / "film.mp4", scene == "busy"
    film_street(film, busy=busy, seconds=BUSY_FILM_S if busy else QUIET_FILM_S, size_wh=SIZE_WH)
    with sampled() as stacks:
        bench_street(
            film,
            folder,
            scene=scene,
            rules=RULES,
            seconds=STREET_S,
            turns=1,
            detector=detector,
        )
    return stacks


def sides(stacks: Counter[Stack]) -> Counter[Stack]:
    """Return what ran on either side, and nothing of the bench around it."""
    kept: Counter[Stack] = Counter()
    for stack, weight in stacks.items():
        if any(one in stack for one in WARMING):
            continue
        for number, name in enumerate(stack):
            if name in SIDES:
                kept[(SIDES[name], *stack[number + 1 :])] += weight
    return kept


if __name__ == "__main__":
    main()
