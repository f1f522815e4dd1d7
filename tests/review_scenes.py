"""Incidents that can be looked at: drawn streets with a car, and a clip of it."""

import io
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import av
import cv2
import numpy as np

from edge.demo.street_ground import draw_ground
from edge.domain.geometry import Box
from edge.store.kept import Clip, ClipState
from models.faces import Picture
from tests.review_console import CLIP, STILLS, ReviewConsole

FPS, PRE_S, POST_S = 10, 5, 4
COLOURS = {"white": (235, 235, 232), "red": (50, 45, 170), "blue": (150, 90, 40)}


@cache
def _ground() -> Picture:
    return draw_ground()


def a_street(box: Box | None, colour: str = "white") -> Picture:
    """Return a picture of a street with a car that fills a box, or none."""
    picture = _ground().copy()
    if box is None:
        return picture
    height, width = picture.shape[:2]
    left, top, right, bottom = (
        round(share * size) for share, size in zip(box, (width, height, width, height), strict=True)
    )
    middle = (top + bottom) // 2
    cv2.rectangle(picture, (left, middle), (right, bottom), COLOURS[colour], cv2.FILLED)
    roof = [(left + 15, middle), (left + 35, top), (right - 35, top), (right - 15, middle)]
    cv2.fillPoly(picture, [np.asarray(roof, np.int32)], (60, 62, 66))
    for x in (left + 25, right - 25):
        cv2.circle(picture, (x, bottom), 11, (25, 25, 25), cv2.FILLED)
    return picture


def a_jpeg(picture: Picture) -> bytes:
    """Return a picture as a file."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


@cache
def a_clip(box: Box, colour: str = "white") -> bytes:
    """Return an H.264 clip: a car comes to its box before the incident opens, and stands."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        height, width = _ground().shape[:2]
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range((PRE_S + POST_S) * FPS):
            way = max(0.0, 0.3 - 0.1 * number / FPS)
            there = (box[0] - way, box[1], box[2] - way, box[3])
            frame = av.VideoFrame.from_ndarray(a_street(there, colour), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def open_scene(
    console: ReviewConsole,
    name: str,
    *,
    opened_at: datetime,
    box: Box = (0.45, 0.62, 0.68, 0.82),
    colour: str = "white",
    clip: bool = True,
    **facts: Any,
) -> None:
    """Record an incident with pictures, and a clip if there shall be one."""
    still = a_jpeg(a_street(box, colour))
    contents = dict.fromkeys(STILLS, still)
    if clip:
        contents[CLIP] = a_clip(box, colour)
    console.exhibits.contents = contents
    desk = Clip(
        name,
        "west",
        opened_at,
        opened_at - timedelta(seconds=PRE_S),
        opened_at + timedelta(seconds=POST_S),
        ClipState.WRITTEN if clip else ClipState.MISSING,
        "" if clip else "the camera sent nothing in time",
    )
    console.open(
        name,
        [*contents],
        clip=desk,
        box=box,
        opened_at=opened_at,
        observed_at=opened_at,
        first_seen_at=opened_at - timedelta(seconds=180),
        **facts,
    )
