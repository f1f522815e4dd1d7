"""Questions about places: answered by what the camera shows now, or by why it shows nothing."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from edge.domain.geometry import Box
from edge.domain.incident import Incident, Step
from edge.domain.rule import IncidentType, Needs
from edge.domain.scene import Cloud, Evidence, Subject
from edge.domain.second_look import SecondLook, Sight, Spot, Unseen
from edge.rules import RULES
from edge.street.places import STANDS
from edge.street.tone import Picture
from edge.worker.second_looks import MOST_WAITING, SecondLooks
from edge.worker.street import StreetPipeline
from streams.pace import Pace
from tests.asphalt import BOX_PX, DARK, SIZE_WH, WHITE, noisy, put
from tests.conftest import FakeClock
from tests.edge.worker.test_street import FakeRecorder
from tests.fake_detector import FakeDetector, frame_of
from tests.kerb import CAR, STREET, shares
from tests.scenes import a_cloud
from tests.street_camera import ROAD, StreetCamera

CAR_SEEN = ("car", shares(BOX_PX), 0.8)
BUS_PX = (100, 60, 250, 160)
BUS_SEEN = ("truck", shares(BUS_PX), 0.9)
ELSEWHERE: Box = (0.05, 0.7, 0.2, 0.9)
WITHIN_S = 20.0


class Watch:
    """A street's pipeline of a camera on which a picture a second is due, and its questions."""

    def __init__(
        self,
        clock: FakeClock,
        incident: IncidentType = IncidentType.MOTOR_PARKING,
        *,
        network: bool = True,
        stills: bool = True,
        clouds: Sequence[Cloud] = (),
        **terms: float,
    ) -> None:
        self.clock = clock
        self.detector = FakeDetector(only_wh=SIZE_WH)  # what it is told is of whole pictures
        self.camera = StreetCamera(
            incident, detector=self.detector if network else None, clouds=clouds, **terms
        )
        self.blind: Unseen | None = None
        self.looks = SecondLooks(clock=clock, zones={ROAD.id: ROAD.polygon}, stills=stills)
        self.recorder = FakeRecorder()
        self.pipeline = StreetPipeline(
            "street-01",
            self.camera.street,
            pace=Pace(1.0),
            recorder=self.recorder,
            second_looks=self.looks,
            blind=lambda: self.blind,
        )
        self.now_s = 0.0
        self.answers: list[SecondLook] = []
        self.pipeline.begin(frame_of(STREET, 0.0))

    def show(
        self,
        picture: Picture,
        seconds: float = 1,
        *seen: tuple[str, Box, float],
        every_s: float = 1.0,
        moving: bool = True,
    ) -> None:
        self.detector.seen = seen
        for _ in range(round(seconds / every_s)):
            self.now_s += every_s
            self.clock.advance(every_s)
            shown = frame_of(noisy(picture, round(self.now_s)), self.now_s)
            self.pipeline.take(shown, moving=moving)

    def park(self, seconds: float = 40) -> Incident:
        """Have a car park until its incident is open; return that."""
        self.show(STREET, 8)
        self.show(CAR, seconds, CAR_SEEN)
        return next(one for one in self.recorder.told if one.action is Step.OPENED)

    def ask(self, spot: Spot, within_s: float = WITHIN_S) -> None:
        self.looks.ask(spot, within_s, self.answers.append)


@pytest.fixture
def watch(clock: FakeClock) -> Watch:
    return Watch(clock)


def spot_of(incident: Incident, *, known: bool = True) -> Spot:
    """Return the place of an incident; of one that is long over the street has forgotten the id."""
    rule = RULES[incident.type]
    own = frozenset({incident.id}) if known else frozenset[str]()
    assert incident.box is not None
    return Spot(
        "street-01",
        incident.box,
        incident.zone_id,
        incident.type,
        rule.needs,
        rule.subjects,
        own,
    )


def a_spot(box: Box) -> Spot:
    """Return a place of which nothing was ever told."""
    return Spot("street-01", box, None, None, Needs.PLACES, STANDS)


def test_what_is_still_there_is_present_with_what_says_so(watch: Watch) -> None:
    incident = watch.park()
    watch.ask(spot_of(incident))
    watch.show(CAR, 3, CAR_SEEN)
    (answer,) = watch.answers
    assert answer.sight is Sight.PRESENT
    assert set(answer.evidence) == {Evidence.DETECTOR, Evidence.STATIC_FOREGROUND}
    assert (answer.looks, answer.heads_known) == (2, True)


def test_it_is_still_there_when_a_network_misses_it_now(watch: Watch) -> None:
    incident = watch.park()
    watch.ask(spot_of(incident))
    watch.show(CAR, 3)
    assert [one.sight for one in watch.answers] == [Sight.PRESENT]


