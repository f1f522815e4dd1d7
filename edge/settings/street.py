"""The street's keys of the configuration file: zones, rules, hours, permits, codes."""

from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from edge.domain.geometry import area, crosses_itself
from edge.domain.rule import IncidentType, Severity
from edge.domain.schedule_text import parse_dates, parse_days, parse_hours
from edge.rules import RULES
from edge.settings.values import DurationS, Identifier, PauseS, PolygonShare, Strict

SMALLEST_ZONE = 1e-4
"""Share of the picture; less is a slip of the mouse."""


def _checked_by(parse: Callable[[str], object]) -> AfterValidator:
    """Return a validator that keeps the text if it can be parsed."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


def _check_dates(texts: tuple[str, ...]) -> tuple[str, ...]:
    parse_dates(texts)
    return texts


DaysText = Annotated[str, _checked_by(parse_days)]
HoursText = Annotated[str, _checked_by(parse_hours)]
DatesText = Annotated[tuple[str, ...], AfterValidator(_check_dates)]
Ratio = Annotated[float, Field(ge=0, le=1)]


class Calendar(Strict):
    """Public holidays, and weekend days worked to make up for them."""

    holidays: DatesText = ()
    workdays: DatesText = ()


class Codes(Strict):
    """The city's classification of incidents."""

    scheme: str = "GB/T 30428.2-2013"
    overrides: str | None = None


class Window(Strict):
    """Hours on certain days."""

    days: DaysText = "daily"
    hours: HoursText = "00:00-24:00"


class Exemption(Window):
    """When, where and to whom a rule does not apply."""

    permit: str | None = None
    code: str = ""
    valid_from: str | None = None
    valid_until: str | None = None
    polygon: PolygonShare | None = None

    @field_validator("valid_from", "valid_until")
    @classmethod
    def _a_date(cls, text: str | None) -> str | None:
        if text is not None:
            parse_dates([text])
        return text


class Rule(Strict):
    """What is not allowed in a zone. What is not given is as usual for this type."""

    type: IncidentType
    dwell: DurationS | None = None
    warn: DurationS | None = None
    clear: DurationS | None = None
    hold: DurationS | None = None
    gap: DurationS | None = None
    loading: PauseS | None = None
    unseen_arrival: PauseS | None = None
    looks: Ratio | None = None
    clear_looks: int | None = Field(None, ge=1, le=100)
    confidence: Ratio | None = None
    least_area: Ratio | None = None
    greatest_area: Ratio | None = None
    count: int | None = Field(None, ge=1, le=1000)
    cover: Ratio | None = None
    severity: Severity | None = None
    confirm: bool | None = None
    classes: tuple[str, ...] = ()
    outside: tuple[Identifier, ...] = ()
    schedule: tuple[Window, ...] = ()
    exemptions: tuple[Exemption, ...] = Field((), alias="except")

    @field_validator("type", mode="before")
    @classmethod
    def _has_rule(cls, given: object) -> object:
        if given not in RULES:
            raise ValueError(f"{given!r} is no rule; use one of: {', '.join(RULES)}")
        return given

    @model_validator(mode="after")
    def _warns_before(self) -> Self:
        if self.warn is not None and self.dwell is not None and self.warn >= self.dwell:
            raise ValueError("warn must be shorter than dwell")
        return self


class Zone(Strict):
    """A polygon on the camera's picture."""

    id: Identifier
    polygon: PolygonShare
    place: Identifier | None = None
    rules: tuple[Rule, ...] = ()

    @field_validator("polygon")
    @classmethod
    def _simple(cls, polygon: PolygonShare) -> PolygonShare:
        if crosses_itself(polygon):
            raise ValueError(
                "crosses itself or uses a corner twice; list the corners in order around the zone"
            )
        if area(polygon) < SMALLEST_ZONE:
            raise ValueError("has next to no area; its corners must not lie on one line")
        return polygon

    @model_validator(mode="after")
    def _each_rule_once(self) -> Self:
        types = [rule.type for rule in self.rules]
        for one in types:
            if types.count(one) > 1:
                raise ValueError(f"two rules of type {one} in one zone; use a zone for each")
        return self


class Integrity(Strict):
    """The camera's own troubles as incidents for maintenance."""

    enabled: bool = True
    frozen_after: DurationS = 60.0
    black_after: DurationS = 20.0
    covered_after: DurationS = 30.0
    defocused_after: DurationS = 60.0
    moved_after: DurationS = 30.0


class Street(Strict):
    """How the street pipeline of one camera looks."""

    fps: float = Field(5.0, gt=0, le=15)
    network: bool = True
    look_every: DurationS = 0.5
    close: tuple[Identifier, ...] = ()
    sky: tuple[Identifier, ...] = ()
    motion: Literal["zones", "picture"] = "zones"
