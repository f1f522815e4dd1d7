"""Where a process spends its processor time: samples of its own threads, and their picture.

Each sample of a thread's stack counts for the processor time that the thread has had since the
sample before, so waiting counts for nothing. A stack is taken when the thread next lets go of the
interpreter: what a library does without it counts for the line that called it.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread, get_ident
from threading import enumerate as threads
from types import FrameType

from edge.bench.svg import Drawing, shortened

Stack = tuple[str, ...]
"""Functions as ``module.function``, the outermost first."""

EVERY_S = 0.002
SWITCH_S = 0.0005
"""A thread lets the sampler run after so long; after the usual 5 ms it would be elsewhere."""

WIDTH, MARGIN, ROW, TITLE_PX = 1180.0, 16.0, 18.0, 44.0
TEXT_PX = 11.0
LEAST_PX = 1.0
"""Narrower bars are left out, with all that they call."""

WORDS_PX = 24.0
"""Narrower bars stay without words; a pointer shows them."""

OURS = ("edge", "models", "streams")
LOOKS = """
text { font: 11px system-ui, "Noto Sans", sans-serif; fill: #16202c }
.title { font: 600 16px system-ui, "Noto Sans", sans-serif }
.ground { fill: #ffffff }
.edge { fill: #f2b36b }
.models { fill: #8fb8de }
.streams { fill: #9bcf9b }
.other { fill: #d8dee6 }
rect { stroke: #ffffff; stroke-width: 0.6 }
"""


@contextmanager
def sampled(every_s: float = EVERY_S) -> Iterator[Counter[Stack]]:
    """Sample all threads but its own until the block ends.

    Yields:
        Microseconds of processor time of each stack; complete once the block has ended.
    """
    stacks: Counter[Stack] = Counter()
    ended = Event()
    sampler = Thread(target=_sample, args=(stacks, ended, every_s), name="sampler", daemon=True)
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    sampler.start()
    try:
        yield stacks
    finally:
        ended.set()
        sampler.join()
        sys.setswitchinterval(usual_s)


def _sample(stacks: Counter[Stack], ended: Event, every_s: float) -> None:
    spent_s = _spent_s()
    while not ended.wait(every_s):
        now_s, frames = _spent_s(), sys._current_frames()
        for thread, until_s in now_s.items():
            weight_us = round((until_s - spent_s.get(thread, 0.0)) * 1e6)
            if weight_us > 0 and thread in frames:
                stacks[_stack(frames[thread])] += weight_us
        spent_s = now_s


def _spent_s() -> dict[int, float]:
    """Return the processor time of each thread but this one."""
    spent_s = {}
    for thread in threads():
        if thread.ident is None or thread.ident == get_ident():
            continue
        try:
            spent_s[thread.ident] = time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        except OSError:
            continue  # it has just ended
    return spent_s


def _stack(frame: FrameType | None) -> Stack:
    names = []
    while frame is not None:
        names.append(f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}")
        frame = frame.f_back
    return tuple(reversed(names))


@dataclass(slots=True)
class _Node:
    """A function where it was called from, and what it called."""

    name: str
    weight: int = 0
    calls: "dict[str, _Node]" = field(default_factory=dict)


def flame_svg(stacks: Mapping[Stack, int], title: str = "processor time") -> str:
    """Return a picture of stacks: as wide as a function's weight, what it calls below it.

    Args:
        stacks: Weight of each stack, in microseconds.
        title: What it shows.
    """
    root = _tree(stacks)
    drawing = Drawing(WIDTH, LOOKS, title)
    drawing.text(MARGIN, 26, f"{title}, {root.weight / 1e6:.2f} s of processor time", "title")
    whole_px = WIDTH - 2 * MARGIN
    bottom = TITLE_PX
    if root.weight:
        bottom = _draw(drawing, root, (MARGIN, TITLE_PX), whole_px / root.weight, root.weight)
    return drawing.ended(bottom + MARGIN)


def _tree(stacks: Mapping[Stack, int]) -> _Node:
    root = _Node("all")
    for stack, weight in stacks.items():
        node = root
        node.weight += weight
        for name in stack:
            node = node.calls.setdefault(name, _Node(name))
            node.weight += weight
    # What began it all is left out, down to where it parts.
    while len(root.calls) == 1 and next(iter(root.calls.values())).weight == root.weight:
        (root,) = root.calls.values()
    return root


def _draw(
    drawing: Drawing, node: _Node, place: tuple[float, float], px_each: float, whole: int
) -> float:
    """Draw a function and what it called; return where they end."""
    x, y = place
    width_px = node.weight * px_each
    if width_px < LEAST_PX:
        return y
    package = node.name.partition(".")[0]
    drawing.bar(x, y, (width_px, ROW - 1), package if package in OURS else "other")
    if width_px >= WORDS_PX:
        words = shortened(_short(node.name), TEXT_PX, width_px - 6)
        hint = f"{node.name}: {node.weight / 1e3:.0f} ms, {node.weight / whole:.1%}"
        drawing.text(x + 3, y + 12, words, "name", hint=hint)
    bottom = below = y + ROW
    for one in sorted(node.calls.values(), key=lambda call: -call.weight):
        bottom = max(bottom, _draw(drawing, one, (x, below), px_each, whole))
        x += one.weight * px_each
    return bottom


def _short(name: str) -> str:
    """Return a module's last word and the function: the rest is what the colour says."""
    return ".".join(name.split(".")[-2:])
