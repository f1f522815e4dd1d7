import cv2
import numpy as np
import pytest

from edge.street.background import GHOST_S, LEAST_VOTES_S, REBASE_AFTER_S, Background
from edge.street.tone import Picture
from tests.asphalt import BOX_PX, DARK, RED, WHITE, Change, Watch, a_street, gained, put

STREET = a_street()
INSIDE = np.s_[BOX_PX[1] + 3 : BOX_PX[3] - 3, BOX_PX[0] + 3 : BOX_PX[2] - 3]
LORRY_PX = (100, 60, 240, 150)


TURNED = a_street(seed=8)[::-1, ::-1]
"""What the camera sees when somebody has turned it."""


def standing_px(watch: Watch) -> int:
    """Return how many pixels belong to patches: a line of single ones is none."""
    standing = watch.background.standing().astype(np.uint8)
    return int(cv2.morphologyEx(standing, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).sum())


def passing(picture: Picture, number: int) -> Picture:
    """Somebody who walks through the place where the thing stands, again and again."""
    left = number * 23 % 340 - 20
    return put(picture, (left, 80, left + 16, 135), DARK, seed=5)


def shaken(picture: Picture, number: int) -> Picture:
    x, y = ((3, -2), (-3, 1), (2, 3), (0, -3), (1, 0))[number % 5]
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    size_wh = (picture.shape[1], picture.shape[0])
    moved = cv2.warpAffine(picture, matrix, size_wh, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def rainy(picture: Picture, number: int) -> Picture:
    drops = np.random.default_rng(number).random(picture.shape[:2], np.float32) < 0.01
    streaks = cv2.boxFilter(drops * np.float32(255), -1, (1, 9)) * np.float32(2.0)
    wet = picture.astype(np.float32)
    wet[..., 0] += streaks
    return np.clip(wet, 0, 255).astype(np.uint8)


def breathing(picture: Picture, number: int) -> Picture:
    """A camera that hunts for its exposure."""
    return gained(picture, 1 + 0.12 * np.sin(number / 3))


def test_an_empty_street_is_its_own_background() -> None:
    watch = Watch()
    view = watch.see(STREET, 30)
    assert view.usable
    assert view.is_background.mean() > 0.995
    assert standing_px(watch) == 0


@pytest.mark.parametrize("colour", [RED, WHITE, DARK])
def test_a_thing_stands_out_soon_after_it_came(colour: tuple[int, int, int]) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET, colour=colour), round(LEAST_VOTES_S) + 1)
    standing = watch.background.standing()
    assert standing[INSIDE].mean() > 0.95
    standing[BOX_PX[1] - 3 : BOX_PX[3] + 3, BOX_PX[0] - 3 : BOX_PX[2] + 3] = False
    assert not standing.any()


def test_it_knows_when_the_thing_came() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET), 40)
    assert np.median(watch.background.since_s[INSIDE]) == 31.0


def test_it_stands_out_as_long_as_it_stands() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET), 120, every_s=5.0)
    assert watch.background.standing()[INSIDE].mean() > 0.95


def test_what_leaves_leaves_nothing_behind() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET), 60)
    watch.see(STREET, 10)
    assert standing_px(watch) == 0


@pytest.mark.parametrize("every_s", [0.2, 1.0, 2.0, 10.0])
def test_the_rate_of_pictures_does_not_matter(every_s: float) -> None:
    watch = Watch(survive_s=60.0)
    watch.see(STREET, 30, every_s=every_s)
    watch.see(put(STREET), max(round(20 / every_s), 4), every_s=every_s)
    assert watch.background.standing()[INSIDE].mean() > 0.95
    watch.see(STREET, max(round(20 / every_s), 4), every_s=every_s)
    assert standing_px(watch) == 0


@pytest.mark.parametrize("gain", [1.3, 0.6, 0.85])
def test_a_step_of_the_light_is_no_thing(gain: float) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(gained(STREET, gain), 60)
    assert standing_px(watch) == 0
    assert watch.background.stepped_s == 31.0


@pytest.mark.parametrize("gain", [1.3, 0.6])
def test_a_thing_stays_one_through_a_step_of_the_light(gain: float) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET), 20)
    watch.see(gained(put(STREET), gain), 60)
    assert watch.background.standing()[INSIDE].mean() > 0.9
    assert np.median(watch.background.since_s[INSIDE]) == 31.0


