"""Sessions, tokens, and what too many failures cost, on a clock that the test moves."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from edge.bootstrap.web.console import accounts_path
from edge.console.app import create_app
from edge.console.caller import COOKIE
from edge.console.permissions import Role
from edge.store.accounts import Accounts
from edge.store.per_thread import PerThread
from edge.store.sessions import FREE_FAILURES, Sessions
from tests.conftest import FakeClock
from tests.console_app import PASSWORD, Console

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WRONG = "not the password"
NEW = "another long password"
MINUTE, HOUR = 60.0, 3600.0


class TimedConsole(Console):
    """A console whose sign-ins follow a fake clock, and whose hashes are quick."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clock = FakeClock()
        path = accounts_path(self.settings)
        self.accounts.close()
        self.accounts = Accounts(path, self.clock, QUICK)
        accounts = PerThread(lambda: Accounts(path, self.clock, QUICK))
        sessions = PerThread(lambda: Sessions(accounts(), self.clock))
        self.services = replace(
            self.services, clock=self.clock, accounts=accounts, sessions=sessions
        )
        self.app = create_app(self.services)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[TimedConsole]:
    made = TimedConsole(tmp_path)
    made.accounts.add("ann", Role.REVIEWER, None, by="test", password=PASSWORD)
    made.accounts.set_password("ann", PASSWORD, must_change=False, by="test")
    yield made
    made.accounts.close()


def login(client: TestClient, password: str = PASSWORD, name: str = "ann") -> int:
    return client.post("/api/v1/login", json={"name": name, "password": password}).status_code


def signed_in(client: TestClient) -> bool:
    return client.get("/api/v1/health").status_code == 200


def csrf(console: Console, client: TestClient) -> dict[str, str]:
    session = console.services.sessions().find(client.cookies[COOKIE])
    assert session is not None
    return {"X-CSRF-Token": session.csrf}


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    console: TimedConsole, scheme: str, secure: bool
) -> None:
    client = TestClient(console.app, base_url=f"{scheme}://testserver")
    answer = client.post("/api/v1/login", json={"name": "ann", "password": PASSWORD})
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=strict", "path=/", "max-age=43200"} <= flags
    assert ("secure" in flags) == secure
    assert ("strict-transport-security" in answer.headers) == secure


def test_below_a_proxys_prefix_cookie_links_and_redirects_are_below_it_too(
    console: TimedConsole,
) -> None:
    client = TestClient(console.app, root_path="/grid", follow_redirects=False)
    page = client.get("/grid/review", headers={"Accept": "text/html"})
    assert page.headers["location"] == "/grid/login?next=/review"
    form = client.get("/grid/login").text
    assert 'data-root="/grid"' in form
    assert 'src="/grid/static/' in form
    answer = client.post("/grid/api/v1/login", json={"name": "ann", "password": PASSWORD})
    assert "path=/grid/" in answer.headers["set-cookie"].lower()


def test_a_session_that_somebody_planted_is_not_the_one_after_the_login(
    console: TimedConsole,
) -> None:
    client = console.client()
    client.cookies.set(COOKIE, "planted")
    assert login(client) == 204
    tokens = {cookie.value for cookie in client.cookies.jar}
    assert len(tokens - {"planted"}) == 1
    assert console.services.sessions().find("planted") is None


def test_every_login_begins_a_session_of_its_own(console: TimedConsole) -> None:
    one, other = console.client(), console.client()
    assert login(one) == login(other) == 204
    assert one.cookies[COOKIE] != other.cookies[COOKIE]
    assert csrf(console, one) != csrf(console, other)


def test_a_new_password_ends_every_session_but_a_new_one(console: TimedConsole) -> None:
    here, elsewhere = console.client(), console.client()
    login(here)
    login(elsewhere)
    before = here.cookies[COOKIE]
    body = {"old": PASSWORD, "new": NEW}
    answer = here.post("/api/v1/account/password", json=body, headers=csrf(console, here))
    assert answer.status_code == 204
    assert here.cookies[COOKIE] != before
    assert console.services.sessions().find(before) is None
    assert signed_in(here)
    assert not signed_in(elsewhere)
    assert login(console.client()) == 401
    assert login(console.client(), NEW) == 204