def test_what_left_is_gone_at_once_and_long_before_its_incident_is_cleared(
    clock: FakeClock,
) -> None:
    watch = Watch(clock, clear_s=600.0)
    incident = watch.park()
    watch.ask(spot_of(incident))
    watch.show(STREET, 3)
    assert [one.sight for one in watch.answers] == [Sight.GONE]
    assert [one.action for one in watch.recorder.told] == [Step.OPENED]


def test_what_something_stands_before_is_occluded_when_time_is_over(watch: Watch) -> None:
    incident = watch.park()
    watch.ask(spot_of(incident))
    bus = put(CAR, BUS_PX, WHITE, seed=6)
    watch.show(bus, WITHIN_S - 1, BUS_SEEN)
    assert watch.answers == []
    watch.show(bus, 1, BUS_SEEN)
    (answer,) = watch.answers
    assert (answer.sight, answer.looks) == (Sight.OCCLUDED, WITHIN_S)


def test_who_passes_by_is_waited_for(watch: Watch) -> None:
    incident = watch.park()
    watch.ask(spot_of(incident))
    watch.show(put(CAR, BUS_PX, WHITE, seed=6), 3, BUS_SEEN)
    watch.show(CAR, 2, CAR_SEEN)
    (answer,) = watch.answers
    assert (answer.sight, answer.looks) == (Sight.PRESENT, 5)


@pytest.mark.parametrize("network", [True, False])
def test_an_incident_that_is_over_is_looked_for_by_its_place(
    clock: FakeClock, *, network: bool
) -> None:
    watch = Watch(clock, network=network)
    incident = watch.park(60)
    watch.show(STREET, 60)
    assert watch.recorder.told[-1].action is Step.CLEARED
    watch.ask(spot_of(incident, known=False))
    watch.show(STREET, 3)
    watch.show(CAR, 30, CAR_SEEN)
    watch.ask(spot_of(incident, known=False))
    watch.show(CAR, 3, CAR_SEEN)
    assert [one.sight for one in watch.answers] == [Sight.GONE, Sight.PRESENT]


def test_a_place_of_which_nothing_was_told_can_be_asked_about(watch: Watch) -> None:
    watch.park()
    watch.ask(a_spot(shares(BOX_PX)))
    watch.ask(a_spot(ELSEWHERE))
    watch.show(CAR, 3, CAR_SEEN)
    assert [one.sight for one in watch.answers] == [Sight.PRESENT, Sight.GONE]


def test_a_free_place_that_a_bus_stands_before_is_not_called_free(watch: Watch) -> None:
    watch.show(STREET, 10)
    watch.ask(a_spot(shares(BOX_PX)))
    watch.show(put(STREET, (120, 70, 180, 170), WHITE, seed=6), WITHIN_S, BUS_SEEN)
    assert [one.sight for one in watch.answers] == [Sight.OCCLUDED]


def test_a_quiet_camera_looks_at_its_next_picture_and_wants_every_one(watch: Watch) -> None:
    incident = watch.park()
    watch.show(CAR, 60, CAR_SEEN, moving=False)
    looked = len(watch.detector.shown)
    watch.show(CAR, 3, CAR_SEEN, every_s=0.5, moving=False)
    assert len(watch.detector.shown) - looked <= 2
    assert not watch.pipeline.awake
    watch.ask(spot_of(incident))
    assert watch.pipeline.awake
    looked = len(watch.detector.shown)
    watch.show(CAR, 1.5, CAR_SEEN, every_s=0.25, moving=False)
    assert [(one.sight, one.looks) for one in watch.answers] == [(Sight.PRESENT, 2)]
    assert len(watch.detector.shown) - looked == 2
    assert not watch.pipeline.awake


def test_a_camera_of_few_pictures_answers_by_the_one_there_is(watch: Watch) -> None:
    incident = watch.park()
    watch.ask(spot_of(incident))
    watch.show(CAR, 21, CAR_SEEN, every_s=21)
    (answer,) = watch.answers
    assert (answer.sight, answer.looks) == (Sight.PRESENT, 1)


def test_the_look_has_the_time_of_its_picture(watch: Watch) -> None:
    incident = watch.park()
    watch.ask(spot_of(incident))
    watch.show(CAR, 2, CAR_SEEN)
    assert [one.at for one in watch.answers] == [frame_of(CAR, watch.now_s).utc]


@pytest.mark.parametrize("fault", [Unseen.BLACK, Unseen.COVERED, Unseen.MOVED])
def test_a_camera_that_sees_nothing_says_why(watch: Watch, fault: Unseen) -> None:
    incident = watch.park()
    watch.blind = fault
    watch.ask(spot_of(incident))
    watch.show(np.full_like(STREET, 16), WITHIN_S)
    (answer,) = watch.answers
    assert (answer.sight, answer.reason) == (Sight.UNSEEN, fault)
    assert answer.jpeg


