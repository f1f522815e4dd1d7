"""A real RTSP server (GStreamer's) that serves files as cameras."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from edge.bench.rtsp import RtspServer, require_rtsp_server
from edge.errors import ConfigError
from streams.film import write_film

CODEC_NAMES = {"h264": "h264", "hevc": "h265"}

__all__ = ["RtspServer", "films", "make_rtsp_server", "moving_pictures"]


def _require_gstreamer() -> None:
    try:
        require_rtsp_server()
    except ConfigError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{error}; scripts/apt-test.txt lists it")
        pytest.skip(str(error))


@pytest.fixture
def make_rtsp_server() -> Iterator[Callable[..., RtspServer]]:
    """Start servers: ``make({"path": ("h264", file)}, user=..., password=...)``."""
    _require_gstreamer()
    started: list[RtspServer] = []

    def make(
        mounts: dict[str, tuple[str, Path]], user: str | None = None, password: str | None = None
    ) -> RtspServer:
        named = {path: (CODEC_NAMES[codec], file) for path, (codec, file) in mounts.items()}
        server = RtspServer(named, user, password)
        started.append(server)
        server.start()
        return server

    yield make
    for server in started:
        server.stop()


def moving_pictures(
    count: int, size_wh: tuple[int, int] = (320, 180)
) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield pictures in which a bright square walks over a still, textured ground."""
    width, height = size_wh
    ground = np.random.default_rng(5).integers(60, 120, (height, width, 3), np.uint8)
    for index in range(count):
        picture = ground.copy()
        x = index * 4 % (width - 40)
        picture[60:120, x : x + 40] = 230
        yield picture


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Six seconds of a moving square at 25 fps, one file per codec, keyframes every second."""
    folder = tmp_path_factory.mktemp("films")
    made = {}
    for codec in ("h264", "hevc"):
        made[codec] = folder / f"{codec}.mp4"
        write_film(made[codec], moving_pictures(150), fps=25, codec=codec, gop_s=1.0)
    return made
