"""Streets drawn by arithmetic, 320 x 180: what smokes, what burns, and what only looks like it."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
Scene = Callable[[float], Floats]
"""Draws ``(180, 320, 3)`` BGR levels at a moment in seconds."""

WIDTH, HEIGHT, FPS = 320, 180, 5
ONSET_S = 4.0


def street() -> Floats:
    chance = np.random.default_rng(3)
    blocks = chance.integers(60, 150, (HEIGHT // 15, WIDTH // 16, 3)).astype(np.float32)
    walls = cv2.resize(blocks, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    grain = cv2.GaussianBlur(chance.normal(0, 18, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 1)
    return np.asarray(walls / 2 + 55 + grain[..., None], np.float32)


def billows() -> Floats:
    chance = np.random.default_rng(5)
    total = np.zeros((600, WIDTH), np.float32)
    for count in (6, 12, 24, 48):
        coarse = chance.normal(0, 1, (2 * count, count)).astype(np.float32)
        fine = cv2.resize(coarse, (WIDTH, 600), interpolation=cv2.INTER_CUBIC)
        total += np.asarray(fine, np.float32) / np.float32(np.sqrt(count))
    return np.asarray((total - total.min()) / np.ptp(total), np.float32)


STREET, BILLOWS = street(), billows()
NOISE = [np.random.default_rng(n).normal(0, 1.5, STREET.shape) for n in range(4)]


def film(scene: Scene, *, until_s: float, fps: float = FPS) -> Iterator[tuple[Pixels, float]]:
    """Yield the pictures of a scene with sensor noise, and their times."""
    for index in range(int(until_s * fps)):
        mono_s = index / fps
        picture = scene(mono_s) + NOISE[index % len(NOISE)]
        yield np.clip(picture, 0, 255).astype(np.uint8), mono_s


def smoke(mono_s: float) -> Floats:
    """A dark translucent plume that rises and widens over the texture."""
    if mono_s < ONSET_S:
        return STREET
    top = max(0, 150 - int(26 * (mono_s - ONSET_S)))
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    rising = (
        np.roll(BILLOWS, -int(14 * mono_s), 0)[:HEIGHT]
        + np.roll(BILLOWS[:, ::-1], -int(9 * mono_s), 0)[:HEIGHT]
    ) / 2
    half_px = 12 + (150 - rows) * 0.3
    shape = np.clip(1 - ((columns - 140) / half_px) ** 2, 0, 1)
    shape[(rows < top) | (rows > 150)] = 0
    opacity = np.clip((rising - 0.3) * 2.2, 0, 0.85) * shape
    opacity = cv2.GaussianBlur(opacity, (0, 0), 1.2)[..., None]
    return np.asarray(STREET * (1 - opacity) + 40 * opacity, np.float32)


def flame(mono_s: float) -> Floats:
    """Orange tongues that are drawn anew on every picture."""
    picture = STREET.copy()
    if mono_s < ONSET_S:
        return picture
    chance = np.random.default_rng(round(mono_s * FPS))
    for _ in range(7):
        x, height, half = chance.normal(180, 8), chance.uniform(12, 40), chance.uniform(5, 9)
        tongue = [[x - half, 140], [x + half, 140], [x + chance.normal(0, 5), 140 - height]]
        colour = (chance.uniform(20, 70), chance.uniform(110, 200), 250.0)
        cv2.fillPoly(picture, [np.array(tongue, np.int32)], colour)
    cv2.ellipse(picture, (180, 136), (10, 7), 0, 0, 360, (140.0, 235.0, 255.0), -1)
    return picture


def still(mono_s: float) -> Floats:
    return STREET


def getting_light(mono_s: float) -> Floats:
    return np.asarray(STREET * (0.7 + 0.6 * min(mono_s / 12, 1)), np.float32)


def gain_step(mono_s: float) -> Floats:
    return np.asarray(STREET * (1.25 if 6 < mono_s < 11 else 1.0), np.float32)


def sunrise(mono_s: float) -> Floats:
    """An orange sky with clouds in time lapse: every cell changes."""
    done = min(mono_s / 15, 1.0)
    clouds = np.roll(BILLOWS, -int(10 * mono_s), 1)[:HEIGHT, :, None]
    height = np.linspace(1, 0, HEIGHT, dtype=np.float32)[:, None, None]
    glow = height * np.array([40, 90, 200], np.float32) * np.sin(np.pi * done) * (0.5 + clouds)
    return np.asarray(STREET * (0.2 + 0.8 * done) + glow, np.float32)


def red_cars(mono_s: float) -> Floats:
    picture = STREET.copy()
    for number, speed in enumerate((7.0, 40.0, 90.0)):
        left = int((30 + speed * mono_s) % (WIDTH + 80)) - 60
        top = 20 + 50 * number
        cv2.rectangle(picture, (left, top), (left + 60, top + 32), (30.0, 30.0, 200.0), -1)
        cv2.rectangle(picture, (left + 10, top + 4), (left + 40, top + 12), (90.0, 80.0, 80.0), -1)
    return picture


def orange_poster(mono_s: float) -> Floats:
    """Orange print under the coarse noise of a codec."""
    picture = STREET.copy()
    chance = np.random.default_rng(9)
    tones = [
        chance.uniform(low, high, (56, 40)) for low, high in ((20, 110), (90, 150), (140, 230))
    ]
    printed = cv2.GaussianBlur(np.stack(tones, axis=-1), (0, 0), 1.5)
    coarse = np.random.default_rng(round(mono_s * FPS)).normal(0, 3, (7, 5, 3))
    printed = printed + cv2.resize(coarse, (40, 56), interpolation=cv2.INTER_NEAREST)
    picture[60:116, 130:170] = printed
    return picture


def blinker(mono_s: float) -> Floats:
    picture = STREET.copy()
    if round(mono_s * FPS) % 4 < 2:
        cv2.circle(picture, (130, 80), 22, (40.0, 140.0, 250.0), -1)
        cv2.circle(picture, (130, 80), 10, (180.0, 240.0, 255.0), -1)
    return picture


def orange_vests(mono_s: float) -> Floats:
    """Three workers who sway on the spot."""
    picture = STREET.copy()
    for number in range(3):
        left = int(120 + 34 * number + 10 * np.sin(1.3 * mono_s + number))
        cv2.rectangle(picture, (left, 66), (left + 18, 100), (20.0, 120.0, 245.0), -1)
        cv2.rectangle(picture, (left, 78), (left + 18, 82), (210.0, 210.0, 210.0), -1)
        cv2.rectangle(picture, (left + 2, 100), (left + 16, 134), (60.0, 40.0, 40.0), -1)
    return picture


def crowd(mono_s: float) -> Floats:
    picture = STREET.copy()
    chance = np.random.default_rng(4)
    for number in range(14):
        start, speed = chance.uniform(0, WIDTH), chance.uniform(-16, 16)
        top, coat = chance.uniform(40, 100), chance.uniform(20, 220, 3)
        left, bob = (
            int((start + speed * mono_s) % (WIDTH + 30)) - 15,
            2 * np.sin(4 * mono_s + number),
        )
        shoulders = int(top + bob)
        cv2.rectangle(picture, (left, shoulders), (left + 20, shoulders + 60), coat.tolist(), -1)
        cv2.circle(picture, (left + 10, shoulders - 7), 8, (110.0, 140.0, 190.0), -1)
    return picture


def blurred_traffic(mono_s: float) -> Floats:
    picture = np.asarray(STREET * 0.6 + 40, np.float32)
    chance = np.random.default_rng(11)
    for number in range(30):
        start, paint = chance.uniform(0, 280), chance.uniform(40, 220)
        down = (start + (-1) ** number * chance.uniform(25, 60) * mono_s) % 280 - 40
        scale = 0.4 + max(down, 0) / HEIGHT
        left = int(80 + (number % 6) * 30 * scale)
        corner = (int(left + 23 * scale), int(down + 13 * scale))
        cv2.rectangle(picture, (left, int(down)), corner, (paint, paint, paint), -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2), np.float32)


def tree_in_wind(mono_s: float) -> Floats:
    return _tree(mono_s, red=40)


def tree_in_autumn(mono_s: float) -> Floats:
    return _tree(mono_s, red=200)


def _tree(mono_s: float, *, red: int) -> Floats:
    picture = STREET.copy()
    chance = np.random.default_rng(8)
    for _ in range(200):
        x, y, phase = chance.uniform(200, 310), chance.uniform(8, 120), chance.uniform(0, 6.3)
        at = (int(x + 3 * np.sin(5 * mono_s + phase)), int(y + 2 * np.cos(4 * mono_s + phase)))
        colour = (30.0, chance.uniform(60, 150), red * chance.uniform(0.7, 1.1))
        cv2.circle(picture, at, 5, colour, -1)
    return picture


def headlights(mono_s: float) -> Floats:
    picture = np.asarray(STREET * 0.25, np.float32)
    for start in (0, 100):
        y = int((start + 15 * mono_s) % 220) - 20
        scale = 1 + max(y, 0) / 80
        for side in (-1, 1):
            near, far = int(160 + side * 10 * scale), int(66 + side * 7 * scale)
            cv2.circle(picture, (near, y), int(4 * scale), (190.0, 230.0, 255.0), -1)
            cv2.circle(picture, (far, HEIGHT - y), int(3 * scale), (30.0, 30.0, 230.0), -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.float32)
