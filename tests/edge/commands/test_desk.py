"""Commands are done in order, answered at least once, and none of them stops the others."""

import json
import threading
from collections.abc import Callable, Iterator
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from edge.clock import ClockState
from edge.commands.command import (
    Answer,
    Attachment,
    Command,
    CommandFailedError,
    CommandRefusedError,
)
from edge.commands.desk import LONGEST_S, Desk
from edge.commands.handler import Handler, Tell, read_body
from edge.errors import ConfigError, StoreError
from edge.store.commands import Commands
from edge.store.per_thread import PerThread
from tests.city import BOX, Post
from tests.conftest import FakeClock

Do = Callable[[Command, Tell], Answer]
BODY = TypeAdapter(dict[str, int])


class Doing:
    """A handler that does what a test says."""

    def __init__(self, do: Do) -> None:
        self.do = do
        self.done: list[str] = []

    def handle(self, command: Command, tell: Tell) -> Answer:
        self.done.append(command.id)
        return self.do(command, tell)


def echo(command: Command, _: Tell) -> Answer:
    return Answer(command.body)


class Office:
    """A desk, and what it has written down."""

    def __init__(self, post: Post, handlers: dict[str, Handler]) -> None:
        self.post = post
        self.rows: list[tuple[str, str, str, str]] = []
        self.believed = post.city.signer
        self.desk = Desk(
            PerThread(lambda: Commands(post.path, post.clock, vault=post.vault)),
            handlers,
            post.refusals,
            box_id=BOX,
            permits=lambda name, signer: signer == self.believed,
            audit=self._audit,
            clock=post.clock,
            clock_state=ClockState,
        )
        self.pool = ThreadPool(3)

    def look_until(self, answers: int) -> list[str]:
        """Look whenever something came back, until there are so many answers; their states."""
        for _ in range(200):
            self.desk.look(self.pool)
            if len(self.post.answers()) >= answers:
                break
            self.desk.wait(0.05)
        return [one["state"] for one in self.post.answers()]

    def acts(self) -> list[str]:
        return [act for _, act, _, _ in self.rows]

    def _audit(self, actor: str, act: str, subject: str, result: str) -> None:
        self.rows.append((actor, act, subject, result))


@pytest.fixture
def post(tmp_path: Path, clock: FakeClock) -> Iterator[Post]:
    opened = Post(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def office(post: Post) -> Iterator[Callable[..., Office]]:
    opened: list[Office] = []

    def open_office(**handlers: Do) -> Office:
        by_name = {name.replace("_", "."): Doing(do) for name, do in handlers.items()}
        opened.append(Office(post, dict(by_name)))
        return opened[-1]

    yield open_office
    for one in opened:
        one.pool.terminate()


def test_a_command_is_done_and_its_answer_goes_where_it_was_asked_for(
    post: Post, office: Callable[..., Office]
) -> None:
    command_id = post.command("config.get", body={"a": 1})
    assert office(config_get=echo).look_until(1) == ["done"]
    (answer,) = post.answers()
    assert answer == {
        "schema": "gridwatch.answer/1",
        "command_id": command_id,
        "box_id": BOX,
        "name": "config.get",
        "state": "done",
        "code": "",
        "text": "",
        "at": "2026-11-24T03:00:00.000Z",
        "clock": {"synced": None, "offset_ms": None, "suspect": False},
        "attachments": [],
        "body": {"a": 1},
    }
    assert post.store.state_of(command_id) == "done"


def test_the_audit_has_a_command_before_it_is_done(
    post: Post, office: Callable[..., Office]
) -> None:
    known: list[str] = []
    command_id = post.command()

    def look(command: Command, _: Tell) -> Answer:
        known.extend(one.acts())
        return Answer()

    one = office(config_get=look)
    one.look_until(1)
    assert known == ["command.taken"]
    assert one.rows == [
        ("platform:city-2026", "command.taken", f"command {command_id}", "config.get"),
        ("platform:city-2026", "command.done", f"command {command_id}", "config.get"),
    ]


def test_nothing_is_done_that_cannot_be_audited(
    post: Post, office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    command_id = post.command()
    one = office(config_get=echo)

    def fail(*_: str) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(one.desk, "_audit", fail)
        with pytest.raises(StoreError):
            one.desk.look(one.pool)
    assert post.store.state_of(command_id) == "taken"
    assert one.look_until(1) == ["done"]


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (CommandRefusedError("version", "the box is at 3", b'{"version":3}'), "refused", "version"),
        (CommandFailedError("upload", "the server did not answer"), "failed", "upload"),
        (ConfigError("/etc/secret: cannot be read"), "failed", "box"),
        (StoreError("/var/x: is full"), "failed", "box"),
        (KeyError("Wang Xiaoming"), "failed", "broke"),
        (RecursionError("Wang Xiaoming"), "failed", "broke"),
    ],
)
def test_what_goes_wrong_in_one_command_is_told_of_that_one_alone(
    post: Post,
    office: Callable[..., Office],
    caplog: pytest.LogCaptureFixture,
    error: BaseException,
    state: str,
    code: str,
) -> None:
    def fail(command: Command, _: Tell) -> Answer:
        if command.id == first:
            raise error
        return Answer()

    first, _ = post.command(), post.command()
    assert office(config_get=fail).look_until(2) == [state, "done"]
    answer = post.answers()[0]
    assert answer["code"] == code
    assert answer["body"] == ({"version": 3} if code == "version" else {})
    assert "/" not in answer["text"]
    assert "Wang" not in answer["text"] + caplog.text
    tally = post.store.tally()
    assert (tally.refused if state == "refused" else tally.failed) == {code: 1}


