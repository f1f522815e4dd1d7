"""What a street knows, as bytes: its places, its background and its open incidents.

Stream time begins anew with every process. Everything is kept as it was at one moment, and on the
way back shifted by the time that has passed since: by a clock that nobody sets as long as the box
was not switched off. After a boot it is the wall time, the only place where a dwell rests on it.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from edge.clock import BootMoment
from edge.domain.geometry import Box
from edge.domain.scene import Presence, Subject
from edge.street.account import Account
from edge.street.appearance import Appearance
from edge.street.places import Gone
from edge.street.standing import Standing, Tally
from edge.street.street import Street

NO_BOOT = BootMoment()
VERSION = 1
DIGEST_BYTES = 32
LONGEST_OUTAGE = timedelta(days=7)
"""What was known longer ago says nothing about today's street."""

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A standing thing without its pictures."""

    id: int
    subject: Subject
    label: str
    box: Box
    area: float
    since_s: float
    seen_s: float
    static: bool
    presence: Presence
    looks: Tally
    scores: float
    named: int
    attended: Tally
    arrival_seen: bool
    left_s: float | None
    crop_at: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """Everything but pictures."""

    version: int
    mono_s: float
    utc: datetime
    next_id: int
    places: tuple[_Place, ...]
    accounts: dict[str, dict[str, Account]]
    excuses: dict[str, float]
    boot: BootMoment = NO_BOOT


_KNOWLEDGE = TypeAdapter(_Knowledge)


def pack(street: Street, *, mono_s: float, utc: datetime, boot: BootMoment = NO_BOOT) -> bytes:
    """Return what a street knows at a moment."""
    arrays: Arrays = {}
    places = []
    gone = [(one, _from_gone(one)) for one in street.book.gone]
    for number, (looks, place) in enumerate(
        [(one.appearance, _from_standing(one)) for one in street.book.standing]
        + [(one.looks, place) for one, place in gone]
    ):
        places.append(place)
        if looks is not None:
            arrays[f"mask{number}"], arrays[f"thing{number}"] = looks.mask, looks.thing
            if looks.behind is not None:
                arrays[f"behind{number}"] = looks.behind
    arrays |= street.background.saved()
    keeper = street.keeper
    knowledge = _Knowledge(
        VERSION,
        mono_s,
        utc,
        street.book.next_id,
        tuple(places),
        keeper.accounts,
        keeper.excuses,
        boot,
    )
    arrays["knowledge"] = np.frombuffer(_KNOWLEDGE.dump_json(knowledge), np.uint8)
    target = io.BytesIO()
    np.savez_compressed(target, allow_pickle=False, **arrays)
    content = target.getvalue()
    return hashlib.sha256(content).digest() + content


def unpack(
    content: bytes, street: Street, *, mono_s: float, utc: datetime, boot: BootMoment = NO_BOOT
) -> None:
    """Let a new street go on with what was known.

    Args:
        content: Of ``pack``.
        street: That has seen nothing yet.
        mono_s: Stream time of its first picture.
        utc: Wall time of its first picture.
        boot: The same moment by a clock that nobody sets.

    Raises:
        ValueError: The content is damaged, of another version, or too old; the street is as new.
    """
    digest, content = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    # The reader of archives fails in a dozen ways on damaged ones, some long after it began.
    if hashlib.sha256(content).digest() != digest:
        raise ValueError("what was kept of it is damaged")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = dict(stored)
        knowledge = _KNOWLEDGE.validate_json(arrays["knowledge"].tobytes())
    except (OSError, KeyError, EOFError, zipfile.BadZipFile, ValidationError) as error:
        raise ValueError("what was kept of it cannot be read") from error
    if knowledge.version != VERSION:
        raise ValueError(f"what was kept of it is of version {knowledge.version}, not {VERSION}")
    since_s = boot.since(knowledge.boot)
    # A clock that was set back must not make time run backwards.
    passed = max(utc - knowledge.utc, timedelta()) if since_s is None else timedelta(0, since_s)
    if passed > LONGEST_OUTAGE:
        raise ValueError(f"what was kept of it is {passed.days} days old")
    shift_s = mono_s - passed.total_seconds() - knowledge.mono_s
    standing, gone = _places(knowledge, arrays, shift_s)
    street.background.restore(arrays, mono_s)
    street.book.restore(standing, gone, knowledge.next_id, mono_s)
    for name, accounts in knowledge.accounts.items():
        if name in street.keeper.accounts:
            street.keeper.accounts[name] = {
                key: _shifted(account, shift_s) for key, account in accounts.items()
            }
    street.keeper.excuses = {what: at_s + shift_s for what, at_s in knowledge.excuses.items()}


def _places(
    knowledge: _Knowledge, arrays: Arrays, shift_s: float
) -> tuple[list[Standing], list[Gone]]:
    standing, gone = [], []
    for number, place in enumerate(knowledge.places):
        looks = None
        if place.crop_at is not None:
            behind = arrays.get(f"behind{number}")
            looks = Appearance(
                place.crop_at, arrays[f"mask{number}"], arrays[f"thing{number}"], behind
            )
        if place.left_s is not None:
            gone.append(Gone(place.id, place.subject, place.box, looks, place.left_s + shift_s))
        else:
            standing.append(_to_standing(place, looks, shift_s))
    return standing, gone


def _from_standing(one: Standing) -> _Place:
    return _Place(
        id=one.id,
        subject=one.subject,
        label=one.label,
        box=one.box,
        area=one.area,
        since_s=one.since_s,
        seen_s=one.seen_s,
        static=one.static,
        presence=one.presence,
        looks=one.looks,
        scores=one.scores,
        named=one.named,
        attended=one.attended,
        arrival_seen=one.arrival_seen,
        left_s=None,
        crop_at=one.appearance.top_left if one.appearance else None,
    )


def _from_gone(one: Gone) -> _Place:
    return _Place(
        id=one.place_id,
        subject=one.subject,
        label="",
        box=one.box,
        area=0.0,
        since_s=one.left_s,
        seen_s=one.left_s,
        static=False,
        presence=Presence.ABSENT,
        looks=Tally(),
        scores=0.0,
        named=0,
        attended=Tally(),
        arrival_seen=True,
        left_s=one.left_s,
        crop_at=one.looks.top_left if one.looks else None,
    )


def _to_standing(place: _Place, looks: Appearance | None, shift_s: float) -> Standing:
    one = Standing(
        id=place.id,
        subject=place.subject,
        label=place.label,
        box=place.box,
        area=place.area,
        since_s=place.since_s + shift_s,
        seen_s=place.seen_s + shift_s,
        static=place.static,
        # Nobody has looked since: nothing is known of its presence.
        presence=Presence.OCCLUDED,
        looks=place.looks,
        scores=place.scores,
        named=place.named,
        attended=place.attended,
        arrival_seen=place.arrival_seen,
    )
    one.recut(looks)
    return one


def _shifted(account: Account, by_s: float) -> Account:
    absent_s = account.absent_since_s
    return replace(
        account,
        since_s=account.since_s + by_s,
        hit_s=account.hit_s + by_s,
        absent_since_s=None if absent_s is None else absent_s + by_s,
        told_s=account.told_s + by_s,
        cleared_s=account.cleared_s + by_s,
    )
