"""Kill workers and the whole service at random moments; count what the platform has heard."""

import os
import random
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from edge.delivery.listener import Listener
from models.packs import load_face_pack
from tests.chaos import rush
from tests.chaos.brokers import keeping_broker
from tests.chaos.census import Census, held_against, journal_of
from tests.chaos.experiment import Experiment, Figure, Report, at_most, exactly, told
from tests.chaos.slow_link import SlowLink
from tests.chaos.victim import Victim, gone_after_s, kill

SEED = 20261125
KILLS, SHORT_KILLS = 100, 6
GOAL_S = 3.0
"""A worker is to be back within this; a machine that runs tests has more to do than that."""

BOX = "box-kills"
LIVES_S, SHORT_LIVES_S = (0.3, 4.0), (0.3, 1.5)
"""How long everything runs between two kills, at random."""

LINK_S = 0.15
"""An acknowledgement's way, as over a mobile network: messages are often under way."""

FILM_S, SHORT_FILM_S = 900.0, 120.0
"""Longer than anybody lives."""

BROKER_EVERY = 12
"""The broker is restarted at one in so many kills."""

ORPHANS_S, TRIGGER_S = 10.0, 6.0
IN_COMMIT_S, IN_FLIGHT_S = 0.004, 0.002
LOOK_EVERY_S = 0.0002
HEARD_WITHIN_S = 60.0


class Whom(StrEnum):
    """Who is killed."""

    WORKER = "a worker"
    SERVICE = "the service with all its processes"
    SUPERVISOR = "the service alone, its workers left behind"


class When(StrEnum):
    """At what moment."""

    ANY = "at any moment"
    COMMIT = "just after the journal's log has grown"
    FLIGHT = "just after the broker has passed a message on"


@dataclass(frozen=True, slots=True)
class Kill:
    """One of the plan."""

    whom: Whom
    when: When
    after_s: float
    late_s: float
    """From the moment that it waits for."""
    draw: int
    """Which of the workers."""


@dataclass(slots=True)
class Tally:
    """What the kills showed."""

    workers_s: list[float] = field(default_factory=list)
    services_s: list[float] = field(default_factory=list)
    orphans_s: list[float] = field(default_factory=list)
    under_way: int = 0
    """Kills while acknowledgements were on their way to the box."""
    brokers: int = 0
    done: list[Kill] = field(default_factory=list)


def plan(count: int, seed: int, lives_s: tuple[float, float]) -> list[Kill]:
    """Return kills, the same for the same seed; among the first six is one of each kind."""
    chance = random.Random(seed)
    whom = [Whom.WORKER] * 6 + [Whom.SERVICE] * 2 + [Whom.SUPERVISOR] * 2
    when = [When.ANY] * 2 + [When.COMMIT] + [When.FLIGHT]
    pairs = [(chance.choice(whom), chance.choice(when)) for _ in range(count)]
    pairs[:6] = [
        (Whom.WORKER, When.COMMIT),
        (Whom.SERVICE, When.FLIGHT),
        (Whom.SUPERVISOR, When.ANY),
        (Whom.WORKER, When.ANY),
        (Whom.SERVICE, When.COMMIT),
        (Whom.WORKER, When.FLIGHT),
    ]
    late_s = {When.ANY: 0.0, When.COMMIT: IN_COMMIT_S, When.FLIGHT: IN_FLIGHT_S}
    return [
        Kill(who, at, chance.uniform(*lives_s), chance.uniform(0, late_s[at]), chance.randrange(99))
        for who, at in pairs
    ]


def run(folder: Path, short: bool) -> Report:
    """Do it, below an empty folder."""
    count, lives_s = (SHORT_KILLS, SHORT_LIVES_S) if short else (KILLS, LIVES_S)
    kills = plan(count, SEED, lives_s)
    length_s, pack = SHORT_FILM_S if short else FILM_S, load_face_pack("open", exact=True)
    gate = rush.passed_gate(folder, pack, length_s=length_s)
    streets = rush.busy_streets(folder, length_s=length_s)
    broker = keeping_broker(folder)
    broker.start()
    link = SlowLink(broker.url, each_s=LINK_S)
    victim = Victim(folder, _content(link.url, gate, streets))
    census, tally = Census(), Tally()
    began_s = time.monotonic()
    try:
        with Listener(broker.url, f"gridwatch/1/{BOX}", census.take, client_id="platform"):
            victim.start()
            victim.wait_online(dict.fromkeys(victim.cameras, 0))
            census.wait_for(4, TRIGGER_S)
            for number, one in enumerate(kills, start=1):
                _strike(one, victim, census, link, tally)
                if number % BROKER_EVERY == 0 or number == SHORT_KILLS - 1:
                    broker.stop()
                    broker.start()
                    tally.brokers += 1
            heard_all = _settled(victim, census)
            victim.stop()
            journal = journal_of(victim.home)
            census.wait_for(len(journal), TRIGGER_S)
    finally:
        victim.end()
        link.close()
        broker.stop()
    figures = [
        *_of_kills(tally, time.monotonic() - began_s),
        *held_against(census, journal),
    ]
    return Report(
        "kills", [*figures, exactly("all was heard in time", str(heard_all), "True")], short
    )


