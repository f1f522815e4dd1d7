"""A box that works, and somebody who floods its topics with what the platform never sent."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.bench.service_tree import family
from edge.commands.command import CommandName
from edge.delivery.broker import free_port
from streams.film import repeat_film, write_film
from tests.chaos.experiment import Figure, at_least, at_most, exactly, told
from tests.chaos.forger import Forger
from tests.chaos.processes import holding
from tests.city import BOX, City
from tests.city_line import CityLine, city_line
from tests.fixtures_mqtt import Mosquitto
from tests.fixtures_rtsp import moving_pictures
from tests.running_box import RunningBox

MESSAGES, SHORT_MESSAGES = 6000, 250
SEED = 20261125
FPS = 10
LENGTH_S = 1800.0
CAMERA = "cam"
COMMANDS = "commands"
BODY = "body"
"""A command with a body that makes no sense is taken first and refused by who would do it."""

GIVE_UP_S = 180.0
BUSY_S = 90.0
"""A box counts what it takes by the minute: after a flood it takes commands again within this."""

LEAST_SHARE = 0.9
MOST_MIB = 40.0
AGAIN_AFTER_HEALTHS = 6
HEALTHS = 8
"""So many health messages, half a second apart, make a rate."""


def flood(folder: Path, *, short: bool) -> Iterator[Figure]:
    """Yield what becomes of the box and of its work."""
    place = folder / "flooded"
    place.mkdir()
    city = City()
    broker = Mosquitto(place, free_port(), ("max_queued_messages 0",))
    broker.start()
    box = _box(place, broker, city)
    box.start()
    try:
        with city_line(broker.url) as line:
            yield from _flooded(box, line, Forger(city, random.Random(SEED)), short=short)
    finally:
        box.stop()
        broker.stop()


def _flooded(box: RunningBox, line: CityLine, forger: Forger, *, short: bool) -> Iterator[Figure]:
    count = SHORT_MESSAGES if short else MESSAGES
    while not _rate(line, 1):
        pass
    _rate(line)  # the first seconds are fuller: everything is new
    asked, _ = _ask_until_done(line, forger)
    assert box.process is not None
    rate, workers = _rate(line), box.workers
    memory = holding(family(box.process.pid)).rss_mib
    began_s = time.monotonic()
    commanded = len(asked)
    for _ in range(count):
        forged = forger.next()
        commanded += forged.leaf == COMMANDS
        line.send(forged.leaf, forged.payload, response_topic=forged.response_topic)
    took_s = time.monotonic() - began_s
    rate_then = _rate(line)
    asked_again, after_s = _ask_until_done(line, forger)
    commands = line.next_health()["commands"]
    heard = commands["taken"] + sum(commands["refused"].values()) - commands["refused"].get(BODY, 0)
    grown = holding(family(box.process.pid)).rss_mib - memory
    answers = [one.content for one in line.heard if one.leaf.startswith("answers/")]
    done = sum(
        one["state"] == "done" and one["command_id"] not in asked | asked_again for one in answers
    )
    outside = [one for one in line.heard if not one.leaf.startswith(("answers/", "health"))]
    yield told("forged messages", count)
    yield told("sent a second", count / took_s)
    for reason, times in sorted(commands["refused"].items()):
        yield told(f"refused: {reason}", times)
    yield exactly(
        "commands that were neither taken nor refused", commanded + len(asked_again) - heard, 0
    )
    yield exactly("commands done that the platform did not send", done, 0)
    yield at_most("the platform's own is done again after", after_s, BUSY_S, "s", timed=True)
    yield exactly("messages of the box beside its answers", len(outside), 0)
    yield exactly("worker processes that were lost", len(set(workers) - set(box.workers)), 0)
    yield at_least("pictures analysed, after to before", rate_then / rate, LEAST_SHARE, timed=True)
    yield at_most("memory grown", grown, MOST_MIB, "MiB")


def _rate(line: CityLine, healths: int = HEALTHS) -> float:
    """Return how many pictures are analysed a second."""
    told_of = [camera for _ in range(healths) for camera in line.next_health()["cameras"]]
    return sum(float(camera["analysed_fps"]) for camera in told_of) / healths


def _ask_until_done(line: CityLine, forger: Forger) -> tuple[set[str], float]:
    """Ask for something until it is done; return the ids of the commands, and after how long."""
    asked, began_s = set(), time.monotonic()
    while True:
        command_id, envelope = forger.good()
        asked.add(command_id)
        line.ask(envelope)
        for _ in range(AGAIN_AFTER_HEALTHS):
            line.next_health()
            if any(one.content["state"] == "done" for one in line.answered(command_id)):
                return asked, time.monotonic() - began_s
        if time.monotonic() - began_s > GIVE_UP_S:
            raise TimeoutError("the box does not do what it is asked to")


def _box(place: Path, broker: Mosquitto, city: City) -> RunningBox:
    """Return a box with one camera that watches a street, and a city to believe."""
    once, film = place / "once.mp4", place / "film.mp4"
    write_film(once, moving_pictures(FPS * 6), fps=FPS)
    repeat_film(once, film, seconds=LENGTH_S)
    pem = city.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (place / "city.pem").write_bytes(pem)
    whole = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    rules = [{"type": "material_pile", "dwell": "10m"}]
    camera = {"id": CAMERA, "url": f"file:{film}"}
    return RunningBox(
        place / "gridwatch.yaml",
        {
            "box": {"id": BOX, "home": "./var"},
            "models": {"street": "none"},
            "mqtt": {"url": broker.url, "health_every": "500ms", "receipts": {"timeout": "5s"}},
            "console": {"port": 0},
            "commands": {
                "keys": {city.signer: "./city.pem"},
                "allow": [str(name) for name in CommandName],
            },
            "cameras": [camera | {"zones": [{"id": "all", "polygon": whole, "rules": rules}]}],
        },
    )
