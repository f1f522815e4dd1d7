from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from edge.integrity.watch import Fault, FaultKind, IntegrityWatch
from streams.recording import open_recording

Grey = npt.NDArray[np.uint8]
Change = Callable[[Grey, int], npt.NDArray[np.generic]]

FPS = 2.0
SETTLE = 120
PEDESTRIANS = "dev/videos/street_pedestrians_vtest.mp4"
LOBBY = "dev/videos/lobby_one_by_one_person.mp4"
CAR_PARK = "dev/videos/illegal_parking_comp_60s.mp4"
CLEAN = (
    PEDESTRIANS,
    LOBBY,
    CAR_PARK,
    "dev/videos/traffic_topdown_intel_car.mp4",
    "dev/videos/traffic_highway_bicycle_bgs02.mp4",
    "dev/smoke/neg_hpwren_clear_a.mp4",
    "dev/smoke/hpwren_smoke_a.mp4",
    "dev/smoke/fire_highway_tanker.mp4",
)


@cache
def pictures(path: Path) -> list[Grey]:
    recording = open_recording(path, start_utc=datetime(2026, 1, 1, tzinfo=UTC))
    taken: list[Grey] = []
    for frame in recording.frames():
        if frame.mono_s >= len(taken) / FPS:
            taken.append(frame.luma().copy())
    recording.close()
    return taken


def grey(picture: npt.NDArray[np.generic]) -> Grey:
    return np.asarray(np.clip(picture.astype(np.float32), 0, 255), np.uint8)


def watched(
    watch: IntegrityWatch, clip: list[Grey], change: Change, *, start: int, count: int
) -> list[tuple[Fault, ...]]:
    return [
        watch.observe(grey(change(clip[i % len(clip)], i)), i / FPS)
        for i in range(start, start + count)
    ]


def kinds(seen: list[tuple[Fault, ...]]) -> set[FaultKind]:
    return {fault.kind for faults in seen for fault in faults}


def clean(picture: Grey, index: int) -> Grey:
    return picture


def black(picture: Grey, index: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(index).normal(17, 0.5, picture.shape)


def hand(picture: Grey, index: int) -> npt.NDArray[np.generic]:
    height, width = picture.shape
    coarse = blurred(cv2.resize(picture, (width // 8, height // 8)), width / 96)
    wide = cv2.resize(np.asarray(coarse, np.float32), (width, height))
    return np.asarray(wide * 0.3 + 70)


def blurred(picture: npt.NDArray[np.generic], sigma: float) -> npt.NDArray[np.generic]:
    return np.asarray(cv2.GaussianBlur(np.asarray(picture, np.uint8), (0, 0), sigma))


def defocused(picture: Grey, index: int) -> npt.NDArray[np.generic]:
    return blurred(picture, picture.shape[1] / 200)


def moved(right: float = 0, down: float = 0, turn_deg: float = 0) -> Change:
    def change(picture: Grey, index: int) -> npt.NDArray[np.generic]:
        height, width = picture.shape
        matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), -turn_deg, 1))
        matrix[:, 2] += np.array([right * width, down * height])
        border = cv2.BORDER_REFLECT
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=border))

    return change


def shaken(picture: Grey, index: int) -> npt.NDArray[np.generic]:
    return moved(0.006 * (-1) ** index, 0.004)(picture, index)


def dusk(picture: Grey, index: int) -> npt.NDArray[np.generic]:
    return picture * (1 - min(max(index - SETTLE, 0) / 300, 0.7))


def fog(picture: Grey, index: int) -> npt.NDArray[np.generic]:
    veil = min(max(index - SETTLE, 0) / 260, 0.9)
    return picture * (1 - veil) + 150 * veil


@cache
def lamps(height: int, width: int) -> npt.NDArray[np.float32]:
    y, x = np.mgrid[:height, :width].astype(np.float32)
    places = ((0.2, 0.2), (0.5, 0.3), (0.8, 0.25))
    far = [(x - u * width) ** 2 + (y - v * height) ** 2 for u, v in places]
    return np.asarray(sum(220 * np.exp(-one / (2 * (width / 60) ** 2)) for one in far), np.float32)


def night(picture: Grey, index: int) -> npt.NDArray[np.generic]:
    noise = 3 * np.random.default_rng(index).standard_normal(picture.shape, np.float32)
    return 16 + picture * np.float32(0.06) + noise + lamps(*picture.shape)


def rain(picture: Grey, index: int) -> npt.NDArray[np.generic]:
    drops = np.random.default_rng(index).random(picture.shape, np.float32) < 0.01
    streaks = cv2.boxFilter(drops * np.float32(255), -1, (1, 15)) * np.float32(2.5)
    return np.asarray(picture * np.float32(0.8) + 20 + streaks)


@pytest.mark.shared
@pytest.mark.parametrize("name", CLEAN)
def test_no_fault_on_a_camera_that_is_well(shared: Path, name: str) -> None:
    clip = pictures(shared / name)
    assert not kinds(watched(IntegrityWatch(), clip, clean, start=0, count=600))


@pytest.mark.shared
@pytest.mark.parametrize("change", [shaken, dusk, fog, night, rain])
@pytest.mark.parametrize("name", [PEDESTRIANS, LOBBY])
def test_weather_night_and_wind_are_no_faults(shared: Path, name: str, change: Change) -> None:
    clip, watch = pictures(shared / name), IntegrityWatch()
    watched(watch, clip, clean, start=0, count=SETTLE)
    assert not kinds(watched(watch, clip, change, start=SETTLE, count=300))


