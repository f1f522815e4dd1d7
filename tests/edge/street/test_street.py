"""The whole street of one camera, on drawn pictures and with a network that is told what to see."""

import pytest

from edge.domain.geometry import Box
from edge.domain.incident import Step
from edge.domain.rule import IncidentType, Severity
from edge.domain.scene import Cloud, CloudReport, Evidence, Subject, Thing
from edge.street.looking import PENDING_S, QUIET_S
from edge.street.street import confirmed
from tests.asphalt import BOX_PX, DARK, SIZE_WH, WHITE, put
from tests.fake_detector import BEGIN, FakeDetector
from tests.kerb import CAR, STREET, shares
from tests.street_camera import StreetCamera

SEEN_CAR = ("car", shares(BOX_PX), 0.8)
SEEN_PERSON = ("person", shares((150, 70, 170, 130)), 0.8)
SMOKE_BOX: Box = (0.2, 0.1, 0.5, 0.5)
SMOKE = Cloud(Subject.SMOKE, SMOKE_BOX, 12.0, 0.6, alarm=True, cues=(("drift", 0.7),))


def test_a_parked_car_is_one_incident_until_it_is_gone() -> None:
    camera = StreetCamera(IncidentType.MOTOR_PARKING, detector=FakeDetector())
    assert camera.watch(10, STREET) == []
    assert camera.detector is not None
    camera.detector.seen = (SEEN_CAR,)
    (opened,) = camera.watch(60, CAR)
    assert (opened.type, opened.severity) == (IncidentType.MOTOR_PARKING, Severity.NORMAL)
    assert opened.dwell_s == pytest.approx(20, abs=2)
    assert opened.box == pytest.approx(shares(BOX_PX), abs=0.01)
    camera.detector.seen = ()
    (cleared,) = camera.watch(60, STREET)
    assert (cleared.id, cleared.action) == (opened.id, Step.CLEARED)
    assert cleared.cleared_at is not None
    assert (cleared.cleared_at - BEGIN).total_seconds() == pytest.approx(71, abs=4)


def test_a_car_that_comes_back_goes_on_with_its_incident_and_another_one_does_not() -> None:
    detector = FakeDetector(only_wh=SIZE_WH)
    camera = StreetCamera(IncidentType.MOTOR_PARKING, detector=detector, hold_s=3600.0)
    told = camera.watch(10, STREET)
    for car in (CAR, CAR, put(STREET, colour=WHITE, seed=7)):
        detector.seen = (SEEN_CAR,)
        told += camera.watch(30, car)
        detector.seen = ()
        told += camera.watch(60, STREET)
    assert [(one.id, one.action, one.reopened) for one in told] == [
        ("incident-0", Step.OPENED, 0),
        ("incident-0", Step.CLEARED, 0),
        ("incident-0", Step.UPDATED, 1),
        ("incident-0", Step.CLEARED, 1),
        ("incident-1", Step.OPENED, 0),
        ("incident-1", Step.CLEARED, 0),
    ]


def test_without_a_network_a_thing_opens_for_review_and_says_why() -> None:
    camera = StreetCamera(IncidentType.MATERIAL_PILE)
    camera.watch(10, STREET)
    (opened,) = camera.watch(60, CAR)
    assert (opened.severity, opened.confirmed) == (Severity.REVIEW, False)
    assert opened.evidence == (Evidence.STATIC_FOREGROUND,)
    assert opened.missing == (Evidence.DETECTOR,)
    assert [one.action for one in camera.watch(30, STREET)] == [Step.CLEARED]


@pytest.mark.parametrize(("every_s", "dwell_s"), [(0.5, 20.0), (2.0, 60.0), (10.0, 120.0)])
@pytest.mark.parametrize("network", [True, False])
def test_keyframes_are_enough_for_minutes(network: bool, every_s: float, dwell_s: float) -> None:
    detector = FakeDetector() if network else None
    camera = StreetCamera(
        IncidentType.MOTOR_PARKING, detector=detector, dwell_s=dwell_s, clear_s=dwell_s / 4
    )
    camera.watch(dwell_s / 2, STREET, every_s=every_s)
    if detector:
        detector.seen = (SEEN_CAR,)
    (opened,) = camera.watch(2 * dwell_s, CAR, every_s=every_s, moving=False)
    assert opened.action is Step.OPENED
    assert opened.dwell_s == pytest.approx(dwell_s, rel=0.25)
    if detector:
        detector.seen = ()
    (cleared,) = camera.watch(dwell_s / 2 + 40, STREET, every_s=every_s, moving=False)
    assert cleared.action is Step.CLEARED


def test_what_stood_there_when_the_camera_began_and_leaves_is_nothing() -> None:
    camera = StreetCamera(IncidentType.MATERIAL_PILE)
    camera.watch(30, CAR)
    assert camera.watch(120, STREET) == []
    assert camera.street.book.places() == ()


def test_traffic_and_passers_by_are_nothing() -> None:
    detector = FakeDetector()
    camera = StreetCamera(IncidentType.MOTOR_PARKING, IncidentType.MATERIAL_PILE, detector=detector)
    camera.watch(10, STREET)
    for step in range(60):
        left = step * 37 % 340 - 40
        box_px = (max(left, 0), 90, max(left, 0) + 50, 130)
        detector.seen = (("car", shares(box_px), 0.8),)
        assert camera.watch(1, put(STREET, box_px, (WHITE, DARK)[step % 2], seed=step)) == []


