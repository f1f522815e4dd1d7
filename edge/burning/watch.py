"""Does anything smoke or burn? Asked about five times a second, answered once a second.

Nothing is a network here: every cue is one of movement, so a still picture says nothing, and
neither do pictures that come more rarely than the cues were measured on. Then the answer says so.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from edge.burning.cells import CellEye, CellFrame, LateFrame, outline
from edge.burning.edges import Mask, Pixels
from edge.burning.flame import FLAME, FlameJudge
from edge.burning.plumes import Plume
from edge.burning.smoke import SMOKE, SmokeJudge, activity_threshold
from edge.domain.geometry import Polygon

EVERY_S = 1.0
EARLY_S = 0.02
"""A judgement need not wait for the next picture because of a rounded time stamp."""

FLAME_LATER_S = 0.5
"""Smoke and flame are judged on different pictures: no picture pays for both."""

SHORTEST_STEP_S = 0.15
"""Every picture of a faster stream would show a flame that hardly moves."""

IDLE_STEP_S = 0.35
"""Where the last windows had nothing of smoke or flame, half of the pictures will do."""

LONGEST_STEP_S = 0.7
"""Of pictures that can be compared: at 1 frame/s people become false alarms (measured)."""

CALM_EVERY_S = 3.5
"""Where pictures are rare, as keyframes are, and few cells change, every other one will do."""

FILLED_S = 3.0
LEAST_FRAMES = 4
"""Distinct pictures of a window."""

FRESH_S = 2.0
"""Where so many distinct pictures are newer, no window will have to be stretched soon."""

HOT_GAIN, HOT_LEVEL, HOT_CELLS, HOT_FLAME_CELLS = 0.5, 0.7, 12, 3
"""A cell is hot after two changes in a row; so many of them are worth every picture."""

HOT_SOFTNESS, HOT_EDGES = 0.6, 0.3
"""Of a change that may be smoke: smooth, and with few edges of its own (quartiles of smoke)."""

WORTHWHILE_SCORE, WORTHWHILE_S = 0.7, 2.0


@dataclass(frozen=True, slots=True)
class Burning:
    """What smokes and burns.

    Attributes:
        smoke, flame: Regions, from the top left on; most are no alarm.
        enough_frames: Whether pictures came often and long enough to say anything.
        suspicious: Whether it is worth having every picture.
    """

    smoke: tuple[Plume, ...] = ()
    flame: tuple[Plume, ...] = ()
    enough_frames: bool = False
    suspicious: bool = False


class SmokeWatch:
    """Smoke and flame of one camera; used by one thread."""

    def __init__(
        self,
        *,
        ignore: Sequence[Polygon] = (),
        only: Sequence[Polygon] = (),
        steady_s: float = 0.0,
    ) -> None:
        """Watch a picture.

        Args:
            ignore: Polygons, shares of the picture, in which nothing is looked for.
            only: Polygons outside of which nothing is; empty for the whole picture.
            steady_s: Least age of an alarm, beyond the ages of smoke and flame themselves.
        """
        self._ignore, self._only, self._steady_s = tuple(ignore), tuple(only), steady_s
        self._eye = CellEye()
        self._size_wh = (0, 0)
        self._called_s = self._offered_s = float("-inf")
        self._rare = True
        self._regular_since_s = float("inf")
        self._burning = Burning()
        self._begin(np.ones((1, 1), bool), 0.0)

    def wants(self, mono_s: float) -> bool:
        """Return whether a picture is worth looking at; to be asked of every picture.

        Args:
            mono_s: Its stream time.
        """
        if mono_s != self._offered_s:
            self._rare = mono_s - self._offered_s > LONGEST_STEP_S
            self._offered_s = mono_s
        since_s = mono_s - self._called_s
        if 0 <= since_s < (IDLE_STEP_S if self._idle else SHORTEST_STEP_S):
            return False
        waits = self._rare and self._calm and not self._burning.enough_frames
        return not waits or since_s >= CALM_EVERY_S

    def observe(self, bgr: Pixels, mono_s: float) -> Burning:
        """Return what is known after a picture; nothing new after one that is not wanted.

        Args:
            bgr: ``(h, w, 3)``, longer side at most 480.
            mono_s: Stream time.

        Raises:
            ValueError: The picture is too large, or no larger than a cell.
        """
        if not self.wants(mono_s):
            return self._burning
        regular = mono_s - self._called_s <= LONGEST_STEP_S
        if not regular:
            self._regular_since_s = mono_s
        self._called_s = mono_s
        glance = self._eye.observe(bgr, mono_s, late=not regular)
        if glance.restarted:
            self._size_wh = (bgr.shape[1], bgr.shape[0])
            self._begin(outline(self._eye.shape, self._ignore, self._only), mono_s)
        if glance.frame is not None:
            self._warm(glance.frame)
            self._frames.append(glance.frame)
        elif glance.late is not None:
            self._warm(glance.late)
        enough = mono_s - self._regular_since_s >= FILLED_S
        if enough:
            self._judge(mono_s)
        elif not regular:
            self._burning = Burning()
        suspicious = self._hot() or any(
            plume.score >= WORTHWHILE_SCORE and plume.age_s >= WORTHWHILE_S
            for plume in self._burning.smoke + self._burning.flame
        )
        self._burning = replace(self._burning, enough_frames=enough, suspicious=suspicious)
        return self._burning

    @property
    def _idle(self) -> bool:
        """Return whether enough pictures were judged, and nothing on them may smoke or burn."""
        return self._burning.enough_frames and not (self._smoke.roused or self._flame.roused)

    def _begin(self, watched: Mask, mono_s: float) -> None:
        self._watched = watched
        self._smoke = SmokeJudge(watched, least_age_s=self._steady_s)
        self._flame = FlameJudge(watched, least_age_s=self._steady_s)
        self._smoke_s, self._flame_s = mono_s, mono_s + FLAME_LATER_S
        self._frames: deque[CellFrame] = deque()
        self._heat = np.zeros(watched.shape, np.float32)
        self._flame_heat = np.zeros(watched.shape, np.float32)
        self._calm = False
        self._burning = Burning()

    def _judge(self, mono_s: float) -> None:
        self._forget(mono_s)
        if mono_s - self._smoke_s >= EVERY_S - EARLY_S:
            window = self._window(mono_s, SMOKE.window_s, SMOKE.stretched_s)
            elapsed_s, self._smoke_s = mono_s - self._smoke_s, mono_s
            smoke = self._smoke.judge(window, elapsed_s, self._size_wh) if window else ()
            self._burning = replace(self._burning, smoke=smoke)
        elif mono_s - self._flame_s >= EVERY_S - EARLY_S:
            window = self._window(mono_s, FLAME.window_s, FLAME.stretched_s)
            elapsed_s, self._flame_s = mono_s - self._flame_s, mono_s
            flame = self._flame.judge(window, elapsed_s, self._size_wh) if window else ()
            self._burning = replace(self._burning, flame=flame)

    def _forget(self, mono_s: float) -> None:
        """Let go of pictures that no window asks for."""
        frames = self._frames
        dense = len(frames) > LEAST_FRAMES and frames[-LEAST_FRAMES].mono_s > mono_s - FRESH_S
        reach_s = SMOKE.window_s if dense else SMOKE.stretched_s
        while frames and frames[0].mono_s <= mono_s - reach_s:
            frames.popleft()

    def _window(self, mono_s: float, window_s: float, stretched_s: float) -> list[CellFrame]:
        """Return the last pictures, none if there are too few."""
        for length_s in (window_s, stretched_s):
            frames = [frame for frame in self._frames if frame.mono_s > mono_s - length_s]
            if len(frames) >= LEAST_FRAMES:
                return frames
        return []

    def _warm(self, frame: CellFrame | LateFrame) -> None:
        changing = (
            (frame.smooth_change > activity_threshold(frame))
            & (frame.smooth_change > HOT_SOFTNESS * frame.change)
            & self._watched
        )
        if changing.any():
            if isinstance(frame, CellFrame):
                changing &= frame.new_edges < HOT_EDGES
            else:
                changing &= frame.new_edges(changing) < HOT_EDGES
        self._calm = int(np.count_nonzero(changing)) < HOT_CELLS
        self._heat += HOT_GAIN * (changing - self._heat)
        flaring = (frame.lit + frame.died > FLAME.present) & self._watched
        self._calm &= int(np.count_nonzero(flaring)) < HOT_FLAME_CELLS
        self._flame_heat += HOT_GAIN * (flaring - self._flame_heat)

    def _hot(self) -> bool:
        hot = int(np.count_nonzero(self._heat > HOT_LEVEL))
        flames = int(np.count_nonzero(self._flame_heat > HOT_LEVEL))
        return hot >= HOT_CELLS or flames >= HOT_FLAME_CELLS