@pytest.mark.parametrize("weather", [rainy, shaken, breathing, passing])
def test_weather_shake_and_traffic_are_no_things(weather: Change) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(STREET, 90, every_s=0.5, change=weather)
    assert standing_px(watch) == 0


@pytest.mark.parametrize("weather", [rainy, shaken, breathing, passing])
def test_a_thing_stands_through_weather_shake_and_traffic(weather: Change) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET), 60, every_s=0.5, change=weather)
    assert watch.background.standing()[INSIDE].mean() > 0.8
    assert np.median(watch.background.since_s[INSIDE]) <= 33.0


def test_a_camera_that_was_bumped_still_knows_its_street() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    view = watch.see(shaken(STREET, 0), 30)
    assert view.is_background.mean() > 0.99
    assert standing_px(watch) == 0


def test_a_lorry_in_front_for_some_seconds_is_survived() -> None:
    watch = Watch(survive_s=20.0)
    watch.see(STREET, 30)
    watch.see(put(STREET), 30)
    watch.see(put(put(STREET), LORRY_PX, WHITE, seed=9), 12)
    watch.see(put(STREET), 4)
    assert watch.background.standing()[INSIDE].mean() > 0.95
    assert np.median(watch.background.since_s[INSIDE]) == 31.0


def test_a_lorry_that_stays_longer_takes_its_place() -> None:
    watch = Watch(survive_s=20.0)
    watch.see(STREET, 30)
    watch.see(put(STREET), 30)
    watch.see(put(put(STREET), LORRY_PX, WHITE, seed=9), 60)
    assert np.median(watch.background.since_s[INSIDE]) > 61.0


def test_what_passed_when_the_camera_began_is_not_left_as_a_ghost() -> None:
    watch = Watch()
    watch.see(put(STREET), round(GHOST_S) - 1)
    watch.see(STREET, 30)
    assert standing_px(watch) == 0


def test_the_background_is_not_learnt_where_something_told_stands() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    held = np.zeros(STREET.shape[:2], bool)
    held[INSIDE] = True
    watch.background.held = held
    before = watch.background.slow.copy()
    watch.see(gained(STREET, 1.04), 60)
    assert (watch.background.slow[held] == before[held]).all()
    assert (watch.background.slow[~held] != before[~held]).any()


def test_a_picture_that_changes_all_over_is_not_used() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    view = watch.see(TURNED, 3)
    assert not view.usable
    assert standing_px(watch) == 0
    assert watch.see(STREET, 1).usable
    assert standing_px(watch) == 0


def test_a_picture_that_stays_changed_is_a_new_beginning() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    views = [watch.see(TURNED, 1) for _ in range(round(REBASE_AFTER_S) + 3)]
    assert [view.rebased for view in views].count(True) == 1
    assert views[-1].usable
    assert views[-1].is_background.mean() > 0.99
    assert standing_px(watch) == 0


def test_a_new_beginning_keeps_where_something_told_stands() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.background.held = np.zeros(STREET.shape[:2], bool)
    watch.background.held[INSIDE] = True
    watch.see(TURNED, round(REBASE_AFTER_S) + 3)
    assert watch.background.held[INSIDE].all()


def test_another_size_of_the_picture_is_a_new_beginning() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    view = watch.see(STREET[:90, :160], 1)
    assert (view.rebased, view.is_background.shape) == (True, (90, 160))


def test_what_came_while_the_process_was_down_has_just_come() -> None:
    before = Watch()
    before.see(STREET, 60)
    after = Watch()
    after.background.restore(before.background.saved(), 0.0)
    after.see(put(STREET), 10)
    assert after.background.standing()[INSIDE].mean() > 0.95
    assert np.median(after.background.since_s[INSIDE]) == 1.0


def test_a_background_that_has_seen_nothing_keeps_nothing() -> None:
    background = Background(survive_s=20)
    assert background.saved() == {}
    background.restore({}, 0.0)
    assert background.observe(STREET, 0.0).rebased


def test_a_pause_in_the_pictures_is_not_counted_as_seen() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET), 1)
    watch.see(put(STREET), 1, every_s=3600.0)
    assert watch.background.seen_s[INSIDE].max() <= 16.0


def test_time_that_does_not_go_on_changes_nothing() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET), 20, every_s=0.0)
    assert standing_px(watch) == 0
