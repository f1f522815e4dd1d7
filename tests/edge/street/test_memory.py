import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.clock import BootMoment
from edge.domain.incident import Incident, Step
from edge.domain.rule import IncidentType
from edge.domain.scene import Presence, Scene
from edge.street.keeper import Keeper
from edge.street.memory import DIGEST_BYTES, LONGEST_OUTAGE, pack, unpack
from edge.street.street import Street
from edge.street.zone_rule import ZoneRule
from tests.asphalt import put
from tests.desk import BEGIN, a_rule
from tests.kerb import CAR, STREET, Kerb, named

OUTAGE = timedelta(seconds=120)
RULE = a_rule(dwell_s=30.0, hold_s=3600.0)
NEXT_PX = (220, 90, 265, 130)


class Life:
    """A street between two restarts; stream time begins anew with each."""

    def __init__(self, *, rules: tuple[ZoneRule, ...] = (RULE,), began_after: timedelta) -> None:
        names = iter(f"incident-{began_after.total_seconds():.0f}-{n}" for n in range(100))
        keeper = Keeper("street-01", rules, new_id=lambda moment: next(names))
        self.street = Street(rules, keeper=keeper, lookout=None, clouds=None)
        self.began = BEGIN + began_after
        self.kerb = Kerb(watched=False)
        self.kerb.book = self.street.book

    def stand(self, seconds: int, picture: Any = CAR, *things: Any) -> list[Incident]:
        """Return what is told while a network sees things on a picture, second by second."""
        told = []
        for _ in range(seconds):
            places = self.kerb.see(picture, *things)
            self.street.background.observe(picture, self.kerb.now_s)
            scene = Scene(mono_s=self.kerb.now_s, utc=self.utc, places=places, looked=True)
            told += self.street.keeper.observe(scene)
        return told

    @property
    def utc(self) -> Any:
        return self.began + timedelta(seconds=self.kerb.now_s)

    def packed(self) -> bytes:
        return pack(self.street, mono_s=self.kerb.now_s, utc=self.utc)

    def goes_on_with(self, content: bytes) -> None:
        unpack(content, self.street, mono_s=self.kerb.now_s, utc=self.utc)

    def is_new(self) -> bool:
        return (
            self.street.book.places() == ()
            and self.street.background.saved() == {}
            and not self.street.keeper.pending()
        )


def a_first_life(seconds: int = 40) -> Life:
    """Return a street on which a car has stood, seen to come."""
    life = Life(began_after=timedelta())
    life.stand(5, STREET)
    life.stand(seconds, CAR, named())
    return life


def after(first: Life, outage: timedelta = OUTAGE, **options: Any) -> Life:
    """Return the street that goes on with what an earlier one knew."""
    life = Life(began_after=first.utc - BEGIN + outage, **options)
    life.goes_on_with(first.packed())
    return life


def test_places_come_back_as_they_were_but_nobody_has_looked_yet() -> None:
    first = a_first_life()
    (before,) = first.street.book.places()
    (place,) = after(first).street.book.places()
    assert place.presence is Presence.OCCLUDED
    assert (place.id, place.box, place.label, place.score) == (
        before.id,
        before.box,
        before.label,
        before.score,
    )
    assert (place.steadiness, place.evidence) == (before.steadiness, before.evidence)
    assert place.arrival_seen


def test_looks_and_background_come_back_to_the_last_level() -> None:
    first = a_first_life()
    life = after(first)
    then, now = (one.street.book.standing[0].appearance for one in (first, life))
    assert then is not None
    assert now is not None
    assert (now.mask == then.mask).all()
    assert (now.thing == then.thing).all()
    assert now.top_left == then.top_left
    kept, known = (one.street.background.saved()["background"] for one in (first, life))
    assert (kept == known).all()


@pytest.mark.parametrize("step", [timedelta(hours=5), timedelta(days=-300), timedelta(days=9)])
def test_a_clock_that_is_set_between_two_lives_makes_no_dwell_longer(step: timedelta) -> None:
    first = a_first_life()
    (before,) = first.street.book.places()
    stood_s = first.kerb.now_s - before.since_s
    content = pack(
        first.street, mono_s=first.kerb.now_s, utc=first.utc, boot=BootMoment("b", 1000.0)
    )
    life = Life(began_after=first.utc - BEGIN + step)
    unpack(content, life.street, mono_s=5.0, utc=life.utc, boot=BootMoment("b", 1012.0))
    (place,) = life.street.book.places()
    assert 5.0 - place.since_s == pytest.approx(stood_s + 12.0)


def test_after_a_boot_the_wall_time_says_how_long_it_was() -> None:
    first = a_first_life()
    (before,) = first.street.book.places()
    content = pack(
        first.street, mono_s=first.kerb.now_s, utc=first.utc, boot=BootMoment("b", 1000.0)
    )
    life = Life(began_after=first.utc - BEGIN + OUTAGE)
    unpack(content, life.street, mono_s=0.0, utc=life.utc, boot=BootMoment("c", 30.0))
    (place,) = life.street.book.places()
    stood_s = first.kerb.now_s - before.since_s
    assert 0.0 - place.since_s == pytest.approx(stood_s + OUTAGE.total_seconds())


def test_an_open_incident_goes_on_and_is_not_opened_again() -> None:
    first = a_first_life()
    life = after(first)
    assert life.stand(60, CAR, named()) == []
    (cleared,) = life.stand(60, STREET)
    (account,) = first.street.keeper.accounts["kerb/motor_parking"].values()
    assert account.incident is not None
    assert (cleared.id, cleared.action, cleared.revision) == (
        account.incident.id,
        Step.CLEARED,
        2,
    )
    assert cleared.opened_at == account.incident.opened_at


