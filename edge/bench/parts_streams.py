"""What a camera's packets and pictures cost before anybody looks at them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Event

import cv2
import numpy as np

from edge.bench.part import Act, Part, ready
from edge.bench.scene import FPS, Picture, film_street
from models.letterbox import letterbox, to_batch
from streams.bare import BareFilm
from streams.decode import Decode
from streams.film import repeat_film
from streams.frame import Frame
from streams.luma import GRID_WIDTH, LEAST_STEP, MotionGate
from streams.reading import Reading
from streams.recording import open_recording
from streams.ring import Ring

CODECS = ("h264", "hevc")
AGAIN = 8
"""Reading and keyframes are measured on a film so many times as long: a keyframe is rare."""

START = datetime(2026, 1, 1, tzinfo=UTC)
RING_BYTES = 128 * 10**6
PICTURES = 25
GATE_PX, STREET_PX, STRIDE = 640, 416, 32
"""Longer sides of what the detectors of a gate and of a street are given."""


def stream_parts(folder: Path, *, size_wh: tuple[int, int], seconds: int) -> Iterator[Part]:
    """Yield the parts of reading a busy street.

    Args:
        folder: Takes the films.
        size_wh: Of the pictures.
        seconds: Length of what is encoded.
    """
    for codec in CODECS:
        film, longer = folder / f"{codec}.mp4", folder / f"{codec}-longer.mp4"
        film_street(film, busy=True, seconds=seconds, size_wh=size_wh, codec=codec)
        repeat_film(film, longer, seconds=seconds * AGAIN)
        pictures, keyframes = _decoded(film), _decoded(longer, keyframes=True)
        if codec == CODECS[0]:
            yield Part(
                "demux, a packet",
                _keeping(longer, seconds * AGAIN),
                seconds * AGAIN * FPS,
                _bare(longer, BareFilm.demux),
                "the same without a ring",
            )
        yield Part(
            f"decode {codec}, a picture of all",
            _frames_of(film, Decode.ALL),
            pictures,
            _bare(film, BareFilm.decode),
            "FFmpeg alone",
        )
        yield Part(
            f"decode {codec}, a keyframe",
            _frames_of(longer, Decode.KEYFRAMES),
            keyframes,
            _bare(longer, lambda one: one.decode(keyframes=True)),
            "FFmpeg alone",
        )
        if codec == CODECS[0]:
            yield from picture_parts(_first_frames(film))


def picture_parts(frames: list[Frame]) -> Iterator[Part]:
    """Yield what is made of decoded 4:2:0 pictures."""
    yield Part(
        "motion gate, a picture",
        _gating(frames),
        len(frames) - 1,
        _differing(frames),
        "every n-th sample, one difference",
    )
    frame = frames[-1]
    planes = _planes(frame)
    packed = np.concatenate([plane.reshape(-1) for plane in planes])
    packed = packed.reshape(-1, frame.size_wh[0])
    whole = frame.bgr()
    yield Part(
        "whole picture to BGR",
        ready(frame.bgr),
        bare=ready(lambda: cv2.cvtColor(packed, cv2.COLOR_YUV2BGR_I420, dst=whole)),
        of="OpenCV, of planes that lie together",
    )
    for longer_px in (GATE_PX, STREET_PX):
        small = frame.bgr(longer_px)
        yield Part(
            f"picture to BGR of {longer_px}",
            ready(_shrinking(frame, longer_px)),
            bare=ready(_shrinking_planes(planes, small)),
            of="three resizes and a conversion",
        )
    canvas = letterbox(whole, longer_px=GATE_PX, multiple=STRIDE).canvas
    inner = letterbox(whole, longer_px=GATE_PX, multiple=1).canvas
    yield Part(
        f"letterbox of whole BGR to {GATE_PX}",
        ready(lambda: letterbox(whole, longer_px=GATE_PX, multiple=STRIDE)),
        bare=ready(lambda: cv2.resize(whole, inner.shape[1::-1], dst=inner)),
        of="resize alone",
    )
    yield Part(
        f"batch of {GATE_PX}",
        ready(lambda: to_batch(canvas[None], mean=0.0, std=1.0, rgb=False)),
        bare=ready(lambda: cv2.dnn.blobFromImage(canvas)),
        of="OpenCV's blobFromImage",
    )


def _keeping(film: Path, seconds: int) -> Callable[[], Act]:
    """Return the maker of: put all packets of a film into a ring."""

    def begin() -> Act:
        ring = Ring(seconds=2.0 * seconds, max_bytes=RING_BYTES)
        recording = open_recording(film, start_utc=START, ring=ring)

        def keep() -> None:
            recording.keep(Event())
            recording.close()

        return keep

    return begin


def _frames_of(film: Path, decode: Decode) -> Callable[[], Act]:
    """Return the maker of: take all frames of a film, as a camera's thread does."""

    def begin() -> Act:
        recording = open_recording(film, start_utc=START, decode=decode)
        return lambda: _all_of(recording)

    return begin


