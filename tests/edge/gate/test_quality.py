import numpy as np
import pytest

from edge.gate.quality import (
    QualityLimits,
    Refusal,
    refusal_by_crop,
    refusal_by_norm,
    refusal_by_shape,
)
from models.faces import Floats
from models.portrait import turn_of

FRONTAL = np.array([[40, 50], [60, 50], [50, 62], [42, 72], [58, 72]], np.float32)
LIMITS = QualityLimits()


def shape(
    landmarks: Floats = FRONTAL, *, score: float = 0.9, box: tuple[float, ...] = (28, 30, 72, 85)
) -> Refusal | None:
    return refusal_by_shape(
        box_xyxy=np.asarray(box, np.float32),
        score=score,
        landmarks=landmarks,
        size_wh=(640, 480),
        limits=LIMITS,
    )


def test_a_frontal_face_of_ordinary_size_is_usable() -> None:
    assert shape() is None


def test_the_turn_is_zero_in_front_and_one_with_the_nose_above_an_eye() -> None:
    assert turn_of(FRONTAL) == pytest.approx(0.0)
    turned = FRONTAL.copy()
    turned[2, 0] += (20 + 16) / 4
    assert turn_of(turned) == pytest.approx(1.0)


def test_the_turn_does_not_depend_on_a_tilted_head() -> None:
    angle = np.deg2rad(25)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    tilted = ((FRONTAL - 50) @ rotation.T + 50).astype(np.float32)
    assert turn_of(tilted) == pytest.approx(turn_of(FRONTAL), abs=1e-4)


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (shape(FRONTAL * 0.4), Refusal.SMALL),
        (shape(score=0.4), Refusal.UNCERTAIN),
        (shape(FRONTAL - np.array([45, 0], np.float32)), Refusal.CUT_OFF),
        (shape(box=(-20, 30, 40, 85)), Refusal.CUT_OFF),
        (
            shape(FRONTAL + np.array([[0, 0], [0, 0], [11, 0], [0, 0], [0, 0]], np.float32)),
            Refusal.TURNED,
        ),
    ],
)
def test_a_face_that_cannot_be_compared_is_refused_with_its_reason(
    refusal: Refusal | None, reason: Refusal
) -> None:
    assert refusal is reason


def test_crops_are_refused_for_light_and_blur() -> None:
    noise = np.random.default_rng(7).integers(60, 200, (112, 112, 3), np.uint8)
    assert refusal_by_crop(noise, LIMITS) is None
    assert refusal_by_crop((noise // 32).astype(np.uint8), LIMITS) is Refusal.DARK
    assert refusal_by_crop(np.full_like(noise, 250), LIMITS) is Refusal.BRIGHT
    assert refusal_by_crop(np.full_like(noise, 128), LIMITS) is Refusal.BLURRED


def test_the_norm_refuses_only_where_the_recogniser_has_a_floor() -> None:
    assert refusal_by_norm(7.9, LIMITS) is Refusal.POOR
    assert refusal_by_norm(8.1, LIMITS) is None
    assert refusal_by_norm(0.1, QualityLimits(norm=None)) is None
