"""Whose face is kept with a passage, and what it shows."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.bootstrap.camera.passage_book import PassageBook
from edge.bootstrap.camera.probes import ProbeKeeper
from edge.bootstrap.camera.recorder import PassageRecorder
from edge.clock import ClockState
from edge.domain.passage import Decision, Passage
from edge.gate.gate import Sighting
from edge.store.journal import Journal
from edge.store.probes import Probes
from edge.store.vault import Vault
from edge.wire.box import BoxIdentity
from models.faces import Picture
from tests.conftest import FakeClock
from tests.passages import MOMENT, a_passage

FACE = np.full((112, 112, 3), (40, 90, 200), np.uint8)
OF = frozenset({Decision.STRANGER, Decision.UNSURE})


@pytest.fixture
def probes(tmp_path: Path) -> Probes:
    return Probes(tmp_path / "probes.db", vault=Vault(bytes(32), "key"))


@pytest.fixture
def recorder(tmp_path: Path, clock: FakeClock, probes: Probes) -> PassageRecorder:
    return PassageRecorder(
        PassageBook(Journal(tmp_path / "journal.db", clock)),
        box=BoxIdentity("box-01"),
        announce=frozenset(),
        clock=ClockState,
        stills=False,
        probes=ProbeKeeper(probes, 60.0, OF),
    )


def seen(passage: Passage) -> Sighting:
    return Sighting(passage, None, FACE)


def shown(probes: Probes, passage_id: str = "a") -> Picture | None:
    jpeg = probes.find(passage_id, MOMENT)
    if jpeg is None:
        return None
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture, np.uint8)


def test_a_strangers_face_is_kept_as_the_gate_saw_it(
    recorder: PassageRecorder, probes: Probes
) -> None:
    recorder.record(seen(a_passage("a")), None)
    picture = shown(probes)
    assert picture is not None
    assert np.abs(picture.astype(int) - FACE).max() < 6


def test_a_residents_face_is_not_kept_unless_it_is_asked_for(
    recorder: PassageRecorder, probes: Probes
) -> None:
    recorder.record(seen(a_passage("a", Decision.RESIDENT)), None)
    assert shown(probes) is None


def test_the_face_of_somebody_who_proves_to_be_a_resident_is_forgotten(
    recorder: PassageRecorder, probes: Probes
) -> None:
    unsure = a_passage("a", Decision.UNSURE)
    recorder.record(seen(unsure), None)
    assert shown(probes) is not None
    recorder.record(seen(replace(unsure, revision=2, decision=Decision.RESIDENT)), None)
    assert shown(probes) is None


def test_an_update_about_somebody_else_leaves_the_face_where_it_is(
    recorder: PassageRecorder, probes: Probes
) -> None:
    recorder.record(seen(a_passage("a")), None)
    recorder.record(Sighting(replace(a_passage("a"), revision=2), None), None)
    assert shown(probes) is not None


def test_nothing_is_kept_for_no_time(probes: Probes) -> None:
    keeper = ProbeKeeper(probes, 0.0, OF)
    assert keeper.picture(seen(a_passage("a")), None) is None
