"""A real RTSP server (GStreamer's) that serves files as cameras."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from streams.film import write_film

SCRIPT = Path(__file__).parent / "e2e" / "rtsp_server.py"
SYSTEM_PYTHON = "/usr/bin/python3"
CODEC_NAMES = {"h264": "h264", "hevc": "h265"}


@dataclass
class RtspServer:
    """A server that a test may stop, freeze and start again on the same port."""

    mounts: dict[str, tuple[str, Path]]
    user: str | None = None
    password: str | None = None
    port: int = 0
    plays: Path | None = None
    """Gets the path and the time whenever a camera begins to play, a line each."""

    _process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    def url(self, path: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{path}"

    def start(self) -> None:
        command = [SYSTEM_PYTHON, str(SCRIPT), str(self.port)]
        if self.user and self.password:
            command += ["--user", self.user, "--password", self.password]
        if self.plays is not None:
            command += ["--plays", str(self.plays)]
        command += [f"{path}={codec}:{file}" for path, (codec, file) in self.mounts.items()]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        word, port = self._process.stdout.readline().split()
        assert word == "ready"
        self.port = int(port)

    @property
    def pid(self) -> int:
        """Return its process."""
        assert self._process is not None
        return self._process.pid

    def freeze(self) -> None:
        """Stop sending, but keep the connections."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(10)
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None


def _require_gstreamer() -> None:
    question = "import gi; gi.require_version('GstRtspServer', '1.0')"
    try:
        answer = subprocess.run([SYSTEM_PYTHON, "-c", question], capture_output=True, check=False)
        present = answer.returncode == 0
    except OSError:
        present = False
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("GStreamer's RTSP server is not installed; scripts/apt-test.txt lists it")
    pytest.skip("no RTSP server: apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi")


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