def test_a_body_that_is_not_what_it_must_be_is_refused_and_what_was_there_is_not_said(
    post: Post, office: Callable[..., Office]
) -> None:
    def read(command: Command, _: Tell) -> Answer:
        read_body(BODY, command)
        return Answer()

    post.command(body={"number": "Wang Xiaoming"})
    assert office(config_get=read).look_until(1) == ["refused"]
    (answer,) = post.answers()
    assert answer["code"] == "body"
    assert "body.number" in answer["text"]
    assert "Wang" not in answer["text"]


def test_progress_and_attachments_are_sent_in_order(
    post: Post, office: Callable[..., Office]
) -> None:
    def work(_: Command, tell: Tell) -> Answer:
        tell(Answer(b'{"part":1}'))
        return Answer(b"{}", (Attachment("still.jpg", "image/jpeg", b"jpeg"),))

    post.command()
    assert office(config_get=work).look_until(2) == ["progress", "done"]
    assert post.sent() == [
        ("answers/city", "application/json", b"7"),
        ("answers/city", "application/json", b"7"),
        ("answers/city/still.jpg", "image/jpeg", b"7"),
    ]
    assert [one["attachments"] for one in post.answers()] == [[], ["still.jpg"]]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(json.dumps({"x": "y" * 300_000}).encode()),
        Answer(b"no json"),
        Answer(b"{}", (Attachment("../x", "image/jpeg", b""),)),
        Answer(b"{}", (Attachment("x", "image/jpeg", bytes(300_000)),)),
        Answer(b"{}", tuple(Attachment(f"{n}", "image/jpeg", b"") for n in range(65))),
    ],
)
def test_an_answer_that_cannot_be_sent_is_a_failure_of_the_box(
    post: Post, office: Callable[..., Office], answer: Answer
) -> None:
    post.command()
    assert office(config_get=lambda *_: answer).look_until(1) == ["failed"]
    assert post.codes() == ["broke"]


def test_commands_of_one_name_are_done_in_order_beside_those_of_others(
    post: Post, office: Callable[..., Office]
) -> None:
    go = threading.Event()

    def slow(_: Command, __: Tell) -> Answer:
        assert go.wait(10)
        return Answer()

    first, second = post.command("residents.delta"), post.command("residents.delta")
    quick = post.command("config.get")
    one = office(residents_delta=slow, config_get=echo)
    assert one.look_until(1) == ["done"]
    assert post.answers()[0]["command_id"] == quick
    go.set()
    one.look_until(3)
    assert [one["command_id"] for one in post.answers()] == [quick, first, second]