def test_a_wrong_old_password_changes_nothing(console: TimedConsole) -> None:
    client = console.client()
    login(client)
    body = {"old": WRONG, "new": NEW}
    headers = csrf(console, client)
    assert client.post("/api/v1/account/password", json=body, headers=headers).status_code == 422
    assert login(console.client()) == 204


def test_a_session_ends_when_nobody_uses_it(console: TimedConsole) -> None:
    client = console.client()
    login(client)
    console.clock.advance(29 * MINUTE)
    assert signed_in(client)
    console.clock.advance(29 * MINUTE)
    assert signed_in(client)
    console.clock.advance(31 * MINUTE)
    assert not signed_in(client)
    console.clock.advance(-20 * MINUTE)
    assert not signed_in(client)  # it is gone, not asleep


def test_a_session_ends_after_a_shift_however_it_is_used(console: TimedConsole) -> None:
    client = console.client()
    login(client)
    for _ in range(12 * 3):
        console.clock.advance(20 * MINUTE - 1)
        assert signed_in(client)
    console.clock.advance(2 * MINUTE)
    assert not signed_in(client)


def test_a_clock_that_is_set_back_lets_no_session_live_on(console: TimedConsole) -> None:
    client = console.client()
    login(client)
    console.clock.now -= timedelta(minutes=4)  # a clock that is put right by a little
    assert signed_in(client)
    console.clock.now -= timedelta(days=300)
    assert not signed_in(client)
    assert login(client) == 204


def test_failures_of_a_time_that_was_wrong_lock_nobody_out(console: TimedConsole) -> None:
    client = console.client()
    console.clock.now += timedelta(days=300)
    for _ in range(FREE_FAILURES):
        login(client, WRONG)
    assert login(client) == 429
    console.clock.now -= timedelta(days=300)
    assert login(client) == 204


def test_signing_out_ends_the_session_on_the_box(console: TimedConsole) -> None:
    client = console.client()
    login(client)
    kept = client.cookies[COOKIE]
    assert client.post("/api/v1/logout", headers=csrf(console, client)).status_code == 204
    assert console.services.sessions().find(kept) is None


def test_who_is_disabled_is_out_at_once(console: TimedConsole) -> None:
    client = console.client()
    login(client)
    console.accounts.change("ann", role=Role.REVIEWER, cameras=None, disabled=True, by="test")
    assert not signed_in(client)
    assert login(console.client()) == 401


@pytest.mark.parametrize("sent", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "guessed"}])
def test_a_change_without_the_pages_token_is_refused(
    console: TimedConsole, sent: dict[str, str]
) -> None:
    client = console.client()
    login(client)
    assert client.post("/api/v1/logout", headers=sent).status_code == 403
    assert signed_in(client)


def test_the_token_of_another_session_is_refused(console: TimedConsole) -> None:
    mine, other = console.client(), console.client()
    login(mine)
    login(other)
    assert mine.post("/api/v1/logout", headers=csrf(console, other)).status_code == 403


def test_another_sites_page_can_neither_sign_in_nor_change(console: TimedConsole) -> None:
    client = console.client()
    body = {"name": "ann", "password": PASSWORD}
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert client.post("/api/v1/login", json=body, headers=elsewhere).status_code == 403
    login(client)
    headers = csrf(console, client) | elsewhere
    assert client.post("/api/v1/logout", headers=headers).status_code == 403


