import numpy as np
import pytest

from edge.street.appearance import (
    ADAPT_TAU_S,
    FOLLOW_EVERY_S,
    Appearance,
    Showing,
    correlation,
    cut,
)
from edge.street.background import Mask
from edge.street.tone import Picture
from tests.asphalt import BOX_PX, DARK, RED, WHITE, Pixels, a_street, gained, noisy, put

STREET = a_street()
CAR = put(STREET)
X1, Y1, X2, Y2 = BOX_PX


def masked(box_px: Pixels = BOX_PX) -> Mask:
    mask = np.zeros(STREET.shape[:2], bool)
    mask[box_px[1] : box_px[3], box_px[0] : box_px[2]] = True
    return mask


def the_car(behind: Picture | None = STREET) -> Appearance:
    return cut(CAR, masked(), behind=behind)


def test_it_is_cut_out_with_a_margin() -> None:
    looks = the_car()
    assert looks.top_left == (Y1 - 2, X1 - 2)
    assert looks.mask.shape == (Y2 - Y1 + 4, X2 - X1 + 4)
    assert looks.behind is not None
    assert (looks.thing[looks.mask] == CAR[masked()]).all()
    assert (looks.behind[looks.mask] == STREET[masked()]).all()


@pytest.mark.parametrize(
    "box_px", [(0, 0, 20, 20), (300, 160, 320, 180), (0, 0, 320, 180), (7, 9, 8, 10)]
)
def test_at_the_edge_of_the_picture_it_is_cut_off(box_px: Pixels) -> None:
    looks = cut(CAR, masked(box_px), behind=STREET)
    assert looks.crop(CAR).shape[:2] == looks.mask.shape
    assert looks.showing(CAR) in set(Showing)


def test_it_tells_the_thing_from_what_is_behind_it() -> None:
    looks = the_car()
    assert looks.showing(noisy(CAR, 1)) is Showing.THING
    assert looks.showing(noisy(STREET, 1)) is Showing.BEHIND
    assert looks.showing(noisy(put(STREET, colour=WHITE, seed=7), 1)) is Showing.OTHER


def test_without_having_seen_what_is_behind_it_it_never_says_so() -> None:
    looks = the_car(behind=None)
    assert looks.showing(noisy(CAR, 1)) is Showing.THING
    assert looks.showing(noisy(STREET, 1)) is Showing.OTHER


def test_who_stands_in_front_of_half_of_it_hides_half() -> None:
    in_front = put(CAR, (X1 - 10, Y1 - 10, X1 + 20, Y2 + 10), DARK, seed=9)
    assert the_car().showing(in_front) is Showing.THING
    assert the_car().showing(put(CAR, (X1 - 10, 60, X2, 150), DARK, seed=9)) is Showing.OTHER


@pytest.mark.parametrize("gain", [0.7, 1.25])
def test_its_pattern_is_known_in_another_light(gain: float) -> None:
    assert the_car().showing(gained(CAR, gain)) is Showing.THING


def test_it_follows_slow_changes_only() -> None:
    looks = the_car()
    for _ in range(30):
        looks = looks.follow(gained(CAR, 0.9), FOLLOW_EVERY_S)
    # Within the steps that whole levels allow.
    off = np.abs(looks.thing[..., 0].astype(np.int16) - looks.crop(gained(CAR, 0.9))[..., 0])
    assert off.max() <= 0.5 * ADAPT_TAU_S / FOLLOW_EVERY_S + 1
    once = the_car().follow(gained(CAR, 0.5), 1.0)
    assert np.abs(once.thing.astype(np.int16) - the_car().thing).max() <= 4
    # What is behind it stays as it was: nobody has seen it since.
    assert looks.behind is not None
    assert (looks.behind[looks.mask] == STREET[masked()]).all()


def test_the_same_thing_is_not_one_of_its_kind() -> None:
    looks = the_car(behind=None)
    assert looks.same_thing(noisy(CAR, 2))
    assert not looks.same_thing(put(STREET, colour=WHITE, seed=7))
    # Of one colour, parked in the same place.
    assert not looks.same_thing(put(STREET, colour=(150, 160, 110), seed=7))


def test_what_has_not_changed_has_settled() -> None:
    looks = the_car()
    before = looks.crop(STREET)
    assert looks.settled(noisy(STREET, 3), before)
    assert not looks.settled(put(STREET, colour=DARK, seed=8), before)


def test_a_thing_has_an_outline_and_the_empty_place_has_hardly_any() -> None:
    looks = the_car()
    assert looks.outline(STREET) < 0.3 * looks.own_outline()


def test_a_signature_is_that_of_the_thing_wherever_it_stands() -> None:
    elsewhere = (60, 100, 110, 140)
    same = cut(put(STREET, elsewhere, seed=1), masked(elsewhere), behind=None)
    other = cut(put(STREET, elsewhere, WHITE, seed=2), masked(elsewhere), behind=None)
    mine = the_car().signature()
    assert np.linalg.norm(mine) == pytest.approx(1, abs=1e-3)
    assert float((mine * same.signature()).sum()) > 0.8
    assert float((mine * other.signature()).sum()) < 0.6


@pytest.mark.parametrize("light", [0.8, 1.0, 1.2])
def test_a_car_that_came_back_is_known_in_another_light(light: float) -> None:
    beside = (X1 + 4, Y1 + 2, X2 + 4, Y2 + 2)
    back = gained(put(STREET, beside, seed=1), light)
    assert the_car().resembles(cut(back, masked(beside), behind=None))
    assert the_car().resembles(cut(back, masked((X1 + 3, Y1 + 2, X2 + 5, Y2 + 3)), behind=None))


@pytest.mark.parametrize("colour", [WHITE, DARK, (150, 120, 140), (120, 110, 180)])
def test_a_car_of_another_paint_is_another(colour: tuple[int, int, int]) -> None:
    other = put(STREET, colour=colour, seed=7)
    assert not the_car().resembles(cut(other, masked(), behind=None))


def test_correlation_knows_pattern_from_brightness() -> None:
    a = CAR[80:140, 130:200, 0]
    assert correlation(a, a) == pytest.approx(1, abs=1e-4)
    assert correlation(a, 255 - a) == pytest.approx(-1, abs=1e-4)
    assert correlation(a, np.full_like(a, 90)) == 0


@pytest.mark.parametrize("colour", [RED, WHITE, DARK])
def test_a_thing_of_any_colour_is_seen_to_leave(colour: tuple[int, int, int]) -> None:
    car = put(STREET, colour=colour)
    looks = cut(car, masked(), behind=STREET)
    assert looks.showing(noisy(car, 5)) is Showing.THING
    assert looks.showing(noisy(STREET, 5)) is Showing.BEHIND
