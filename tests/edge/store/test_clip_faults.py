"""Sentences about missing clips are told by a word, and every word in both languages."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.console.texts import Language, load_texts
from edge.store.clip_faults import LOST, NO_MOMENT, NOT_KEPT, ClipFault, fault_of
from edge.worker.film import RingFilm
from streams.clip import verify_clip
from streams.errors import StreamError
from streams.ring import Ring
from tests.streams.test_clip import cut, recorded

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("detail", "fault"),
    [
        (LOST, ClipFault.LOST),
        (NOT_KEPT, ClipFault.NOT_KEPT),
        (NO_MOMENT, ClipFault.NO_MOMENT),
        (os.strerror(errno.ENOSPC), ClipFault.DISK),
        (os.strerror(errno.EIO), ClipFault.DISK),
        ("the moon was full", ClipFault.OTHER),
        ("", ClipFault.OTHER),
    ],
)
def test_a_sentence_has_its_word(detail: str, fault: ClipFault) -> None:
    assert fault_of(detail) is fault


def test_a_camera_that_sent_nothing_has_its_word(tmp_path: Path) -> None:
    film = RingFilm(Ring(seconds=60, max_bytes=1000))
    with pytest.raises(StreamError) as error:
        film.write(tmp_path / "clip.mp4", NOON, NOON, moment=NOON)
    assert fault_of(str(error.value)) is ClipFault.NOTHING


def test_a_clip_that_cannot_be_read_again_has_its_word(
    films: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"nothing")
    with pytest.raises(StreamError) as error:
        verify_clip(tmp_path / "clip.mp4", cut(recorded(films["h264"]), 1, 3))
    assert fault_of(str(error.value)) is ClipFault.UNREADABLE


@pytest.mark.parametrize("language", Language)
def test_every_word_is_said_in_both_languages(language: Language) -> None:
    texts = load_texts()[language]
    assert all(texts(f"review.clip_fault_{fault}") for fault in ClipFault)
