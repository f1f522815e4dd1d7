"""From the configuration to commands that are done: keys, their change, and what is missing."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.bootstrap import parts
from edge.bootstrap.configuration.desk import ConfigurationDesk
from edge.bootstrap.ways.commands import CommandRoom
from edge.bootstrap.worker.live import LiveHub
from edge.clock import ClockState, SystemClock
from edge.console.configuration import Change
from edge.delivery.sink import Received
from edge.errors import ConfigError, StoreError
from edge.settings import Settings, load_settings
from edge.store.outbox import Outbox
from tests.city import BOX, City

CONFIGURATION = """\
box: {id: box-01, home: ./var}
console: {port: 0}
commands:
  keys: {NAME: ./NAME.pem}
  allow: [config.get]
cameras:
  - {id: gate, url: "rtsp://viewer:hush@192.0.2.1/1", gate: {}}
"""
PATIENCE_S, LOOK_S = 20.0, 0.02


class Town:
    """A box's folder, and the room of its commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "gridwatch.yaml"
        self.unread = 0

    def configure(self, *cities: City, text: str = CONFIGURATION) -> Settings:
        for city in cities:
            pem = city.key.public_key().public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
            )
            (self.folder / f"{city.signer}.pem").write_bytes(pem)
            text = text.replace("NAME", city.signer)
        self.config.write_text(text, encoding="utf-8")
        return load_settings(self.config)

    def room(self, settings: Settings) -> CommandRoom:
        clock = SystemClock()
        desk = ConfigurationDesk(self.config, settings, clock)
        desk.remember()
        return CommandRoom(
            desk,
            live=LiveHub(clock),
            reports=list,
            clock=clock,
            clock_state=ClockState,
            unread=lambda: self.unread,
        )

    def answers(self, settings: Settings, *, count: int) -> list[dict[str, Any]]:
        outbox = Outbox(parts.journal_path(settings), SystemClock())
        until_s, never = time.monotonic() + PATIENCE_S, threading.Event()
        while len(found := outbox.waiting(limit=100)) < count and time.monotonic() < until_s:
            never.wait(LOOK_S)
        outbox.close()
        return [json.loads(one.payload) for one in found]


def asked(city: City, now: datetime, name: str = "config.get") -> Received:
    envelope = city.sign(city.content(name, at=now))
    return Received("commands", envelope, f"gridwatch/1/{BOX}/answers/city", b"7")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@contextmanager
def opened(room: CommandRoom) -> Iterator[CommandRoom]:
    with room.running():
        yield room


def hear(room: CommandRoom, received: Received) -> None:
    assert room.inbox is not None
    room.inbox(received)


def test_a_box_without_the_section_listens_to_nothing(town: Town) -> None:
    text = "box: {home: ./var}\ncameras: []\n"
    room = town.room(town.configure(text=text))
    assert (room.inbox, room.state()) == (None, None)
    with opened(room):
        assert not (town.folder / "var" / "keys").exists()


def test_a_command_is_done_and_told_of(town: Town) -> None:
    city = City()
    settings = town.configure(city)
    with opened(town.room(settings)) as room:
        hear(room, asked(city, SystemClock().utc()))
        (answer,) = town.answers(settings, count=1)
        assert answer["state"] == "done"
        assert answer["body"]["history_id"] == 1
        assert "rtsp://***@192.0.2.1/1" in answer["body"]["yaml"]
        assert "hush" not in answer["body"]["yaml"]
        hear(room, asked(city, SystemClock().utc(), "recheck"))
        town.unread = 3
        state = room.state()
        assert state is not None
        assert (state.taken, state.waiting) == (1, 0)
        assert state.refused == {"not_allowed": 1, "oversized": 3}
        again = room.state()
        assert again is not None
        assert again.refused["oversized"] == 3


def test_a_key_is_replaced_and_a_lost_one_taken_out_while_the_box_runs(town: Town) -> None:
    lost, new = City(signer="city-2026"), City(signer="city-2027")
    settings = town.configure(lost)
    room = town.room(settings)
    now = SystemClock().utc()
    room.follow(town.configure(new))
    hear(room, asked(new, now))
    hear(room, asked(lost, now))
    state = room.state()
    assert state is not None
    assert (state.taken, state.refused) == (1, {"wrong_key": 1})
    room.follow(town.configure(text="box: {home: ./var}\ncameras: []\n"))
    hear(room, asked(new, now))
    state = room.state()
    assert state is not None
    assert (state.taken, state.refused) == (1, {"wrong_key": 2})


def test_a_key_that_is_none_is_named_with_its_line_and_the_old_ones_hold(town: Town) -> None:
    city = City()
    room = town.room(town.configure(city))
    bad = CONFIGURATION.replace("NAME", "other")
    (town.folder / "other.pem").write_text("no key\n")
    with pytest.raises(ConfigError, match=r"gridwatch\.yaml:4: commands\.keys\.other: "):
        room.follow(town.configure(text=bad))
    hear(room, asked(city, SystemClock().utc()))
    state = room.state()
    assert state is not None
    assert state.taken == 1


def test_the_console_does_not_accept_a_configuration_whose_key_is_gone(town: Town) -> None:
    settings = town.configure(City())
    desk = ConfigurationDesk(town.config, settings, SystemClock())
    (town.folder / "city-2026.pem").unlink()
    with pytest.raises(ConfigError, match=r"commands\.keys"):
        desk.tried([Change("gate", {"decode": "keyframes"})])


def test_what_cannot_be_sealed_is_not_taken_and_comes_again(town: Town) -> None:
    city = City()
    room = town.room(town.configure(city))
    (town.folder / "var" / "keys").write_text("in the way of the folder\n")
    with pytest.raises(StoreError):
        hear(room, asked(city, SystemClock().utc()))
    (town.folder / "var" / "keys").unlink()
    hear(room, asked(city, SystemClock().utc()))
    state = room.state()
    assert state is not None
    assert state.taken == 1