@pytest.mark.shared
@pytest.mark.parametrize("name", [PEDESTRIANS, LOBBY, CAR_PARK])
@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (black, FaultKind.BLACK),
        (hand, FaultKind.COVERED),
        (defocused, FaultKind.DEFOCUSED),
        (moved(right=0.08), FaultKind.MOVED),
        (moved(down=-0.08), FaultKind.MOVED),
        (moved(turn_deg=5), FaultKind.MOVED),
    ],
)
def test_a_fault_is_named_and_ends_when_it_is_over(
    shared: Path, name: str, change: Change, kind: FaultKind
) -> None:
    clip, watch = pictures(shared / name), IntegrityWatch()
    watched(watch, clip, clean, start=0, count=SETTLE)
    ill = watched(watch, clip, change, start=SETTLE, count=180)
    assert kinds(ill) == {kind}
    assert not kinds(ill[:38])
    (fault,) = ill[-1]
    assert SETTLE / FPS <= fault.since_s <= SETTLE / FPS + 25
    assert 0.5 < fault.confidence < 1
    assert not watched(watch, clip, clean, start=300, count=80)[-1]


@pytest.mark.shared
def test_a_shift_is_told_in_shares_of_the_picture(shared: Path) -> None:
    clip, watch = pictures(shared / PEDESTRIANS), IntegrityWatch()
    watched(watch, clip, clean, start=0, count=SETTLE)
    (fault,) = watched(watch, clip, moved(0.15, 0.1), start=SETTLE, count=120)[-1]
    assert "15% right" in fault.detail
    assert "10% down" in fault.detail


@pytest.mark.shared
def test_a_camera_that_was_moved_during_a_restart_is_found_out(shared: Path) -> None:
    clip, before, after = pictures(shared / LOBBY), IntegrityWatch(), IntegrityWatch()
    watched(before, clip, clean, start=0, count=SETTLE)
    after.restore(before.state())
    assert kinds(watched(after, clip, moved(0.08), start=0, count=120)) == {FaultKind.MOVED}


@pytest.mark.shared
def test_an_accepted_view_is_the_right_one(shared: Path) -> None:
    clip, watch = pictures(shared / LOBBY), IntegrityWatch()
    watched(watch, clip, clean, start=0, count=SETTLE)
    assert kinds(watched(watch, clip, moved(0.08), start=SETTLE, count=120))
    watch.accept()
    assert not kinds(watched(watch, clip, moved(0.08), start=240, count=120))


def street(seed: int) -> Grey:
    blocks = np.random.default_rng(3).integers(60, 200, (18, 32)).repeat(20, 0).repeat(20, 1)
    return grey(blocks + np.random.default_rng(seed).normal(0, 2, blocks.shape))


def test_a_frozen_camera_is_found_out_after_a_minute() -> None:
    watch = IntegrityWatch()
    for i in range(60):
        assert not watch.observe(street(i), i / FPS)
    still = [watch.observe(street(59), i / FPS) for i in range(60, 200)]
    assert not kinds(still[:115])
    assert kinds(still) == {FaultKind.FROZEN}
    alive = [watch.observe(street(i), i / FPS) for i in range(200, 230)]
    assert not alive[-1]


def test_a_clock_written_into_a_frozen_picture_hides_nothing() -> None:
    watch = IntegrityWatch()
    for i in range(150):
        picture = street(0)
        cv2.putText(picture, f"{i}", (20, 30), cv2.FONT_HERSHEY_PLAIN, 2, (255,))
        faults = watch.observe(picture, i / FPS)
    assert [fault.kind for fault in faults] == [FaultKind.FROZEN]


def test_a_quiet_scene_that_a_codec_repeats_between_keyframes_is_not_frozen() -> None:
    watch = IntegrityWatch()
    assert not kinds([watch.observe(street(i // 80), i / FPS) for i in range(400)])


def test_a_picture_whose_time_does_not_go_on_says_nothing() -> None:
    watch = IntegrityWatch()
    seen = [watch.observe(street(0), i / FPS, pts_advanced=False) for i in range(300)]
    assert not kinds(seen)


@pytest.mark.parametrize(
    ("change", "blinded"),
    [(clean, None), (black, FaultKind.BLACK), (hand, FaultKind.COVERED), (defocused, None)],
)
def test_a_picture_that_says_nothing_about_the_street_is_known_before_there_is_a_fault(
    shared: Path, change: Change, blinded: FaultKind | None
) -> None:
    clip = pictures(shared / PEDESTRIANS)
    watch = IntegrityWatch()
    watched(watch, clip, clean, start=0, count=SETTLE)
    assert watch.blinded() is None
    assert not kinds(watched(watch, clip, change, start=SETTLE, count=2))
    assert watch.blinded() is blinded
    watched(watch, clip, clean, start=SETTLE + 2, count=2)
    assert watch.blinded() is None


def test_a_frozen_camera_says_nothing_once_it_is_one() -> None:
    watch = IntegrityWatch()
    still = [np.random.default_rng(3).integers(0, 200, (360, 640)).astype(np.uint8)]
    watched(watch, still, clean, start=0, count=60)
    assert watch.blinded() is None
    watched(watch, still, clean, start=60, count=90)
    assert watch.blinded() is FaultKind.FROZEN


@pytest.mark.parametrize("saved", [b"", b"nonsense", b"PK\x03\x04 truncated", b"\x80\x04N."])
def test_bytes_that_are_no_reference_are_refused(saved: bytes) -> None:
    with pytest.raises(ValueError, match="no saved reference"):
        IntegrityWatch().restore(saved)


def test_a_cut_or_changed_reference_is_refused() -> None:
    saved = IntegrityWatch().state()
    for wrong in (saved[: len(saved) // 2], saved[:200] + b"\xff" * 40 + saved[240:]):
        with pytest.raises(ValueError, match="no saved reference"):
            IntegrityWatch().restore(wrong)