def _all_of(recording: Reading) -> int:
    count = sum(1 for _ in recording.frames())
    recording.close()
    return count


def _bare(film: Path, read: Callable[[BareFilm], object]) -> Callable[[], Act]:
    def begin() -> Act:
        bare = BareFilm(film)

        def act() -> None:
            read(bare)
            bare.close()

        return act

    return begin


def _decoded(film: Path, *, keyframes: bool = False) -> int:
    bare = BareFilm(film)
    count = bare.decode(keyframes=keyframes)
    bare.close()
    return count


def _first_frames(film: Path) -> list[Frame]:
    recording = open_recording(film, start_utc=START)
    frames = list(islice(recording.frames(), PICTURES))
    recording.close()
    return frames


def _gating(frames: list[Frame]) -> Callable[[], Act]:
    def begin() -> Act:
        gate = MotionGate()
        gate.observe(frames[0].luma(), frames[0].mono_s)

        def act() -> None:
            for frame in frames[1:]:
                gate.observe(frame.luma(), frame.mono_s)

        return act

    return begin


def _differing(frames: list[Frame]) -> Callable[[], Act]:
    lumas = [frame.luma() for frame in frames]
    step = max(lumas[0].shape[1] // GRID_WIDTH, 1)

    def act() -> None:
        before = np.ascontiguousarray(lumas[0][step // 2 :: step, step // 2 :: step])
        for luma in lumas[1:]:
            now = np.ascontiguousarray(luma[step // 2 :: step, step // 2 :: step])
            np.count_nonzero(cv2.absdiff(now, before) > LEAST_STEP)
            before = now

    return ready(act)


def _shrinking(frame: Frame, longer_px: int) -> Act:
    return lambda: frame.bgr(longer_px)


def _shrinking_planes(planes: list[Picture], small: Picture) -> Act:
    """Return: shrink three planes into one place and convert them into another."""
    height, width = small.shape[:2]
    packed = np.empty((height * 3 // 2, width), np.uint8)
    flat, luma, chroma = packed.reshape(-1), height * width, height * width // 4
    half = (height // 2, width // 2)
    places = (
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma :].reshape(half),
    )
    target = np.empty_like(small)

    def act() -> None:
        for plane, place in zip(planes, places, strict=True):
            cv2.resize(plane, place.shape[::-1], dst=place)
        cv2.cvtColor(packed, cv2.COLOR_YUV2BGR_I420, dst=target)

    return act


def _planes(frame: Frame) -> list[Picture]:
    """Return the samples of the three planes, each in a place of its own."""
    found = []
    for plane in frame.picture.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8, plane.line_size * plane.height)
        lines = rows.reshape(plane.height, plane.line_size)[:, : plane.width]
        found.append(np.ascontiguousarray(lines))
    return found
