"""Which people on a picture are known to have moved since the look before."""

from collections.abc import Sequence
from dataclasses import replace

from edge.domain.geometry import overlap
from edge.domain.scene import Subject, Thing

STAYS = 0.4
"""Overlap of a person's boxes of two looks; who walks is elsewhere half a second later."""


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