def test_somebody_who_stands_there_is_nothing_that_stands() -> None:
    person_px = (150, 70, 170, 130)
    detector = FakeDetector()
    camera = StreetCamera(IncidentType.MATERIAL_PILE, IncidentType.MOTOR_PARKING, detector=detector)
    camera.watch(10, STREET)
    detector.seen = (SEEN_PERSON,)
    assert camera.watch(90, put(STREET, person_px, DARK)) == []
    assert camera.street.book.places() == ()
    assert camera.noticed is not None
    (person,) = camera.noticed.people
    assert person == pytest.approx(SEEN_PERSON[1], abs=0.01)


def test_a_quiet_street_is_looked_at_now_and_then() -> None:
    detector = FakeDetector()
    camera = StreetCamera(IncidentType.MOTOR_PARKING, detector=detector)
    camera.watch(100, STREET, moving=False)
    assert len(detector.shown) == pytest.approx(100 / QUIET_S, abs=1)


def test_a_street_on_which_something_stands_is_looked_at_more_often() -> None:
    detector = FakeDetector(SEEN_CAR)
    camera = StreetCamera(IncidentType.MOTOR_PARKING, detector=detector)
    camera.watch(10, CAR)
    before = len(detector.shown)
    camera.watch(100, CAR, moving=False)
    assert len(detector.shown) - before == pytest.approx(100 / PENDING_S, abs=2)


def test_an_unnamed_thing_is_looked_at_closely() -> None:
    detector = FakeDetector()
    camera = StreetCamera(IncidentType.MATERIAL_PILE, detector=detector)
    camera.watch(10, STREET)
    looks = len(detector.shown)
    camera.watch(40, CAR)
    # The whole zone at each look, and the thing by itself besides until that says nothing new.
    assert len(detector.shown) - looks > 40
    assert camera.street.book.standing[0].asked > 0


def test_smoke_alone_opens_for_review_and_keeps_the_camera_awake() -> None:
    camera = StreetCamera(IncidentType.SMOKE_AIR, clouds=[SMOKE], dwell_s=10.0)
    (opened,) = camera.watch(30, STREET)
    assert (opened.type, opened.severity) == (IncidentType.SMOKE_AIR, Severity.REVIEW)
    assert camera.street.awake
    camera.clouds.shown = ()
    camera.watch(5, STREET)
    assert not camera.street.awake


def test_smoke_that_a_network_sees_too_is_sure() -> None:
    detector = FakeDetector(("smoke", SMOKE_BOX, 0.7))
    camera = StreetCamera(IncidentType.SMOKE_AIR, detector=detector, clouds=[SMOKE], dwell_s=10.0)
    (opened,) = camera.watch(30, STREET)
    assert opened.confirmed
    assert opened.severity is not Severity.REVIEW


def test_nobody_looks_for_smoke_where_no_rule_is_about_it() -> None:
    camera = StreetCamera(IncidentType.MOTOR_PARKING, clouds=[SMOKE])
    camera.watch(30, STREET)
    assert camera.clouds.looks == 0
    assert not camera.street.awake


def test_nothing_is_learnt_of_a_street_on_which_only_smoke_matters() -> None:
    camera = StreetCamera(IncidentType.SMOKE_AIR)
    camera.watch(30, STREET)
    assert camera.street.background.saved() == {}
    assert camera.clouds.looks == 30


@pytest.mark.parametrize(
    ("incidents", "dwell_s", "hasty"),
    [
        ([IncidentType.MOTOR_PARKING], 300.0, False),
        ([IncidentType.MOTOR_PARKING], 15.0, True),
        ([IncidentType.MOTOR_PARKING, IncidentType.SMOKE_AIR], 300.0, True),
    ],
)
def test_seconds_and_smoke_are_hasty(
    incidents: list[IncidentType], dwell_s: float, hasty: bool
) -> None:
    assert StreetCamera(*incidents, dwell_s=dwell_s).street.hasty is hasty


def test_a_network_confirms_smoke_where_it_is_and_keeps_what_was_known() -> None:
    report = CloudReport((SMOKE,), watching=True, suspicious=True)
    seen = Thing(Subject.SMOKE, "smoke", (0.2, 0.15, 0.5, 0.5), 0.8)
    (cloud,) = confirmed(report, [seen]).clouds
    assert cloud.confirmed
    assert (cloud.box, cloud.age_s, cloud.alarm) == (SMOKE.box, SMOKE.age_s, True)
    assert cloud.score == 0.8
    assert cloud.cues == (("drift", 0.7), ("detector", 0.8))


@pytest.mark.parametrize(
    "seen",
    [
        Thing(Subject.SMOKE, "smoke", (0.6, 0.6, 0.9, 0.9), 0.8),
        Thing(Subject.FLAME, "fire", SMOKE_BOX, 0.8),
    ],
)
def test_what_a_network_sees_elsewhere_is_a_cloud_of_its_own_without_alarm(seen: Thing) -> None:
    known, own = confirmed(CloudReport((SMOKE,), watching=True), [seen]).clouds
    assert known == SMOKE
    assert (own.subject, own.box, own.alarm, own.confirmed) == (
        seen.subject,
        seen.box,
        False,
        True,
    )
    assert own.missing == ("motion",)


def test_where_pictures_come_too_rarely_a_networks_word_is_still_heard() -> None:
    seen = Thing(Subject.SMOKE, "smoke", SMOKE_BOX, 0.8)
    report = confirmed(CloudReport(watching=False), [seen])
    assert (report.watching, report.suspicious, len(report.clouds)) == (True, True, 1)


def test_without_a_networks_word_a_report_stays_as_it_is() -> None:
    report = CloudReport((SMOKE,), watching=True)
    assert confirmed(report, []) is report
