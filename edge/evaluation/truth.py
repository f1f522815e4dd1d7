"""What really happens in labelled clips: our own list, or a manifest of material."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from edge.domain.geometry import Box
from edge.domain.rule import IncidentType
from edge.errors import ConfigError
from edge.settings.values import Strict

VIDEOS = frozenset({".mp4", ".mkv", ".avi", ".mov", ".ts", ".m4v"})

NOT_FOR_STREETS = "faces"
"""Clips with this label say nothing about incidents."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a label of a manifest means.

    Attributes:
        types: Incidents that are right answers.
        events: Words under which the manifest lists its events.
        joined: Its events are sides of one thing: it is found when one of its types is, and each
            type may report it.
    """

    types: frozenset[str]
    events: frozenset[str]
    joined: bool = False


LABELS = {
    "illegal_parking": Label(
        frozenset({IncidentType.MOTOR_PARKING}), frozenset({"vehicle_stopped", "illegal_parking"})
    ),
    "abandoned_object": Label(
        frozenset({IncidentType.MATERIAL_PILE, IncidentType.EXPOSED_GARBAGE}),
        frozenset({"abandoned_object"}),
    ),
    "smoke": Label(
        frozenset({IncidentType.SMOKE_AIR, IncidentType.OPEN_BURNING}), frozenset({"smoke"})
    ),
    "fire": Label(frozenset({IncidentType.OPEN_FLAME}), frozenset({"fire"})),
    "fire_smoke": Label(
        frozenset({IncidentType.OPEN_FLAME, IncidentType.SMOKE_AIR, IncidentType.OPEN_BURNING}),
        frozenset({"smoke", "fire"}),
        joined=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that is wrong in a clip.

    Attributes:
        label: The truth file's word for it.
        types: Incidents that are right answers.
        start_s: When it begins, seconds of the clip; a rule's dwell comes on top.
        end_s: When it is over; None if the clip ends before.
        boxes: Where, shares of the picture; any of them is right, and without any everywhere is.
        joined: Each of the types may report it once; otherwise one incident may.
    """

    label: str
    types: frozenset[str]
    start_s: float
    end_s: float | None
    boxes: tuple[Box, ...] = ()
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording, and what should be found in it.

    Attributes:
        file: As the truth file writes it, relative to the root.
    """

    file: str
    expected: tuple[Expected, ...]

    @property
    def stem(self) -> str:
        """Return the file's name without folder and ending."""
        return Path(self.file).stem


