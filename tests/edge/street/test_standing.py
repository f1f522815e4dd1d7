import numpy as np
import pytest

from edge.domain.scene import Evidence, Presence, Subject
from edge.street.appearance import cut
from edge.street.matching import cut_box
from edge.street.standing import (
    NAMED_AFTER,
    QUESTIONED_AFTER,
    SETTLED_S,
    Standing,
    Tally,
)
from edge.street.tone import Picture
from tests.asphalt import BOX_PX, DARK, WHITE, noisy, put
from tests.kerb import CAR, STREET, shares


def a_standing(*, behind: bool = False) -> Standing:
    """Return a place with the car; whether what is behind it has been seen."""
    one = Standing(
        id=7,
        subject=Subject.VEHICLE,
        label="car",
        box=shares(BOX_PX),
        area=0.03,
        since_s=0.0,
        seen_s=0.0,
    )
    looks = cut_box(CAR, one.box)
    mask = np.zeros(STREET.shape[:2], bool)
    mask[BOX_PX[1] : BOX_PX[3], BOX_PX[0] : BOX_PX[2]] = True
    one.recut(cut(CAR, mask, behind=STREET) if behind else looks)
    return one


def compared(
    one: Standing, picture: Picture, looks: int, *, open_view: bool = True, from_s: float = 0.0
) -> Presence:
    """Return its presence after looks at a picture, one a second."""
    for number in range(looks):
        now_s = from_s + number + 1
        one.compare(noisy(picture, number), now_s, open_view=open_view, elapsed_s=1.0)
    return one.presence


def test_no_looks_are_no_share() -> None:
    assert Tally().share() == 0
    assert Tally(3, 1).share() == 0.75


def test_it_is_there_as_long_as_it_looks_so() -> None:
    one = a_standing()
    assert compared(one, CAR, 30) is Presence.PRESENT
    assert one.seen_s == 30.0


def test_seen_without_it_as_its_place_was_before_it_is_gone_at_once() -> None:
    one = a_standing(behind=True)
    assert compared(one, STREET, 2) is Presence.ABSENT
    assert (one.absent_since_s, one.seen_s) == (1.0, 0.0)


def test_a_place_never_seen_before_must_settle() -> None:
    one = a_standing()
    assert compared(one, STREET, round(SETTLED_S)) is Presence.OCCLUDED
    assert compared(one, STREET, 1, from_s=SETTLED_S) is Presence.ABSENT


def test_what_keeps_changing_never_settles() -> None:
    one = a_standing()
    for number in range(100):
        other = put(STREET, colour=((WHITE, DARK)[number % 2]), seed=number)
        one.compare(other, float(number), open_view=True, elapsed_s=1.0)
    assert one.presence is Presence.OCCLUDED


def test_another_thing_in_its_place_is_not_the_place_empty() -> None:
    one = a_standing()
    assert compared(one, put(STREET, colour=WHITE, seed=7), 100) is Presence.OCCLUDED


def test_what_is_in_front_of_it_is_not_the_place_empty_however_long_it_stays() -> None:
    one = a_standing()
    assert compared(one, STREET, 100, open_view=False) is Presence.OCCLUDED
    # Only from then on does it have to settle.
    assert compared(one, STREET, round(SETTLED_S), from_s=100) is Presence.OCCLUDED


def test_it_comes_back_as_it_was() -> None:
    one = a_standing(behind=True)
    compared(one, STREET, 5)
    assert compared(one, CAR, 1, from_s=5) is Presence.PRESENT
    assert one.absent_since_s is None


@pytest.mark.parametrize("every_s", [0.9, 2.0, 10.0])
def test_it_is_still_known_after_the_sun_has_moved_over_it(every_s: float) -> None:
    one = a_standing()
    now_s = 0.0
    # From 35 levels darker to 35 brighter in a quarter of an hour, on the thing alone.
    for step in range(round(900 / every_s)):
        now_s += every_s
        sunny = CAR.astype(np.int16)
        x1, y1, x2, y2 = BOX_PX
        sunny[y1:y2, x1:x2, 0] += round(70 * now_s / 900)
        shown = noisy(np.clip(sunny, 0, 255).astype(np.uint8), step)
        one.compare(shown, now_s, open_view=True, elapsed_s=every_s)
        assert one.presence is Presence.PRESENT
    assert one.appearance is not None
    assert one.appearance.same_thing(shown)
    inside = one.appearance.mask
    off = one.appearance.thing[..., 0].astype(np.int16) - one.appearance.crop(shown)[..., 0]
    assert np.abs(off[inside]).mean() < 6


def test_it_does_not_become_what_passes_in_front_of_it() -> None:
    one = a_standing()
    left, top, _, bottom = BOX_PX
    half = put(CAR, (left - 20, top - 20, left + 20, bottom + 20), DARK, seed=9)
    for number in range(30):
        now_s = 10.0 * number
        one.compare(half, now_s + 1, open_view=False, elapsed_s=1.0)
        compared(one, CAR, 9, from_s=now_s + 1)
    assert one.appearance is not None
    assert one.appearance.same_thing(CAR)


def test_a_name_counts_when_two_looks_agree() -> None:
    one = a_standing()
    for _ in range(NAMED_AFTER - 1):
        one.detected("car", 0.8, Subject.VEHICLE, 1.0)
    assert Evidence.DETECTOR in one.as_place().missing
    one.detected("car", 0.6, Subject.VEHICLE, 2.0)
    place = one.as_place()
    assert place.evidence == (Evidence.DETECTOR,)
    assert place.score == pytest.approx(0.7)


def test_the_first_name_stays() -> None:
    one = a_standing()
    one.detected("truck", 0.8, Subject.VEHICLE, 1.0)
    assert one.as_place().label == "car"


def test_an_unnamed_thing_takes_a_name() -> None:
    one = a_standing()
    one.subject, one.label = Subject.OBJECT, ""
    one.detected("chair", 0.8, Subject.GOODS, 1.0)
    assert (one.as_place().subject, one.as_place().label) == (Subject.GOODS, "chair")


def test_doubt_about_an_unnamed_thing_hides_it() -> None:
    one = a_standing()
    one.doubted = True
    assert one.as_place().presence is Presence.OCCLUDED
    one.detected("car", 0.8, Subject.VEHICLE, 1.0)
    assert one.as_place().presence is Presence.PRESENT


def test_silence_says_something_after_a_few_questions() -> None:
    one = a_standing()
    one.asked = QUESTIONED_AFTER - 1
    assert not one.as_place().questioned
    one.asked += 1
    assert one.as_place().questioned


def test_without_looks_it_is_never_judged() -> None:
    one = a_standing()
    one.recut(None)
    assert compared(one, STREET, 100) is Presence.PRESENT
    assert one.outline == 0
