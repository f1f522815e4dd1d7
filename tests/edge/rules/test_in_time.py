"""Rules on their usual terms over minutes: what becomes an incident, when, and what never does."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from edge.domain.incident import Incident, Stage, Step
from edge.domain.rule import IncidentType, Severity, Zone
from edge.domain.scene import Cloud, Place, Presence, Subject, Thing
from edge.domain.schedule import BREAKFAST_CART, Permit, Schedule
from edge.domain.schedule_text import parse_window
from edge.rules import RULES
from edge.street.keeper import Keeper
from edge.street.zone_rule import ZoneRule
from tests.scenes import ZONE, a_cloud, a_person, a_place, a_scene

BEGIN = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
"""Six in the morning in Shanghai."""

LANE = Zone("lane", ((0.2, 0.4), (0.8, 0.4), (0.8, 0.8), (0.2, 0.8)))
LOOK_S = 2.0
Row = Place | Thing | Cloud
Script = Callable[[float], Iterable[Row]]


def played(script: Script, until_s: float, *rules: ZoneRule) -> list[tuple[float, Incident]]:
    """Return what is told, with when: a script says what is there at each moment."""
    keeper = Keeper("street", rules, new_id=lambda moment: f"{moment:%H%M%S}")
    told: list[tuple[float, Incident]] = []
    for look in range(round(until_s / LOOK_S) + 1):
        now_s = look * LOOK_S
        scene = replace(a_scene(*script(now_s)), mono_s=now_s, utc=BEGIN + timedelta(seconds=now_s))
        told += [(now_s, incident) for incident in keeper.observe(scene)]
    return told


def rule(incident: IncidentType, zone: Zone = ZONE, permits: tuple[Permit, ...] = ()) -> ZoneRule:
    kind = RULES[incident]
    return ZoneRule(kind, zone, kind.terms, permits=permits)


def test_a_car_warns_after_three_minutes_and_is_a_case_after_five() -> None:
    car = a_place(Subject.VEHICLE, since_s=0)
    told = played(lambda _: [car], 400, rule(IncidentType.MOTOR_PARKING))
    assert [(at_s, one.action, one.stage) for at_s, one in told] == [
        (180, Step.OPENED, Stage.WARNING),
        (300, Step.UPDATED, Stage.CASE),
    ]
    assert told[0][1].id == told[1][1].id


def test_a_queue_that_moves_off_every_two_minutes_never_parks() -> None:
    def queue(now_s: float) -> list[Place]:
        return [a_place(Subject.VEHICLE, since_s=0, neighbour_left_s=now_s // 120 * 120 or None)]

    assert played(queue, 800, rule(IncidentType.MOTOR_PARKING)) == []


def test_a_lane_is_warned_of_after_half_a_minute_and_blocked_after_two() -> None:
    car = a_place(Subject.VEHICLE, foot=(0.5, 0.8), size=(0.3, 0.4), since_s=0)
    told = played(lambda _: [car], 200, rule(IncidentType.FIRE_LANE_BLOCKED, LANE))
    assert [(at_s, one.stage) for at_s, one in told] == [(30, Stage.WARNING), (120, Stage.CASE)]


def test_who_passes_the_lane_one_after_the_other_does_not_block_it() -> None:
    def traffic(now_s: float) -> list[Place]:
        came_s = now_s // 24 * 24
        number = round(came_s / 24) + 1
        return [
            a_place(
                Subject.VEHICLE, number=number, foot=(0.5, 0.8), size=(0.3, 0.4), since_s=came_s
            )
        ]

    assert played(traffic, 600, rule(IncidentType.FIRE_LANE_BLOCKED, LANE)) == []


def test_a_cart_that_is_pushed_on_every_two_minutes_never_opens_and_one_that_stays_does() -> None:
    def pushed(now_s: float) -> list[Row]:
        stop = round(now_s // 120)
        cart = a_place(
            Subject.STALL,
            number=stop + 1,
            foot=(0.2 + 0.1 * (stop % 6), 0.7),
            since_s=stop * 120.0,
            attended=0.9,
        )
        return [cart, a_person(cart.box[2:])]

    vendor = rule(IncidentType.ITINERANT_VENDOR)
    assert played(pushed, 900, vendor) == []
    told = played(lambda now_s: pushed(min(now_s, 130)), 400, vendor)
    assert [(at_s, one.action) for at_s, one in told] == [(300, Step.OPENED)]


def test_an_unnamed_thing_with_people_at_it_is_a_stall_where_all_is_forbidden() -> None:
    thing = a_place(Subject.OBJECT, since_s=0, attended=0.7)
    told = played(
        lambda _: [thing],
        4000,
        rule(IncidentType.MOTOR_PARKING),
        rule(IncidentType.MATERIAL_PILE),
        rule(IncidentType.EXPOSED_GARBAGE),
        rule(IncidentType.ITINERANT_VENDOR),
    )
    assert [one.type for _, one in told] == [IncidentType.ITINERANT_VENDOR]
    assert told[0][1].severity is Severity.REVIEW


def test_a_pile_that_turns_out_to_be_a_van_is_withdrawn() -> None:
    def script(now_s: float) -> list[Place]:
        subject = Subject.OBJECT if now_s < 2000 else Subject.VEHICLE
        return [a_place(subject, since_s=0)]

    told = played(script, 2100, rule(IncidentType.MATERIAL_PILE))
    assert [(at_s, one.action, one.reason) for at_s, one in told] == [
        (1800, Step.OPENED, ""),
        (2000, Step.WITHDRAWN, "explained"),
    ]


def test_a_breakfast_cart_may_stand_at_its_hours_and_has_its_dwell_when_they_are_over() -> None:
    hours = Schedule((parse_window("daily", "05:30-06:30"),), ZoneInfo("Asia/Shanghai"))
    permit = Permit("breakfast-12", BREAKFAST_CART, hours)
    cart = a_place(Subject.STALL, since_s=0, attended=0.9)
    told = played(lambda _: [cart], 2400, rule(IncidentType.ITINERANT_VENDOR, permits=(permit,)))
    # Allowed until half past six, last seen so two seconds before; three minutes count from then.
    assert [(at_s, one.action) for at_s, one in told] == [(1978, Step.OPENED)]


def test_bikes_that_come_and_go_are_no_disorder_and_three_that_stay_are() -> None:
    def bikes(now_s: float) -> list[Place]:
        return [
            a_place(
                Subject.BIKE,
                number=slot + 10 * round(now_s // 300),
                foot=(0.2 + 0.2 * slot, 0.7),
                since_s=now_s // 300 * 300,
            )
            for slot in range(4)
        ]

    parking = rule(IncidentType.NONMOTOR_PARKING)
    assert played(bikes, 2000, parking) == []
    told = played(lambda now_s: bikes(min(now_s, 310)), 1200, parking)
    assert [(at_s, one.count) for at_s, one in told] == [(900, 4)]


def test_a_crew_ends_what_lies_there_once_it_is_seen_empty() -> None:
    def bag(now_s: float) -> list[Place]:
        place = a_place(Subject.GARBAGE, since_s=0)
        if now_s < 1300:
            return [place]
        if now_s < 1400:
            return [replace(place, presence=Presence.OCCLUDED, attended=0.1)]
        return [replace(place, presence=Presence.ABSENT)]

    told = played(bag, 1600, rule(IncidentType.EXPOSED_GARBAGE))
    assert [(at_s, one.action) for at_s, one in told] == [
        (1200, Step.OPENED),
        (1460, Step.CLEARED),
    ]
    assert told[-1][1].dwell_s == 1400


def test_flames_open_within_seconds_for_review_and_urgently_once_a_network_agrees() -> None:
    def fire(now_s: float) -> list[Cloud]:
        return [a_cloud(Subject.FLAME, age_s=now_s, confirmed=now_s >= 40)]

    told = played(fire, 60, rule(IncidentType.OPEN_FLAME))
    assert [(at_s, one.action, one.severity) for at_s, one in told] == [
        (4, Step.OPENED, Severity.REVIEW),
        (40, Step.UPDATED, Severity.URGENT),
    ]


def test_a_puff_is_no_smoke() -> None:
    def puff(now_s: float) -> list[Cloud]:
        return [a_cloud(Subject.SMOKE, age_s=now_s % 60)] if now_s % 60 < 8 else []

    assert played(puff, 600, rule(IncidentType.SMOKE_AIR)) == []
