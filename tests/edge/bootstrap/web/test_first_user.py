import logging
from pathlib import Path

import pytest

from edge.bootstrap.web.console import accounts_path
from edge.bootstrap.web.first_user import welcome_first_user
from edge.clock import SystemClock
from edge.settings import Settings, load_settings
from edge.store.accounts import Accounts
from edge.store.first_password import NAME


class FakeTerminal:
    def __init__(self, *, watched: bool) -> None:
        self._watched = watched
        self.shown = ""

    def isatty(self) -> bool:
        return self._watched

    def write(self, text: str, /) -> int:
        self.shown += text
        return len(text)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "gridwatch.yaml"
    config.write_text("box: {home: var}\n", encoding="utf-8")
    return load_settings(config)


def opens(settings: Settings, password: str) -> bool:
    accounts = Accounts(accounts_path(settings), SystemClock())
    user = accounts.check("admin", password)
    accounts.close()
    return user is not None and user.must_change


def test_a_person_at_a_terminal_sees_the_password_once_and_no_file_has_it(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    terminal = FakeTerminal(watched=True)
    welcome_first_user(settings, SystemClock(), terminal)
    password = next(line for line in terminal.shown.splitlines() if line.startswith("      "))
    assert opens(settings, password.strip())
    assert password.strip() not in caplog.text
    assert not (settings.home / NAME).exists()
    again = FakeTerminal(watched=True)
    welcome_first_user(settings, SystemClock(), again)
    assert again.shown == ""


def test_a_log_is_told_where_the_password_is_and_not_what_it_is(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    journal = FakeTerminal(watched=False)
    welcome_first_user(settings, SystemClock(), journal)
    file = settings.home / NAME
    password = file.read_text(encoding="utf-8").strip()
    assert opens(settings, password)
    assert file.stat().st_mode & 0o777 == 0o600
    assert str(file) in caplog.text
    assert password not in caplog.text + journal.shown
