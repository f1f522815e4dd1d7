"""Smoke: soft, steady, rising change that covers edges and brings none of its own.

Steam, fog and low cloud do the same, so nothing here can tell them from smoke.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from edge.burning.cells import CellFrame, LateFrame
from edge.burning.edges import EDGE_NOISE, Floats, Mask
from edge.burning.plumes import (
    CEILING,
    FLOOR,
    Cue,
    EvidenceField,
    Indices,
    Plume,
    Region,
    burstiness,
    mean_over,
    repeats,
    sigmoid,
    taken,
)


@dataclass(frozen=True, slots=True)
class SmokeTerms:
    """Every coefficient of smoke: a logistic regression on cells of public clips, at 5 frames/s.

    Attributes:
        window_s, stretched_s: What is judged; the latter where distinct pictures are rare.
        activity_times, activity_levels: A cell changes if its smoothed change exceeds so many
            times the median of all cells, within these levels.
        gate_share, gate_levels, gate_times: Share of the pictures on which a cell must change,
            and least mean change in levels and in thresholds.
        bias, cues: The regression.
        tau_s, threshold: Of the evidence over time.
        alarm_*: What suffices by itself.
        alarm_texture: Most of ``log edge ratio + 2 * new edges``: dense traffic adds texture.
        scene_share: Share of all cells above which a change is one of light or weather.
        scene_specific: Least evidence of ``SPECIFIC`` cues that is smoke all the same.
        alarm_unaided: Least evidence without the drift: cars that drive away rise too.
        alarm_specific: Least evidence of ``SPECIFIC`` cues alone: leaves in the wind move all the
            time, too, but neither rise nor cover anything.
        hold_*: What suffices to go on after an alarm.
    """

    window_s: float
    stretched_s: float
    activity_times: float
    activity_levels: tuple[float, float]
    gate_share: float
    gate_levels: float
    gate_times: float
    bias: float
    persistence: Cue
    turbulence: Cue
    no_new_edges: Cue
    edge_loss: Cue
    upward_drift: Cue
    extent: Cue
    softness: Cue
    saturation_loss: Cue
    tau_s: float
    threshold: float
    alarm_age_s: float
    alarm_mean: float
    alarm_cells: int
    alarm_sum: float
    alarm_persistence: float
    alarm_texture: float
    scene_share: float
    scene_specific: float
    alarm_unaided: float
    alarm_specific: float
    hold_mean: float
    hold_persistence: float
    hold_specific: float


SMOKE = SmokeTerms(
    window_s=6.0,
    stretched_s=10.0,
    activity_times=2.0,
    activity_levels=(0.8, 1.5),
    gate_share=0.34,
    gate_levels=0.5,
    gate_times=0.7,
    bias=0.05,
    persistence=Cue("persistence", 0.648, 0.212, 0.182),
    turbulence=Cue("turbulence", 1.195, 0.374, -0.436),
    no_new_edges=Cue("no_new_edges", 0.360, 0.299, -0.363),
    edge_loss=Cue("edge_loss", 0.725, 1.282, -0.073),
    upward_drift=Cue("upward_drift", -0.113, 0.361, -0.519),
    extent=Cue("extent", 0.572, 0.218, 0.794),
    softness=Cue("softness", 0.711, 0.183, 0.203),
    saturation_loss=Cue("saturation_loss", -0.311, 6.007, -0.260),
    tau_s=1.5,
    threshold=0.5,
    alarm_age_s=4.0,
    alarm_mean=1.3,
    alarm_cells=12,
    alarm_sum=12.0,
    alarm_persistence=0.6,
    alarm_texture=2.3,
    scene_share=0.6,
    scene_specific=0.6,
    alarm_unaided=0.8,
    alarm_specific=0.1,
    hold_mean=0.9,
    hold_persistence=0.5,
    hold_specific=-0.1,
)
SLOW_SMOKE = replace(SMOKE, alarm_age_s=10.0, alarm_mean=1.5, hold_mean=1.3)
"""Below 3 distinct pictures a second, where people look like smoke (measured)."""

SPECIFIC = ("no_new_edges", "edge_loss", "upward_drift", "softness", "saturation_loss")
"""Cues that other movement does not have by itself."""

BURST_FLOOR, FLOW_FLOOR_PX, CHANGE_FLOOR = 0.1, 0.05, 0.3


@dataclass(frozen=True, slots=True, eq=False)
class SmokeCells:
    """What one window says, ``(rows, columns)`` each.

    Attributes:
        logit: Evidence, at the floor where nothing changes.
        parts: What each cue adds to it, where anything changes.
        persistence: Share of the pictures on which a cell changed.
        texture: Edges won, as in ``alarm_texture``.
        scene_share: Of all watched cells that change.
    """

    logit: Floats
    parts: tuple[tuple[str, Floats], ...]
    persistence: Floats
    texture: Floats
    scene_share: float


class SmokeJudge:
    """Smoke of one camera; used by one thread."""

    def __init__(self, watched: Mask, *, least_age_s: float) -> None:
        """Begin without evidence in the cells that are watched."""
        self._watched, self._least_age_s = watched, least_age_s
        self._terms = SMOKE
        rows, columns = watched.shape
        self._field = EvidenceField((rows, columns), tau_s=SMOKE.tau_s, threshold=SMOKE.threshold)

    @property
    def roused(self) -> bool:
        """Return whether there is evidence anywhere, however little."""
        return bool(self._field.inside.any())

    def judge(
        self, frames: Sequence[CellFrame], elapsed_s: float, size_wh: tuple[int, int]
    ) -> tuple[Plume, ...]:
        """Return the smoke after a window of pictures.

        Args:
            frames: The window.
            elapsed_s: Since the last judgement.
            size_wh: Of the picture in pixels.
        """
        self._terms = SLOW_SMOKE if repeats(frames) else SMOKE
        cells = weigh_smoke(frames, self._watched, self._field.inside, self._terms)
        smoothed = np.asarray(cv2.blur(cells.logit, (3, 3)), np.float32)
        self._field.add(smoothed, elapsed_s)
        return tuple(self._plume(one, cells, size_wh) for one in self._field.regions())

    def _plume(self, region: Region, cells: SmokeCells, size_wh: tuple[int, int]) -> Plume:
        terms = self._terms
        parts = {name: region.mean_of(part) for name, part in cells.parts}
        specific = sum(parts[name] for name in SPECIFIC)
        unaided = region.mean - parts[self._terms.upward_drift.name]
        persistence = region.mean_of(cells.persistence)
        alarm = (
            region.age_s >= max(terms.alarm_age_s, self._least_age_s)
            and self._strong(region, specific, unaided, persistence)
            and region.mean_of(cells.texture) <= terms.alarm_texture
            and (cells.scene_share <= terms.scene_share or specific >= terms.scene_specific)
        )
        if alarm:
            self._field.hold(region)
        return Plume(
            box_xyxy=region.shares(size_wh),
            score=sigmoid(region.mean),
            age_s=region.age_s,
            alarm=alarm,
            evidence=(
                *parts.items(),
                ("growth", region.growth),
                ("scene_share", cells.scene_share),
            ),
            missing=tuple(name for name, value in parts.items() if value <= 0),
        )

    def _strong(self, region: Region, specific: float, unaided: float, persistence: float) -> bool:
        """Return whether the evidence suffices, which is less where smoke was told before."""
        terms = self._terms
        if region.held:
            return (
                region.mean >= terms.hold_mean
                and persistence >= terms.hold_persistence
                and specific >= terms.hold_specific
            )
        return (
            region.mean >= terms.alarm_mean
            and unaided >= terms.alarm_unaided
            and specific >= terms.alarm_specific
            and region.area >= terms.alarm_cells
            and region.area * region.mean >= terms.alarm_sum
            and persistence >= terms.alarm_persistence
        )


def activity_threshold(frame: CellFrame | LateFrame, terms: SmokeTerms = SMOKE) -> float:
    """Return the smoothed change above which a cell of this picture changes."""
    level = terms.activity_times * frame.usual_change
    return min(max(level, terms.activity_levels[0]), terms.activity_levels[1])


def weigh_smoke(
    frames: Sequence[CellFrame], watched: Mask, inside: Mask, terms: SmokeTerms
) -> SmokeCells:
    """Return the evidence of a window of pictures.

    Args:
        frames: The window.
        watched: Cells that may have evidence.
        inside: Cells that belong to a region already: what they say is asked for, too.
        terms: The coefficients.
    """
    thresholds = [activity_threshold(frame, terms) for frame in frames]
    changes = [frame.smooth_change > level for frame, level in zip(frames, thresholds, strict=True)]
    persistence = np.asarray(np.mean(changes, axis=0), np.float32)
    least = max(terms.gate_levels, terms.gate_times * float(np.mean(thresholds)))
    active = (persistence >= terms.gate_share) & watched
    changing = active & (mean_over(frames, "change") > least)
    # Evidence reaches the cells around; all others are asked nothing.
    near = cv2.dilate(changing.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    where = np.flatnonzero(near | inside)
    parts, texture = _weighed(frames, persistence, where, terms)
    total = np.clip(terms.bias + sum(part for _, part in parts), FLOOR, CEILING)
    return SmokeCells(
        logit=np.where(changing, _spread(total, where, watched.shape), FLOOR).astype(np.float32),
        parts=tuple((name, _spread(part, where, watched.shape)) for name, part in parts),
        persistence=persistence,
        texture=_spread(texture, where, watched.shape),
        scene_share=float(active.sum()) / max(int(watched.sum()), 1),
    )


def _weighed(
    frames: Sequence[CellFrame], persistence: Floats, where: Indices, terms: SmokeTerms
) -> tuple[tuple[tuple[str, Floats], ...], Floats]:
    """Return what each cue says in some cells, ``(N,)`` each, and the edges won there."""

    def mean(name: str) -> Floats:
        return np.asarray(taken(frames, name, where).mean(axis=0), np.float32)

    changes = taken(frames, "change", where)
    edges, background = mean("edges"), mean("background_edges")
    edge_ratio = np.log((edges + EDGE_NOISE) / (background + EDGE_NOISE))
    new_edges = mean("new_edges")
    down = taken(frames, "down", where)
    speed = np.hypot(taken(frames, "right", where), down).mean(axis=0)
    extent = np.asarray(cv2.blur(persistence, (5, 5)), np.float32)
    values = (
        (terms.persistence, persistence.take(where)),
        (terms.turbulence, burstiness(changes, BURST_FLOOR)),
        (terms.no_new_edges, new_edges),
        (terms.edge_loss, np.asarray(edge_ratio, np.float32)),
        (terms.upward_drift, np.asarray(down.mean(axis=0) / (speed + FLOW_FLOOR_PX))),
        (terms.extent, extent.take(where)),
        (terms.softness, mean("smooth_change") / (changes.mean(axis=0) + CHANGE_FLOOR)),
        (terms.saturation_loss, mean("chroma_gain")),
    )
    parts = tuple((cue.name, cue.logit(value)) for cue, value in values)
    return parts, np.asarray(edge_ratio + 2 * new_edges, np.float32)


def _spread(values: Floats, where: Indices, shape: tuple[int, ...]) -> Floats:
    """Return values of some cells in their places, 0 elsewhere."""
    cells = np.zeros(shape, np.float32)
    cells.reshape(-1)[where] = values
    return cells
