"""Which people on a picture are known to have moved since the look before, and which stay."""

from collections.abc import Sequence
from dataclasses import replace

from edge.domain.geometry import Box, overlap
from edge.domain.scene import Subject, Thing

STAYS = 0.4
"""Overlap of a person's boxes of two looks; who walks is elsewhere half a second later."""

IDLES_S = 2.0
"""Whoever is where somebody was this long ago is at something there: of those who pass one after
another, one is often where another was at the look before, and hardly ever by several seconds."""

OLDER_LOOKS = 2
"""A network misses people now and then."""


def stays(person: Thing, before: Sequence[Thing]) -> bool:
    """Return whether somebody stood there at the look before too."""
    return any(
        overlap(person.box, past.box) >= STAYS for past in before if past.subject is Subject.PERSON
    )


def known_to_move(things: Sequence[Thing], before: Sequence[Thing]) -> tuple[Thing, ...]:
    """Return things with the people marked who were elsewhere at the looks before.

    Args:
        things: What a network sees on a picture.
        before: What it saw at the looks before; several, as a network misses people now and then.
            Without anybody nothing is known.
    """
    if all(past.subject is not Subject.PERSON for past in before):
        return tuple(things)
    return tuple(
        replace(thing, moving=thing.subject is Subject.PERSON and not stays(thing, before))
        for thing in things
    )


class Idlers:
    """Who stays where they are for some seconds; used by one thread."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._looks: list[tuple[float, list[Thing]]] = []

    def among(self, things: Sequence[Thing], mono_s: float) -> list[Box]:
        """Return the boxes of the people of a look who were there some seconds ago too."""
        people = [thing for thing in things if thing.subject is Subject.PERSON]
        older = [look for look in self._looks if mono_s - look[0] >= IDLES_S][-OLDER_LOOKS:]
        newer = [look for look in self._looks if mono_s - look[0] < IDLES_S]
        self._looks = [*older, *newer, (mono_s, people)]
        before = [person for _, there in older for person in there]
        return [person.box for person in people if stays(person, before)]
