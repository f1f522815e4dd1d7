#!/usr/bin/env python3
"""Draw where a street camera spends its processor time, beside decoding and the network alone."""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from edge.bench import networks
from edge.bench.flame import Stack, flame_svg, sampled
from edge.bench.scene import film_street
from edge.bench.street import RULES, bench_street
from edge.bench.streets import BUSY_FILM_S, QUIET_FILM_S, SIZE_WH
from edge.logs import keep_quiet

WARMING = "edge.bench.street._warm_up"
SIDES = {
    "edge.bench.street._run_street": "the camera",
    "edge.bench.street._limit": "decoding and the network alone",
}


def main() -> None:
    """Run the camera once and its limit once, and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.svg")
    parser.add_argument("--quiet", action="store_true", help="a quiet street instead of a busy one")
    parser.add_argument("--rules", choices=RULES, default="dwell and smoke")
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    keep_quiet()
    detector = networks.objects(lambda _name, _done, _total: None).detector
    scene = "quiet" if given.quiet else "busy"
    with tempfile.TemporaryDirectory(prefix="gridwatch-profile-") as made:
        folder, film = Path(made), Path(made) / "film.mp4"
        film_s = QUIET_FILM_S if given.quiet else BUSY_FILM_S
        film_street(film, busy=not given.quiet, seconds=film_s, size_wh=SIZE_WH)
        with sampled() as stacks:
            bench_street(
                film,
                folder,
                scene=scene,
                rules=given.rules,
                seconds=given.seconds,
                turns=1,
                detector=detector,
            )
    title = f"{scene} street, {given.rules}, {given.seconds} s"
    given.out.write_text(flame_svg(sides(stacks), title), encoding="utf-8")


def sides(stacks: Counter[Stack]) -> Counter[Stack]:
    """Return what ran on either side, and nothing of the bench around it."""
    kept: Counter[Stack] = Counter()
    for stack, weight in stacks.items():
        if WARMING in stack:
            continue
        for number, name in enumerate(stack):
            if name in SIDES:
                kept[(SIDES[name], *stack[number + 1 :])] += weight
    return kept


if __name__ == "__main__":
    main()
