"""What the configuration's API takes and answers."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

DEEPEST = 12
LONGEST_TEXT = 2000
MOST_VALUES = 20_000
LARGEST = 1e15
"""Of a number, either way: nothing in a configuration is larger."""

CameraId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
VersionText = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Remark = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


def _modest(keys: dict[str, Any] | None) -> dict[str, Any] | None:
    for count, value in enumerate(_values(keys or {}, 0)):
        if count >= MOST_VALUES:
            raise ValueError(f"has more than {MOST_VALUES} values")
        if isinstance(value, str):
            if len(value) > LONGEST_TEXT:
                raise ValueError(f"has a text of more than {LONGEST_TEXT} characters")
            if not value.isprintable():
                raise ValueError("has a text with characters that cannot be written")
        if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= LARGEST):
            raise ValueError("has a number that is too large")
    return keys


def _values(value: Any, depth: int) -> Iterator[Any]:
    if depth > DEEPEST:
        raise ValueError(f"is deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _values(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _values(one, depth + 1)
    else:
        yield value


Keys = Annotated[dict[str, JsonValue] | None, AfterValidator(_modest)]


class Body(BaseModel):
    """Keys that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class ChangeBody(Body):
    """What is to become of one camera; an id that is not there yet adds one.

    ``keys`` are in the words of the configuration file; null as a value takes a key out, null
    instead of all keys removes the camera. ``zones`` is always the whole list, with all rules.
    """

    camera_id: CameraId
    keys: Keys


class ChangesBody(Body):
    """Changes that are made together or not at all."""

    changes: Annotated[list[ChangeBody], Field(min_length=1, max_length=100)]


class SaveBody(ChangesBody):
    """Changes, the version they were made from, and what for."""

    version: VersionText
    remark: Remark = ""


class RollBackBody(Body):
    """The version that is to be left, and what for."""

    version: VersionText
    remark: Remark = ""


class NowAnswer(BaseModel):
    """The cameras as they are written, without secrets.

    ``refused`` says why the last change was taken back; empty if it was not.
    """

    version: str
    cameras: list[dict[str, JsonValue]]
    refused: str


class ProblemAnswer(BaseModel):
    """One thing that is wrong; line 0 for what is not in the file."""

    line: int
    key: str
    sentence: str


class CheckAnswer(BaseModel):
    """What would become of changes: problems, or the lines that would change."""

    problems: list[ProblemAnswer]
    diff: str


class SavedAnswer(BaseModel):
    """The version that was written."""

    version: str


class VersionAnswer(BaseModel):
    """One accepted state of the file."""

    id: int
    saved_at: datetime
    by: str
    remark: str
    version: str


class DifferenceAnswer(BaseModel):
    """What a state changed of the one before, as a unified diff without secrets."""

    diff: str
