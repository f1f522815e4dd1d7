"""Uploads in parts to a real server: what arrives is whole, or the box says why it did not."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.delivery.post import Post
from edge.delivery.upload import LEAST_PART_BYTES, LONGEST_WAIT_S, PART_BYTES, Upload
from edge.domain.upload import Freight, Uploaded, UploadEnd
from tests.conftest import FakeClock
from tests.media_store import MediaStore, Misdeed, digest, storing

TOTAL = 3 * PART_BYTES + 1000
PATH = "/clips/one.mp4"
WITHIN_S = 600.0


class Sender:
    """A file, its way, and the box's clock, which waits move on."""

    def __init__(self, folder: Path, clock: FakeClock, url: str, *, timeout_s: float = 10) -> None:
        self.content = np.random.default_rng(7).integers(0, 256, TOTAL, np.uint8).tobytes()
        self.clock = clock
        self.url = url
        self.timeout_s = timeout_s
        self.waits: list[float] = []
        self.taken: list[int] = []
        path = folder / "clip.mp4"
        path.write_bytes(self.content)
        sha256 = hashlib.sha256(self.content).hexdigest()
        self.freight = Freight(path, "video/mp4", TOTAL, sha256)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.advance(seconds)

    def send(self, within_s: float = WITHIN_S, *, had: int | None = None) -> Uploaded:
        upload = Upload(
            self.freight,
            Post(self.url, timeout_s=self.timeout_s),
            clock=self.clock,
            pause=self.wait,
            headers={"Gridwatch-Command": "0193"},
            taken=self.taken.append,
            uniform=lambda low, high: high,
        )
        return upload.run(within_s, had=had)


@pytest.fixture
def store() -> Iterator[MediaStore]:
    with storing() as opened:
        yield opened


@pytest.fixture
def sender(tmp_path: Path, clock: FakeClock, store: MediaStore) -> Sender:
    return Sender(tmp_path, clock, store.url(PATH))


def ranges(*starts: int) -> list[str]:
    ends = [*starts[1:], TOTAL]
    return [f"bytes {a}-{b - 1}/{TOTAL}" for a, b in zip(starts, ends, strict=True)]


WHOLE_PARTS = ranges(0, PART_BYTES, 2 * PART_BYTES, 3 * PART_BYTES)
ASKED = f"bytes */{TOTAL}"


def test_a_file_arrives_in_parts_with_its_digests(sender: Sender, store: MediaStore) -> None:
    assert sender.send() == Uploaded(UploadEnd.COMPLETE, TOTAL, 4, 201)
    assert store.whole == {PATH: sender.content}
    assert store.parts == WHOLE_PARTS
    assert sender.taken == [PART_BYTES, 2 * PART_BYTES, 3 * PART_BYTES, TOTAL]
    first = store.puts[0]
    assert first.headers["Content-Digest"] == digest(first.body)
    assert {one.headers["Repr-Digest"] for one in store.puts} == {digest(sender.content)}
    assert {one.headers["Gridwatch-Command"] for one in store.puts} == {"0193"}
    assert sender.waits == []


def test_a_small_file_is_one_request(sender: Sender, store: MediaStore) -> None:
    sender.freight.path.write_bytes(b"small")
    sha256 = hashlib.sha256(b"small").hexdigest()
    sender.freight = Freight(sender.freight.path, "video/mp4", 5, sha256)
    assert sender.send() == Uploaded(UploadEnd.COMPLETE, 5, 1, 201)
    assert store.parts == ["bytes 0-4/5"]


def test_a_line_that_breaks_is_gone_on_from_where_the_receiver_is(
    sender: Sender, store: MediaStore
) -> None:
    store.misdeeds = [None, Misdeed.BREAKS_OFF]
    assert sender.send().end is UploadEnd.COMPLETE
    assert store.whole == {PATH: sender.content}
    half = PART_BYTES + PART_BYTES // 2
    begun = [part for part in store.parts if f" {half}-" in part]
    assert store.parts[:3] == [WHOLE_PARTS[0], WHOLE_PARTS[1], ASKED]
    assert store.parts[3] == begun[0]
    assert sender.waits == [0.5]


