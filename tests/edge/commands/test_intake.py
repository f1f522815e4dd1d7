"""What is taken, and every reason why something is not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.commands import intake
from edge.errors import StoreError
from edge.evidence.signing import Authenticator
from edge.store.commands import Taken
from tests.city import BOX, ROOT, City, Post
from tests.conftest import FakeClock


@pytest.fixture
def post(tmp_path: Path, clock: FakeClock) -> Iterator[Post]:
    opened = Post(tmp_path, clock)
    yield opened
    opened.close()


def test_a_good_command_is_on_the_disk_when_it_is_given_back(post: Post) -> None:
    command_id = post.command("config.get")
    assert post.store.state_of(command_id) == "taken"
    waiting = post.store.next("config.get")
    assert waiting is not None
    assert (waiting.command.address.leaf, waiting.command.address.correlation) == (
        "answers/city",
        b"7",
    )
    assert (post.noticed, post.answers(), post.refusals.unwritten()) == (1, [], {})


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("other_box", {"box_id": "box-02"}),
        ("unknown_name", {"name": "shell.run"}),
        ("not_allowed", {"name": "recheck"}),
        ("expired", {"at": timedelta(minutes=-11)}),
        ("not_yet_valid", {"at": timedelta(seconds=61)}),
        ("validity", {"valid": timedelta(hours=2)}),
        ("validity", {"valid": timedelta(0)}),
        ("validity", {"valid": timedelta(seconds=-5)}),
    ],
)
def test_a_signed_command_that_is_refused_is_answered_with_the_reason(
    tmp_path: Path, clock: FakeClock, code: str, content: dict[str, Any]
) -> None:
    known = frozenset(("config.get", "recheck"))
    post = Post(tmp_path, clock, known=known, allowed=frozenset(("config.get",)))
    name = content.pop("name", "config.get")
    content["at"] = clock.now + content.get("at", timedelta(0))
    command_id = post.command(name, **content)
    (answer,) = post.answers()
    assert (answer["state"], answer["code"], answer["command_id"]) == ("refused", code, command_id)
    assert answer["box_id"] == BOX
    assert answer["clock"] == {"synced": True, "offset_ms": 2.0, "suspect": False}
    assert post.refusals.unwritten() == {code: 1}
    assert (post.store.state_of(command_id), post.noticed) == (None, 0)
    post.close()


def test_a_command_may_be_a_minute_ahead_of_the_box_and_ends_with_its_time(post: Post) -> None:
    ahead = post.command(at=post.clock.now + timedelta(seconds=60))
    last = post.command(
        at=post.clock.now - timedelta(minutes=10), valid=timedelta(minutes=10, milliseconds=1)
    )
    assert [post.store.state_of(one) for one in (ahead, last)] == ["taken", "taken"]


def test_the_same_command_is_taken_once_whoever_sends_it_again(post: Post) -> None:
    content = post.city.content("config.get", at=post.clock.now)
    envelope = post.city.sign(content)
    post.ask(envelope)
    post.ask(envelope)
    post.ask(post.city.sign(content | {"name": "case.status"}))
    assert post.codes() == ["replayed", "replayed"]
    assert post.store.load()[0] == 1


def test_a_command_is_still_known_after_the_box_was_started_anew(
    tmp_path: Path, clock: FakeClock
) -> None:
    before = Post(tmp_path, clock)
    envelope = before.city.sign(before.city.content("config.get", at=clock.now))
    before.ask(envelope)
    before.close()
    after = Post(tmp_path, clock, keys=before.city.believed)
    after.ask(envelope)
    assert after.codes() == ["replayed"]
    after.close()


def test_what_nobody_signed_whom_the_box_believes_is_counted_and_not_answered(post: Post) -> None:
    stranger = City()
    good = post.city.sign(post.city.content("config.get", at=post.clock.now))
    post.ask(stranger.sign(stranger.content("config.get", at=post.clock.now)))
    post.ask(City(signer="city-2027").sign(post.city.content("config.get", at=post.clock.now)))
    post.ask(good[:-6] + b"AAAAAA")
    post.ask(b'{"name": "config.get"}')
    post.ask(b"")
    post.ask(good + b"\n")
    assert post.refusals.unwritten() == {"bad_signature": 2, "wrong_key": 1, "malformed": 3}
    assert (post.answers(), post.store.load()[0]) == ([], 0)


def test_a_retained_command_is_refused_as_nobody_knows_since_when_it_lies_there(
    post: Post,
) -> None:
    post.ask(post.city.sign(post.city.content("config.get", at=post.clock.now)), retained=True)
    assert post.codes() == ["retained"]


def test_only_the_largest_command_may_be_large(post: Post) -> None:
    photo = {"photo": "x" * 60_000}
    assert post.store.state_of(post.command("config.get", body=photo)) is None
    assert post.store.state_of(post.command("residents.delta", body=photo)) == "taken"
    assert post.codes() == ["oversized"]
    post.ask(b"x" * (8 * 1024 * 1024 + 1))
    assert post.refusals.unwritten() == {"oversized": 2}


@pytest.mark.parametrize(
    "topic",
    [
        "gridwatch/1/box-02/answers/city",
        f"{ROOT}/incidents",
        f"{ROOT}/answers",
        f"{ROOT}/answers/",
        f"{ROOT}/answers/../../x",
        f"{ROOT}/answers/#",
        f"{ROOT}/answers/a/b/c/d/e",
        f"{ROOT}/answers/a\n",
        "answers/city",
        "",
    ],
)
def test_answers_go_nowhere_but_below_the_boxs_own_topic(post: Post, topic: str) -> None:
    content = post.city.content("config.get", at=post.clock.now)
    post.ask(post.city.sign(content), response_topic=topic)
    assert post.codes() == ["response_topic"]
    assert post.store.state_of(content["id"]) is None


def test_correlation_data_have_a_limit(post: Post) -> None:
    content = post.city.content("config.get", at=post.clock.now)
    post.ask(post.city.sign(content), correlation=b"x" * 1025)
    assert post.codes() == ["response_topic"]


def test_who_names_no_topic_is_answered_under_the_commands_id(post: Post) -> None:
    content = post.city.content("config.get", at=post.clock.now)
    post.ask(post.city.sign(content), response_topic=None, correlation=None)
    waiting = post.store.next("config.get")
    assert waiting is not None
    assert waiting.command.address.leaf == f"answers/{content['id']}"


def test_a_flood_of_good_commands_is_a_trickle_behind_the_intake(
    tmp_path: Path, clock: FakeClock
) -> None:
    post = Post(tmp_path, clock, per_minute=5)
    for _ in range(20):
        post.command()
    assert post.store.load()[0] == 5
    assert post.refusals.unwritten() == {"busy": 15}
    assert len(post.answers()) == 5
    clock.advance(12.0)
    post.command()
    assert post.store.load()[0] == 6
    post.close()


def test_forged_commands_do_not_take_the_place_of_good_ones(
    tmp_path: Path, clock: FakeClock
) -> None:
    post = Post(tmp_path, clock, per_minute=5)
    stranger = City()
    forged = stranger.sign(stranger.content("config.get", at=clock.now))
    checked = 5 * intake.CHECKS_PER_COMMAND
    for _ in range(checked - 1):
        post.ask(forged)
    post.command()
    post.command()
    assert post.store.load()[0] == 1
    assert post.refusals.unwritten() == {"bad_signature": checked - 1, "busy": 1}
    post.close()


def test_a_full_queue_takes_nothing_more_and_says_so(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING", 1)
    post.command()
    refused = post.command()
    assert (post.codes(), post.store.state_of(refused)) == (["full"], None)


def test_a_refused_command_may_be_sent_again_when_there_is_room(
    tmp_path: Path, clock: FakeClock
) -> None:
    post = Post(tmp_path, clock, per_minute=1)
    post.command()
    content = post.city.content("config.get", at=clock.now)
    envelope = post.city.sign(content)
    post.ask(envelope)
    clock.advance(60)
    post.ask(envelope)
    assert post.store.state_of(content["id"]) == "taken"
    post.close()


def test_a_command_that_cannot_be_written_is_not_taken(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Taken) -> bool:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(post.store, "take", fail)
        with pytest.raises(StoreError):
            post.command()
    assert (post.noticed, post.answers(), post.refusals.unwritten()) == (0, [], {})


def test_a_refusal_that_cannot_be_answered_yet_is_counted_once_it_is(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    envelope = post.city.sign(post.city.content("config.get", at=post.clock.now, box_id="box-02"))
    with monkeypatch.context() as patched:
        patched.setattr(post.store, "tell", fail)
        with pytest.raises(StoreError):
            post.ask(envelope)
    assert post.refusals.unwritten() == {}
    post.ask(envelope)
    assert (post.codes(), post.refusals.unwritten()) == (["other_box"], {"other_box": 1})


def test_several_keys_are_believed_while_one_replaces_the_other(
    tmp_path: Path, clock: FakeClock
) -> None:
    new = City(signer="city-2027")
    post = Post(tmp_path, clock)
    both: dict[str, Authenticator] = post.city.believed | new.believed
    post.close()
    post = Post(tmp_path / "again", clock, keys=both)
    content = new.content("config.get", at=clock.now)
    post.ask(new.sign(content))
    assert post.store.state_of(content["id"]) == "taken"
    post.close()