def test_a_dwell_goes_on_over_the_outage_by_wall_time() -> None:
    first = a_first_life(seconds=10)
    (opened,) = after(first).stand(5, CAR, named())
    assert opened.action is Step.OPENED
    assert opened.dwell_s == pytest.approx(10 + 120 + 1, abs=2)
    assert opened.first_seen_at == BEGIN + timedelta(seconds=6)


def test_a_car_that_drove_off_meanwhile_is_cleared_when_its_place_is_seen_empty() -> None:
    life = after(a_first_life())
    told = life.stand(60, STREET)
    assert [one.action for one in told] == [Step.CLEARED]


def test_what_is_hidden_after_the_restart_stays_open() -> None:
    life = after(a_first_life())
    assert life.stand(60, put(CAR, (60, 56, 260, 160), (45, 130, 126), seed=9)) == []


def test_what_had_left_is_known_again() -> None:
    first = a_first_life()
    first.stand(60, STREET)
    assert first.street.book.places() == ()
    life = after(first)
    life.stand(5, CAR, named())
    assert [one.id for one in life.street.book.places()] == [1]
    life.stand(5, put(CAR, NEXT_PX, seed=4), named(), named(NEXT_PX))
    assert [one.id for one in life.street.book.places()] == [1, 2]


def test_a_clock_that_was_set_back_does_not_make_time_run_backwards() -> None:
    first = a_first_life(seconds=10)
    life = after(first, outage=timedelta(hours=-3))
    told = life.stand(30, CAR, named())
    assert [one.action for one in told] == [Step.OPENED]
    assert told[0].dwell_s == pytest.approx(30, abs=1)


def test_an_account_keeps_its_plate() -> None:
    first = a_first_life()
    (account,) = first.street.keeper.accounts["kerb/motor_parking"].values()
    account.plate = "京A12345"
    (known,) = after(first).street.keeper.accounts["kerb/motor_parking"].values()
    assert known.plate == "京A12345"


def test_rules_that_are_no_longer_configured_are_forgotten() -> None:
    other = a_rule(IncidentType.MATERIAL_PILE)
    life = after(a_first_life(), rules=(other,))
    assert life.street.keeper.accounts == {"kerb/material_pile": {}}


def test_a_street_that_has_seen_nothing_can_be_kept() -> None:
    assert after(Life(began_after=timedelta())).is_new()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, int(LONGEST_OUTAGE.total_seconds()) - 60))
def test_everything_is_as_long_ago_as_wall_time_says(outage_s: int) -> None:
    life = after(FIRST, timedelta(seconds=outage_s))
    (then,) = FIRST.street.keeper.accounts["kerb/motor_parking"].values()
    (now,) = life.street.keeper.accounts["kerb/motor_parking"].values()
    ago = FIRST.kerb.now_s + outage_s
    assert now.since_s == pytest.approx(then.since_s - ago)
    assert now.hit_s == pytest.approx(then.hit_s - ago)
    assert now.told_s == pytest.approx(then.told_s - ago)
    assert now.incident == then.incident
    (place,) = life.street.book.places()
    assert place.since_s == pytest.approx(FIRST.street.book.places()[0].since_s - ago)


FIRST = a_first_life()
CONTENT = FIRST.packed()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_any_damaged_byte_is_noticed_and_the_street_is_as_new(where: int, flip: int) -> None:
    damaged = bytearray(CONTENT)
    damaged[where] ^= flip
    life = Life(began_after=OUTAGE)
    with pytest.raises(ValueError, match="damaged"):
        life.goes_on_with(bytes(damaged))
    assert life.is_new()


@pytest.mark.parametrize("length", [0, 1, DIGEST_BYTES, 1000, len(CONTENT) - 1])
def test_a_part_of_it_is_damaged(length: int) -> None:
    with pytest.raises(ValueError, match="damaged"):
        Life(began_after=OUTAGE).goes_on_with(CONTENT[:length])


def rewritten(**changes: Any) -> bytes:
    """Return what was kept, written by somebody who knows more or less."""
    with np.load(io.BytesIO(CONTENT[DIGEST_BYTES:])) as stored:
        arrays = dict(stored)
    knowledge = json.loads(arrays["knowledge"].tobytes())
    text = json.dumps({**knowledge, **changes}).encode()
    target = io.BytesIO()
    np.savez_compressed(target, **(arrays | {"knowledge": np.frombuffer(text, np.uint8)}))
    return hashlib.sha256(target.getvalue()).digest() + target.getvalue()


def test_another_version_is_refused() -> None:
    life = Life(began_after=OUTAGE)
    with pytest.raises(ValueError, match="version 2, not 1"):
        life.goes_on_with(rewritten(version=2))
    assert life.is_new()


def test_what_does_not_say_what_it_should_is_refused() -> None:
    life = Life(began_after=OUTAGE)
    with pytest.raises(ValueError, match="cannot be read"):
        life.goes_on_with(rewritten(places="many"))
    assert life.is_new()


def test_what_is_too_old_says_nothing_about_today() -> None:
    life = Life(began_after=LONGEST_OUTAGE + timedelta(days=1))
    with pytest.raises(ValueError, match="days old"):
        life.goes_on_with(CONTENT)
    assert life.is_new()
