"""The incidents that a replay's messages tell of."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge.domain.geometry import Box
from edge.domain.incident import Stage, Step
from edge.errors import ConfigError

SCHEMA = "gridwatch.incident/1"


@dataclass(frozen=True, slots=True)
class Reported:
    """One incident, all its revisions together.

    Attributes:
        told_s: When the platform first heard of it, seconds of the clip.
        case_s: When it was opened as a case; None if it never was more than a warning.
        cleared_s: When it was gone, as the box says; None if it was not.
        clear_told_s: When the platform was told so, later by the looks that it takes to be sure.
        box: Where it was when it was opened, shares of the picture.
        withdrawn_s: When the box took it back; None if it stands.
    """

    id: str
    type: str
    camera_id: str
    told_s: float
    case_s: float | None
    cleared_s: float | None
    clear_told_s: float | None
    box: Box | None
    withdrawn_s: float | None
    confidence: float
    severity: str

    @property
    def opened_s(self) -> float:
        """Return when it became a case, or when it was told if it never did."""
        return self.told_s if self.case_s is None else self.case_s


def read_incidents(lines: Iterable[bytes], *, start: datetime) -> list[Reported]:
    """Return the incidents among lines of JSON, in the order of their opening.

    Other messages are passed over, and so is repetition: the last word of an incident is that of
    its highest revision, in whatever order they come.

    Args:
        lines: Messages, each a line.
        start: Wall time of the clip's first frame.

    Raises:
        ConfigError: A line is no incident as the schema has it; names the line.
    """
    revisions: dict[str, dict[int, dict[str, Any]]] = {}
    for number, line in enumerate(lines, 1):
        try:
            message = json.loads(line)
            if isinstance(message, dict) and message.get("schema") == SCHEMA:
                known = revisions.setdefault(message["id"], {})
                known[int(message["revision"])] = message
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"message {number}: is no {SCHEMA} ({error!r})") from error
    found = []
    for name, known in revisions.items():
        try:
            found.append(_reported([known[number] for number in sorted(known)], start))
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"incident {name}: is no {SCHEMA} ({error!r})") from error
    return sorted(found, key=lambda one: (one.told_s, one.id))


def _reported(messages: list[dict[str, Any]], start: datetime) -> Reported:
    def seconds(text: str) -> float:
        return (datetime.fromisoformat(text) - start).total_seconds()

    # What a person thinks of it does not change what the box says.
    own = [one for one in messages if one["action"] != Step.REVIEWED] or messages
    first, last = own[0], own[-1]
    # A stage that is not told is a case: only cameras whose rules warn tell stages.
    case = next((one for one in own if one.get("stage", Stage.CASE) == Stage.CASE), None)
    told_s = seconds(first["opened_at"])
    # A warning keeps the time of its opening when it grows into a case.
    case_s = None if case is None else told_s if case is first else seconds(case["observed_at"])
    box = (case or first).get("bbox")
    cleared = last.get("cleared_at")
    return Reported(
        id=first["id"],
        type=first["type"],
        camera_id=first["camera_id"],
        told_s=told_s,
        case_s=case_s,
        cleared_s=seconds(cleared) if cleared else None,
        clear_told_s=seconds(last["observed_at"]) if cleared else None,
        box=(float(box[0]), float(box[1]), float(box[2]), float(box[3])) if box else None,
        withdrawn_s=seconds(last["observed_at"]) if last["action"] == Step.WITHDRAWN else None,
        confidence=float(last.get("confidence", 0.0)),
        severity=str(last.get("severity", "")),
    )
