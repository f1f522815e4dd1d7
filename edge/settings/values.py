"""Small values of the configuration: durations, polygons, secrets."""

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from edge.domain.geometry import Polygon, area, crosses_itself

SMALLEST_ZONE = 1e-4
"""Share of the picture; less is a slip of the mouse."""

LEAST_CORNERS = 3
AT = "at"
"""Key of an error's context: where below the section that was checked the wrong value stands."""

LONGEST_S = 36500 * 86400.0
"""A hundred years: nobody waits longer, and dates end somewhere."""

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")


def parse_duration_s(value: Any) -> float:
    """Return seconds of ``3m``, ``1.5s``, ``500ms`` or a bare number of seconds.

    Raises:
        ValueError: If it is none of these.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(min(value, LONGEST_S + 1))
    match = _DURATION.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is no duration; write it like 3m, 1.5s or 500ms")
    return float(match[1]) * _UNITS_S[match[2]]


def misplaced(problem: str, *at: str | int) -> PydanticCustomError:
    """Return the error of a section that checks several of its values against each other.

    Args:
        problem: What is wrong and what is allowed.
        at: Where below the section the wrong value stands.
    """
    return PydanticCustomError("misplaced", "{problem}", {"problem": problem, AT: at})


def _checked_polygon(polygon: Polygon) -> Polygon:
    if len(polygon) < LEAST_CORNERS:
        raise ValueError(f"has {len(polygon)} corners; a polygon has at least {LEAST_CORNERS}")
    for x, y in polygon:
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError(
                f"corner [{x:g}, {y:g}] lies outside the picture; coordinates are shares of its "
                "width and height, from 0 to 1"
            )
    if crosses_itself(polygon):
        raise ValueError(
            "crosses itself, uses a corner twice or has all corners on one line; list the corners "
            "in order around the zone"
        )
    if area(polygon) < SMALLEST_ZONE:
        raise ValueError("has next to no area; its corners must not lie on one line")
    return polygon


def _bounded(seconds: float) -> float:
    if seconds > LONGEST_S:
        raise ValueError(f"is longer than {LONGEST_S / 86400:.0f}d")
    return seconds


_Seconds = Annotated[float, BeforeValidator(parse_duration_s), AfterValidator(_bounded)]
DurationS = Annotated[_Seconds, Field(gt=0)]
PauseS = Annotated[_Seconds, Field(ge=0)]
PolygonShare = Annotated[Polygon, AfterValidator(_checked_polygon)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


class Strict(BaseModel):
    """A section of the file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Strict):
    """A value that is written in the file, or better: found in the environment or a file.

    Its text form never shows the value.
    """

    value: str | None = None
    env: str | None = None
    file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _accept_text(cls, given: Any) -> Any:
        return {"value": str(given)} if isinstance(given, str | int) else given

    @model_validator(mode="after")
    def _one_origin(self) -> "Secret":
        if sum(origin is not None for origin in (self.value, self.env, self.file)) != 1:
            raise ValueError("give a text, or {env: NAME}, or {file: PATH}")
        return self

    def reveal(self, base: Path) -> str:
        """Return the secret itself.

        Args:
            base: Folder that relative paths start from.

        Raises:
            ValueError: If the variable is not set or the file cannot be read; says which.
        """
        if self.value is not None:
            return self.value
        if self.env is not None:
            if self.env not in os.environ:
                raise ValueError(f"environment variable {self.env} is not set; export it")
            return os.environ[self.env]
        path = base / str(self.file)
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}") from error

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__
