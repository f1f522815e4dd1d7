import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.street.tone import STEP_LEVELS, Picture, Tone, match_tone, unchanged
from tests.asphalt import DARK, WHITE, a_street, gained, noisy, put

STREET = a_street()
EVERYWHERE = np.ones(STREET.shape[:2], bool)


def matched(picture: Picture, background: Picture = STREET) -> Tone:
    tone = match_tone(picture, background, EVERYWHERE)
    assert tone is not None
    return tone


def off_levels(picture: Picture) -> float:
    """Return by how many levels a picture is off its background where it is worst, but for 2 %."""
    difference = np.abs(picture.astype(np.int16) - STREET)
    return float(np.percentile(difference, 98))


@settings(max_examples=60, deadline=None)
@given(st.floats(0.5, 1.2), st.integers(-15, 15))
def test_gain_and_offset_are_taken_out(gain: float, offset: int) -> None:
    lit = gained(STREET, gain)
    lit[..., 0] = np.clip(lit[..., 0].astype(np.int16) + offset, 0, 255)
    assert off_levels(matched(lit).apply(lit)) <= 4


@settings(max_examples=60, deadline=None)
@given(st.floats(0.6, 1.5))
def test_a_curve_of_the_camera_is_taken_out(gamma: float) -> None:
    lit = STREET.copy()
    lit[..., 0] = (255 * (STREET[..., 0] / 255) ** gamma).round()
    assert off_levels(matched(lit).apply(lit)) <= 5


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.3, 2.0))
def test_the_curve_never_turns_back(seed: int, gain: float) -> None:
    other = np.random.default_rng(seed).integers(0, 256, STREET.shape, np.uint8)
    for picture in (other, gained(STREET, gain)):
        tone = match_tone(picture, STREET, EVERYWHERE)
        if tone is not None:
            assert (np.diff(tone.luma.astype(np.int16)) >= 0).all()


def test_the_same_light_changes_nothing() -> None:
    tone = matched(noisy(STREET, 1))
    assert np.abs(tone.luma[60:200].astype(np.int16) - np.arange(60, 200)).max() <= 2
    assert tone.chroma_gain == pytest.approx(1, abs=0.05)
    assert tone.jump(unchanged()) <= 2


def test_another_white_balance_is_taken_out() -> None:
    warm = STREET.copy()
    warm[..., 1] += 9
    warm[..., 2] -= 11
    assert matched(warm).chroma_shift == pytest.approx((-9, 11), abs=1)
    assert off_levels(matched(warm).apply(warm)) <= 2


@pytest.mark.parametrize("colour", [WHITE, DARK])
def test_a_lorry_does_not_bend_it(colour: tuple[int, int, int]) -> None:
    lit = gained(put(STREET, (90, 60, 230, 150), colour), 0.8)
    apart = matched(lit).luma.astype(np.int16) - matched(gained(STREET, 0.8)).luma
    assert np.abs(apart[70:180]).max() <= 4


def test_asphalt_and_nothing_else_is_taken_for_a_gain() -> None:
    flat = np.full_like(STREET, 128)
    flat[..., 0] = 100
    darker = flat.copy()
    darker[..., 0] = 50
    tone = matched(darker, flat)
    assert tone.luma[50] == 100
    assert tone.chroma_gain == pytest.approx(101 / 51, abs=0.02)


def test_where_too_little_is_seen_nothing_is_known() -> None:
    seen = np.zeros(STREET.shape[:2], bool)
    seen[:20, :20] = True
    assert match_tone(STREET, STREET, seen) is None


def test_what_is_too_bright_or_too_dark_says_nothing() -> None:
    assert match_tone(np.full_like(STREET, 255), STREET, EVERYWHERE) is None
    assert match_tone(np.zeros_like(STREET), STREET, EVERYWHERE) is None


def test_a_lamp_that_goes_out_is_a_step_and_dusk_is_not() -> None:
    day = matched(STREET)
    assert matched(gained(STREET, 0.97)).jump(day) < STEP_LEVELS
    assert matched(gained(STREET, 0.7)).jump(day) > STEP_LEVELS
