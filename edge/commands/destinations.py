"""Where clips may be sent: below what the configuration names, and nowhere else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
_HIDDEN = re.compile(r"%(2e|2f|5c|25|00)", re.IGNORECASE)
"""What reads as something else once it is decoded: dots, slashes, and a percent sign again."""

_UNUSABLE = set(' \t\r\n\\"<>{}|^`')


@dataclass(frozen=True, slots=True)
class _Base:
    scheme: str
    host: str
    port: int
    path: str


class Destinations:
    """The addresses below which clips may be sent."""

    def __init__(self, bases: Sequence[str]) -> None:
        """Prepare.

        Args:
            bases: As the configuration has them, checked.
        """
        self._bases = [_base(urlsplit(one)) for one in bases]

    def allow(self, url: str) -> bool:
        """Return whether a clip may be sent to an address.

        It must have scheme, host and port of a base, and lie in its folder, as it is written: no
        login, no fragment, no dots, nothing that is something else when it is decoded.
        """
        try:
            parts = urlsplit(url)
            one = _base(parts)
        except ValueError:
            return False
        plain = url.isascii() and url.isprintable() and not _UNUSABLE & set(url)
        path = parts.path
        dots = any(part in {".", ".."} for part in path.split("/"))
        if not plain or "@" in parts.netloc or "#" in url or dots or _HIDDEN.search(path):
            return False
        return any(
            (one.scheme, one.host, one.port) == (base.scheme, base.host, base.port)
            and path.startswith(base.path)
            and len(path) > len(base.path)
            for base in self._bases
        )


def shown(url: str) -> str:
    """Return an address without its query: that may be a permit, which is nothing for a log."""
    return urlsplit(url)._replace(query="").geturl()


def _base(parts: SplitResult) -> _Base:
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("no address of HTTP")
    folder = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    return _Base(parts.scheme, parts.hostname.lower().rstrip("."), port, folder)
