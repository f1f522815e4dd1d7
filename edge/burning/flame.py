"""Flame: the colours of fire that come and go in one place all the time.

At five pictures a second a flame's own frequency (1 to 12 Hz) cannot be measured; that its outline
is another one on nearly every picture can. What passes is not there for long enough, what stands
does not flicker, and what blinks goes on and off as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from edge.burning.cells import CellFrame
from edge.burning.edges import Floats, Mask
from edge.burning.plumes import (
    CEILING,
    FLOOR,
    Cue,
    EvidenceField,
    Plume,
    Region,
    burstiness,
    mean_over,
    repeats,
    sigmoid,
)


@dataclass(frozen=True, slots=True)
class FlameTerms:
    """Every coefficient of flame: cues fitted on cells of public clips, at 5 frames/s.

    Attributes:
        window_s, stretched_s: What is judged; the latter where distinct pictures are rare.
        present: Share of a cell's 3 x 3 surroundings, of colour or of turnover, that counts.
        gate_flicker, gate_colour: Least share of the pictures with turnover and with colour.
        bias, flicker, unevenness, colour: The regression.
        tau_s, threshold: Of the evidence over time.
        alarm_*: What suffices by itself.
        alarm_balance: Of the pixels that turn, least share that goes against the majority: a
            lamp or a sign turns as a whole.
        alarm_alternation: Least reversal of the colour's changes: what a flame does is forgotten
            after a fifth of a second, what somebody in orange does goes on.
        hold_mean: What suffices to go on after an alarm.
        core_share: Of a region, from which on it has a burnt-out inside.
    """

    window_s: float
    stretched_s: float
    present: float
    gate_flicker: float
    gate_colour: float
    bias: float
    flicker: Cue
    unevenness: Cue
    colour: Cue
    tau_s: float
    threshold: float
    alarm_age_s: float
    alarm_mean: float
    alarm_peak: float
    alarm_sum: float
    alarm_balance: float
    alarm_alternation: float
    core_share: float
    hold_mean: float


FLAME = FlameTerms(
    window_s=4.0,
    stretched_s=8.0,
    present=0.005,
    gate_flicker=0.5,
    gate_colour=0.5,
    bias=0.0,
    flicker=Cue("flicker", 0.745, 0.193, 0.98),
    unevenness=Cue("evenness", 1.093, 0.263, -0.66),
    colour=Cue("colour", 0.865, 0.182, 0.38),
    tau_s=1.5,
    threshold=0.0,
    alarm_age_s=3.0,
    alarm_mean=1.0,
    alarm_peak=1.6,
    alarm_sum=12.0,
    alarm_balance=0.1,
    alarm_alternation=0.1,
    core_share=0.01,
    hold_mean=0.4,
)
SLOW_FLAME = replace(FLAME, alarm_age_s=6.0, alarm_mean=1.5, alarm_sum=20.0, hold_mean=1.5)
"""Below 3 distinct pictures a second, where people look like flame (measured)."""

BURST_FLOOR = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class FlameCells:
    """What one window says, ``(rows, columns)`` each.

    Attributes:
        logit: Evidence, at the floor where nothing flickers.
        parts: What each cue adds to it.
        core: Share of pixels as bright as the inside of a flame.
    """

    logit: Floats
    parts: tuple[tuple[str, Floats], ...]
    core: Floats


class FlameJudge:
    """Flames of one camera; used by one thread."""

    def __init__(self, watched: Mask, *, least_age_s: float) -> None:
        """Begin without evidence in the cells that are watched."""
        self._watched, self._least_age_s = watched, least_age_s
        self._terms = FLAME
        rows, columns = watched.shape
        self._field = EvidenceField((rows, columns), tau_s=FLAME.tau_s, threshold=FLAME.threshold)

    @property
    def roused(self) -> bool:
        """Return whether there is evidence anywhere, however little."""
        return bool(self._field.inside.any())

    def judge(
        self, frames: Sequence[CellFrame], elapsed_s: float, size_wh: tuple[int, int]
    ) -> tuple[Plume, ...]:
        """Return the flames after a window of pictures.

        Args:
            frames: The window.
            elapsed_s: Since the last judgement.
            size_wh: Of the picture in pixels.
        """
        self._terms = SLOW_FLAME if repeats(frames) else FLAME
        cells = weigh_flame(frames, self._watched, self._terms)
        self._field.add(cells.logit, elapsed_s)
        return tuple(self._plume(one, cells, frames, size_wh) for one in self._field.regions())

    def _plume(
        self,
        region: Region,
        cells: FlameCells,
        frames: Sequence[CellFrame],
        size_wh: tuple[int, int],
    ) -> Plume:
        terms = self._terms
        weighted = tuple((name, region.mean_of(part)) for name, part in cells.parts)
        core, balance = region.mean_of(cells.core), _balance(region, frames)
        alternation = _alternation(region, frames)
        alarm = (
            region.age_s >= max(terms.alarm_age_s, self._least_age_s)
            and balance >= terms.alarm_balance
            and alternation >= terms.alarm_alternation
            and self._strong(region)
        )
        if alarm:
            self._field.hold(region)
        absent = [name for name, value in weighted if value <= 0]
        absent += ["core"] if core < terms.core_share else []
        absent += ["balance"] if balance < terms.alarm_balance else []
        absent += ["alternation"] if alternation < terms.alarm_alternation else []
        return Plume(
            box_xyxy=region.shares(size_wh),
            score=sigmoid(region.mean),
            age_s=region.age_s,
            alarm=alarm,
            evidence=(
                *weighted,
                ("core", core),
                ("balance", balance),
                ("alternation", alternation),
                ("growth", region.growth),
            ),
            missing=tuple(absent),
        )

    def _strong(self, region: Region) -> bool:
        """Return whether the evidence suffices, which is less where a flame was told before."""
        terms = self._terms
        if region.held:
            return region.mean >= terms.hold_mean
        return (
            region.mean >= terms.alarm_mean
            and region.peak >= terms.alarm_peak
            and region.area * region.mean >= terms.alarm_sum
        )


def weigh_flame(frames: Sequence[CellFrame], watched: Mask, terms: FlameTerms) -> FlameCells:
    """Return the evidence of a window of pictures."""
    turnover = [_around(frame.lit + frame.died) for frame in frames]
    flicker = np.asarray(np.mean([one > terms.present for one in turnover], axis=0), np.float32)
    present = [_around(frame.flame) > terms.present for frame in frames]
    colour = np.asarray(np.mean(present, axis=0), np.float32)
    values = (
        (terms.flicker, flicker),
        (terms.unevenness, burstiness(turnover, BURST_FLOOR)),
        (terms.colour, colour),
    )
    parts = tuple((cue.name, cue.logit(value)) for cue, value in values)
    logit = np.clip(terms.bias + sum(part for _, part in parts), FLOOR, CEILING)
    gate = (flicker >= terms.gate_flicker) & (colour >= terms.gate_colour) & watched
    return FlameCells(
        logit=np.where(gate, logit, FLOOR).astype(np.float32),
        parts=parts,
        core=mean_over(frames, "core"),
    )


def _around(values: Floats) -> Floats:
    """Return the mean of every cell and its neighbours: a tongue of flame moves between cells."""
    return np.asarray(cv2.blur(values, (3, 3), borderType=cv2.BORDER_CONSTANT), np.float32)


def _balance(region: Region, frames: Sequence[CellFrame]) -> float:
    """Return the share of turning pixels that went against each picture's majority, in [0, 0.5]."""
    lit = [float(frame.lit[region.cells].sum()) for frame in frames]
    died = [float(frame.died[region.cells].sum()) for frame in frames]
    against = sum(min(pair) for pair in zip(lit, died, strict=True))
    return against / max(sum(lit) + sum(died), 1e-6)


def _alternation(region: Region, frames: Sequence[CellFrame]) -> float:
    """Return how far each change of colour reverses the one before.

    Returns:
        0.5 for what has no memory, -1 for what goes on, 0 where nothing changes.
    """
    share = np.stack([frame.flame[region.cells] for frame in frames])
    step = np.diff(share, axis=0)
    power = float((step * step).sum())
    return -float((step[1:] * step[:-1]).sum()) / max(power, 1e-6)
