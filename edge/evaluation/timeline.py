"""A clip as a picture: what happened, and what was reported when."""

from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from edge.evaluation.incidents import Judged, Judgement, Outcome, Verdict

COLOURS = {
    Verdict.RIGHT: "#2e8b57",
    Verdict.DUPLICATE: "#d98e04",
    Verdict.FALSE: "#c0392b",
    Verdict.WITHDRAWN: "#8e7cc3",
    Verdict.WARNING: "#c9b458",
    Verdict.MAINTENANCE: "#6fa8dc",
}
TRUTH = "#4a5568"

LANE_INCHES = 0.34
FRAME_INCHES = 1.3
"""Title, axis and margins."""

BAR = 0.62
"""Share of a lane that a bar fills."""

LEAST_BAR = 0.004
"""Share of the axis: what is over at once is still seen."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One bar.

    Attributes:
        label: Left of the axis.
        note: Beside the bar.
        end_s: None if it goes on beyond the clip.
    """

    label: str
    note: str
    start_s: float
    end_s: float | None
    colour: str


def lanes_of(judgement: Judgement) -> list[Lane]:
    """Return the bars of a clip: its expected things first, then its incidents as they opened."""
    events = [_event(number, one) for number, one in enumerate(judgement.outcomes, 1)]
    return [*events, *(_incident(one) for one in judgement.incidents)]


def write_timeline(path: Path, judgement: Judgement) -> None:
    """Draw a clip as PNG: a lane for each expected thing and each incident, over seconds."""
    lanes = lanes_of(judgement)
    height = FRAME_INCHES + LANE_INCHES * max(len(lanes), 1)
    figure = Figure(figsize=(9.6, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    length_s = max([judgement.seconds, 1.0, *(lane.start_s for lane in lanes)])
    for number, lane in enumerate(lanes):
        _draw(axes, number, lane, length_s)
    if not lanes:
        axes.text(0.5, 0.5, "nothing expected, nothing reported", ha="center", va="center")
        axes.texts[-1].set_transform(axes.transAxes)
    axes.set(
        # The font that is always there has Latin letters only.
        title=judgement.clip.file.encode("ascii", "replace").decode(),
        xlabel="seconds of the clip",
        xlim=(0, length_s),
        ylim=(max(len(lanes), 1) - 0.5, -0.5),
        yticks=range(len(lanes)),
        yticklabels=[lane.label for lane in lanes],
    )
    axes.grid(visible=True, axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    if judgement.outcomes and judgement.incidents:
        axes.axhline(len(judgement.outcomes) - 0.5, color=TRUTH, linewidth=0.8)
    figure.savefig(path)


def _draw(axes: Axes, number: int, lane: Lane, length_s: float) -> None:
    end_s = length_s if lane.end_s is None else min(lane.end_s, length_s)
    width_s = max(end_s - lane.start_s, LEAST_BAR * length_s)
    # A bar that begins where the axis ends would be cut off.
    left_s = min(max(lane.start_s, 0.0), length_s - width_s)
    axes.barh(number, width_s, left=left_s, height=BAR, color=lane.colour)
    # The text stands where there is most room: in the bar, or on its emptier side.
    before_s, after_s = left_s, length_s - left_s - width_s
    gap_s = 0.006 * length_s
    if width_s >= max(before_s, after_s):
        axes.text(left_s + gap_s, number, lane.note, va="center", fontsize=8, color="white")
    elif after_s >= before_s:
        axes.text(left_s + width_s + gap_s, number, lane.note, va="center", fontsize=8)
    else:
        axes.text(left_s - gap_s, number, lane.note, va="center", ha="right", fontsize=8)


def _event(number: int, outcome: Outcome) -> Lane:
    expected = outcome.expected
    note = "missed" if not outcome.found else f"found after {outcome.open_after_s:.1f} s"
    return Lane(f"{number}: {expected.label}", note, expected.start_s, expected.end_s, colour=TRUTH)


def _incident(judged: Judged) -> Lane:
    incident = judged.incident
    about = "" if judged.event is None else f" ({judged.event + 1})"
    ended_s = incident.cleared_s if incident.withdrawn_s is None else incident.withdrawn_s
    end = "" if ended_s is None else f" to {ended_s:.1f} s"
    return Lane(
        incident.type,
        f"{judged.verdict}{about} at {incident.opened_s:.1f} s{end}",
        incident.told_s,
        ended_s,
        COLOURS[judged.verdict],
    )
