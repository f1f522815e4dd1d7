import cv2
import numpy as np
import pytest

from edge.street.blobs import Verdict
from edge.street.tone import Picture
from tests.asphalt import BOX_PX, DARK, RED, WHITE, Pixels, Watch, a_street, gained, put

STREET = a_street()
X1, Y1, X2, Y2 = BOX_PX


def shaded(
    picture: Picture, depth: float, where: Pixels = (90, 80, 230, 150), softness: float = 6
) -> Picture:
    """A shadow on the road."""
    shade = np.zeros(picture.shape[:2], np.float32)
    shade[where[1] : where[3], where[0] : where[2]] = 1
    soft = 1 - (1 - depth) * cv2.GaussianBlur(shade, (0, 0), softness)
    dark = picture.astype(np.float32)
    dark *= soft[..., None]
    dark[..., 1:] += 128 * (1 - soft[..., None])
    return np.clip(dark, 0, 255).astype(np.uint8)


def swaying(picture: Picture, number: int) -> Picture:
    """Somebody who stands on the spot and is never quite still."""
    x, y = np.random.default_rng(number).integers(-3, 4, 2)
    return put(picture, (X1 + int(x), Y1 + int(y), X2 - 20 + int(x), Y2 + int(y)), DARK, seed=5)


def verdicts(watch: Watch, *, lenient: bool = True) -> list[Verdict]:
    return [one.verdict for one in watch.blobs(lenient=lenient)]


@pytest.mark.parametrize("colour", [RED, WHITE, DARK])
def test_what_is_put_down_is_a_thing_once_it_has_stood_long_enough(
    colour: tuple[int, int, int],
) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET, colour=colour), 10)
    assert watch.blobs() == []
    watch.see(put(STREET, colour=colour), 4)
    (thing,) = watch.blobs()
    assert thing.verdict is Verdict.THING
    assert thing.onset_s == 31.0
    assert thing.box_px == pytest.approx(BOX_PX, abs=2)
    assert thing.area_px == pytest.approx((X2 - X1) * (Y2 - Y1), rel=0.1)
    assert thing.contrast > 1.3


def test_two_things_are_two() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(put(STREET), (220, 100, 245, 125), WHITE, seed=4), 14)
    assert verdicts(watch) == [Verdict.THING, Verdict.THING]


@pytest.mark.parametrize("side", [2, 4])
def test_a_speck_is_nothing(side: int) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET, (X1, Y1, X1 + side, Y1 + side)), 30)
    assert watch.blobs() == []


def test_nothing_is_judged_on_an_empty_street() -> None:
    watch = Watch()
    watch.see(STREET, 60)
    assert watch.blobs() == []


@pytest.mark.parametrize("colour", [RED, WHITE, DARK])
def test_what_was_there_from_the_start_and_leaves_is_a_ghost(
    colour: tuple[int, int, int],
) -> None:
    watch = Watch()
    watch.see(put(STREET, colour=colour), 60)
    watch.see(STREET, 14)
    (ghost,) = watch.blobs()
    assert ghost.verdict is Verdict.GHOST
    watch.background.adopt(ghost.mask)
    watch.see(STREET, 20)
    assert watch.things() == []
    # The place is as new: what comes there again is a thing.
    watch.see(put(STREET, colour=colour), 14)
    assert len(watch.things()) == 1


@pytest.mark.parametrize("gain", [1.3, 0.6])
def test_light_makes_no_thing(gain: float) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(gained(STREET, gain), 60)
    assert watch.things() == []


@pytest.mark.parametrize("depth", [0.8, 0.65, 0.5])
def test_a_shadow_makes_no_thing(depth: float) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(shaded(STREET, depth), 60)
    assert watch.things() == []


@pytest.mark.parametrize("depth", [0.65, 0.8])
def test_a_sharp_shadow_is_the_same_surface_in_another_light(depth: float) -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(shaded(STREET, depth, (110, 75, 210, 150), 0.6), 20)
    assert verdicts(watch) == [Verdict.LIGHT]


def test_a_thing_with_a_shadow_of_its_own_is_one() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(shaded(STREET, 0.6, (X1 - 4, Y2 - 8, X2 + 12, Y2 + 8), 2)), 20)
    (thing,) = watch.things()
    assert thing.box_px[1] == pytest.approx(Y1, abs=3)


def test_somebody_who_stands_about_is_no_thing() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    for _ in range(40):
        watch.see(STREET, 2, every_s=0.5, change=swaying)
        assert watch.things() == []


def test_what_is_half_covered_is_not_judged() -> None:
    watch = Watch()
    watch.see(STREET, 30)
    watch.see(put(STREET), 20)
    lorry = (X1 - 60, Y1 - 20, X1 + 35, Y2 + 10)
    watch.see(put(put(STREET), lorry, WHITE, seed=9), 1)
    assert Verdict.THING not in verdicts(watch)
    watch.see(put(STREET), 3)
    assert verdicts(watch) == [Verdict.THING]


def test_almost_the_whole_picture_is_no_thing() -> None:
    watch = Watch(survive_s=60)
    watch.see(STREET, 30)
    watch.see(put(STREET, (20, 60, 300, 155), WHITE), 40)
    assert watch.things() == []


def test_a_thing_is_found_on_a_keyframe_every_ten_seconds() -> None:
    watch = Watch(survive_s=60)
    watch.see(STREET, 10, every_s=10.0)
    watch.see(put(STREET), 7, every_s=10.0)
    assert len(watch.things(mature_s=30.0)) == 1
