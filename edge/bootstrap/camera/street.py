"""From the street's keys of the configuration to the running parts of one camera's street."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from edge.bootstrap.camera.vocabulary import (
    NO_NETWORK,
    Where,
    pointer,
    require_known_classes,
    require_known_words,
    words_of,
)
from edge.burning.clouds import Clouds
from edge.domain.geometry import around
from edge.domain.rule import Needs, Terms
from edge.domain.rule import Zone as RuleZone
from edge.domain.schedule import Permit, Schedule, never_applies
from edge.domain.schedule_text import parse_dates, parse_window
from edge.errors import ConfigError
from edge.rules import RULES
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.settings.street import Exemption, Rule, Window, Zone
from edge.street.keeper import Keeper
from edge.street.looking import Lookout
from edge.street.street import Street
from edge.street.zone_rule import ZoneRule
from models.depot import Depot
from models.detections import ObjectDetector
from models.errors import ModelFileError
from models.objects import Chosen, load_object_detector, pull_first
from models.session import Placement
from models.sources import Progress

log = logging.getLogger(__name__)

T = TypeVar("T")

DEFAULT_PERMIT = "exempt"
KEY = "models.street"


def choose_detector(
    settings: Settings, placement: Placement, *, progress: Progress
) -> Chosen | None:
    """Return the configured street detector, pulled if absent; None if none is wanted.

    Raises:
        ModelFileError: It cannot be had, or its file is wrong.
        ConfigError: The configuration speaks of a word that it does not know; names the key.
    """
    name = settings.models.street
    if name == NO_NETWORK:
        return None
    try:
        chosen = _load(settings, name, placement, progress)
    except ModelFileError as error:
        if "street" not in settings.models.model_fields_set:
            raise
        key, problem = settings.where("models", "street"), str(error).removeprefix(f"{KEY}: ")
        raise ModelFileError(f"{key}: {problem}") from error
    require_known_words(settings, chosen.detector)
    return chosen


def _load(settings: Settings, name: str, placement: Placement, progress: Progress) -> Chosen:
    thresholds = settings.models.street_thresholds
    if name.endswith(".onnx"):
        return Chosen(
            load_object_detector(
                str(settings.base / name),
                labels=settings.models.street_labels or None,
                thresholds=thresholds,
                placement=placement,
            )
        )
    chosen = pull_first(
        name, progress=progress, placement=placement, thresholds=thresholds, depot=Depot()
    )
    if chosen.why:
        log.warning("models.street: %s instead of %s: %s", chosen.detector.name, name, chosen.why)
    return chosen


def zone_rules(
    settings: Settings, camera: Camera, *, after: datetime | None = None
) -> tuple[ZoneRule, ...]:
    """Return a camera's rules on the site's terms, in the order of the configuration.

    Args:
        settings: The configuration.
        camera: One of it.
        after: A schedule whose days are all before this moment is refused; None for any time, as
            a recording may be old.

    Raises:
        ConfigError: A schedule never applies, or a rule does not see what it needs; names the key.
    """
    return tuple(_rules(settings, camera, after))


def _rules(settings: Settings, camera: Camera, after: datetime | None) -> Iterator[ZoneRule]:
    polygons = {zone.id: zone.polygon for zone in camera.zones}
    for place, zone in enumerate(camera.zones):
        for number, rule in enumerate(zone.rules):
            where = pointer(settings, camera, place, number)
            kind = RULES[rule.type]
            yield ZoneRule(
                rule=kind,
                zone=RuleZone(zone.id, zone.polygon),
                terms=_terms(kind.terms, rule, tuple(polygons[one] for one in rule.outside), where),
                schedule=_schedule(settings, rule.schedule, after, where),
                permits=tuple(
                    _permit(settings, one, partial(where, "except", position))
                    for position, one in enumerate(rule.exemptions)
                ),
                place=zone.place,
            )


def _terms(
    usual: Terms, rule: Rule, outside: tuple[tuple[tuple[float, float], ...], ...], where: Where
) -> Terms:
    """Return the usual terms with what the configuration says instead."""
    terms = Terms(
        dwell_s=_given(rule.dwell, usual.dwell_s),
        warn_s=_given(rule.warn, usual.warn_s),
        clear_s=_given(rule.clear, usual.clear_s),
        clear_looks=_given(rule.clear_looks, usual.clear_looks),
        gap_s=_given(rule.gap, usual.gap_s),
        hold_s=_given(rule.hold, usual.hold_s),
        loading_s=_given(rule.loading, usual.loading_s),
        unseen_arrival_s=_given(rule.unseen_arrival, usual.unseen_arrival_s),
        steadiness=_given(rule.looks, usual.steadiness),
        least_score=_given(rule.confidence, usual.least_score),
        least_area=_given(rule.least_area, usual.least_area),
        greatest_area=_given(rule.greatest_area, usual.greatest_area),
        least_count=_given(rule.count, usual.least_count),
        least_cover=_given(rule.cover, usual.least_cover),
        severity=_given(rule.severity, usual.severity),
        review_unconfirmed=_given(rule.confirm, usual.review_unconfirmed),
        classes=rule.classes,
        outside=outside,
    )
    if rule.dwell is not None and rule.warn is None:
        # Whoever sets the dwell means it: a warning comes only where it is asked for.
        terms = replace(terms, warn_s=None)
    if terms.warn_s is not None and terms.warn_s >= terms.dwell_s:
        raise ConfigError(
            f"{where('warn')}: {terms.warn_s:g} s is not less than the dwell of "
            f"{terms.dwell_s:g} s; give a shorter warn or a longer dwell"
        )
    return terms


def _given(value: T | None, usual: T) -> T:
    return usual if value is None else value


def _schedule(
    settings: Settings, windows: tuple[Window, ...], after: datetime | None, where: Where
) -> Schedule | None:
    if not windows:
        return None
    schedule = _calendar(settings, windows)
    if never_applies(schedule, after=after):
        raise ConfigError(
            f"{where('schedule')}: never applies; its hours are empty or its days are past: "
            'give hours such as "07:00-22:00" and days such as "workday"'
        )
    return schedule


def _calendar(settings: Settings, windows: tuple[Window, ...]) -> Schedule:
    return Schedule(
        tuple(parse_window(one.days, one.hours) for one in windows),
        ZoneInfo(settings.box.time_zone),
        parse_dates(settings.calendar.holidays),
        parse_dates(settings.calendar.workdays),
    )


def _permit(settings: Settings, given: Exemption, where: Where) -> Permit:
    schedule = _calendar(settings, (given,))
    if never_applies(schedule):
        raise ConfigError(
            f"{where('hours')}: never applies; its hours are empty: "
            'give hours such as "06:00-09:30" and days such as "workday"'
        )
    return Permit(
        given.permit or DEFAULT_PERMIT,
        given.code,
        schedule,
        _day(given.valid_from),
        _day(given.valid_until),
        given.polygon,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else next(iter(parse_dates([text])))


def build_street(
    settings: Settings,
    camera: Camera,
    *,
    detector: ObjectDetector | None,
    new_id: Callable[[datetime], str],
) -> Street:
    """Return a camera's street.

    Args:
        settings: The configuration.
        camera: With at least one rule.
        detector: Shared by all cameras of the process; None without.
        new_id: Makes ids of incidents.

    Raises:
        ConfigError: A rule cannot be kept; names the key.
    """
    wanted = detector if camera.street.network else None
    require_known_classes(settings, camera, wanted)
    rules = zone_rules(settings, camera)
    lookout = None
    if wanted is not None:
        lookout = Lookout(
            wanted,
            [around_zone(zone) for zone in camera.zones if zone.rules],
            close=[around_zone(zone) for zone in camera.zones if zone.id in camera.street.close],
            words=words_of(settings, wanted),
            every_s=camera.street.look_every,
        )
    burning = [one.zone.polygon for one in rules if one.rule.needs is Needs.CLOUDS]
    sky = [camera.polygon(name) for name in camera.street.sky]
    return Street(
        rules,
        keeper=Keeper(camera.id, rules, new_id=new_id),
        lookout=lookout,
        clouds=Clouds(zones=burning, sky=sky) if burning else None,
    )


def around_zone(zone: Zone) -> tuple[float, float, float, float]:
    """Return the box around a zone."""
    return around([(x, y, x, y) for x, y in zone.polygon])


def longest_dwell_s(settings: Settings, camera: Camera) -> float:
    """Return the longest dwell of a camera's rules: how far back a first picture is wanted."""
    return max((one.terms.dwell_s for one in zone_rules(settings, camera)), default=0.0)
