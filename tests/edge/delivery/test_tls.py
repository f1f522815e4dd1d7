"""A real broker with certificates: good ones, and all that can be wrong with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.tls import Trust
from edge.errors import DeliveryError
from tests.edge.delivery.certificates import DAY, Authority, Issued
from tests.fixtures_mqtt import Mosquitto

pytestmark = [
    pytest.mark.e2e,
    # paho leaves the socket of a failed handshake to the garbage collector.
    pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning"),
]

LONG_AGO = timedelta(days=-9)


@dataclass
class City:
    """An authority, and brokers with its certificates."""

    authority: Authority
    make_broker: Callable[..., Mosquitto]

    def broker(self, server: Issued, *lines: str) -> Mosquitto:
        return self.make_broker(
            f"cafile {self.authority.file}",
            f"certfile {server.certificate}",
            f"keyfile {server.key}",
            *lines,
            scheme="mqtts",
        )


@pytest.fixture
def city(make_mosquitto: Callable[..., Mosquitto], tmp_path: Path) -> City:
    return City(Authority(tmp_path, "city"), make_mosquitto)


@pytest.fixture
def connect() -> Iterator[Callable[[Mosquitto, Trust], MqttSink]]:
    """Connect as box-01; the connections end with the test."""
    connected: list[MqttSink] = []

    def connect(broker: Mosquitto, trust: Trust) -> MqttSink:
        sink = MqttSink(
            BrokerAddress(broker.url, "box-01", trust=trust),
            topic_root="gridwatch/1/box-01",
            status=lambda online: b"{}",
        )
        sink.connect()
        connected.append(sink)
        return sink

    yield connect
    for sink in connected:
        sink.close()


Connect = Callable[[Mosquitto, Trust], MqttSink]


def test_both_ends_prove_themselves_by_their_certificates(
    city: City, connect: Connect, tmp_path: Path
) -> None:
    own = city.authority.issue("box-01")
    broker = city.broker(city.authority.issue("broker"), "require_certificate true")
    right = Trust(ca=city.authority.file, certificate=own.certificate, key=own.key)
    sink = connect(broker, right)
    token = sink.publish("passages", b"{}", "application/json")
    assert any(
        getattr(event, "token", None) == token for _ in range(20) for event in sink.events(1)
    )
    with pytest.raises(DeliveryError, match="refused the login"):
        connect(broker, replace(right, certificate=None, key=None))
    with pytest.raises(DeliveryError, match="certificate files cannot be used"):
        connect(broker, replace(right, ca=tmp_path / "absent.pem"))


def test_an_authority_that_did_not_sign_it_is_said(
    city: City, connect: Connect, tmp_path: Path
) -> None:
    broker = city.broker(city.authority.issue("broker"))
    other = Trust(ca=Authority(tmp_path, "elsewhere").file)
    with pytest.raises(DeliveryError, match=r"certificate is not trusted .* set mqtt\.ca"):
        connect(broker, other)


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (LONG_AGO, -DAY, r"expired\); renew it, or set the box's clock, which says 20\d\d-"),
        (DAY, 2 * DAY, r"not yet valid\); renew it, or set the box's clock, which says 20\d\d-"),
    ],
)
def test_a_broker_whose_time_is_over_or_not_come_is_refused(
    city: City, connect: Connect, since: timedelta, until: timedelta, said: str
) -> None:
    broker = city.broker(city.authority.issue("broker", since=since, until=until))
    with pytest.raises(DeliveryError, match=said):
        connect(broker, Trust(ca=city.authority.file))


def test_a_broker_of_another_name_is_refused(city: City, connect: Connect) -> None:
    broker = city.broker(city.authority.issue("broker", address="127.0.0.2"))
    with pytest.raises(DeliveryError, match=r"mqtt\.url must name the broker as the certificate"):
        connect(broker, Trust(ca=city.authority.file))


def test_a_withdrawn_broker_is_refused_and_others_are_not(city: City, connect: Connect) -> None:
    stolen, right = city.authority.issue("stolen"), city.authority.issue("broker")
    trust = Trust(ca=city.authority.file, crl=city.authority.withdraw(stolen))
    with pytest.raises(DeliveryError, match=r"revoked\); its authority has withdrawn it"):
        connect(city.broker(stolen), trust)
    connect(city.broker(right), trust)


def test_a_list_that_is_out_of_date_trusts_nobody(city: City, connect: Connect) -> None:
    broker = city.broker(city.authority.issue("broker"))
    trust = Trust(ca=city.authority.file, crl=city.authority.withdraw(until=-DAY))
    with pytest.raises(DeliveryError, match=r"mqtt\.crl is out of date; fetch"):
        connect(broker, trust)


def test_a_list_of_another_authority_trusts_nobody(
    city: City, connect: Connect, tmp_path: Path
) -> None:
    broker = city.broker(city.authority.issue("broker"))
    trust = Trust(ca=city.authority.file, crl=Authority(tmp_path, "elsewhere").withdraw())
    with pytest.raises(DeliveryError, match=r"mqtt\.crl has no list of the authority"):
        connect(broker, trust)


def test_a_box_whose_own_certificate_has_expired_says_so_itself(
    city: City, connect: Connect
) -> None:
    own = city.authority.issue("box-01", since=LONG_AGO, until=-DAY)
    broker = city.broker(city.authority.issue("broker"), "require_certificate true")
    trust = Trust(ca=city.authority.file, certificate=own.certificate, key=own.key)
    with pytest.raises(
        DeliveryError, match=r"mqtt\.certificate: .*box-01\.crt is valid from .* to"
    ):
        connect(broker, trust)


def test_a_withdrawn_box_is_refused_by_the_broker(city: City, connect: Connect) -> None:
    own = city.authority.issue("box-01")
    broker = city.broker(
        city.authority.issue("broker"),
        "require_certificate true",
        f"crlfile {city.authority.withdraw(own)}",
    )
    trust = Trust(ca=city.authority.file, certificate=own.certificate, key=own.key)
    with pytest.raises(DeliveryError, match=r"refused the login .* check .* the certificate"):
        connect(broker, trust)
