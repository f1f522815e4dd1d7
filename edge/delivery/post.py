"""One message, one request, one answer: HTTP as far as a webhook needs it.

No redirects are followed, no proxy is asked, certificates are verified, and nothing takes longer
than it may, however slowly the receiver speaks.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from edge.delivery.reachable import dial
from edge.errors import ConfigError, DeliveryError

_T = TypeVar("_T")

PORTS = {"http": 80, "https": 443}
REFUSALS = 400
SAID_BYTES = 200
"""Of what a receiver says about its refusal; people read it on the page Health."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver has answered.

    Attributes:
        said: Beginning of its text, if that says why it has not taken the message.
        retry_after: The header, as it was sent; empty without.
        range: The header, likewise: how much of an upload is there.
        location: The header, likewise: a redirect, which nobody follows.
    """

    status: int
    said: str = ""
    retry_after: str = ""
    range: str = ""
    location: str = ""


class Post:
    """The way to one receiver; a connection for each message. Cut by another thread."""

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float,
        ca: Path | None = None,
        authority: str = "webhooks.ca",
    ) -> None:
        """Prepare the way.

        Args:
            url: As ``receiver`` takes it.
            timeout_s: For the whole of a request and its answer.
            ca: Authority that signed the receiver's certificate; None for the system's.
            authority: Where the configuration can name it.

        Raises:
            ConfigError: The address or the authority cannot be used.
        """
        self._url = receiver(url)
        self._host = str(self._url.hostname)
        self._port = self._url.port or PORTS[self._url.scheme]
        self._timeout_s = timeout_s
        self._authority = authority
        self._tls = _verifying(ca) if self._url.scheme == "https" else None
        self._line: socket.socket | None = None
        self._late = False
        self._over = False

    def send(self, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> Answer:
        """Make one attempt.

        Raises:
            DeliveryError: There was no answer; says why.
        """
        return self._in_time(lambda: self._exchange(method, body, headers))

    def knock(self) -> None:
        """Connect, verify the certificate and say nothing; raises DeliveryError."""
        self._in_time(lambda: self._connect().close())

    def end(self) -> None:
        """Break off what is under way, for good."""
        self._over = True
        self._cut()

    def _in_time(self, act: Callable[[], _T]) -> _T:
        self._late = False
        alarm = threading.Timer(self._timeout_s, self._run_out)
        alarm.daemon = True
        alarm.start()
        try:
            return act()
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError(
                f"its certificate is not valid ({error.verify_message}); put it right there, or "
                f"name its authority as {self._authority}"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            if self._late or isinstance(error, TimeoutError):
                raise DeliveryError(f"no answer within {self._timeout_s:g} s") from error
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise DeliveryError(f"the connection broke ({reason})") from error
        finally:
            alarm.cancel()
            self._line = None

    def _connect(self) -> socket.socket:
        line = self._line = dial(self._host, self._port, timeout_s=self._timeout_s)
        if self._over:
            line.close()
            raise DeliveryError("the service ends")
        if self._tls is None:
            return line
        secure = self._line = self._tls.wrap_socket(
            line, server_hostname=self._host, do_handshake_on_connect=False
        )
        try:
            secure.do_handshake()  # afterwards, so that this too can be cut
        except BaseException:
            secure.close()
            raise
        return secure

    def _exchange(self, method: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection(self._host, self._port)
        connection.sock = self._connect()
        try:
            path = self._url.path or "/"
            target = f"{path}?{self._url.query}" if self._url.query else path
            own = {"Host": self._url.netloc, "Connection": "close"}
            connection.request(method, target, body, {**headers, **own})
            response = connection.getresponse()
            if self._late:  # cut in the headers, which are then taken for complete
                raise TimeoutError
            said = _text(response) if response.status >= REFUSALS else ""
            names = ("Retry-After", "Range", "Location")
            return Answer(response.status, said, *(response.headers.get(one, "") for one in names))
        finally:
            connection.close()

    def _run_out(self) -> None:
        self._late = True
        self._cut()

    def _cut(self) -> None:
        line = self._line
        if line is not None:
            with contextlib.suppress(OSError):  # it has just been closed
                # The plain socket's own: that of TLS takes its state from under the other thread.
                socket.socket.shutdown(line, socket.SHUT_RDWR)


def receiver(url: str) -> SplitResult:
    """Return the parts of a receiver's address; raises ConfigError."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in PORTS and parts.hostname and parts.port != 0 and url.isascii()
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.fragment or set(url) & set(" \t\r\n"):
        raise ConfigError(
            "is no address of a receiver; write it like https://host/path, in ASCII and without a "
            "login"
        )
    return parts


def _verifying(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"ca: {ca} cannot be used ({error.strerror}); give a PEM file") from error


def _text(response: http.client.HTTPResponse) -> str:
    try:
        said = response.read(SAID_BYTES).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return ""  # the status has been heard, and that is the answer
    return " ".join("".join(one if one.isprintable() else " " for one in said).split())
