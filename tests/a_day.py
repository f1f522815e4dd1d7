"""A day at a kerb, made of a minute of real footage: one car stands from one till twenty-two."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from streams.recording import open_recording

Picture = npt.NDArray[np.uint8]

SIZE_WH = (256, 144)
EVERY_S = 10
HOUR_S = 3600
ARRIVES_S, LEAVES_S = 1 * HOUR_S, 22 * HOUR_S
STEPS_S = (3 * HOUR_S, 6 * HOUR_S + 300)
"""A cloud, a street lamp that goes out: the light falls within one picture."""

FLOOD_S = 15 * HOUR_S
LORRY_MINUTES = (7, 8, 31)
NOISE = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Kerb:
    """What the day is made of: the empty kerb, the car at it, and a lorry in front of both."""

    empty: Picture
    parked: Picture
    lorry: Picture


def kerb_of(clip: Path) -> Kerb:
    """Return the pictures of the clip with the white car; the lorry is that car, four times."""
    found: dict[float, Picture] = {}
    recording = open_recording(clip, start_utc=datetime(2026, 1, 1, tzinfo=UTC))
    for frame in recording.frames():
        for moment in (0.5, 30.0):
            if moment not in found and frame.mono_s >= moment:
                small = cv2.resize(frame.bgr(), SIZE_WH, interpolation=cv2.INTER_AREA)
                found[moment] = np.asarray(small, np.uint8)
    recording.close()
    parked = found[30.0]
    car = np.concatenate([parked[30:120, 86:145], parked[30:120, 86:145][:, ::-1]], axis=1)
    lorry = np.concatenate([car[::-1], car], axis=0)[: SIZE_WH[1]]
    return Kerb(found[0.5], parked, np.ascontiguousarray(lorry))


def light_at(second: int) -> float:
    """Return how bright it is: a night, a day, and three jumps."""
    day = 0.5 - 0.5 * math.cos(2 * math.pi * (second / HOUR_S - 2) / 24)
    jump = 0.85 ** sum(second >= step for step in STEPS_S)
    flood = 1.25 if second >= FLOOD_S else 1.0
    return (0.5 + 0.5 * day) * jump * flood


def pictures(kerb: Kerb, begin_s: int, end_s: int) -> Iterator[Picture]:
    """Yield a picture every ten seconds of a part of the day."""
    source = np.random.default_rng(7)
    height, width = kerb.empty.shape[:2]
    grain = source.normal(0, NOISE, (16, height, width, 3)).astype(np.float32)
    for second in range(begin_s, end_s, EVERY_S):
        standing = ARRIVES_S <= second < LEAVES_S
        picture = (kerb.parked if standing else kerb.empty).copy()
        minute = second // 60 % 60
        if minute in LORRY_MINUTES:
            left = 60 + minute % 3
            picture[:, left : left + kerb.lorry.shape[1]] = kerb.lorry
        elif minute % 13 == 5:
            left = int(source.integers(0, width - 40))
            picture[100:, left : left + 40] = kerb.lorry[100:, 30:70]
        lit = picture * np.float32(light_at(second)) + grain[source.integers(16)]
        yield np.clip(lit, 0, 255).astype(np.uint8)


def write_day(path: Path, kerb: Kerb, begin_s: int, end_s: int) -> None:
    """Write a part of the day: keyframes only, one every ten seconds."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = SIZE_WH
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.gop_size = 1
        stream.options = {"preset": "ultrafast", "crf": "26"}
        for number, picture in enumerate(pictures(kerb, begin_s, end_s)):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number * EVERY_S * 1000, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
