import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.bootstrap.web.console import accounts_path
from edge.cli.main import main
from edge.clock import SystemClock
from edge.settings import load_settings
from edge.store.accounts import Accounts

PASSWORD = "correct horse battery"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gridwatch.yaml"
    path.write_text("box: {home: var}\n", encoding="utf-8")
    return path


@pytest.fixture
def accounts(config: Path) -> Iterator[Accounts]:
    opened = Accounts(accounts_path(load_settings(config)), SystemClock())
    yield opened
    opened.close()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))


def run(config: Path, *words: str) -> int:
    return main(["users", *words, "--config", str(config)])


def test_a_user_is_made_with_a_password_from_a_pipe(
    config: Path, accounts: Accounts, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("add", "ann", "--role", "reviewer", "--camera", "east", "--camera", "west")
    assert run(config, *words) == 0
    user = accounts.check("ann", PASSWORD)
    assert user is not None
    assert (user.role, user.cameras, user.must_change) == (
        "reviewer",
        frozenset({"east", "west"}),
        True,
    )
    assert capsys.readouterr().out == ""


def test_a_generated_password_is_printed_and_opens(
    config: Path, accounts: Accounts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, "add", "ann", "--role", "admin", "--generate") == 0
    assert accounts.check("ann", capsys.readouterr().out.strip()) is not None


def test_an_administrator_who_has_lost_the_password_gets_another(
    config: Path, accounts: Accounts, typed: None
) -> None:
    lost = accounts.begin("admin")
    assert lost is not None
    assert run(config, "passwd", "admin") == 0
    assert accounts.check("admin", lost) is None
    user = accounts.check("admin", PASSWORD)
    assert user is not None
    assert user.must_change


def test_everybody_is_listed(
    config: Path, accounts: Accounts, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts.begin("admin")
    accounts.add("ann", "viewer", frozenset({"east"}), by="test")
    accounts.change("ann", role="viewer", cameras=frozenset(), disabled=True, by="test")
    assert run(config, "list") == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [[cell.strip() for cell in line if cell] for line in lines[2:]] == [
        ["admin", "admin", "all", "must change password"],
        ["ann", "viewer", "none", "disabled"],
    ]


def test_a_user_is_disabled_enabled_and_given_another_role(
    config: Path, accounts: Accounts
) -> None:
    accounts.add("ann", "viewer", frozenset({"east"}), by="test", password=PASSWORD)
    assert run(config, "disable", "ann") == 0
    assert accounts.check("ann", PASSWORD) is None
    assert run(config, "enable", "ann") == 0
    user = accounts.check("ann", PASSWORD)
    assert user is not None
    assert (user.role, user.cameras) == ("viewer", frozenset({"east"}))
    assert run(config, "role", "ann", "--role", "operator") == 0
    user = accounts.find("ann")
    assert user is not None
    assert (user.role, user.cameras) == ("operator", None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "a b", "--role", "viewer", "--generate"), "cannot be a name"),
        (("add", "admin", "--role", "viewer", "--generate"), "exists already"),
        (("passwd", "ben", "--generate"), "does not exist"),
        (("disable", "ben"), "does not exist"),
        (("disable", "admin"), "last admin"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(
    config: Path,
    accounts: Accounts,
    words: tuple[str, ...],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    accounts.begin("admin")
    assert run(config, *words) == 2
    assert told in capsys.readouterr().err


def test_a_short_password_is_refused(
    config: Path, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run(config, "add", "ann", "--role", "viewer") == 2
    assert accounts.find("ann") is None


def test_what_a_command_did_is_audited_as_done_on_the_machine(
    config: Path, accounts: Accounts
) -> None:
    run(config, "add", "ann", "--role", "viewer", "--generate")
    run(config, "passwd", "ann", "--generate")
    run(config, "list")
    run(config, "disable", "ann")
    rows = list(reversed(accounts.audit_rows()))
    assert [row.act for row in rows] == ["user.add", "user.password", "user.list", "user.change"]
    assert all(row.actor.endswith("@cli") for row in rows)
