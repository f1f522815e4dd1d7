"""Cameras over real RTSP: GStreamer's server in a process of its own, which plays films."""

import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from edge.errors import ConfigError

SCRIPT = Path(__file__).with_name("rtsp_server.py")
SYSTEM_PYTHON = "/usr/bin/python3"
"""Has ``gi``, which the distribution ships for its own Python alone."""

PACKAGES = (
    "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good"
    " gstreamer1.0-plugins-bad"
)


@dataclass
class RtspServer:
    """A server that may be stopped, frozen and started again on the same port.

    Attributes:
        mounts: By path: codec (``h264``, ``h265``) and film.
        user, password: Asked of whoever comes; None for nothing.
        port: Where it listens; 0 for a free one, which is known once it has been started.
        plays: Gets the path and the time whenever a camera begins to play, a line each.
    """

    mounts: Mapping[str, tuple[str, Path]]
    user: str | None = None
    password: str | None = None
    port: int = 0
    plays: Path | None = None
    _process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    def url(self, path: str) -> str:
        """Return the address of a camera."""
        return f"rtsp://127.0.0.1:{self.port}/{path}"

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> None:
        """Return when it listens; raises ConfigError if it does not."""
        # Without what lies beside the script: the distribution's Python must not import it.
        command = [SYSTEM_PYTHON, "-I", str(SCRIPT)]
        if self.user and self.password:
            command += ["--user", self.user, "--password", self.password]
        if self.plays is not None:
            command += ["--plays", str(self.plays)]
        command += [str(self.port)]
        command += [f"{path}={codec}:{file}" for path, (codec, file) in self.mounts.items()]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        word, _, port = self._process.stdout.readline().strip().partition(" ")
        if word != "ready":
            self.stop()
            raise ConfigError(f"the RTSP server does not start; apt-get install {PACKAGES}")
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
        """End it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(10)
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None


def require_rtsp_server() -> None:
    """Return if there is one on this machine; raises ConfigError."""
    question = "import gi; gi.require_version('GstRtspServer', '1.0')"
    try:
        answer = subprocess.run(
            [SYSTEM_PYTHON, "-I", "-c", question], capture_output=True, check=False
        )
        present = answer.returncode == 0
    except OSError:
        present = False
    if not present:
        raise ConfigError(f"GStreamer's RTSP server is not installed; apt-get install {PACKAGES}")
