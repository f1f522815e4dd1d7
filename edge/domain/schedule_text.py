"""Schedules as people write them: ``"mon-fri"``, ``"22:00-06:00"``, ``"2026-10-01"``."""

import re
from collections.abc import Iterable
from datetime import date

from edge.domain.schedule import DAILY, DAY, DAY_MIN, WEEKDAYS, DayKind, Days, Hours, Window

MOST_DATES = 3660
"""Ten years: a longer range of dates is a typing error."""

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_HOURS_ALLOWED = 'write "18:00-22:00", "22:00-06:00" over midnight, or "00:00-24:00"'
_DAYS_ALLOWED = (
    'write "daily", "workday", "holiday", "mon-fri", "mon,wed", "2026-10-01" '
    'or "2026-10-01..2026-10-07", several with commas'
)
_DATES_ALLOWED = 'write "2026-10-01" or "2026-10-01..2026-10-07"'


def parse_hours(text: str) -> Hours:
    """Return the hours of ``"18:00-22:00"``.

    Raises:
        ValueError: It says something else; with what is allowed.
    """
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'hours "{text}": {_HOURS_ALLOWED}')
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in match.groups())
    hours = Hours(from_hour * 60 + from_minute, to_hour * 60 + to_minute)
    minutes_fit = max(from_minute, to_minute) < 60  # noqa: PLR2004 - minutes of an hour
    if not minutes_fit or hours.start_min >= DAY_MIN or hours.end_min > DAY_MIN:
        raise ValueError(f'hours "{text}": no such time of day; {_HOURS_ALLOWED}')
    return hours


def parse_days(text: str) -> Days:
    """Return the days of ``"mon-fri"``, ``"holiday"``, ``"sat,sun,2026-10-01"``.

    Raises:
        ValueError: It says something else; with what is allowed.
    """
    weekdays: set[int] = set()
    kinds: set[DayKind] = set()
    dates: set[date] = set()
    for part in (part.strip().lower() for part in text.split(",")):
        if part == "daily":
            weekdays |= DAILY.weekdays
        elif part in set(DayKind):
            kinds.add(DayKind(part))
        elif part[:1].isdigit():
            dates |= parse_dates([part])
        else:
            weekdays |= _parse_weekdays(part, text)
    return Days(frozenset(weekdays), frozenset(kinds), frozenset(dates))


def _parse_weekdays(part: str, text: str) -> set[int]:
    first, dash, last = (piece.strip() for piece in part.partition("-"))
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise ValueError(f'days "{text}": "{part}" is no day; {_DAYS_ALLOWED}')
    start = WEEKDAYS.index(first)
    end = WEEKDAYS.index(last) if dash else start
    # "fri-mon" goes over the end of the week.
    return {(start + ahead) % 7 for ahead in range((end - start) % 7 + 1)}


def parse_dates(texts: Iterable[str]) -> frozenset[date]:
    """Return the days of ``"2026-10-01"`` and, both ends included, ``"2026-10-01..2026-10-07"``.

    Raises:
        ValueError: It says something else; with what is allowed.
    """
    dates: set[date] = set()
    for text in texts:
        first, dots, last = (piece.strip() for piece in text.partition(".."))
        start = _parse_date(first, text)
        end = _parse_date(last, text) if dots else start
        if not 0 <= (end - start).days < MOST_DATES:
            raise ValueError(f'dates "{text}": ends before it begins, or after ten years')
        dates |= {start + DAY * ahead for ahead in range((end - start).days + 1)}
    return frozenset(dates)


def _parse_date(part: str, text: str) -> date:
    try:
        return date.fromisoformat(part)
    except ValueError as error:
        raise ValueError(f'dates "{text}": "{part}" is no date; {_DATES_ALLOWED}') from error


def parse_window(days: str = "daily", hours: str = "00:00-24:00") -> Window:
    """Return a window from its two texts.

    Raises:
        ValueError: One of them says something else; with what is allowed.
    """
    return Window(parse_days(days), parse_hours(hours))
