"""A city's broker as the documentation sets it up, and everything that can be wrong about TLS."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from edge.delivery.broker import free_port
from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.tls import Trust
from tests.certificates import DAY, Authority, Issued
from tests.fixtures_mqtt import Mosquitto

EXAMPLES = Path(__file__).parents[1] / "config" / "examples"
PATIENCE_S = 10.0
LONG_AGO = timedelta(days=-9)
OF_THE_PLACE = {"cafile", "crlfile", "certfile", "keyfile", "acl_file", "listener"}
"""Lines of the example whose files and ports are others elsewhere."""


class User:
    """A client that uses no gridwatch, and what it has heard."""

    def __init__(self, client: paho.Client) -> None:
        self._client = client
        self.heard: queue.Queue[str] = queue.Queue()
        self.done: queue.Queue[str] = queue.Queue()
        """What the broker made of each request."""
        client.on_subscribe = lambda *_: self.done.put("subscribed")
        client.on_message = lambda _client, _userdata, message: self.heard.put(message.topic)
        client.on_publish = lambda _client, _userdata, _mid, reason, _: self.done.put(str(reason))

    def publish(self, topic: str) -> str:
        """Return what the broker says to a message."""
        self._client.publish(topic, b"{}", qos=1)
        return self.done.get(timeout=PATIENCE_S)


class GuardedBroker:
    """A real broker with the example's configuration and an authority of its own."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder, "city")
        self._folder = folder
        server = self.authority.issue("broker")
        rules = folder / "acl"
        rules.write_text((EXAMPLES / "mosquitto-city.acl").read_text())
        rules.chmod(0o600)
        shipped = (EXAMPLES / "mosquitto-city.conf").read_text().splitlines()
        kept = [line for line in shipped if line and line.split()[0] not in OF_THE_PLACE | {"#"}]
        self._broker = _broker(
            folder,
            self.authority,
            server,
            f"crlfile {self.authority.withdraw()}",
            f"acl_file {rules}",
            *(line for line in kept if not line.startswith("persistence_location")),
            f"persistence_location {folder}/",
        )

    @property
    def url(self) -> str:
        return self._broker.url

    def start(self) -> None:
        self._broker.start()

    def stop(self) -> None:
        self._broker.stop()

    def trust(self, name: str) -> Trust:
        """Return what somebody of this name proves it by."""
        own = self.authority.issue(name)
        return Trust(ca=self.authority.file, certificate=own.certificate, key=own.key)

    @contextmanager
    def user(self, name: str, *topics: str) -> Iterator[User]:
        """Connect as somebody, subscribed to topics."""
        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        client.tls_set_context(self.trust(name).context())
        user = User(client)
        url = urlsplit(self.url)
        client.connect(str(url.hostname), int(url.port or 0))
        client.loop_start()
        if topics:
            client.subscribe([(topic, 1) for topic in topics])
            user.done.get(timeout=PATIENCE_S)
        yield user
        client.disconnect()
        client.loop_stop()


def topics_of_others(own: str, other: str) -> list[str]:
    """Return topics that a box with one root has no business with, another one's among them."""
    return [
        f"{other}/status",
        f"{other}/incidents",
        f"{other}/passages",
        f"{other}/evidence/1/opened.jpg",
        f"{other}/answers/7",
        f"{other}/clips/7/1",
        f"{other}/commands",
        f"{own}/commands",
        f"{own}/receipts",
        f"{own}/anything",
        "gridwatch/1/incidents",
    ]


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong between a box and its broker.

    Attributes:
        said: What the box says of it, as a pattern.
        set_up: Makes the broker's certificate, further lines of its configuration, and the box's
            trust, given the authority.
    """

    name: str
    said: str
    set_up: Callable[[Authority, Path], tuple[Issued, tuple[str, ...], Trust]]


def _of_another(city: Authority, folder: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    return city.issue("broker"), (), Trust(ca=Authority(folder, "elsewhere").file)


def _over(city: Authority, _: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    return city.issue("broker", since=LONG_AGO, until=-DAY), (), Trust(ca=city.file)


def _to_come(city: Authority, _: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    return city.issue("broker", since=DAY, until=2 * DAY), (), Trust(ca=city.file)


def _misnamed(city: Authority, _: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    return city.issue("broker", address="127.0.0.2"), (), Trust(ca=city.file)


def _withdrawn(city: Authority, _: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    stolen = city.issue("stolen")
    return stolen, (), Trust(ca=city.file, crl=city.withdraw(stolen))


def _old_list(city: Authority, _: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    return city.issue("broker"), (), Trust(ca=city.file, crl=city.withdraw(until=-DAY))


def _other_list(city: Authority, folder: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    other = Authority(folder, "elsewhere").withdraw()
    return city.issue("broker"), (), Trust(ca=city.file, crl=other)


def _own_over(city: Authority, _: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    own = city.issue("box-01", since=LONG_AGO, until=-DAY)
    trust = Trust(ca=city.file, certificate=own.certificate, key=own.key)
    return city.issue("broker"), ("require_certificate true",), trust


def _own_withdrawn(city: Authority, _: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    own = city.issue("box-01")
    lines = ("require_certificate true", f"crlfile {city.withdraw(own)}")
    trust = Trust(ca=city.file, certificate=own.certificate, key=own.key)
    return city.issue("broker"), lines, trust


def _own_lacking(city: Authority, _: Path) -> tuple[Issued, tuple[str, ...], Trust]:
    return city.issue("broker"), ("require_certificate true",), Trust(ca=city.file)


_CLOCK = r"\); renew it, or set the box's clock, which says 20\d\d-"
FLAWS = (
    Flaw("unknown authority", r"certificate is not trusted .* set mqtt\.ca", _of_another),
    Flaw("expired", "has expired" + _CLOCK, _over),
    Flaw("not yet valid", "not yet valid" + _CLOCK, _to_come),
    Flaw("another name", r"mqtt\.url must name the broker as the certificate", _misnamed),
    Flaw("withdrawn", r"revoked\); its authority has withdrawn it", _withdrawn),
    Flaw("list out of date", r"mqtt\.crl is out of date; fetch", _old_list),
    Flaw("list of another authority", r"mqtt\.crl has no list of the authority", _other_list),
    Flaw("own one expired", r"mqtt\.certificate: .*box-01\.crt is valid from .* to", _own_over),
    Flaw("own one withdrawn", r"refused the login .* check .* the certificate", _own_withdrawn),
    Flaw("own one lacking", r"refused the login .* check .* the certificate", _own_lacking),
)


@contextmanager
def flawed(flaw: Flaw, folder: Path) -> Iterator[MqttSink]:
    """Run a broker with a flaw, and yield a box that is about to connect to it."""
    city = Authority(folder, "city")
    server, lines, trust = flaw.set_up(city, folder)
    broker = _broker(folder, city, server, *lines)
    broker.start()
    yield sink_to(broker.url, trust)
    broker.stop()


def sink_to(url: str, trust: Trust, *, topic_root: str = "gridwatch/1/box-01") -> MqttSink:
    """Return box-01's way to a broker, not yet connected."""
    address = BrokerAddress(url, "box-01", trust=trust)
    return MqttSink(address, topic_root=topic_root, status=lambda online: b"{}")


def _broker(folder: Path, city: Authority, server: Issued, *lines: str) -> Mosquitto:
    files = (
        f"cafile {city.file}",
        f"certfile {server.certificate}",
        f"keyfile {server.key}",
    )
    return Mosquitto(folder, free_port(), (*files, *lines), "mqtts")
