"""Damage and bad intention: files of every kind, a stranger on the broker, forged commands."""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from edge.errors import DeliveryError
from tests.chaos.experiment import Experiment, Figure, Report, exactly, told
from tests.chaos.flood import flood
from tests.guarded_broker import FLAWS, GuardedBroker, flawed, topics_of_others
from tests.hostile import SUBJECTS, Subject, try_one

SECONDS, SHORT_SECONDS = 60.0, 1.0
"""Spent on each kind of file."""


def run(folder: Path, short: bool) -> Report:
    """Do it, below an empty folder."""
    figures: list[Figure] = []
    with _quiet():
        for subject in SUBJECTS:
            figures += _files(subject, SHORT_SECONDS if short else SECONDS)
    figures += _strangers(folder)
    figures += _certificates(folder)
    figures += flood(folder, short=short)
    return Report("hostile", figures, short)


EXPERIMENT = Experiment("hostile", "damaged files, forged messages, wrong certificates", run)


def _files(subject: Subject, for_s: float) -> list[Figure]:
    """Put seed after seed before what takes it."""
    outcomes: Counter[str] = Counter()
    longest_s, end_s = 0.0, time.monotonic() + for_s
    while time.monotonic() < end_s:
        began_s = time.thread_time()
        # What is no refusal ends the experiment, with the seed in its traceback.
        outcomes["accepted" if try_one(subject, sum(outcomes.values())) else "refused"] += 1
        longest_s = max(longest_s, time.thread_time() - began_s)
    return [
        told(f"{subject.name}: tried", sum(outcomes.values())),
        told(f"{subject.name}: refused in words", outcomes["refused"]),
        told(f"{subject.name}: longest", longest_s * 1e3, "ms CPU"),
    ]


def _strangers(folder: Path) -> Iterator[Figure]:
    """Speak as another box, and as the platform."""
    place = folder / "guarded"
    place.mkdir()
    broker = GuardedBroker(place)
    broker.start()
    own, other = "gridwatch/1/box-01", "gridwatch/1/box-02"
    topics = topics_of_others(own, other)
    with broker.user("platform", "gridwatch/1/#") as platform, broker.user("box-01") as box:
        said = [box.publish(topic) for topic in topics]
        heard = list(platform.heard.queue)
    broker.stop()
    yield told("topics that are not a box's own, tried", len(topics))
    yield exactly("of these allowed", len(topics) - said.count("Not authorized"), 0)
    yield exactly("of these heard by the platform", len(heard), 0)


def _certificates(folder: Path) -> Iterator[Figure]:
    """Meet brokers, and be a box, with something wrong about their certificates."""
    trusted = 0
    for number, flaw in enumerate(FLAWS):
        place = folder / f"flaw-{number}"
        place.mkdir()
        with flawed(flaw, place) as sink:
            try:
                sink.connect()
                trusted += 1
            except DeliveryError:
                pass
            sink.close()
    yield told("kinds of wrong certificates", len(FLAWS))
    yield exactly("of these trusted", trusted, 0)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let native libraries complain into nowhere; they do it beside Python's own streams."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
