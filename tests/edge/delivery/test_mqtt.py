import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from edge.clock import SystemClock
from edge.delivery.broker import EmbeddedBroker
from edge.delivery.listener import Listener
from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.relay import Relay, Terms
from edge.errors import DeliveryError
from edge.inotify import folder_bell
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from edge.store.outgoing import Still
from tests.fixtures_mqtt import Mosquitto
from tests.passages import a_passage

ROOT = "gridwatch/1/box-01"
ONLINE, OFFLINE = b'{"state":"online"}', b'{"state":"offline"}'
PATIENCE_S = 20.0
LOOK_AGAIN_S = 0.05


class Received:
    """What a subscriber has, in order, by the last part of the topic."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self._changed = threading.Condition()

    def take(self, topic: str, payload: bytes) -> None:
        with self._changed:
            self.messages.append((topic.removeprefix(ROOT + "/"), payload))
            self._changed.notify_all()

    def of(self, leaf: str) -> list[bytes]:
        return [payload for own, payload in self.messages if own == leaf]

    def wait_for(self, what: Callable[[], bool]) -> None:
        # Asked again without a message too: the box notes an acknowledgement after the subscriber.
        deadline_s = time.monotonic() + PATIENCE_S
        with self._changed:
            while not what():
                assert time.monotonic() < deadline_s, self.messages[-5:]
                self._changed.wait(LOOK_AGAIN_S)


def sink_of(address: BrokerAddress) -> MqttSink:
    return MqttSink(address, topic_root=ROOT, status=status)


def status(online: bool) -> bytes:
    return ONLINE if online else OFFLINE


@contextmanager
def relayed(path: Path, address: BrokerAddress) -> Iterator[tuple[Journal, Outbox, Relay]]:
    """Run a relay on its own thread, with a bell as in the service."""
    clock = SystemClock()
    journal, outbox = Journal(path, clock), Outbox(path, clock)
    relay = Relay(
        Outbox(path, clock),
        sink_of(address),
        Terms(),
        health=lambda: b"{}",
        clock=clock,
        bell=lambda: folder_bell(path.parent),
        uniform=lambda low, high: 0.05,
    )
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    try:
        yield journal, outbox, relay
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def write(journal: Journal, numbers: range, size: int = 0) -> None:
    for number in numbers:
        journal.record_passage(a_passage(f"p{number}"), partial(_payload, size))


def _payload(size: int, seq: int) -> bytes:
    return json.dumps({"seq": seq, "x": "x" * size}).encode()


def seqs(payloads: list[bytes]) -> list[int]:
    return [json.loads(payload)["seq"] for payload in payloads]


@pytest.mark.e2e
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_real_broker_gets_everything_in_order(
    mosquitto: Mosquitto, tmp_path: Path, version: str
) -> None:
    received = Received()
    address = BrokerAddress(mosquitto.url, "box-01", version=version)
    with (
        Listener(mosquitto.url, ROOT, received.take, version=version),
        relayed(tmp_path / "journal.db", address) as (journal, outbox, _),
    ):
        write(journal, range(200))
        received.wait_for(lambda: len(received.of("passages")) >= 200)
    assert seqs(received.of("passages")) == list(range(1, 201))
    assert received.of("status") == [ONLINE, OFFLINE]
    assert outbox.depth() == 0


@pytest.mark.e2e
def test_a_broker_that_restarts_without_memory_loses_nothing_of_the_box(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    received = Received()
    path = tmp_path / "journal.db"
    with relayed(path, BrokerAddress(mosquitto.url, "box-01")) as (journal, outbox, relay):
        with Listener(mosquitto.url, ROOT, received.take):
            write(journal, range(50))
            received.wait_for(lambda: len(received.of("passages")) >= 50 and not outbox.depth())
        mosquitto.stop()
        write(journal, range(50, 100))
        assert outbox.depth() == 50
        mosquitto.start()
        with Listener(mosquitto.url, ROOT, received.take, client_id="late"):
            received.wait_for(lambda: outbox.depth() == 0)
    assert sorted(set(seqs(received.of("passages"))))[:50] == list(range(1, 51))
    assert [seq for seq, _ in relay.state.latest] == list(range(1, 101))


@pytest.mark.e2e
def test_a_status_that_changes_is_told_again_and_one_that_does_not_is_not(
    mosquitto: Mosquitto,
) -> None:
    received, present = Received(), [ONLINE]
    sink = MqttSink(
        BrokerAddress(mosquitto.url, "box-01"), topic_root=ROOT, status=lambda _: present[0]
    )
    with Listener(mosquitto.url, ROOT, received.take):
        sink.connect()
        sink.announce()
        present[0] = OFFLINE
        sink.announce()
        sink.announce()
        sink.publish("passages", b"{}", "application/json")
        received.wait_for(lambda: received.of("passages") == [b"{}"])
        assert received.of("status") == [ONLINE, OFFLINE]
        sink.close()


@pytest.mark.e2e
def test_the_will_tells_that_a_box_has_died(mosquitto: Mosquitto, tmp_path: Path) -> None:
    received = Received()
    script = (
        "import os\n"
        "from edge.delivery.mqtt import BrokerAddress, MqttSink\n"
        f"sink = MqttSink(BrokerAddress({mosquitto.url!r}, 'box-01'), topic_root={ROOT!r},"
        f" status=lambda online: {ONLINE!r} if online else {OFFLINE!r})\n"
        "sink.connect()\n"
        "sink.publish('passages', b'{}', 'application/json')\n"
        "sink.events(5)\n"
        "os._exit(9)\n"
    )
    with Listener(mosquitto.url, ROOT, received.take):
        subprocess.run([sys.executable, "-c", script], check=False, timeout=PATIENCE_S)
        received.wait_for(lambda: received.of("status") == [ONLINE, OFFLINE])


@pytest.mark.e2e
def test_a_message_too_large_for_the_broker_is_parked_and_the_rest_arrives(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    broker = make_mosquitto("max_packet_size 4000")
    received = Received()
    address = BrokerAddress(broker.url, "box-01")
    with (
        Listener(broker.url, ROOT, received.take),
        relayed(tmp_path / "journal.db", address) as (journal, outbox, _),
    ):
        write(journal, range(3))
        write(journal, range(3, 4), size=9000)
        write(journal, range(4, 6))
        received.wait_for(lambda: len(received.of("passages")) >= 5)
    assert seqs(received.of("passages")) == [1, 2, 3, 5, 6]
    (parked,) = outbox.parked()
    assert parked.seq == 4
    assert "the broker takes 2976" in parked.reason


@pytest.mark.e2e
def test_what_the_broker_forbids_is_parked_with_its_word(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    rules = tmp_path / "acl"
    rules.write_text(f"topic write {ROOT}/status\ntopic write {ROOT}/passages\ntopic read #\n")
    rules.chmod(0o644)
    broker = make_mosquitto(f"acl_file {rules}")
    path = tmp_path / "journal.db"
    with relayed(path, BrokerAddress(broker.url, "box-01")) as (journal, outbox, _):
        received = Received()
        with Listener(broker.url, ROOT, received.take):
            still = Still("evidence/p/decided.jpg", b"jpeg")
            journal.record_passage(a_passage("p"), lambda seq: b'{"seq": 1}', [still])
            write(journal, range(1, 3))
            received.wait_for(lambda: len(received.of("passages")) >= 3)
    (parked,) = outbox.parked()
    assert parked.leaf == "evidence/p/decided.jpg"
    assert "Not authorized" in parked.reason


@pytest.mark.e2e
def test_a_wrong_password_is_said_without_the_password(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    tool = shutil.which("mosquitto_passwd")
    if tool is None:
        pytest.skip("mosquitto_passwd is not installed")
    passwords = tmp_path / "passwords"
    subprocess.run([tool, "-b", "-c", str(passwords), "box-01", "right"], check=True)
    passwords.chmod(0o644)
    broker = make_mosquitto(f"password_file {passwords}", "allow_anonymous false")
    address = BrokerAddress(broker.url, "box-01", username="box-01", password="right")
    sink = sink_of(address)
    sink.connect()
    sink.close()
    wrong = replace(address, password="s3cret")
    with pytest.raises(DeliveryError) as caught:
        sink_of(wrong).connect()
    text = f"{caught.value} {wrong!r}"
    assert "refused the login" in text
    assert "check mqtt.username, mqtt.password" in text
    assert "s3cret" not in text


def test_a_broker_that_is_not_there_is_said_with_what_to_check(free_port: int) -> None:
    with pytest.raises(DeliveryError, match=r"nobody listens there; check mqtt\.url"):
        sink_of(BrokerAddress(f"mqtt://127.0.0.1:{free_port}", "box-01")).connect()


def test_the_embedded_broker_serves_the_box_and_a_listener(tmp_path: Path) -> None:
    received = Received()
    with EmbeddedBroker() as broker:
        address = BrokerAddress(broker.url, "box-01", version="3.1.1")
        with (
            Listener(broker.url, ROOT, received.take, version="3.1.1"),
            relayed(tmp_path / "journal.db", address) as (journal, _, _),
        ):
            write(journal, range(30))
            received.wait_for(lambda: len(received.of("passages")) >= 30)
    assert seqs(received.of("passages")) == list(range(1, 31))


def test_a_taken_port_is_said_with_the_key_to_change() -> None:
    with (
        EmbeddedBroker() as first,
        pytest.raises(DeliveryError, match=r"cannot listen on .* give mqtt\.url another port"),
        EmbeddedBroker(port=first.port),
    ):
        pass
