from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.street.album import EVERY_S, MOST_PICTURES, Album


def taken(album: Album, moments_s: list[float]) -> list[float]:
    """Offer a picture at every moment and return when one was taken."""
    used: list[float] = []

    def take(now_s: float) -> bytes:
        used.append(now_s)
        return str(now_s).encode()

    for now_s in moments_s:
        album.offer(now_s, lambda now_s=now_s: take(now_s))  # type: ignore[misc]
    return used


def test_a_picture_is_taken_every_few_seconds_only() -> None:
    used = taken(Album(keep_s=3600), [0.5 * step for step in range(41)])
    assert used == [0, 5, 10, 15, 20]


def test_what_is_asked_for_is_the_first_picture_from_then_on() -> None:
    album = Album(keep_s=3600)
    taken(album, [0, 10, 20])
    assert [photo.mono_s for now_s in (0, 0.4, 1, 10.3, 11) if (photo := album.at(now_s))] == [
        0,
        0,
        10,
        10,
        20,
    ]


def test_of_the_future_there_is_the_last_picture_and_in_the_beginning_none() -> None:
    album = Album(keep_s=3600)
    assert album.at(0) is None
    taken(album, [0, 10])
    photo = album.at(99)
    assert photo is not None
    assert (photo.mono_s, photo.jpeg) == (10, b"10")


def test_the_beginning_of_a_long_dwell_stays() -> None:
    album = Album(keep_s=3600)
    taken(album, [float(second) for second in range(3600)])
    photo = album.at(0)
    assert photo is not None
    assert photo.mono_s == 0


@pytest.mark.parametrize("dwell_s", [30, 180, 300, 1800, 3500])
def test_there_is_a_picture_from_soon_after_any_beginning(dwell_s: float) -> None:
    album = Album(keep_s=3600)
    for now_s in range(7200):
        album.offer(float(now_s), lambda: b"")
        photo = album.at(now_s - dwell_s)
        assert photo is not None
        if now_s > dwell_s:
            assert 0 <= photo.mono_s - (now_s - dwell_s) + 0.5 <= max(EVERY_S + 0.5, dwell_s / 3)


def test_what_is_older_than_wanted_goes() -> None:
    album = Album(keep_s=60)
    taken(album, [float(second) for second in range(300)])
    photo = album.at(0)
    assert photo is not None
    # One from before the time that is wanted stays, so that there is one for all of it.
    assert 300 - 60 - 2 * EVERY_S <= photo.mono_s <= 300 - 60


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.1, 120), max_size=300), st.floats(1, 86400))
def test_it_is_bounded_and_in_order(steps_s: list[float], keep_s: float) -> None:
    album = Album(keep_s=keep_s)
    now_s = 0.0
    for step_s in steps_s:
        now_s += step_s
        album.offer(now_s, lambda: b"")
        moments = [photo.mono_s for photo in album._photos]
        assert len(moments) <= MOST_PICTURES
        assert all(b - a >= EVERY_S for a, b in pairwise(moments))
        assert now_s - moments[-1] < EVERY_S
