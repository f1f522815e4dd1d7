"""Smoke on a camera that sleeps: keyframes every two seconds, then every picture."""

import pytest

from edge.burning.watch import FILLED_S, SmokeWatch
from tests.burning_scenes import ONSET_S, film, smoke, still

KEYFRAMES_PER_S = 0.5


def test_smoke_is_suspected_on_keyframes_within_six_seconds_and_not_told() -> None:
    watch = SmokeWatch()
    suspected = []
    for picture, mono_s in film(smoke, until_s=24, fps=KEYFRAMES_PER_S):
        burning = watch.observe(picture, mono_s)
        assert not burning.enough_frames
        assert burning.smoke == burning.flame == ()
        if burning.suspicious:
            suspected.append(mono_s)
    assert ONSET_S < suspected[0] <= ONSET_S + 6


def test_a_still_street_is_never_suspected_on_keyframes() -> None:
    watch = SmokeWatch()
    pictures = film(still, until_s=60, fps=KEYFRAMES_PER_S)
    assert not any(watch.observe(picture, mono_s).suspicious for picture, mono_s in pictures)


@pytest.mark.parametrize("keyframes", [4, 5])
def test_a_camera_that_wakes_is_watched_at_once_whichever_keyframe_was_skipped(
    keyframes: int,
) -> None:
    watch = SmokeWatch()
    pictures = list(film(still, until_s=12, fps=5))
    woken_s = 2.0 * keyframes
    for picture, mono_s in pictures[: 10 * keyframes : 10]:
        watch.observe(picture, mono_s)
    enough = [
        mono_s
        for picture, mono_s in (*pictures, *((one, at + 12) for one, at in pictures))
        if mono_s >= woken_s and watch.observe(picture, mono_s).enough_frames
    ]
    assert enough[0] <= woken_s + FILLED_S + 0.3
