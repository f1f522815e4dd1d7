"""Users and audits for the command line: the same stores as the console's."""

import contextlib
import getpass
from collections.abc import Iterator

from edge.bootstrap import parts
from edge.bootstrap.web.console import accounts_path
from edge.clock import SystemClock
from edge.settings import Settings
from edge.store.accounts import Accounts


def actor() -> str:
    """Return who the audit says it was: a user of the machine, not of the console."""
    return f"{getpass.getuser()}@cli"


@contextlib.contextmanager
def accounts_of(settings: Settings) -> Iterator[Accounts]:
    """Yield the console's accounts; raises StoreError."""
    accounts = Accounts(accounts_path(settings), SystemClock())
    try:
        yield accounts
    finally:
        accounts.close()


def first_broken_of_residents(settings: Settings) -> int | None:
    """Return the first broken row of the residents' own audit, None if it is intact."""
    with contextlib.closing(parts.open_residents(settings, SystemClock())) as residents:
        return residents.first_broken_audit_row()
