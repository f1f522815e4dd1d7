"""Commands on the disk: sealed while they wait, gone when they are done, their ids remembered."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.store import commands
from edge.store.commands import DONE, FAILED, REFUSED, Address, Commands, Outcome, Parcel, Taken
from edge.store.vault import Vault
from tests.conftest import FakeClock

PHOTO = b"a photo of somebody, in base64"


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[Commands]:
    opened = Commands(tmp_path / "journal.db", clock, vault=Vault(bytes(32), "a test"))
    yield opened
    opened.close()


def taken(name: str, clock: FakeClock, *, valid: timedelta = timedelta(hours=1)) -> Taken:
    return Taken(
        name,
        "residents.delta",
        "city",
        clock.now,
        clock.now + valid,
        Address("answers/city", b"7"),
        PHOTO,
    )


def end(store: Commands, state: str = DONE, code: str = "") -> None:
    waiting = store.next("residents.delta")
    assert waiting is not None
    store.end(waiting, Outcome(state, code), [Parcel(b"{}")])


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("journal.db*"))


def test_what_is_said_of_people_is_never_readable_on_the_disk(
    store: Commands, clock: FakeClock, tmp_path: Path
) -> None:
    assert store.take(taken("a", clock))
    assert PHOTO not in on_disk(tmp_path)
    waiting = store.next("residents.delta")
    assert waiting is not None
    assert store.begin(waiting.number) == PHOTO
    assert PHOTO.decode() not in repr(waiting) + repr(taken("a", clock))
    end(store)
    (row,) = store._connection.execute("SELECT nonce, body FROM commands").fetchall()
    assert tuple(row) == (None, None)


def test_a_body_belongs_to_its_command_alone(store: Commands, clock: FakeClock) -> None:
    store.take(taken("a", clock))
    store.take(taken("b", clock))
    store._connection.execute(
        "UPDATE commands SET nonce = (SELECT nonce FROM commands WHERE id = 'a'),"
        " body = (SELECT body FROM commands WHERE id = 'a') WHERE id = 'b'"
    )
    waiting = store.next("residents.delta", besides=1)
    assert waiting is not None
    with pytest.raises(ConfigError):
        store.begin(waiting.number)


def test_an_id_is_taken_once_and_known_after_it_is_done(store: Commands, clock: FakeClock) -> None:
    assert store.take(taken("a", clock))
    assert not store.take(taken("a", clock))
    end(store)
    assert not store.take(taken("a", clock))
    assert store.state_of("a") == DONE
    assert store.load() == (0, 0)


def test_what_became_of_commands_is_counted(store: Commands, clock: FakeClock) -> None:
    for name in "abcd":
        store.take(taken(name, clock))
    end(store)
    end(store, REFUSED, "version")
    end(store, FAILED, "box")
    store.count(Outcome(REFUSED, "bad_signature"), 240)
    tally = store.tally()
    assert (tally.taken, tally.waiting) == (4, 1)
    assert (tally.refused, tally.failed) == ({"bad_signature": 240, "version": 1}, {"box": 1})
    assert [(one.id, one.outcome.state, one.outcome.code) for one in store.latest(limit=3)] == [
        ("d", "taken", ""),
        ("c", "failed", "box"),
        ("b", "refused", "version"),
    ]


def test_only_what_nobody_could_replay_is_forgotten_and_the_latest_never(
    store: Commands, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "MOST_REMEMBERED", 2)
    for name in "abcd":
        store.take(taken(name, clock))
    for _ in range(3):
        end(store)
    assert store.forget() == 0  # they are valid still
    clock.advance(3600 + 86_400 + 1)
    assert store.forget() == 2
    assert [store.state_of(name) for name in "abcd"] == [None, None, DONE, "taken"]
    assert store.tally().taken == 4