EXPERIMENT = Experiment("kills", "kill -9 of workers and of the service, the broker restarted", run)


def _strike(one: Kill, victim: Victim, census: Census, link: SlowLink, tally: Tally) -> None:
    """Wait for the moment, kill, and wait until all cameras have pictures again."""
    time.sleep(one.after_s)
    shares = victim.shares()
    if one.whom is Whom.WORKER:
        name = sorted(shares)[one.draw % len(shares)]
        pids, cameras = [shares[name][0]], shares[name][1]
    else:
        family = victim.family()
        pids, cameras = family if one.whom is Whom.SERVICE else family[:1], victim.cameras
    before = {camera: victim.online(camera) for camera in cameras}
    _await(one, victim, census)
    tally.under_way += link.under_way
    kill(pids)
    struck_s = time.monotonic()
    tally.done.append(one)
    if one.whom is Whom.WORKER:
        victim.wait_online(before)
        tally.workers_s.append(time.monotonic() - struck_s)
        return
    victim.bury()
    if one.whom is Whom.SUPERVISOR:
        threading.Thread(
            target=lambda: tally.orphans_s.append(gone_after_s(family[1:], ORPHANS_S)), daemon=True
        ).start()
    victim.start()
    victim.wait_online(dict.fromkeys(victim.cameras, 0))
    tally.services_s.append(time.monotonic() - struck_s)


def _await(one: Kill, victim: Victim, census: Census) -> None:
    """Return at the moment of a kill, or when it does not come."""
    if one.when is When.FLIGHT:
        census.wait_for_next(TRIGGER_S)
    elif one.when is When.COMMIT:
        wal, until_s = victim.home / "journal.db-wal", time.monotonic() + TRIGGER_S
        before = _stamp(wal)
        while _stamp(wal) == before and time.monotonic() < until_s:
            time.sleep(LOOK_EVERY_S)
    time.sleep(one.late_s)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def _settled(victim: Victim, census: Census) -> bool:
    """Return whether the platform has heard all that the journal had when the kills were over."""
    return census.wait_for(len(journal_of(victim.home)), HEARD_WITHIN_S)


def _of_kills(tally: Tally, lasted_s: float) -> Iterator[Figure]:
    yield told("seed", str(SEED))
    yield told("kills", len(tally.done))
    for whom in Whom:
        yield told(f"  of {whom}", sum(one.whom is whom for one in tally.done))
    for when in When:
        yield told(f"  {when}", sum(one.when is when for one in tally.done))
    yield told("of these with acknowledgements on their way", tally.under_way)
    yield told("restarts of the broker", tally.brokers)
    yield told("lasted", lasted_s, "s")
    yield told("busy processes meanwhile, this machine's mean", os.getloadavg()[1])
    yield told("a worker's cameras back, median", statistics.median(tally.workers_s), "s")
    yield at_most("a worker's cameras back, longest", max(tally.workers_s), GOAL_S, "s", timed=True)
    yield told("the service's cameras back, median", statistics.median(tally.services_s), "s")
    yield told("the service's cameras back, longest", max(tally.services_s), "s")
    yield told("workers left behind, longest", max(tally.orphans_s, default=0.0), "s")


def _content(broker: str, gate: Path, streets: Sequence[Path]) -> dict[str, Any]:
    """Return a box whose two workers have a gate and a street each."""
    return {
        "box": {"id": BOX, "home": "./var"},
        "mqtt": {"url": broker, "health_every": "2s"},
        "console": {"port": 0},
        "models": {"street": "none", "face_canvas": 320},
        "evidence": {"pre_roll": "2s", "post_roll": "2s"},
        "workers": 2,
        "cameras": [
            rush.gate("gate-1", f"file:{gate}"),
            rush.gate("gate-2", f"file:{gate}"),
            rush.street("street-1", f"file:{streets[0]}"),
            rush.street("street-2", f"file:{streets[1]}"),
        ],
    }
