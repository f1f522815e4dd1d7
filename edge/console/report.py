"""What a report says of a period, for the cameras that somebody may see."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.console.exports import Table
from edge.domain.passage import Decision
from edge.store.figures import Count, Figures, RuleFigures
from edge.store.period import Period
from edge.store.tallies import Tallies

DAYS = (1, 7, 30, 90)
"""Periods to choose from."""

HOURS = tuple(range(24))
TABLES = (
    "precision",
    "incidents_by_hour",
    "incidents_by_day",
    "places",
    "reasons",
    "passages_by_hour",
)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """The figures of one period.

    Attributes:
        rules: Per camera and rule.
        hours: Incidents by the hour of the site's day.
        days: Incidents by the site's day, as (day, count), days without included.
        passages: By decision, one count for each hour of the site's day.
    """

    rules: Sequence[RuleFigures]
    hours: Sequence[int]
    days: Sequence[tuple[str, int]]
    places: Sequence[Count]
    reasons: Sequence[Count]
    passages: dict[Decision, Sequence[int]]


def last_days(days: int, now: datetime) -> Period:
    """Return the period of so many days that ends now; the hour that runs is part of it."""
    return Period(now - timedelta(days=days), now + timedelta(hours=1))


def report(
    figures: Figures,
    tallies: Tallies,
    *,
    period: Period,
    cameras: Sequence[str],
    zone: ZoneInfo,
) -> Report:
    """Return the report of a period.

    Args:
        figures: Of incidents.
        tallies: Of passages.
        period: What is counted.
        cameras: Those that are counted.
        zone: The site's time zone.
    """
    hours: Counter[int] = Counter()
    days: Counter[str] = Counter()
    for one in figures.hours(period, cameras):
        local = one.hour.astimezone(zone)
        hours[local.hour] += one.count
        days[local.date().isoformat()] += one.count
    passages = {decision: [0] * len(HOURS) for decision in Decision}
    for stretch, ahead in _stretches(period, zone):
        for tally in tallies.by_hour(stretch, cameras):
            hour = (tally.hour + ahead // timedelta(hours=1)) % len(HOURS)
            passages[Decision(tally.decision)][hour] += tally.count
    return Report(
        rules=figures.rules(period, cameras),
        hours=[hours[hour] for hour in HOURS],
        days=[(day, days[day]) for day in _days(period, zone)],
        places=figures.places(period, cameras),
        reasons=figures.reasons(period, cameras),
        passages=dict(passages),
    )


def tables(found: Report) -> list[Table]:
    """Return a report as tables; their words are those of the API, in no language."""
    rules = [
        (
            one.camera_id,
            one.type,
            one.incidents,
            one.precision.right,
            one.precision.judged,
            one.precision.share,
            *(one.precision.interval if one.precision.judged else (None, None)),
        )
        for one in found.rules
    ]
    heading = (
        "camera_id",
        "type",
        "incidents",
        "right",
        "judged",
        "precision",
        "low_95",
        "high_95",
    )
    return [
        Table("precision", heading, rules),
        Table("incidents_by_hour", ("hour", "incidents"), list(enumerate(found.hours))),
        Table("incidents_by_day", ("day", "incidents"), found.days),
        Table("places", ("place", "incidents"), [(one.name, one.count) for one in found.places]),
        Table("reasons", ("reason", "incidents"), [(one.name, one.count) for one in found.reasons]),
        Table(
            "passages_by_hour",
            ("hour", *found.passages),
            [(hour, *(counts[hour] for counts in found.passages.values())) for hour in HOURS],
        ),
    ]


def _stretches(period: Period, zone: ZoneInfo) -> list[tuple[Period, timedelta]]:
    """Return a period in parts in which the site's clocks are equally far ahead of UTC."""
    hour, found = period.since, []
    begins, ahead = period.since, _ahead(period.since, zone)
    while hour < period.until:
        if (now_ahead := _ahead(hour, zone)) != ahead:
            found.append((Period(begins, hour), ahead))
            begins, ahead = hour, now_ahead
        hour += timedelta(hours=1)
    return [*found, (Period(begins, period.until), ahead)]


def _ahead(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _days(period: Period, zone: ZoneInfo) -> list[str]:
    day, last = (moment.astimezone(zone).date() for moment in (period.since, period.until))
    found = []
    while day <= last:
        found.append(day.isoformat())
        day += timedelta(days=1)
    return found
