"""The page Gate and its API."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from edge.bootstrap import parts
from edge.clock import ClockState, SystemClock
from edge.console.permissions import Role
from edge.domain.passage import Decision, Likeness, Passage
from edge.domain.resident import Consent, Resident
from edge.store.journal import Journal
from edge.store.residents import Template
from edge.wire.box import BoxIdentity
from edge.wire.passage import passage_message
from tests.console_app import Console
from tests.passages import a_passage

JPEG = b"\xff\xd8 a face \xff\xd9"
PORTRAIT = b"\xff\xd8 a portrait \xff\xd9"


def payload(passage: Passage, seq: int) -> bytes:
    announced = frozenset({Decision.STRANGER})
    return passage_message(
        passage, box=BoxIdentity("box-01"), seq=seq, clock=ClockState(), announce=announced
    )


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = Console(tmp_path)
    clock = SystemClock()
    journal = Journal(parts.journal_path(made.settings), clock)
    likeness = Likeness(0.5, 0.2, 0.45, "t-ann")
    for number, decision in enumerate(Decision):
        who = "ann" if decision is Decision.RESIDENT else None
        passage = replace(
            a_passage(f"p{number}", decision),
            resident_id=who,
            likeness=likeness,
            camera_id="west" if decision is Decision.WATCHLIST else "east",
            decided_at=datetime(2026, 11, 24, 3, number, tzinfo=UTC),
        )
        journal.record_passage(passage, partial(payload, passage))
    journal.close()
    parts.open_probes(made.settings).add("p0", JPEG, now=clock.utc(), keep_s=3600)
    consent = Consent("v3", datetime(2026, 11, 24, tzinfo=UTC), "paper", portrait=True)
    template = Template("t-ann", "ann", "a" * 64, 1, np.asarray(np.eye(4)[0], np.float32))
    with made.services.people.directory("test") as directory:
        directory.register(Resident("ann", name="Ann"), consent, [template], portrait=PORTRAIT)
    return made


def audited(console: Console) -> tuple[str, str, str]:
    row = max(console.accounts.audit_rows(), key=lambda one: one.number)
    return row.act, row.subject, row.result


def listed(client: TestClient, query: str = "") -> list[str]:
    return [one["id"] for one in client.get(f"/api/v1/passages{query}").json()["passages"]]


def test_the_newest_passages_come_first_and_the_next_page_follows(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR)
    first = client.get("/api/v1/passages?limit=3").json()
    assert [one["id"] for one in first["passages"]] == ["p3", "p2", "p1"]
    second = client.get("/api/v1/passages", params={"limit": 3, "before": first["next"]}).json()
    assert [one["id"] for one in second["passages"]] == ["p0"]
    assert second["next"] is None


def test_filters_narrow_the_list(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR)
    assert listed(client, "?decision=stranger") == ["p1"]
    assert listed(client, "?camera=west") == ["p2"]


def test_who_is_limited_to_a_camera_sees_its_passages_only(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR, cameras=["west"])
    assert listed(client) == ["p2"]
    assert listed(client, "?camera=east") == []
    assert client.get("/api/v1/passages/p0").status_code == 404
    assert client.get("/api/v1/passages/p0/face").status_code == 404
    assert client.post("/api/v1/passages/p0/deny", json={"resident_id": "ann"}).status_code == 404


def test_a_name_is_told_only_to_who_may_see_residents(console: Console) -> None:
    def told(role: Role) -> tuple[str, str | None]:
        one = console.sign_in(role).get("/api/v1/passages/p0").json()
        return one["nearest"], one["name"]

    assert told(Role.OPERATOR) == ("ann", None)
    assert told(Role.ADMIN) == ("ann", "Ann")


def test_one_persons_passages_need_the_right_and_a_purpose(console: Console) -> None:
    operator, admin = console.sign_in(Role.OPERATOR), console.sign_in(Role.ADMIN)
    assert operator.get("/api/v1/passages?resident=ann&purpose=lost").status_code == 403
    assert admin.get("/api/v1/passages?resident=ann").status_code == 422
    assert listed(admin, "?resident=ann&purpose=lost child") == ["p0"]
    act, subject, result = audited(console)
    assert (act, subject) == ("passage.search", "resident ann")
    assert "lost child" in result


def test_every_look_at_a_face_is_audited_also_at_one_that_is_not_kept(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR)
    answer = client.get("/api/v1/passages/p0/face")
    assert answer.content == JPEG
    assert answer.headers["cache-control"] == "no-store"
    assert audited(console) == ("face.see", "passage p0", "shown")
    assert client.get("/api/v1/passages/p1/face").status_code == 404
    assert audited(console) == ("face.see", "passage p1", "none")


def test_the_portrait_beside_it_is_that_of_the_nearest_person(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR)
    assert client.get("/api/v1/passages/p1/portrait").content == PORTRAIT
    assert audited(console) == ("portrait.see", "passage p1", "shown")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.AUDITOR, Role.RESIDENT_ADMIN])
def test_passages_are_not_for_everybody(console: Console, role: Role) -> None:
    client = console.sign_in(role)
    for path in ("", "/p0", "/p0/face", "/p0/portrait"):
        assert client.get(f"/api/v1/passages{path}").status_code == 403


def test_a_denied_match_lowers_that_person_and_is_audited(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR)
    answer = client.post("/api/v1/passages/p0/deny", json={"resident_id": "ann"})
    assert answer.json() == {"resident_id": "ann", "handicap": pytest.approx(0.07)}
    assert audited(console) == ("match.deny", "resident ann", "passage p0")
    with console.services.people.directory("test") as directory:
        assert directory.handicaps() == {"ann": pytest.approx(0.07)}
        assert directory.audit_rows()[-2].actor == "console:operator"


def test_somebody_whom_a_passage_did_not_resemble_cannot_be_denied(console: Console) -> None:
    answer = console.sign_in(Role.OPERATOR).post(
        "/api/v1/passages/p0/deny", json={"resident_id": "ben"}
    )
    assert answer.status_code == 409
    assert "look again" in answer.json()["detail"]


def test_odd_questions_are_refused_by_name(console: Console) -> None:
    client = console.sign_in(Role.OPERATOR)
    for query in ("before=x", "limit=0", "limit=9999", "decision=x", "more=1"):
        answer = client.get(f"/api/v1/passages?{query}")
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"][-1] == query.partition("=")[0]


@pytest.mark.parametrize(("language", "word"), [("zh", "门禁"), ("en", "Sound for alerts")])
def test_the_page_speaks_both_languages(console: Console, language: str, word: str) -> None:
    client = console.sign_in(Role.OPERATOR)
    answer = client.get("/gate", headers={"accept-language": language})
    assert answer.status_code == 200
    assert word in answer.text
    assert "Ann" not in answer.text
