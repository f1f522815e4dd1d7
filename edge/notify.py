"""What systemd is told, over the socket that it names; elsewhere nothing. See sd_notify(3)."""

import os
import socket
import time
from collections.abc import Mapping

ABSTRACT = "@"


class Systemd:
    """Tells the machine's service manager how the service is. Nobody waits for it."""

    def __init__(self, environment: Mapping[str, str], pid: int) -> None:
        """Read where it listens, and how often it wants a sign of life.

        Args:
            environment: ``NOTIFY_SOCKET``, ``WATCHDOG_USEC`` and ``WATCHDOG_PID`` of it.
            pid: Of this process.
        """
        path = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + path[1:] if path.startswith(ABSTRACT) else path
        meant = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
        usec = environment.get("WATCHDOG_USEC", "0")
        self.watchdog_s = int(usec) / 1e6 if meant and usec.isdigit() else 0.0
        """A silence of this length ends the service; 0 if nobody listens for one."""

    @classmethod
    def of_this_process(cls) -> "Systemd":
        """Return what has started this process, if it is one that wants to be told."""
        return cls(os.environ, os.getpid())

    def ready(self, status: str) -> None:
        """Say that the service has begun, or has followed a change."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Say that the configuration is being read again; ``ready`` ends that."""
        usec = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell("RELOADING=1", f"MONOTONIC_USEC={usec}", "STATUS=following the configuration")

    def stopping(self) -> None:
        """Say that the service ends."""
        self._tell("STOPPING=1", "STATUS=ending")

    def status(self, status: str) -> None:
        """Say in one line how the service is."""
        self._tell(f"STATUS={status}")

    def alive(self) -> None:
        """Give the sign of life."""
        self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.setblocking(False)
            try:
                line.sendto("\n".join(lines).encode(), self._address)
            except OSError:  # it is being started anew itself: the next line says the same
                return
