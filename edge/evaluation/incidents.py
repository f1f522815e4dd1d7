"""Whether the right incidents were reported: matching of messages to what really happens.

An incident is right if its type, the time of its opening and its place fit something that is wrong
in the clip. Each such thing wants one incident; the ones after it are duplicates, not false alarms.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from statistics import median

from edge.domain.rule import IncidentType, Severity
from edge.evaluation.matching import assign, wishes
from edge.evaluation.reported import Reported, read_incidents
from edge.evaluation.truth import Clip, Expected

MAINTENANCE = frozenset(one for one in IncidentType if one.startswith("camera_"))


class Verdict(StrEnum):
    """What an incident turned out to be."""

    RIGHT = "right"
    DUPLICATE = "duplicate"
    """Fits something that another incident already reports."""
    FALSE = "false"
    WITHDRAWN = "withdrawn"
    """Taken back by the box itself: neither right nor false."""
    WARNING = "warning"
    """Never became a case: those who were there put it right."""
    MAINTENANCE = "maintenance"
    """About the camera, not the street."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One incident and what it turned out to be.

    Attributes:
        event: Index of the expected thing it is about, None if it is about none.
    """

    incident: Reported
    verdict: Verdict
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one expected thing.

    Attributes:
        open_after_s: From its beginning to the first right incident; None if it was missed.
        clear_after_s: From its end until the platform heard that it is over, negative if too early;
            None if it did not, or the clip ends first.
    """

    expected: Expected
    found: bool
    open_after_s: float | None
    clear_after_s: float | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One clip: what should have been found, and what was reported.

    Attributes:
        seconds: Stream time that was replayed.
    """

    clip: Clip
    seconds: float
    outcomes: tuple[Outcome, ...]
    incidents: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Clips together.

    Attributes:
        for_review: Incidents, right or false, that no network confirmed: a person looks first.
        false_per_hour: False incidents per hour of video; None without video.
        duplicates_per_found: Superfluous incidents for each thing found; None if none was.
        open_after_s: Median over what was found; None if nothing was.
        clear_after_s: Median over what was found and cleared; None if nothing was.
        precision: Share of incidents that are right, duplicates left out; None without any.
        recall: Share of expected things that were found; None where nothing was expected.
    """

    clips: int
    seconds: float
    expected: int
    found: int
    right: int
    false: int
    duplicates: int
    withdrawn: int
    warnings: int
    maintenance: int
    for_review: int
    false_per_hour: float | None
    duplicates_per_found: float | None
    open_after_s: float | None
    clear_after_s: float | None
    precision: float | None
    recall: float | None

    @property
    def missed(self) -> int:
        """Return how many expected things were not found."""
        return self.expected - self.found


@dataclass(frozen=True, slots=True)
class Run:
    """What came of replaying one clip.

    Attributes:
        lines: Messages, each a line of JSON; only incidents are looked at.
        seconds: Stream time.
    """

    lines: Sequence[bytes]
    seconds: float


Runner = Callable[[Clip, Path], Run]
"""Replays a clip's file."""


def evaluate_incidents(
    clips: Iterable[Clip],
    root: Path,
    runner: Runner,
    *,
    start: datetime,
    advance: Callable[[], object],
) -> list[Judgement]:
    """Return the judgement of every clip.

    Args:
        clips: With files relative to ``root``.
        root: Folder of the files.
        runner: Replays one.
        start: Wall time of the first frame of every replay.
        advance: Called after each clip.
    """
    judgements = []
    for clip in clips:
        run = runner(clip, root / clip.file)
        judgements.append(judge(clip, read_incidents(run.lines, start=start), run.seconds))
        advance()
    return judgements


def judge(clip: Clip, incidents: Sequence[Reported], seconds: float) -> Judgement:
    """Return what the incidents of one clip are worth; earlier ones are matched first."""
    cases = [one for one in incidents if _verdict_alone(one) is None]
    cases.sort(key=lambda one: (one.opened_s, one.id))
    wanted = [wishes(one, clip.expected) for one in cases]
    slots = assign(wanted)
    judged = [Judged(one, verdict) for one in incidents if (verdict := _verdict_alone(one))]
    for number, one in enumerate(cases):
        if number in slots:
            judged.append(Judged(one, Verdict.RIGHT, slots[number][0]))
        elif wanted[number]:
            judged.append(Judged(one, Verdict.DUPLICATE, wanted[number][0][0]))
        else:
            judged.append(Judged(one, Verdict.FALSE))
    judged.sort(key=lambda one: (one.incident.told_s, one.incident.id))
    outcomes = tuple(
        _outcome(expected, [one.incident for one in judged if _finds(one, event)])
        for event, expected in enumerate(clip.expected)
    )
    return Judgement(clip, seconds, outcomes, tuple(judged))


def summarise(judgements: Sequence[Judgement]) -> Figures:
    """Return the figures of some clips together."""
    verdicts = [one.verdict for judgement in judgements for one in judgement.incidents]
    outcomes = [outcome for judgement in judgements for outcome in judgement.outcomes]
    seconds = sum(judgement.seconds for judgement in judgements)
    found = sum(outcome.found for outcome in outcomes)
    right, false = verdicts.count(Verdict.RIGHT), verdicts.count(Verdict.FALSE)
    duplicates = verdicts.count(Verdict.DUPLICATE)
    opened = [one.open_after_s for one in outcomes if one.open_after_s is not None]
    cleared = [one.clear_after_s for one in outcomes if one.clear_after_s is not None]
    return Figures(
        clips=len(judgements),
        seconds=seconds,
        expected=len(outcomes),
        found=found,
        right=right,
        false=false,
        duplicates=duplicates,
        withdrawn=verdicts.count(Verdict.WITHDRAWN),
        warnings=verdicts.count(Verdict.WARNING),
        maintenance=verdicts.count(Verdict.MAINTENANCE),
        for_review=sum(
            one.incident.severity == Severity.REVIEW
            for judgement in judgements
            for one in judgement.incidents
            if one.verdict in {Verdict.RIGHT, Verdict.FALSE}
        ),
        false_per_hour=false * 3600 / seconds if seconds > 0 else None,
        duplicates_per_found=duplicates / found if found else None,
        open_after_s=median(opened) if opened else None,
        clear_after_s=median(cleared) if cleared else None,
        precision=right / (right + false) if right + false else None,
        recall=found / len(outcomes) if outcomes else None,
    )


def _verdict_alone(one: Reported) -> Verdict | None:
    """Return the verdict that needs no comparison with the truth, None for the other cases."""
    if one.type in MAINTENANCE:
        return Verdict.MAINTENANCE
    if one.withdrawn_s is not None:
        return Verdict.WITHDRAWN
    return Verdict.WARNING if one.case_s is None else None


def _finds(one: Judged, event: int) -> bool:
    return one.verdict is Verdict.RIGHT and one.event == event


def _outcome(expected: Expected, right: Sequence[Reported]) -> Outcome:
    if not right:
        return Outcome(expected, found=False, open_after_s=None, clear_after_s=None)
    first = min(right, key=lambda one: one.opened_s)
    clear_after_s = None
    if first.clear_told_s is not None and expected.end_s is not None:
        clear_after_s = first.clear_told_s - expected.end_s
    return Outcome(
        expected,
        found=True,
        open_after_s=first.opened_s - expected.start_s,
        clear_after_s=clear_after_s,
    )
