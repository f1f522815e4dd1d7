"""A real broker with certificates: good ones, and all that can be wrong with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.delivery.tls import Trust
from edge.errors import DeliveryError
from tests.fixtures_mqtt import require_mosquitto
from tests.guarded_broker import FLAWS, Flaw, GuardedBroker, flawed, sink_to

pytestmark = [
    pytest.mark.e2e,
    # paho leaves the socket of a failed handshake to the garbage collector.
    pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[GuardedBroker]:
    require_mosquitto()
    guarded = GuardedBroker(tmp_path)
    guarded.start()
    yield guarded
    guarded.stop()


def test_both_ends_prove_themselves_by_their_certificates(broker: GuardedBroker) -> None:
    trust = broker.trust("box-01")
    crl = broker.authority.withdraw(broker.authority.issue("stolen"))
    sink = sink_to(broker.url, Trust(trust.ca, crl, trust.certificate, trust.key))
    sink.connect()
    token = sink.publish("passages", b"{}", "application/json")
    assert any(
        getattr(event, "token", None) == token for _ in range(20) for event in sink.events(1)
    )
    sink.close()


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_what_is_wrong_is_refused_and_said_with_its_remedy(flaw: Flaw, tmp_path: Path) -> None:
    require_mosquitto()
    with flawed(flaw, tmp_path) as sink:
        with pytest.raises(DeliveryError, match=flaw.said):
            sink.connect()
        sink.close()


def test_a_file_that_is_not_there_is_said(broker: GuardedBroker, tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="certificate files cannot be used"):
        sink_to(broker.url, Trust(ca=tmp_path / "absent.pem")).connect()