def test_too_many_failures_lock_a_name_also_for_the_right_password(console: TimedConsole) -> None:
    client = console.client()
    assert [login(client, WRONG) for _ in range(FREE_FAILURES)] == [401] * FREE_FAILURES
    answer = client.post("/api/v1/login", json={"name": "ann", "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 30
    console.clock.advance(31)
    assert login(client) == 204


def test_each_further_failure_costs_twice_as_long(console: TimedConsole) -> None:
    client = console.client()
    waits = []
    for _ in range(FREE_FAILURES + 3):
        login(client, WRONG)
        wait_s = console.services.sessions().wait_s("ann", "elsewhere")
        if wait_s:
            waits.append(round(wait_s))
            console.clock.advance(wait_s)
    assert waits == [30, 60, 120, 240]


def test_an_address_that_tries_many_names_is_locked_too(console: TimedConsole) -> None:
    client = console.client()
    for number in range(FREE_FAILURES):
        assert login(client, WRONG, f"guess{number}") == 401
    assert login(client) == 429
    assert console.services.sessions().wait_s("ann", "192.0.2.1") == 0


def test_failures_are_forgotten_after_a_while_and_a_success_ends_them(
    console: TimedConsole,
) -> None:
    client = console.client()
    for _ in range(FREE_FAILURES - 1):
        login(client, WRONG)
    console.clock.advance(16 * MINUTE)
    for _ in range(FREE_FAILURES - 1):
        login(client, WRONG)
    assert login(client) == 204


def test_an_unknown_name_is_answered_like_a_wrong_password(console: TimedConsole) -> None:
    answers = [
        console.client().post("/api/v1/login", json={"name": name, "password": WRONG})
        for name in ("ann", "nobody")
    ]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].json() == answers[1].json()


def test_a_refused_login_is_audited_without_its_password(console: TimedConsole) -> None:
    login(console.client(), WRONG)
    row = console.accounts.audit_rows(limit=1)[0]
    assert (row.actor, row.act, row.result) == ("ann", "login", "refused")
    assert WRONG not in repr(console.accounts.audit_rows())


def test_no_token_cookie_or_password_is_on_disk(console: TimedConsole) -> None:
    client = console.client()
    login(client)
    secret = _token(console, Role.VIEWER)
    direct = sqlite3.connect(accounts_path(console.settings))
    kept = "\n".join(direct.iterdump())
    direct.close()
    for told in (client.cookies[COOKIE], secret, PASSWORD):
        assert told not in kept


def test_a_token_may_do_what_its_role_may_until_it_is_over(console: TimedConsole) -> None:
    machine = _machine(console, Role.VIEWER)
    assert signed_in(machine)
    assert machine.get("/api/v1/users").status_code == 403
    assert machine.post("/api/v1/logout").status_code == 204  # no browser, no CSRF
    console.clock.advance(25 * HOUR)
    assert machine.get("/api/v1/health").status_code == 401


def test_a_token_does_not_outlive_the_rights_of_its_user(console: TimedConsole) -> None:
    machine = _machine(console, Role.REVIEWER)
    assert signed_in(machine)
    console.accounts.change("ann", role=Role.VIEWER, cameras=None, disabled=False, by="test")
    assert not signed_in(machine)


def test_a_revoked_token_is_over(console: TimedConsole) -> None:
    machine = _machine(console, Role.VIEWER)
    sessions = console.services.sessions()
    sessions.revoke(sessions.tokens()[0].id)
    assert not signed_in(machine)


@pytest.mark.parametrize("secret", ["", "gw_guessed", "x" * 5000])
def test_a_token_that_nobody_made_is_refused(console: TimedConsole, secret: str) -> None:
    client = console.client()
    client.headers["Authorization"] = f"Bearer {secret}"
    assert not signed_in(client)


def _token(console: TimedConsole, role: Role) -> str:
    user = console.accounts.find("ann")
    assert user is not None
    expires_at = console.clock.now.replace(day=25)
    return console.services.sessions().make_token("grafana", user, role, expires_at)


def _machine(console: TimedConsole, role: Role) -> TestClient:
    client = console.client()
    client.headers["Authorization"] = f"Bearer {_token(console, role)}"
    return client
