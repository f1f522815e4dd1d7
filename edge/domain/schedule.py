"""When a rule applies, in the site's time zone, and who may stand where in spite of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from edge.domain.geometry import Point, Polygon, contains

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN = 24 * 60
DAY = timedelta(days=1)
BREAKFAST_CART = "0491"
KIOSK = "0492"


class DayKind(StrEnum):
    """What a day is to those who work."""

    WORKDAY = "workday"
    """Monday to Friday without holidays, and the days worked to make up for one."""
    HOLIDAY = "holiday"
    """Public holidays, and weekends that are not worked to make up for one."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day, by the clock on the wall; empty where both ends are the same.

    Attributes:
        start_min: Minutes since midnight, in [0, 1440).
        end_min: Exclusive, in [0, 1440]; less than ``start_min`` if it is on the day after.
    """

    start_min: int
    end_min: int

    @property
    def empty(self) -> bool:
        """Return whether no minute lies within."""
        return self.start_min == self.end_min

    @property
    def over_midnight(self) -> bool:
        """Return whether it ends on the day after."""
        return self.end_min < self.start_min


@dataclass(frozen=True, slots=True)
class Days:
    """Which days; one that any of the attributes names belongs to them.

    Attributes:
        weekdays: 0 is Monday; they count on holidays too.
        kinds: Kinds of days by the site's calendar.
        dates: Single days.
    """

    weekdays: frozenset[int] = frozenset()
    kinds: frozenset[DayKind] = frozenset()
    dates: frozenset[date] = frozenset()


DAILY = Days(weekdays=frozenset(range(7)))
ALL_DAY = Hours(0, DAY_MIN)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours on certain days; over midnight they belong to the day on which they begin."""

    days: Days = DAILY
    hours: Hours = ALL_DAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """Windows on the site's calendar; without windows it never applies.

    Wall time decides, so a window may last an hour more or less on the two days a year when the
    clocks change.

    Attributes:
        zone: The site's time zone.
        holidays: Public holidays, as the site lists them year by year.
        workdays: Weekend days worked to make up for a holiday.
    """

    windows: tuple[Window, ...]
    zone: tzinfo
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def applies(self, moment: datetime) -> bool:
        """Return whether an aware moment lies within one of the windows."""
        return next(self.begun(moment), None) is not None

    def begun(self, moment: datetime) -> Iterator[date]:
        """Yield for every window around an aware moment the site's day on which it began."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be put on a schedule")
        local = moment.astimezone(self.zone)
        today, minute = local.date(), local.hour * 60 + local.minute
        for window in self.windows:
            hours = window.hours
            if hours.over_midnight:
                if minute >= hours.start_min and self.includes(window.days, today):
                    yield today
                if minute < hours.end_min and self.includes(window.days, today - DAY):
                    yield today - DAY
            elif hours.start_min <= minute < hours.end_min and self.includes(window.days, today):
                yield today

    def includes(self, days: Days, day: date) -> bool:
        """Return whether a day of the site's calendar is one of the days."""
        return day.weekday() in days.weekdays or day in days.dates or self.kind(day) in days.kinds

    def kind(self, day: date) -> DayKind:
        """Return what a day is on the site's calendar; a make-up workday beats a holiday."""
        if day in self.workdays:
            return DayKind.WORKDAY
        off = day in self.holidays or day.weekday() >= WEEKDAYS.index("sat")
        return DayKind.HOLIDAY if off else DayKind.WORKDAY

    def next_change(self, moment: datetime) -> datetime | None:
        """Return when it next begins or ends to apply, UTC; None if it never will again."""
        now = self.applies(moment)
        for candidate in self._candidates(moment):
            if candidate > moment and self.applies(candidate) is not now:
                return candidate
        return None

    def _candidates(self, moment: datetime) -> Iterator[datetime]:
        """Yield in order every moment at which it can change, until nothing new can come."""
        today = moment.astimezone(self.zone).date()
        listed = {*self.holidays, *self.workdays}.union(*(w.days.dates for w in self.windows))
        # A week without a listed date is like the week before: only those after one are worth a
        # look, and the day after each for what goes over midnight.
        anchors = {today, *(day for day in listed if day >= today)}
        days = {anchor + DAY * ahead for anchor in anchors for ahead in range(-1, 9)}
        minutes = {m for w in self.windows for m in (w.hours.start_min, w.hours.end_min)}
        for day in sorted(days):
            yield from sorted(self._moments(day, minutes))

    def _moments(self, day: date, minutes: Iterable[int]) -> set[datetime]:
        """Return when these minutes come on a day, twice where clocks are set back, UTC."""
        midnight = datetime.combine(day, time())
        moments = {
            (midnight + timedelta(minutes=minute)).replace(tzinfo=self.zone, fold=fold)
            for minute in minutes
            for fold in (0, 1)
        }
        found = {moment.astimezone(UTC) for moment in moments}
        change = self._clock_change(midnight)
        return found if change is None else found | {change}

    def _clock_change(self, midnight: datetime) -> datetime | None:
        """Return when the zone's clocks change on a day, UTC, to the minute; None if they do not.

        Wall time jumps there, into a window or out of it, where no hour of a window stands.
        """
        before = midnight.replace(tzinfo=self.zone).astimezone(UTC)
        after = (midnight + DAY).replace(tzinfo=self.zone).astimezone(UTC)
        offset = before.astimezone(self.zone).utcoffset()
        if offset == after.astimezone(self.zone).utcoffset():
            return None
        low, high = 0, int((after - before).total_seconds() // 60)
        while high - low > 1:
            middle = (low + high) // 2
            same = (before + timedelta(minutes=middle)).astimezone(self.zone).utcoffset() == offset
            low, high = (middle, high) if same else (low, middle)
        return before + timedelta(minutes=high)


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to stand in a place at certain times.

    Attributes:
        code: ``"0491"`` breakfast cart, ``"0492"`` kiosk (classes of their own in GB/T 30428.2), or
            the site's own word.
        schedule: When it holds.
        valid_from: First valid day on the site's calendar, or None for no limit.
        valid_until: Last valid day, or None for no limit; what begins on it may end after midnight.
        polygon: Where, as shares of the picture; None for the whole zone it is given to.
    """

    id: str
    code: str
    schedule: Schedule
    valid_from: date | None = None
    valid_until: date | None = None
    polygon: Polygon | None = None

    def covers(self, moment: datetime, point: Point) -> bool:
        """Return whether it allows to stand at a point of the picture at an aware moment."""
        if self.polygon is not None and not contains(self.polygon, point):
            return False
        return any(self._valid(day) for day in self.schedule.begun(moment))

    def told(self) -> str:
        """Return what an incident that it explains says of it: ``permit breakfast-12 (0491)``."""
        return f"permit {self.id}" + (f" ({self.code})" if self.code else "")

    def _valid(self, day: date) -> bool:
        if self.valid_from is not None and day < self.valid_from:
            return False
        return self.valid_until is None or day <= self.valid_until


def never_applies(schedule: Schedule, *, after: datetime | None = None) -> bool:
    """Return whether a schedule can apply at no moment: an error of whoever wrote it.

    Args:
        schedule: What was configured.
        after: Aware; dates before it are past. None to take any date as possible.
    """
    # Yesterday's window may still be open over midnight.
    first = after.astimezone(schedule.zone).date() - DAY if after is not None else date.min
    return not any(_can_apply(window, first) for window in schedule.windows)


def _can_apply(window: Window, first: date) -> bool:
    days = window.days
    least = first if window.hours.over_midnight or first == date.min else first + DAY
    recurs = bool(days.weekdays or days.kinds)
    return not window.hours.empty and (recurs or any(day >= least for day in days.dates))
