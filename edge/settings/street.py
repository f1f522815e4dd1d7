"""The street's keys of the configuration file: zones, rules, hours, permits, codes."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from edge.domain.rule import IncidentType, Severity
from edge.domain.schedule_text import parse_dates, parse_days, parse_hours
from edge.rules import RULES
from edge.settings.values import DurationS, Identifier, PauseS, PolygonShare, Strict, misplaced


def _checked_by(parse: Callable[[str], object]) -> AfterValidator:
    """Return a validator that keeps the text if it can be parsed."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


def _day(text: str) -> date:
    return next(iter(parse_dates([text])))


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
        if text is not None and len(parse_dates([text])) != 1:
            raise ValueError(f"{text!r} is no single day; write it like 2026-10-01")
        return text

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        first, last = self.valid_from, self.valid_until
        if first is not None and last is not None and _day(last) < _day(first):
            raise misplaced(f"{last} is before valid_from, {first}; exchange them", "valid_until")
        return self


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
        if not isinstance(given, str) or given not in RULES:
            raise ValueError(f"{given!r} is no rule; use one of: {', '.join(RULES)}")
        return given

    @model_validator(mode="after")
    def _warns_before(self) -> Self:
        if self.warn is not None and self.dwell is not None and self.warn >= self.dwell:
            raise misplaced(
                f"{self.warn:g} s is not less than the dwell of {self.dwell:g} s; give a shorter "
                "warn or a longer dwell",
                "warn",
            )
        return self


class Zone(Strict):
    """A polygon on the camera's picture."""

    id: Identifier
    polygon: PolygonShare
    place: Identifier | None = None
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _each_rule_once(self) -> Self:
        types = [rule.type for rule in self.rules]
        for number, one in enumerate(types):
            if one in types[:number]:
                raise misplaced(
                    f"there is a rule of type {one} in this zone already; use a zone for each",
                    "rules",
                    number,
                    "type",
                )
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
