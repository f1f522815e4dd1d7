"""The access rules that the documentation gives a city, on a real broker."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge.delivery.mqtt import BrokerAddress, MqttSink
from edge.delivery.tls import Trust
from tests.edge.delivery.certificates import Authority
from tests.fixtures_mqtt import Mosquitto

EXAMPLES = Path(__file__).parents[3] / "config" / "examples"
OWN, OTHER = "gridwatch/1/box-01", "gridwatch/1/box-02"
PATIENCE_S = 10.0
SHIPPED = {
    "cafile",
    "crlfile",
    "certfile",
    "keyfile",
    "acl_file",
    "listener",
    "persistence_location",
}
"""Lines whose files are elsewhere in a test."""

pytestmark = pytest.mark.e2e


class City:
    """The broker of the example, with an authority of its own."""

    def __init__(self, folder: Path, make_mosquitto: Callable[..., Mosquitto]) -> None:
        self.authority = Authority(folder, "city")
        server = self.authority.issue("broker")
        rules = folder / "acl"
        rules.write_text((EXAMPLES / "mosquitto-city.acl").read_text())
        rules.chmod(0o600)
        shipped = (EXAMPLES / "mosquitto-city.conf").read_text().splitlines()
        self.broker = make_mosquitto(
            f"cafile {self.authority.file}",
            f"crlfile {self.authority.withdraw()}",
            f"certfile {server.certificate}",
            f"keyfile {server.key}",
            f"acl_file {rules}",
            f"persistence_location {folder}/",
            *(line for line in shipped if line and line.split()[0] not in SHIPPED | {"#"}),
            scheme="mqtts",
        )

    def trust(self, name: str) -> Trust:
        own = self.authority.issue(name)
        return Trust(ca=self.authority.file, certificate=own.certificate, key=own.key)

    @contextmanager
    def user(self, name: str, *topics: str) -> Iterator["User"]:
        """Connect as somebody who uses no gridwatch, and note what comes."""
        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        client.tls_set_context(self.trust(name).context())
        user = User(client)
        url = urlsplit(self.broker.url)
        client.connect(str(url.hostname), int(url.port or 0))
        client.loop_start()
        if topics:
            client.subscribe([(topic, 1) for topic in topics])
            user.done.get(timeout=PATIENCE_S)
        yield user
        client.disconnect()
        client.loop_stop()


class User:
    """A client as a test sees it."""

    def __init__(self, client: paho.Client) -> None:
        self._client = client
        self.heard: queue.Queue[str] = queue.Queue()
        self.done: queue.Queue[str] = queue.Queue()
        """What the broker made of each request."""
        client.on_subscribe = lambda *_: self.done.put("subscribed")
        client.on_message = lambda _client, _userdata, message: self.heard.put(message.topic)
        client.on_publish = lambda _client, _userdata, _mid, reason, _: self.done.put(str(reason))

    def publish(self, topic: str) -> str:
        self._client.publish(topic, b"{}", qos=1)
        return self.done.get(timeout=PATIENCE_S)


@pytest.fixture
def city(tmp_path: Path, make_mosquitto: Callable[..., Mosquitto]) -> City:
    return City(tmp_path, make_mosquitto)


@pytest.mark.parametrize(
    "leaf",
    [
        "status", "incidents", "passages", "evidence/1/opened.jpg", "health",
        "answers", "answers/7", "clips/7/1",
    ],
)  # fmt: skip
def test_a_box_may_say_what_is_its_own(city: City, leaf: str) -> None:
    with city.user("box-01") as box:
        assert box.publish(f"{OWN}/{leaf}") in {"Success", "No matching subscribers"}


@pytest.mark.parametrize(
    "topic",
    [
        f"{OTHER}/status",
        f"{OTHER}/incidents",
        f"{OTHER}/passages",
        f"{OTHER}/evidence/1/opened.jpg",
        f"{OTHER}/answers/7",
        f"{OTHER}/commands",
        f"{OWN}/commands",
        f"{OWN}/receipts",
        f"{OWN}/anything",
        "gridwatch/1/incidents",
    ],
)
def test_a_box_can_say_nothing_as_another_or_as_the_platform(city: City, topic: str) -> None:
    with city.user("platform", "gridwatch/1/#") as platform, city.user("box-01") as box:
        assert box.publish(topic) == "Not authorized"
        assert list(platform.heard.queue) == []


def test_a_box_that_calls_itself_another_is_not_heard_and_leaves_no_will(city: City) -> None:
    address = BrokerAddress(city.broker.url, "box-01", trust=city.trust("box-01"))
    with city.user("platform", "gridwatch/1/#") as platform:
        intruder = MqttSink(address, topic_root=OTHER, status=lambda online: b"{}")
        intruder.connect()
        # The next connection of the same client: the broker publishes what this one left behind.
        box = MqttSink(address, topic_root=OWN, status=lambda online: b"{}")
        box.connect()
        assert platform.heard.get(timeout=PATIENCE_S) == f"{OWN}/status"
        assert list(platform.heard.queue) == []
        box.close()
        intruder.close()


def test_a_box_hears_its_own_commands_and_nothing_of_another(city: City) -> None:
    with (
        city.user("box-01", "gridwatch/1/#", "$SYS/#") as box,
        city.user("platform", "gridwatch/1/+/incidents") as platform,
        city.user("box-02") as other,
    ):
        other.publish(f"{OTHER}/incidents")
        assert platform.heard.get(timeout=PATIENCE_S) == f"{OTHER}/incidents"
        for topic in (f"{OTHER}/commands", f"{OTHER}/receipts", f"{OWN}/commands"):
            platform.publish(topic)
        assert box.heard.get(timeout=PATIENCE_S) == f"{OWN}/commands"
        assert box.heard.empty()