def test_a_command_that_hangs_is_given_up_and_those_behind_it_are_told(
    post: Post, office: Callable[..., Office]
) -> None:
    go = threading.Event()
    late: list[str] = []

    def hang(command: Command, tell: Tell) -> Answer:
        if command.id == first:
            assert go.wait(10)
            with pytest.raises(CommandFailedError):
                tell(Answer())
            late.append("told nobody")
        return Answer()

    one = office(config_get=hang, case_status=echo)
    first = post.command()
    one.desk.look(one.pool)
    post.clock.advance(LONGEST_S + 1)
    post.command()
    post.command("case.status")
    one.look_until(3)
    assert sorted(post.codes()) == ["", "stuck", "timeout"]
    go.set()
    while not late:
        one.desk.wait(0.05)
    one.desk.wait(1.0)
    one.desk.look(one.pool)
    post.command()
    assert one.look_until(4)[3:] == ["done"]


def test_what_was_taken_is_done_after_the_box_was_started_anew(
    tmp_path: Path, clock: FakeClock
) -> None:
    before = Post(tmp_path, clock)
    command_id = before.command(body={"a": 1})
    before.close()
    clock.advance(86_400)
    after = Post(tmp_path, clock)
    one = Office(after, {"config.get": Doing(echo)})
    assert one.look_until(1) == ["done"]
    assert after.answers()[0]["command_id"] == command_id
    assert after.answers()[0]["body"] == {"a": 1}
    one.pool.terminate()
    after.close()


def test_a_command_that_brings_the_box_down_is_begun_three_times(
    post: Post, office: Callable[..., Office]
) -> None:
    command_id = post.command()
    waiting = post.store.next("config.get")
    assert waiting is not None
    for _ in range(3):
        post.store.begin(waiting.number)
    assert office(config_get=echo).look_until(1) == ["failed"]
    assert (post.codes(), post.store.state_of(command_id)) == (["broke_off"], "failed")


def test_a_command_that_is_not_allowed_any_more_is_refused_after_a_start(
    post: Post, office: Callable[..., Office]
) -> None:
    post.command("case.status")
    assert office(config_get=echo).look_until(1) == ["refused"]
    assert post.codes() == ["not_allowed"]


def test_what_was_taken_is_not_done_for_a_key_that_was_taken_out_meanwhile(
    post: Post, office: Callable[..., Office]
) -> None:
    post.command()
    one = office(config_get=echo)
    one.believed = "city-2027"
    assert one.look_until(1) == ["refused"]
    assert post.codes() == ["not_allowed"]


def test_a_body_that_was_sealed_with_another_key_is_a_failure_of_the_box(
    tmp_path: Path, clock: FakeClock, office: Callable[..., Office], post: Post
) -> None:
    post.command()
    post.vault = type(post.vault)(bytes(range(32)), "another key")
    assert office(config_get=echo).look_until(1) == ["failed"]
    assert post.codes() == ["box"]


def test_refusals_are_written_down_at_once_and_a_flood_of_them_once_a_minute(
    post: Post, office: Callable[..., Office]
) -> None:
    one = office()
    for _ in range(100):
        post.ask(b"forged")
        one.desk.look(one.pool)
    assert one.rows == [("platform", "command.refused", "command", "malformed, 1")]
    post.clock.advance(61)
    one.desk.look(one.pool)
    assert one.rows[1:] == [("platform", "command.refused", "command", "malformed, 99")]
    assert post.store.tally().refused == {"malformed": 100}


def test_a_refusal_whose_sender_is_known_is_audited_with_the_commands_id(
    post: Post, office: Callable[..., Office]
) -> None:
    command_id = post.command(box_id="box-02")
    one = office()
    one.desk.look(one.pool)
    assert one.rows == [
        ("platform:city-2026", "command.refused", f"command {command_id}", "other_box, 1")
    ]


def test_the_desk_runs_until_it_is_stopped_and_waits_for_nobody(
    post: Post, office: Callable[..., Office]
) -> None:
    go, stop = threading.Event(), threading.Event()
    begun = threading.Event()

    def hang(_: Command, __: Tell) -> Answer:
        begun.set()
        go.wait(10)
        return Answer()

    one = office(config_get=hang)
    thread = threading.Thread(target=one.desk.run, args=(stop,))
    thread.start()
    post.command()
    one.desk.notice()
    assert begun.wait(5)
    stop.set()
    one.desk.notice()
    thread.join(3)
    assert not thread.is_alive()
    go.set()
