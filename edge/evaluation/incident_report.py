"""What an evaluation of incidents found, as JSON and as rows of a table."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edge.evaluation.incidents import Figures, Judged, Judgement, Outcome, Verdict, summarise
from edge.evaluation.matching import fit

HEADER = (
    "clip",
    "expected",
    "found",
    "missed",
    "false",
    "double",
    "opens after",
    "clears after",
    "remarks",
)


def table_rows(judgements: Sequence[Judgement]) -> list[tuple[str, ...]]:
    """Return a row for each clip under ``HEADER``, and one for all together."""
    rows = [_row(one.clip.stem, summarise([one]), _remarks(one)) for one in judgements]
    return [*rows, _row("all", summarise(judgements), "")]


def closing_line(figures: Figures) -> str:
    """Return the figures of all clips as one line."""
    return (
        f"precision {_number(figures.precision)}, recall {_number(figures.recall)}, "
        f"{_number(figures.false_per_hour)} false per hour, "
        f"{_number(figures.duplicates_per_found)} duplicates per thing found; "
        f"{figures.for_review} of {figures.right + figures.false} for review; "
        f"{figures.clips} clips, {figures.seconds:.0f} s"
    )


def write_json(path: Path, judgements: Sequence[Judgement]) -> None:
    """Write the figures; keys are those of ``docs/evaluation.md``."""
    content = {
        "all": _figures(summarise(judgements)),
        "clips": [
            {
                "file": one.clip.file,
                **_figures(summarise([one])),
                "events": [_event(outcome) for outcome in one.outcomes],
                "incidents": [_incident(judged, one) for judged in one.incidents],
            }
            for one in judgements
        ],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _row(name: str, figures: Figures, remarks: str) -> tuple[str, ...]:
    counts = (figures.expected, figures.found, figures.missed, figures.false, figures.duplicates)
    times = (figures.open_after_s, figures.clear_after_s)
    return (
        name,
        *(str(count) for count in counts),
        *("-" if time is None else f"{time:.1f} s" for time in times),
        remarks,
    )


def _remarks(judgement: Judgement) -> str:
    """Return what is wrong or worth a look, by type."""
    missed = [f"missed {one.expected.label}" for one in judgement.outcomes if not one.found]
    odd = [
        f"{one.verdict} {one.incident.type} at {one.incident.opened_s:.1f} s"
        for one in judgement.incidents
        if one.verdict is not Verdict.RIGHT
    ]
    return "; ".join([*missed, *odd])


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _figures(figures: Figures) -> dict[str, Any]:
    rounded = {
        name: _rounded(value) if isinstance(value, float) else value
        for name, value in asdict(figures).items()
    }
    return {**rounded, "missed": figures.missed}


def _event(outcome: Outcome) -> dict[str, Any]:
    expected = outcome.expected
    return {
        "label": expected.label,
        "types": sorted(expected.types),
        "start_s": expected.start_s,
        "end_s": expected.end_s,
        "found": outcome.found,
        "open_after_s": _rounded(outcome.open_after_s),
        "clear_after_s": _rounded(outcome.clear_after_s),
    }


def _incident(judged: Judged, judgement: Judgement) -> dict[str, Any]:
    incident = judged.incident
    event = None if judged.event is None else judgement.clip.expected[judged.event]
    return {
        "id": incident.id,
        "type": incident.type,
        "camera_id": incident.camera_id,
        "verdict": judged.verdict,
        "event": judged.event,
        "opened_s": _rounded(incident.opened_s),
        "cleared_s": _rounded(incident.cleared_s),
        "clear_told_s": _rounded(incident.clear_told_s),
        "bbox": incident.box,
        "overlap": _rounded(fit(incident.box, event.boxes)) if event else None,
        "confidence": incident.confidence,
        "severity": incident.severity,
    }