def test_parts_shrink_while_the_line_breaks_and_grow_again(
    sender: Sender, store: MediaStore
) -> None:
    store.misdeeds = [Misdeed.SAYS_NOTHING, None] * 3 + [Misdeed.IS_BROKEN, None]
    assert sender.send().end is UploadEnd.COMPLETE
    assert store.whole == {PATH: sender.content}
    sizes = [len(one.body) for one in store.puts if one.body]
    assert sizes[:5] == [PART_BYTES, *(PART_BYTES // part for part in (2, 4, 8, 4))]
    assert min(sizes) >= LEAST_PART_BYTES
    assert sizes[-1] > PART_BYTES // 4


def test_an_answer_that_is_lost_costs_nothing_twice(sender: Sender, store: MediaStore) -> None:
    store.misdeeds = [None, None, None, Misdeed.SAYS_NOTHING]
    assert sender.send() == Uploaded(UploadEnd.COMPLETE, TOTAL, 5, 201)
    assert store.parts == [*WHOLE_PARTS, ASKED]


def test_a_box_that_was_restarted_asks_how_far_it_was(sender: Sender, store: MediaStore) -> None:
    store.kept[PATH] = sender.content[: PART_BYTES + 77]
    assert sender.send(had=PART_BYTES).end is UploadEnd.COMPLETE
    assert store.parts[:2] == [ASKED, f"bytes {PART_BYTES + 77}-{2 * PART_BYTES + 76}/{TOTAL}"]
    assert store.whole == {PATH: sender.content}


def test_a_receiver_that_lost_what_it_had_gets_it_again(sender: Sender, store: MediaStore) -> None:
    store.misdeeds = [None, None, Misdeed.LOSES_ALL]
    assert sender.send().end is UploadEnd.COMPLETE
    assert store.whole == {PATH: sender.content}


@pytest.mark.parametrize("trouble", [Misdeed.IS_BROKEN, Misdeed.STANDS_STILL])
def test_a_receiver_in_trouble_is_left_alone_for_longer_and_longer(
    sender: Sender, store: MediaStore, trouble: Misdeed
) -> None:
    store.misdeeds = [None, *[trouble, None] * 3]
    assert sender.send().end is UploadEnd.COMPLETE
    assert sender.waits == [0.5, 1.0, 2.0]
    assert store.whole == {PATH: sender.content}


def test_a_receiver_that_asks_for_time_gets_it(sender: Sender, store: MediaStore) -> None:
    store.misdeeds = [Misdeed.IS_BUSY]
    assert sender.send().end is UploadEnd.COMPLETE
    assert sender.waits == [3.0]


def test_a_receiver_that_is_out_of_step_is_asked(sender: Sender, store: MediaStore) -> None:
    store.misdeeds = [None, Misdeed.IS_OUT_OF_STEP]
    assert sender.send().end is UploadEnd.COMPLETE
    assert store.parts[2] == ASKED


def test_a_receiver_that_is_gone_is_waited_for_until_time_is_over(
    tmp_path: Path, clock: FakeClock, free_port: int
) -> None:
    sender = Sender(tmp_path, clock, f"http://127.0.0.1:{free_port}/clips/one.mp4")
    began_s = clock.mono_s()
    uploaded = sender.send(within_s=300)
    assert (uploaded.end, uploaded.taken, uploaded.status) == (UploadEnd.EXPIRED, 0, None)
    assert "cannot be reached" in uploaded.reason
    assert clock.mono_s() - began_s == pytest.approx(300)
    assert max(sender.waits) == LONGEST_WAIT_S
    assert uploaded.attempts < 15


def test_a_receiver_that_comes_back_gets_the_rest(tmp_path: Path, clock: FakeClock) -> None:
    with storing() as before:
        sender = Sender(tmp_path, clock, before.url(PATH))
        before.misdeeds = [None, None, *[Misdeed.BREAKS_OFF] * 2]
        assert sender.send(within_s=1.0).end is UploadEnd.EXPIRED
    with storing(MediaStore(port=before.port, kept=before.kept)) as back:
        assert sender.send(had=sender.taken[-1]).end is UploadEnd.COMPLETE
        assert back.whole == {PATH: sender.content}
        assert sum(len(one.body) for one in back.puts) < TOTAL - PART_BYTES


@pytest.mark.parametrize("boast", [Misdeed.BOASTS, Misdeed.MUMBLES])
def test_a_receiver_that_talks_nonsense_is_given_up(
    sender: Sender, store: MediaStore, boast: Misdeed
) -> None:
    store.misdeeds = [None, *[boast] * 10]
    uploaded = sender.send()
    assert uploaded == Uploaded(
        UploadEnd.REFUSED,
        PART_BYTES,
        4,
        308,
        "the receiver says that it has what it was not sent",
    )


@pytest.mark.parametrize("away", [Misdeed.LEADS_AWAY, Misdeed.LEADS_AWAY_FOR_GOOD])
def test_no_redirect_is_followed(sender: Sender, store: MediaStore, away: Misdeed) -> None:
    store.misdeeds = [away]
    uploaded = sender.send()
    assert (uploaded.end, uploaded.attempts) == (UploadEnd.REFUSED, 1)
    assert "no redirect is followed" in uploaded.reason


def test_a_refusal_ends_it(sender: Sender, store: MediaStore) -> None:
    store.misdeeds = [None, Misdeed.HAS_NO_SUCH_PLACE]
    assert sender.send() == Uploaded(
        UploadEnd.REFUSED, PART_BYTES, 2, 404, "the receiver answered 404"
    )


@pytest.mark.parametrize(
    "misdeeds", [[Misdeed.TAKES_IT_FOR_ALL], [Misdeed.IS_BROKEN, Misdeed.TAKES_IT_FOR_ALL]]
)
def test_a_receiver_that_takes_a_part_for_the_whole_is_not_believed(
    sender: Sender, store: MediaStore, misdeeds: list[Misdeed | None]
) -> None:
    store.misdeeds = misdeeds
    uploaded = sender.send()
    assert (uploaded.end, uploaded.taken) == (UploadEnd.REFUSED, 0)
    assert "a part for the whole" in uploaded.reason


@pytest.mark.parametrize("had", [0, PART_BYTES])
def test_nor_is_it_after_a_restart(sender: Sender, store: MediaStore, had: int) -> None:
    store.misdeeds = [Misdeed.TAKES_IT_FOR_ALL]
    assert sender.send(had=had).end is UploadEnd.REFUSED


def test_a_receiver_that_always_loses_all_does_not_keep_the_box_busy(
    sender: Sender, store: MediaStore
) -> None:
    store.misdeeds = [Misdeed.LOSES_ALL] * 100
    uploaded = sender.send(within_s=300)
    assert (uploaded.end, uploaded.taken) == (UploadEnd.EXPIRED, 0)
    assert uploaded.attempts < 30


def test_a_file_that_is_gone_is_an_error_of_the_disk(sender: Sender) -> None:
    sender.freight.path.unlink()
    with pytest.raises(FileNotFoundError):
        sender.send()
