"""The platform, and not only its broker, has what the box has told: against a real broker."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge.clock import SystemClock
from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.relay import Relay, Terms
from edge.domain.sink import SinkState
from edge.store.journal import Journal
from edge.store.outbox import Outbox
from edge.store.sinks import MQTT, Sinks
from edge.wire.receipts import MOST_BYTES
from tests.fixtures_mqtt import Mosquitto
from tests.passages import a_passage

pytestmark = pytest.mark.e2e

ROOT = "gridwatch/1/box-01"
PATIENCE_S = 20.0
WAIT_S = 1.0


class Platform:
    """Subscribed to the box; says that it has a message, or does not."""

    def __init__(self, broker: Mosquitto) -> None:
        self.seqs: list[int] = []
        self.answers = True
        self._changed = threading.Condition()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_message = self._take
        ready = threading.Event()
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self._client.subscribe(f"{ROOT}/passages", qos=1)
        assert ready.wait(PATIENCE_S)

    def _take(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        seq = json.loads(message.payload)["seq"]
        if self.answers:
            self.say(receipts=[{"id": f"p{seq}", "revision": 1, "seq": seq}])
        with self._changed:
            self.seqs.append(seq)
            self._changed.notify_all()

    def say(self, **said: object) -> None:
        content = json.dumps({"schema": "gridwatch.receipt/1", **said})
        self._client.publish(f"{ROOT}/receipts", content, qos=1)

    def wait_for(self, *seqs: int) -> None:
        """Return when the last messages are these."""
        deadline_s = time.monotonic() + PATIENCE_S
        with self._changed:
            while self.seqs[-len(seqs) :] != list(seqs):
                assert time.monotonic() < deadline_s, self.seqs
                self._changed.wait(0.1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Box:
    """A journal and a relay that expects receipts."""

    def __init__(self, path: Path, url: str) -> None:
        clock = SystemClock()
        self.journal = Journal(path, clock)
        self._sinks = Sinks(path, clock)
        self._tick = threading.Event()
        self.relay = Relay(
            Outbox(path, clock, receipts_s=WAIT_S),
            MqttSink(
                BrokerAddress(url, "box-01"),
                topic_root=ROOT,
                status=lambda online: b"{}",
                hears={"receipts": MOST_BYTES},
            ),
            Terms(),
            health=lambda: b"{}",
            clock=clock,
            uniform=lambda low, high: 0.05,
        )

    def tell(self, *numbers: int) -> None:
        for number in numbers:
            self.journal.record_passage(a_passage(f"p{number}"), partial(_message, number))

    @property
    def state(self) -> SinkState:
        state = self._sinks.state(MQTT)
        assert state is not None
        return state

    def wait_for_awaiting(self, count: int) -> None:
        """Return when so many messages wait for their receipt, and none to be sent."""
        self.wait_until(lambda: (self.state.awaiting, self.state.depth) == (count, 0))

    def wait_until(self, so: Callable[[], bool]) -> None:
        """Return when the relay's thread has come so far."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not so():
            assert time.monotonic() < deadline_s, (self.state, self.relay.receipts.heard)
            self._tick.wait(0.02)


def _message(number: int, seq: int) -> bytes:
    assert seq == number
    return json.dumps({"seq": seq}).encode()


@contextmanager
def running(path: Path, url: str) -> Iterator[Box]:
    box, stop = Box(path, url), threading.Event()
    thread = threading.Thread(target=box.relay.run, args=(stop,))
    thread.start()
    try:
        yield box
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.fixture
def platform(mosquitto: Mosquitto) -> Iterator[Platform]:
    platform = Platform(mosquitto)
    yield platform
    platform.close()


def test_a_message_without_a_receipt_is_sent_again_until_it_has_one(
    mosquitto: Mosquitto, platform: Platform, tmp_path: Path
) -> None:
    platform.answers = False
    with running(tmp_path / "journal.db", mosquitto.url) as box:
        box.tell(1)
        platform.wait_for(1, 1)
        assert box.state.awaiting + box.state.depth == 1
        platform.answers = True
        platform.wait_for(1, 1, 1)
        box.wait_for_awaiting(0)
        box.wait_until(lambda: box.relay.receipts.heard.settled == 1)


def test_what_the_platform_has_lost_is_sent_again_when_it_says_so(
    mosquitto: Mosquitto, platform: Platform, tmp_path: Path
) -> None:
    with running(tmp_path / "journal.db", mosquitto.url) as box:
        box.tell(1, 2, 3, 4, 5)
        platform.wait_for(1, 2, 3, 4, 5)
        box.wait_for_awaiting(0)
        platform.say(missing=[{"from": 2, "to": 3}, {"from": 5, "to": 900}])
        platform.wait_for(2, 3, 5)
        box.wait_for_awaiting(0)


def test_a_forged_receipt_settles_nothing(
    mosquitto: Mosquitto, platform: Platform, tmp_path: Path
) -> None:
    platform.answers = False
    with running(tmp_path / "journal.db", mosquitto.url) as box:
        box.tell(1)
        platform.wait_for(1)
        platform.say(receipts=[{"id": "p2", "revision": 1, "seq": 1}])
        platform.say(receipts=[{"id": "p1", "revision": 9, "seq": 1}], missing="all")
        platform.wait_for(1, 1)
        heard = box.relay.receipts.heard
        assert (heard.settled, heard.unknown, heard.malformed) == (0, 1, 1)


_VICTIM = """
import sys
from pathlib import Path
from tests.e2e.test_receipts import Box
import threading
box = Box(Path(sys.argv[1]), sys.argv[2])
threading.Thread(target=box.relay.run, args=(threading.Event(),), daemon=True).start()
box.tell(1)
box.wait_for_awaiting(1)
print("awaits", flush=True)
threading.Event().wait()
"""


def test_a_box_that_is_killed_between_the_brokers_word_and_the_platforms_sends_again(
    mosquitto: Mosquitto, platform: Platform, tmp_path: Path
) -> None:
    platform.answers = False
    path = tmp_path / "journal.db"
    script = tmp_path / "victim.py"
    script.write_text(_VICTIM.replace("tests.e2e.test_receipts", "receipts_box"))
    (tmp_path / "receipts_box.py").write_bytes(Path(__file__).read_bytes())
    victim = subprocess.Popen(
        [sys.executable, str(script), str(path), mosquitto.url],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        text=True,
    )
    assert victim.stdout is not None
    with victim.stdout:
        assert victim.stdout.readline() == "awaits\n"
        victim.send_signal(signal.SIGKILL)
        victim.wait(PATIENCE_S)
    platform.wait_for(1)
    platform.answers = True
    with running(path, mosquitto.url) as box:
        platform.wait_for(1, 1)
        box.wait_for_awaiting(0)
