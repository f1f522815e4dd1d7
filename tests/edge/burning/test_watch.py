import numpy as np
import pytest

from edge.burning.watch import FILLED_S, Burning, SmokeWatch
from tests import burning_scenes as scenes

HARMLESS = [
    scenes.still,
    scenes.getting_light,
    scenes.gain_step,
    scenes.sunrise,
    scenes.red_cars,
    scenes.orange_poster,
    scenes.blinker,
    scenes.orange_vests,
    scenes.crowd,
    scenes.blurred_traffic,
    scenes.tree_in_wind,
    scenes.tree_in_autumn,
    scenes.headlights,
]


def watched(
    scene: scenes.Scene, watch: SmokeWatch, *, until_s: float = 18, fps: float = scenes.FPS
) -> list[tuple[float, Burning]]:
    film = scenes.film(scene, until_s=until_s, fps=fps)
    return [(mono_s, watch.observe(picture, mono_s)) for picture, mono_s in film]


def smoke_alarm_s(seen: list[tuple[float, Burning]]) -> float | None:
    alarms = (s for s, burning in seen if any(plume.alarm for plume in burning.smoke))
    return next(alarms, None)


def flame_alarm_s(seen: list[tuple[float, Burning]]) -> float | None:
    alarms = (s for s, burning in seen if any(plume.alarm for plume in burning.flame))
    return next(alarms, None)


def test_a_rising_plume_over_a_textured_street_is_smoke_and_no_flame() -> None:
    seen = watched(scenes.smoke, SmokeWatch(), until_s=22)
    alarm_s = smoke_alarm_s(seen)
    assert alarm_s is not None
    assert scenes.ONSET_S < alarm_s < 21
    assert flame_alarm_s(seen) is None
    plume = next(one for _, burning in seen for one in burning.smoke if one.alarm)
    left, top, right, bottom = plume.box_xyxy
    assert left <= 140 / scenes.WIDTH <= right
    assert top < 100 / scenes.HEIGHT < bottom
    assert plume.score > 0.7
    evidence = dict(plume.evidence)
    assert evidence["upward_drift"] > 0
    assert evidence["no_new_edges"] > 0
    assert set(plume.missing) < set(evidence)


def test_flickering_orange_tongues_are_a_flame_with_a_core() -> None:
    seen = watched(scenes.flame, SmokeWatch(), until_s=14)
    alarm_s = flame_alarm_s(seen)
    assert alarm_s is not None
    assert scenes.ONSET_S < alarm_s < 12
    assert smoke_alarm_s(seen) is None
    plume = next(one for _, burning in seen for one in burning.flame if one.alarm)
    evidence = dict(plume.evidence)
    assert evidence["flicker"] > 0
    assert evidence["core"] > 0.01
    assert evidence["alternation"] > 0.1
    assert plume.age_s >= 3


@pytest.mark.parametrize("scene", HARMLESS, ids=lambda scene: scene.__name__)
def test_what_only_looks_like_it_raises_no_alarm(scene: scenes.Scene) -> None:
    seen = watched(scene, SmokeWatch())
    assert seen[-1][1].enough_frames
    assert smoke_alarm_s(seen) is None
    assert flame_alarm_s(seen) is None


def test_what_goes_on_as_somebody_in_orange_does_is_said_to_lack_alternation() -> None:
    seen = watched(scenes.orange_vests, SmokeWatch())
    plumes = [plume for _, burning in seen for plume in burning.flame if plume.age_s >= 3]
    assert plumes
    assert all("alternation" in plume.missing for plume in plumes)


@pytest.mark.parametrize("fps", [1.0, 0.5])
@pytest.mark.parametrize("scene", [scenes.smoke, scenes.flame, scenes.crowd])
def test_pictures_that_come_too_rarely_say_nothing(scene: scenes.Scene, fps: float) -> None:
    seen = watched(scene, SmokeWatch(), until_s=30, fps=fps)
    assert not any(burning.enough_frames for _, burning in seen)
    assert not any(burning.smoke or burning.flame for _, burning in seen)


@pytest.mark.parametrize("scene", [scenes.smoke, scenes.flame])
def test_keyframes_alone_are_enough_to_ask_for_every_picture(scene: scenes.Scene) -> None:
    seen = watched(scene, SmokeWatch(), until_s=20, fps=0.5)
    assert not any(burning.suspicious for mono_s, burning in seen if mono_s < scenes.ONSET_S)
    assert any(burning.suspicious for mono_s, burning in seen if mono_s > scenes.ONSET_S)


