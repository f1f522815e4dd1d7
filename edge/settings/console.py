"""Keys of the web service: where it listens, and what protects it on the way."""

from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from edge.settings.values import Strict, misplaced

LOOPBACK_NAME = "localhost"


def _address_or_network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError as error:
        raise ValueError(
            f"{text!r} is no address or network; write it like 192.0.2.7 or 192.0.2.0/24"
        ) from error
    return text


Proxy = Annotated[str, AfterValidator(_address_or_network)]


class Tls(Strict):
    """What the console proves itself with; both in PEM."""

    certificate: Path
    key: Path


class Console(Strict):
    """The web service: pages, API, health and metrics."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    tls: Tls | None = None
    plain_http: bool = False
    trusted_proxies: tuple[Proxy, ...] = ()
    root_path: str = Field("", pattern=r"^((/[A-Za-z0-9._~-]+)+)?$", max_length=200)
    recordings: Path | None = None

    @property
    def on_loopback(self) -> bool:
        """Return whether only this machine reaches it."""
        if self.host == LOOPBACK_NAME:
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if self.tls is None and not self.plain_http and not self.on_loopback:
            raise misplaced(
                f"{self.host!r} is reached from other machines, and passwords would pass in the "
                "clear; give console.tls, or 127.0.0.1 with a reverse proxy on this machine, or "
                "say console.plain_http: true where another one on a network of your own adds TLS",
                "host",
            )
        return self
