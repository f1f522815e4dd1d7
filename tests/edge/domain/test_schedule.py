from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from edge.domain.schedule import (
    BREAKFAST_CART,
    DayKind,
    Hours,
    Permit,
    Schedule,
    Window,
    never_applies,
)
from edge.domain.schedule_text import parse_dates, parse_days, parse_hours, parse_window

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")

NATIONAL_DAY = parse_dates(["2026-10-01..2026-10-07"])
MADE_UP = parse_dates(["2026-10-10"])
"""A Saturday."""


def schedule(*windows: tuple[str, str], zone: tzinfo = SHANGHAI) -> Schedule:
    return Schedule(
        tuple(parse_window(days, hours) for days, hours in windows),
        zone,
        holidays=NATIONAL_DAY,
        workdays=MADE_UP,
    )


def local(text: str, zone: tzinfo = SHANGHAI, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "applies"),
    [
        ("2026-11-27T17:59:59", False),
        ("2026-11-28T17:59:59", False),
        ("2026-11-28T18:00:00", True),
        ("2026-11-28T21:59:59", True),
        ("2026-11-28T22:00:00", False),
        ("2026-11-29T20:00:00", True),
        ("2026-11-30T20:00:00", False),
    ],
)
def test_hours_of_the_weekend_are_those_of_the_site(moment: str, applies: bool) -> None:
    assert schedule(("sat-sun", "18:00-22:00")).applies(local(moment)) is applies


@pytest.mark.parametrize(
    ("moment", "applies"),
    [
        ("2026-11-27T21:59:00", False),
        ("2026-11-27T22:00:00", True),
        ("2026-11-28T05:59:00", True),
        ("2026-11-28T06:00:00", False),
        ("2026-11-28T23:00:00", False),
        ("2026-11-27T03:00:00", False),
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_it_began_on(moment: str, applies: bool) -> None:
    assert schedule(("fri", "22:00-06:00")).applies(local(moment)) is applies


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-10-01", DayKind.HOLIDAY),
        ("2026-10-08", DayKind.WORKDAY),
        ("2026-10-10", DayKind.WORKDAY),
        ("2026-10-11", DayKind.HOLIDAY),
        ("2026-10-17", DayKind.HOLIDAY),
    ],
)
def test_holidays_and_days_that_make_up_for_them_are_the_sites(day: str, kind: DayKind) -> None:
    plan = schedule(("workday", "08:00-18:00"), ("holiday", "10:00-12:00"))
    assert plan.kind(date.fromisoformat(day)) is kind
    assert plan.applies(local(f"{day}T09:00")) is (kind is DayKind.WORKDAY)
    assert plan.applies(local(f"{day}T11:00"))


def test_named_weekdays_count_on_a_holiday_too() -> None:
    assert schedule(("thu", "08:00-18:00")).applies(local("2026-10-01T09:00"))


def test_a_whole_day_has_no_gap_at_midnight() -> None:
    plan = schedule(("daily", "00:00-24:00"))
    assert all(plan.applies(local("2026-11-28T23:58") + timedelta(minutes=i)) for i in range(5))
    assert plan.next_change(local("2026-11-28T12:00")) is None


def test_single_dates_are_days_too() -> None:
    plan = schedule(("2026-12-24..2026-12-25,2027-02-06", "10:00-12:00"))
    assert plan.applies(local("2026-12-25T11:00"))
    assert not plan.applies(local("2026-12-26T11:00"))
    assert plan.next_change(local("2026-12-26T11:00")) == local("2027-02-06T10:00")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        schedule(("daily", "10:00-12:00")).applies(datetime(2026, 1, 1))  # noqa: DTZ001


def test_wall_time_decides_when_the_clocks_change() -> None:
    plan = schedule(("daily", "08:00-18:00"), zone=BERLIN)
    assert plan.applies(datetime(2026, 10, 24, 6, 0, tzinfo=UTC))
    assert not plan.applies(datetime(2026, 10, 25, 6, 59, tzinfo=UTC))
    assert plan.applies(datetime(2026, 10, 25, 7, 0, tzinfo=UTC))


def test_the_hour_that_comes_twice_counts_twice() -> None:
    plan = schedule(("sun", "02:00-03:00"), zone=BERLIN)
    assert plan.applies(local("2026-10-25T02:30", BERLIN, fold=0))
    assert plan.applies(local("2026-10-25T02:30", BERLIN, fold=1))


