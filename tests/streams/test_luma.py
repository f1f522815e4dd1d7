from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from streams.luma import MotionGate
from streams.recording import open_recording

Grey = npt.NDArray[np.uint8]


def ground() -> Grey:
    smooth = np.random.default_rng(3).integers(60, 140, (9, 16)).repeat(40, 0).repeat(40, 1)
    return smooth.astype(np.uint8)


def with_block(picture: Grey, x: int) -> Grey:
    changed = picture.copy()
    changed[150:250, x : x + 60] = 250
    return changed


def noisy(picture: Grey, seed: int) -> Grey:
    noise = np.random.default_rng(seed).normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def settled(gate: MotionGate) -> float:
    for index in range(20):
        gate.observe(noisy(ground(), index), index * 0.2)
    return 4.0


def test_the_first_picture_counts_as_motion() -> None:
    assert MotionGate().observe(ground(), 0.0).active


def test_a_still_scene_with_sensor_noise_is_quiet() -> None:
    gate = MotionGate()
    now = settled(gate)
    assert not any(gate.observe(noisy(ground(), 50 + i), now + i * 0.2).active for i in range(20))


def test_somebody_who_walks_is_motion() -> None:
    gate = MotionGate()
    now = settled(gate)
    seen = [gate.observe(with_block(noisy(ground(), 70), 60 * i), now + i * 0.2) for i in range(5)]
    assert all(motion.active for motion in seen)


def test_somebody_who_walks_very_slowly_is_motion_too() -> None:
    gate = MotionGate()
    now = settled(gate)
    for i in range(10):
        gate.observe(with_block(ground(), 100), now + i * 0.2)
    slow = [gate.observe(with_block(ground(), 100 + i * 2), now + 2 + i * 0.2) for i in range(10)]
    assert sum(motion.active for motion in slow) >= 8


@pytest.mark.parametrize("gain", [0.6, 1.4])
def test_a_change_of_light_is_no_motion(gain: float) -> None:
    gate = MotionGate()
    now = settled(gate)
    lit = np.clip(ground() * gain, 0, 255).astype(np.uint8)
    seen = [gate.observe(noisy(lit, 90 + i), now + i * 0.2) for i in range(10)]
    assert not any(motion.active for motion in seen)


def test_a_switch_to_another_picture_is_light_and_not_motion() -> None:
    gate = MotionGate()
    now = settled(gate)
    other = (255 - ground()[:, ::-1]).copy()
    switched = gate.observe(other, now)
    assert switched.light
    assert not switched.active
    assert not gate.observe(other, now + 0.2).active


def test_motion_in_an_ignored_zone_means_nothing() -> None:
    gate = MotionGate(ignore=[[(0, 0), (0.5, 0), (0.5, 1), (0, 1)]])
    now = settled(gate)
    assert not gate.observe(with_block(ground(), 60), now).active
    assert gate.observe(with_block(ground(), 500), now + 0.2).active


@pytest.mark.shared
def test_walkers_on_a_real_street_are_motion(shared: Path) -> None:
    gate = MotionGate()
    clip = shared / "dev/videos/street_pedestrians_vtest.mp4"
    recording = open_recording(clip, start_utc=datetime(2026, 1, 1, tzinfo=UTC))
    seen = [gate.observe(f.luma(), f.mono_s).active for f in recording.frames() if f.index < 200]
    recording.close()
    assert np.mean(seen) > 0.95