def test_a_picture_that_changes_all_over_says_nothing(watch: Watch) -> None:
    incident = watch.park()
    watch.ask(spot_of(incident), within_s=2.0)
    watch.show(np.asarray(255 - CAR, np.uint8), 2, CAR_SEEN)
    assert [(one.sight, one.reason) for one in watch.answers] == [(Sight.UNSEEN, Unseen.CHANGING)]


def test_people_in_a_zone_are_looked_for_by_the_rule_itself(clock: FakeClock) -> None:
    watch = Watch(clock, IncidentType.INTRUSION, dwell_s=5.0)
    somebody = ("person", shares((150, 80, 170, 150)), 0.9)
    shown = put(STREET, (150, 80, 170, 150), DARK)
    watch.show(STREET, 5)
    watch.show(shown, 10, somebody)
    (incident,) = watch.recorder.told
    watch.ask(spot_of(incident))
    watch.show(shown, 3, somebody)
    watch.ask(spot_of(incident))
    watch.show(STREET, 3)
    watch.ask(spot_of(incident), within_s=3.0)
    watch.show(put(STREET, BUS_PX, WHITE, seed=6), 3, BUS_SEEN)
    assert [one.sight for one in watch.answers] == [Sight.PRESENT, Sight.GONE, Sight.OCCLUDED]


def test_smoke_is_looked_for_in_the_air(clock: FakeClock) -> None:
    watch = Watch(clock, IncidentType.SMOKE_AIR, clouds=[a_cloud(Subject.SMOKE)], dwell_s=5.0)
    watch.show(STREET, 10)
    incident = watch.recorder.told[0]
    watch.ask(spot_of(incident))
    watch.show(STREET, 3)
    watch.camera.clouds.shown = ()
    watch.ask(spot_of(incident))
    watch.show(STREET, 3)
    assert [one.sight for one in watch.answers] == [Sight.PRESENT, Sight.GONE]


def test_what_no_rule_of_the_camera_sees_is_unseen(clock: FakeClock) -> None:
    watch = Watch(clock, IncidentType.SMOKE_AIR)
    rule = RULES[IncidentType.CROWD_GATHERING]
    spots = [
        a_spot(ELSEWHERE),
        Spot("street-01", ELSEWHERE, ROAD.id, rule.type, rule.needs, rule.subjects),
    ]
    for spot in spots:
        watch.ask(spot, within_s=1.0)
    watch.show(STREET, 2)
    assert [one.reason for one in watch.answers] == [Unseen.UNWATCHED, Unseen.UNWATCHED]


def test_a_still_shows_the_place_and_no_head(watch: Watch) -> None:
    incident = watch.park()
    person_px = (30, 80, 46, 140)
    person = ("person", shares(person_px), 0.9)
    watch.ask(spot_of(incident))
    shown = put(CAR, person_px, DARK)
    for y in range(80, 100, 4):  # a face has features
        shown[y : y + 2, 30:46] = WHITE
    watch.show(shown, 3, CAR_SEEN, person)
    (answer,) = watch.answers
    assert answer.jpeg is not None
    still = cv2.imdecode(np.frombuffer(answer.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert still is not None
    assert still.shape[:2] == (180, 320)
    steps = np.abs(np.diff(still[80:98, 38].mean(axis=-1))) > 20
    assert steps.sum() == 2  # of the nine stripes three squares are left
    red = (still[..., 2] > 180) & (still[..., 1] < 110) & (still[..., 0] < 110)
    assert red[85:135, 135:195].sum() > 100


def test_no_picture_leaves_a_box_that_sends_none(clock: FakeClock) -> None:
    watch = Watch(clock, stills=False)
    watch.ask(spot_of(watch.park()))
    watch.show(CAR, 3, CAR_SEEN)
    (answer,) = watch.answers
    assert (answer.sight, answer.jpeg) == (Sight.PRESENT, None)


def test_too_many_questions_are_refused_at_once(watch: Watch) -> None:
    spot = spot_of(watch.park())
    for _ in range(MOST_WAITING + 1):
        watch.ask(spot)
    assert [one.reason for one in watch.answers] == [Unseen.BUSY]
    watch.show(CAR, 2, CAR_SEEN)
    assert [one.sight for one in watch.answers[1:]] == [Sight.PRESENT] * MOST_WAITING


def test_incidents_are_told_as_if_nobody_had_asked(clock: FakeClock) -> None:
    told = []
    for asks in (False, True):
        watch = Watch(clock)
        watch.show(STREET, 8)
        for _ in range(20):
            if asks:
                watch.ask(a_spot(shares(BOX_PX)))
            watch.show(CAR, 3, CAR_SEEN, moving=False)
        watch.show(STREET, 60)
        told.append([(one.action, one.type, one.zone_id) for one in watch.recorder.told])
    assert told[0] == told[1]
    assert [action for action, *_ in told[0]] == [Step.OPENED, Step.CLEARED]