def test_every_picture_after_keyframes_is_enough_after_three_seconds() -> None:
    watch = SmokeWatch()
    for picture, mono_s in scenes.film(scenes.flame, until_s=10, fps=0.5):
        watch.observe(picture, mono_s)
    late = [(p, s) for p, s in scenes.film(scenes.flame, until_s=22) if s > 10]
    seen = [(mono_s, watch.observe(picture, mono_s)) for picture, mono_s in late]
    assert next(mono_s for mono_s, burning in seen if burning.enough_frames) < 14
    assert flame_alarm_s(seen) is not None


def test_a_faster_stream_is_thinned_to_the_rate_of_the_coefficients() -> None:
    slow, fast = SmokeWatch(), SmokeWatch()
    at_five = watched(scenes.flame, slow, until_s=12)
    film = scenes.film(scenes.flame, until_s=12)
    at_fifteen = [
        (s, fast.observe(picture, s + shift)) for picture, s in film for shift in (0, 0.06, 0.12)
    ]
    assert flame_alarm_s(at_fifteen) == flame_alarm_s(at_five)


def test_a_crowd_under_a_camera_that_shakes_raises_no_alarm() -> None:
    watch, chance = SmokeWatch(), np.random.default_rng(1)
    for picture, mono_s in scenes.film(scenes.crowd, until_s=15):
        down, right = chance.integers(-2, 3, 2)
        burning = watch.observe(np.roll(picture, (down, right), (0, 1)), mono_s)
        assert not any(plume.alarm for plume in burning.smoke + burning.flame)


def test_nothing_burns_where_nobody_looks() -> None:
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    left = ((0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (0.0, 1.0))
    for watch in (SmokeWatch(ignore=[whole]), SmokeWatch(only=[left])):
        seen = watched(scenes.flame, watch, until_s=14)
        assert not any(burning.flame or burning.suspicious for _, burning in seen)


def test_an_alarm_may_be_told_to_wait() -> None:
    seen = watched(scenes.flame, SmokeWatch(steady_s=7), until_s=20)
    alarm_s = flame_alarm_s(seen)
    assert alarm_s is not None
    assert alarm_s > scenes.ONSET_S + 7


def test_another_scene_begins_anew() -> None:
    watch = SmokeWatch()
    watched(scenes.flame, watch, until_s=14)
    other = np.full((scenes.HEIGHT, scenes.WIDTH, 3), 250, np.uint8)
    cut = watch.observe(other, 14.0)
    assert not cut.flame
    assert not cut.smoke


def test_the_same_pictures_say_the_same_to_the_last_bit() -> None:
    assert watched(scenes.smoke, SmokeWatch()) == watched(scenes.smoke, SmokeWatch())


def test_a_picture_that_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="640 x 360"):
        SmokeWatch().observe(np.zeros((360, 640, 3), np.uint8), 0.0)


def wanted_each_s(scene: scenes.Scene) -> list[int]:
    """Return of how many pictures a second is made use of."""
    watch, wanted = SmokeWatch(), [0] * 22
    for picture, mono_s in scenes.film(scene, until_s=22, fps=scenes.FPS):
        wanted[int(mono_s)] += watch.wants(mono_s)
        watch.observe(picture, mono_s)
    return wanted


def test_half_of_the_pictures_will_do_where_there_is_nothing_like_smoke() -> None:
    wanted = wanted_each_s(scenes.headlights)
    assert wanted[: int(FILLED_S)] == [scenes.FPS] * int(FILLED_S)
    assert max(wanted[-15:]) <= scenes.FPS // 2 + 1


def test_every_picture_is_wanted_where_there_is_something_like_smoke() -> None:
    assert wanted_each_s(scenes.smoke)[-10:] == [scenes.FPS] * 10


def test_what_is_asked_of_a_picture_twice_is_answered_alike() -> None:
    watch = SmokeWatch()
    for picture, mono_s in scenes.film(scenes.still, until_s=20, fps=0.5):
        assert watch.wants(mono_s) is watch.wants(mono_s)
        watch.observe(picture, mono_s)
