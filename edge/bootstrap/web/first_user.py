"""The first start: somebody must be able to sign in, and nobody with a known password."""

import logging
from typing import Protocol

from edge.bootstrap.web.console import accounts_path
from edge.clock import Clock
from edge.console.permissions import Role
from edge.settings import Settings
from edge.store.accounts import FIRST_USER, Accounts
from edge.store.first_password import keep_first_password

log = logging.getLogger(__name__)


class Terminal(Protocol):
    """Where a person may be looking, such as standard error."""

    def isatty(self) -> bool:
        """Return whether it is a terminal and no log."""
        ...

    def write(self, text: str, /) -> int:
        """Show something."""
        ...


def welcome_first_user(settings: Settings, clock: Clock, terminal: Terminal) -> None:
    """Make the administrator if nobody may sign in yet, and tell the one-time password once.

    A person at a terminal sees it. Where standard error goes to a journal or a container's log,
    which many may read and which is kept, it is written to a private file instead; that file goes
    when the password is changed, which the first login demands.

    Raises:
        StoreError: The accounts or the file cannot be written.
    """
    password = _begin(settings, clock)
    if password is None:
        return
    if terminal.isatty():
        terminal.write(
            f"\n  The console's first user is {FIRST_USER!r}, the password for the first login:\n"
            f"\n      {password}\n\n  It is shown only now; the console asks for another one.\n\n"
        )
        return
    log.warning(
        "the console's first user is %r; the password for the first login is in %s",
        FIRST_USER,
        keep_first_password(settings.home, password),
    )


def keep_for_first_user(settings: Settings, clock: Clock) -> None:
    """Make the administrator as ``welcome_first_user`` does, and say nothing; raises StoreError."""
    password = _begin(settings, clock)
    if password is not None:
        keep_first_password(settings.home, password)


def _begin(settings: Settings, clock: Clock) -> str | None:
    """Return the one-time password of the first user; None if there are users already."""
    accounts = Accounts(accounts_path(settings), clock)
    try:
        return accounts.begin(Role.ADMIN)
    finally:
        accounts.close()
