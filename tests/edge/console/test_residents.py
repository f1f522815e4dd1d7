"""The page Residents and its API."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from edge.console.app import create_app
from edge.console.people import EnrolmentOutcome, PhotoJudgement
from edge.console.permissions import Role
from edge.console.texts import Language, load_texts
from edge.domain.resident import Consent, Resident, Validity
from edge.gallery.enrolment import PhotoVerdict
from edge.gate.quality import Refusal
from edge.store.residents import Template
from tests.console_app import Console

GOOD, DARK = b"good photo", b"dark photo"
CONSENT = Consent("v3", datetime(2026, 11, 24, tzinfo=UTC), "paper", portrait=True)
API = "/api/v1/residents"
PERSON: dict[str, Any] = {
    "id": "r-1",
    "name": "Li Wei",
    "valid_until": "2027-01-01",
    "consent": {"notice_version": "v3", "given_at": "2026-11-24T08:00:00Z", "portrait": True},
}


class FakeEnrolment:
    """Takes good photos."""

    def __init__(self) -> None:
        self.taken: list[tuple[Resident, Consent, int, str]] = []

    def judge_photo(self, name: str, content: bytes) -> PhotoJudgement:
        return PhotoJudgement(name, "accepted" if content == GOOD else "too_dark", 90.0)

    def enrol(
        self,
        resident: Resident,
        consent: Consent,
        photos: Sequence[tuple[str, bytes]],
        *,
        actor: str,
    ) -> EnrolmentOutcome:
        judged = tuple(self.judge_photo(*photo) for photo in photos)
        good = sum(one.verdict == "accepted" for one in judged)
        if good:
            self.taken.append((resident, consent, good, actor))
        return EnrolmentOutcome(bool(good), f"{good} photos", judged)


@pytest.fixture
def enrolment() -> FakeEnrolment:
    return FakeEnrolment()


@pytest.fixture
def console(tmp_path: Path, enrolment: FakeEnrolment) -> Console:
    made = Console(tmp_path)
    made.services = replace(
        made.services, people=replace(made.services.people, enrolment=enrolment)
    )
    made.app = create_app(made.services)
    with made.services.people.directory("test") as directory:
        for number, (who, name) in enumerate((("ann", "Ann Li"), ("ben", "Ben"))):
            vector = np.asarray(np.eye(4)[number], np.float32)
            template = Template(f"t-{who}", who, "a" * 64, 2, vector)
            directory.register(
                Resident(who, name=name), CONSENT, [template], portrait=b"\xff\xd8 " + who.encode()
            )
    return made


@pytest.fixture
def officer(console: Console) -> TestClient:
    return console.sign_in(Role.RESIDENT_ADMIN)


def audited(console: Console) -> tuple[str, str, str]:
    row = max(console.accounts.audit_rows(), key=lambda one: one.number)
    return row.act, row.subject, row.result


def handed_in(client: TestClient, *photos: bytes, person: dict[str, Any] | str = PERSON) -> Any:
    return client.post(
        API,
        data={"person": person if isinstance(person, str) else json.dumps(person)},
        files=[("photos", (f"{number}.jpg", one)) for number, one in enumerate(photos)],
    )


def test_a_search_needs_a_purpose_and_is_audited_with_it(
    console: Console, officer: TestClient
) -> None:
    assert officer.post(f"{API}/search", json={"text": "li"}).status_code == 422
    answer = officer.post(f"{API}/search", json={"text": "li", "purpose": "new key"})
    assert [one["id"] for one in answer.json()["residents"]] == ["ann"]
    assert answer.json()["total"] == 2
    act, subject, result = audited(console)
    assert (act, subject) == ("resident.search", "residents")
    assert "new key" in result
    assert "li" not in result


def test_pages_follow_one_another(officer: TestClient) -> None:
    body = {"purpose": "inventory", "limit": 1}
    first = officer.post(f"{API}/search", json=body).json()
    assert ([one["id"] for one in first["residents"]], first["next"]) == (["ann"], "ann")
    second = officer.post(f"{API}/search", json=body | {"after": "ann"}).json()
    assert [one["id"] for one in second["residents"]] == ["ben"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.OPERATOR, Role.AUDITOR])
def test_residents_are_not_for_everybody(console: Console, role: Role) -> None:
    client = console.sign_in(role)
    assert client.post(f"{API}/search", json={"purpose": "curious"}).status_code == 403
    assert client.post(f"{API}/ann/show", json={"purpose": "curious"}).status_code == 403
    assert client.get(f"{API}/ann/portrait").status_code == 403
    assert client.delete(f"{API}/ann").status_code == 403
    assert handed_in(client, GOOD).status_code == 403


def test_a_photo_is_judged_at_once(console: Console, officer: TestClient) -> None:
    answer = officer.post(f"{API}/photos", files={"photo": ("a.jpg", DARK)})
    assert answer.json() == {
        "name": "a.jpg",
        "verdict": "too_dark",
        "accepted": False,
        "face_px": 90.0,
    }
    assert audited(console) == ("photo.judge", "photo", "too_dark")


def test_somebody_is_registered_with_consent_and_the_officers_name(
    console: Console, officer: TestClient, enrolment: FakeEnrolment
) -> None:
    answer = handed_in(officer, GOOD, DARK)
    assert answer.status_code == 200
    assert answer.json()["registered"]
    assert [one["verdict"] for one in answer.json()["photos"]] == ["accepted", "too_dark"]
    [(resident, consent, photos, actor)] = enrolment.taken
    assert resident == Resident("r-1", name="Li Wei", valid_until=date(2027, 1, 1))
    assert consent == Consent("v3", datetime(2026, 11, 24, 8, tzinfo=UTC), "counter", portrait=True)
    assert (photos, actor) == (1, "console:resident-admin")
    assert audited(console) == ("resident.enrol", "resident r-1", "registered")


def test_who_was_not_taken_is_told_why(console: Console, officer: TestClient) -> None:
    answer = handed_in(officer, DARK)
    assert not answer.json()["registered"]
    assert audited(console) == ("resident.enrol", "resident r-1", "refused")


@pytest.mark.parametrize(
    ("person", "named"),
    [
        ({"id": "r-1"}, "consent"),
        (PERSON | {"id": "../x"}, "id"),
        (PERSON | {"more": 1}, "more"),
        ("{", "person"),
        (PERSON | {"consent": {"notice_version": "", "given_at": "2026-11-24T08:00Z"}}, "notice"),
    ],
)
def test_a_wrong_application_is_refused_by_name(
    officer: TestClient, person: dict[str, Any] | str, named: str
) -> None:
    answer = handed_in(officer, GOOD, person=person)
    assert answer.status_code == 422
    assert named in answer.json()["detail"]


def test_too_many_or_too_large_photos_are_refused(officer: TestClient) -> None:
    assert handed_in(officer, *[GOOD] * 9).status_code == 422
    large = bytes(12 * 1024 * 1024 + 1)
    assert officer.post(f"{API}/photos", files={"photo": ("a.jpg", large)}).status_code == 413


def test_all_that_is_stored_is_shown_but_the_vector(console: Console, officer: TestClient) -> None:
    stored = officer.post(f"{API}/ann/show", json={"purpose": "request for access"}).json()
    assert stored["resident"]["name"] == "Ann Li"
    assert stored["consents"][0]["notice_version"] == "v3"
    assert stored["templates"] == [{"id": "t-ann", "model_sha256": "a" * 64, "photos": 2}]
    assert stored["portrait"]
    assert "vector" not in json.dumps(stored)
    assert "request for access" in audited(console)[2]


def test_a_look_at_a_portrait_is_audited(console: Console, officer: TestClient) -> None:
    assert officer.get(f"{API}/ann/portrait").content == b"\xff\xd8 ann"
    assert audited(console) == ("portrait.see", "resident ann", "shown")


def test_a_validity_is_changed_and_a_wrong_one_refused(officer: TestClient) -> None:
    body = {"name": "Ann Li", "unit": "3-201", "valid_until": "2026-01-01"}
    assert officer.put(f"{API}/ann", json=body).status_code == 204
    stored = officer.post(f"{API}/ann/show", json={"purpose": "check"}).json()
    assert (stored["resident"]["unit"], stored["resident"]["validity"]) == ("3-201", "expired")
    wrong = officer.put(f"{API}/ann", json=body | {"valid_from": "2026-02-01"})
    assert wrong.status_code == 422


def test_somebody_removed_is_gone_from_the_file(console: Console, officer: TestClient) -> None:
    def found() -> bool:
        files = console.home.glob("residents.db*")
        return any(b"Ann Li" in file.read_bytes() for file in files)

    assert found()
    assert officer.delete(f"{API}/ann").status_code == 204
    assert audited(console) == ("resident.remove", "resident ann", "ok")
    assert not found()
    assert officer.delete(f"{API}/ann").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("zh", "添加人员"), ("en", "Add a person")])
def test_the_page_speaks_both_languages_and_lists_nobody_unasked(
    officer: TestClient, language: str, word: str
) -> None:
    answer = officer.get("/residents", headers={"accept-language": language})
    assert answer.status_code == 200
    assert word in answer.text
    assert "Ann Li" not in answer.text


@pytest.mark.parametrize("language", list(Language))
def test_every_verdict_doubt_and_refusal_has_words(language: Language) -> None:
    known = load_texts()[language].by_key
    for verdict in PhotoVerdict:
        assert f"photo.{verdict}" in known
        assert verdict is PhotoVerdict.ACCEPTED or f"remedy.{verdict}" in known
    assert all(f"valid.{one}" in known for one in Validity)
    assert all(f"refusal.{one}" in known for one in Refusal)