def read_truth(path: Path) -> list[Clip]:
    """Return the clips of a truth file, in its order.

    ``*.csv`` is a manifest with the columns ``file`` and ``ground_truth`` (JSON); its rows that are
    no videos, or are about faces, are passed over. Anything else is YAML or JSON: a list of
    ``{file, expected: [{type, start_s, end_s, bbox}]}`` with boxes as shares of the picture.

    Raises:
        ConfigError: Names the file, the row or key, and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); give an existing file with --truth"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8") from error
    clips = _manifest(path, text) if path.suffix.lower() == ".csv" else _list(path, text)
    if not clips:
        raise ConfigError(f"{path}: lists no clip; videos end with {', '.join(sorted(VIDEOS))}")
    return clips


_Share = Annotated[float, Field(ge=0, le=1)]


class _Event(Strict):
    type: str
    start_s: float = Field(0.0, ge=0)
    end_s: float | None = None
    bbox: tuple[_Share, _Share, _Share, _Share] | None = None


class _Row(Strict):
    file: str
    expected: tuple[_Event, ...]


_ROWS = TypeAdapter(list[_Row])


def _list(path: Path, text: str) -> list[Clip]:
    try:
        rows = _ROWS.validate_python(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is no valid YAML or JSON: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise ConfigError(
            f"{path}: {key}: {first['msg']}; needs a list of {{file, expected: "
            "[{type, start_s, end_s, bbox}]}"
        ) from error
    return [
        Clip(row.file, tuple(_own(event, f"{path}: {row.file}") for event in row.expected))
        for row in rows
    ]


def _own(event: _Event, where: str) -> Expected:
    if event.end_s is not None and event.end_s <= event.start_s:
        raise ConfigError(f"{where}: end_s {event.end_s:g} must be after start_s {event.start_s:g}")
    label = LABELS.get(event.type)
    if label is None and event.type not in set(IncidentType):
        allowed = ", ".join([*IncidentType, *LABELS])
        raise ConfigError(f"{where}: type: is {event.type!r}; use one of: {allowed}")
    boxes = () if event.bbox is None else (_box(event.bbox, (1.0, 1.0), where),)
    return Expected(
        event.type,
        label.types if label else frozenset({event.type}),
        event.start_s,
        event.end_s,
        boxes,
        joined=label is not None and label.joined,
    )


def _manifest(path: Path, text: str) -> list[Clip]:
    reader = csv.DictReader(text.splitlines())
    lacking = {"file", "ground_truth"} - set(reader.fieldnames or ())
    if lacking:
        raise ConfigError(
            f"{path}:1: has no column {min(lacking)}; needs file and ground_truth (JSON)"
        )
    clips = []
    for row in reader:
        if Path(row["file"]).suffix.lower() not in VIDEOS:
            continue
        where = f"{path}: {row['file']}: ground_truth"
        try:
            truth = json.loads(row["ground_truth"])
        except (TypeError, ValueError) as error:
            raise ConfigError(f"{where}: is no valid JSON ({error})") from error
        if not isinstance(truth, dict) or not isinstance(truth.get("expected"), str):
            allowed = ", ".join(["none", *LABELS, NOT_FOR_STREETS])
            raise ConfigError(f"{where}: needs expected, one of: {allowed}")
        if truth["expected"] != NOT_FOR_STREETS:
            clips.append(Clip(row["file"], tuple(_labelled(truth, where))))
    return clips


def _labelled(truth: Mapping[str, Any], where: str) -> Iterator[Expected]:
    word = truth["expected"]
    if word == "none":
        return
    if word not in LABELS:
        allowed = ", ".join(["none", *LABELS, NOT_FOR_STREETS])
        raise ConfigError(f"{where}: expected: is {word!r}; use one of: {allowed}")
    label = LABELS[word]
    try:
        events = [one for one in truth.get("events", ()) if one.get("type") in label.events]
        duration_s = float(truth.get("duration_s", "inf"))
        onset_s = float(truth.get("onset_s", 0.0))
        # An event without times of its own lasts from the onset to the end of the clip.
        spans = [
            (
                float(one.get("start", one.get("placed", onset_s))),
                float(one.get("end", one.get("until", duration_s))),
                _place(one, truth, where),
            )
            for one in events or [{}]
        ]
    except (AttributeError, TypeError, ValueError) as error:
        raise ConfigError(f"{where}: events: times and sizes must be numbers ({error})") from error
    if label.joined:
        spans = [
            (
                min(start for start, _, _ in spans),
                max(end for _, end, _ in spans),
                tuple(box for _, _, boxes in spans for box in boxes),
            )
        ]
    for start_s, end_s, boxes in spans:
        over_s = end_s if end_s < duration_s else None
        yield Expected(word, label.types, start_s, over_s, boxes, joined=label.joined)


def _place(event: Mapping[str, Any], truth: Mapping[str, Any], where: str) -> tuple[Box, ...]:
    """Return the box of an event, or the one around its polygon; both are in pixels."""
    corners = event.get("polygon", ())
    sides = event.get("bbox")
    if sides is None and not corners:
        return ()
    if sides is None:
        reach: list[Callable[..., float]] = [min, max]
        sides = [side(corner[axis] for corner in corners) for side in reach for axis in (0, 1)]
    if "width" not in truth or "height" not in truth:
        raise ConfigError(f"{where}: has a box in pixels; needs width and height too")
    return (_box(sides, (float(truth["width"]), float(truth["height"])), where),)


def _box(sides: Any, size_wh: tuple[float, float], where: str) -> Box:
    try:
        x1, y1, x2, y2 = (float(side) for side in sides)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where}: bbox: must be [x1, y1, x2, y2]") from error
    if x2 <= x1 or y2 <= y1:
        raise ConfigError(f"{where}: bbox: its second corner must be right of and below its first")
    return (x1 / size_wh[0], y1 / size_wh[1], x2 / size_wh[0], y2 / size_wh[1])