def changes(plan: Schedule, start: datetime, count: int) -> list[datetime]:
    found = []
    moment: datetime | None = start
    for _ in range(count):
        assert moment is not None
        moment = plan.next_change(moment)
        assert moment is not None
        found.append(moment)
    return found


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, ZoneInfo("Australia/Lord_Howe")])
@pytest.mark.parametrize("start", ["2026-03-28T00:00", "2026-04-03T12:00", "2026-09-29T00:00"])
@pytest.mark.parametrize(
    "windows",
    [
        [("daily", "02:30-04:00")],
        [("daily", "22:00-02:15")],
        [("workday", "08:00-18:00"), ("holiday", "22:00-06:00")],
        [("sun", "02:15-02:45")],
    ],
)
def test_the_next_changes_are_those_a_minute_by_minute_search_finds(
    windows: list[tuple[str, str]], start: str, zone: tzinfo
) -> None:
    plan = schedule(*windows, zone=zone)
    begin = local(start, zone)
    states = [plan.applies(begin + timedelta(minutes=i)) for i in range(12 * 24 * 60)]
    truth = [
        begin + timedelta(minutes=i)
        for i in range(1, len(states))
        if states[i - 1 : i + 1] in ([True, False], [False, True])
    ]
    assert truth
    assert changes(plan, begin, len(truth)) == truth


def test_the_next_change_may_be_behind_a_long_holiday() -> None:
    plan = Schedule(
        (parse_window("workday", "08:00-18:00"),),
        SHANGHAI,
        holidays=parse_dates(["2026-11-01..2027-03-31"]),
    )
    assert plan.next_change(local("2026-10-31T12:00")) == local("2027-04-01T08:00")


@pytest.mark.parametrize(
    ("windows", "after", "never"),
    [
        ([], None, True),
        ([("daily", "10:00-10:00")], None, True),
        ([("daily", "00:00-24:00")], None, False),
        ([("2026-10-01", "10:00-12:00")], None, False),
        ([("2026-10-01", "10:00-12:00")], "2026-10-01T09:00", False),
        ([("2026-10-01", "10:00-12:00")], "2026-10-02T00:00", True),
        ([("2026-10-01", "22:00-06:00")], "2026-10-02T00:00", False),
        ([("2026-10-01", "22:00-06:00")], "2026-10-03T00:00", True),
        ([("2026-10-01", "10:00-12:00"), ("sat", "10:00-12:00")], "2027-01-01T00:00", False),
    ],
)
def test_a_schedule_that_can_never_apply_is_known(
    windows: list[tuple[str, str]], after: str | None, never: bool
) -> None:
    at = None if after is None else local(after)
    assert never_applies(schedule(*windows), after=at) is never


def permit() -> Permit:
    plan = schedule(("daily", "22:00-02:00"))
    corners = ((0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (0.0, 1.0))
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    return Permit("night-market", BREAKFAST_CART, plan, first, last, corners)


def test_a_permit_covers_its_place_at_its_time() -> None:
    assert permit().covers(local("2026-11-10T23:00"), (0.2, 0.7))
    assert not permit().covers(local("2026-11-10T23:00"), (0.7, 0.7))
    assert not permit().covers(local("2026-11-10T21:00"), (0.2, 0.7))


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        ("2026-11-01T01:00", False),
        ("2026-11-01T23:00", True),
        ("2026-12-01T01:00", True),
        ("2026-12-01T23:00", False),
    ],
)
def test_a_permits_last_night_ends_after_midnight(moment: str, covered: bool) -> None:
    assert permit().covers(local(moment), (0.2, 0.7)) is covered


def test_a_permit_without_limits_covers_the_whole_zone() -> None:
    plan = schedule(("daily", "00:00-24:00"))
    assert Permit("kiosk", "0492", plan).covers(local("2031-01-01T12:00"), (0.9, 0.1))


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("fri-mon", {4, 5, 6, 0}),
        ("Mon, wed", {0, 2}),
        ("daily", set(range(7))),
    ],
)
def test_days_are_read(text: str, weekdays: set[int]) -> None:
    assert parse_days(text).weekdays == weekdays


def test_kinds_and_dates_are_read_beside_weekdays() -> None:
    days = parse_days("holiday,fri,2026-10-01..2026-10-03")
    assert days.kinds == {DayKind.HOLIDAY}
    assert days.weekdays == {4}
    assert len(days.dates) == 3


def test_a_window_without_words_is_always() -> None:
    assert parse_window() == Window()
    assert parse_hours("9:00 - 17:30") == Hours(540, 1050)


@pytest.mark.parametrize(
    "text", ["", "18:00", "18-22", "25:00-26:00", "18:60-19:00", "24:00-06:00", "00:00-24:30"]
)
def test_hours_that_are_none_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="22:00-06:00"):
        parse_hours(text)


@pytest.mark.parametrize("text", ["", "mon-", "monday", "mon,,tue", "weekend", "mon-holiday"])
def test_days_that_are_none_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="workday"):
        parse_days(text)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "1.10.2026", "2026-10-07..2026-10-01", "2026-10-01.."]
)
def test_dates_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="dates"):
        parse_dates([text])
