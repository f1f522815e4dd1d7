"""``gridwatch users``: who may sign in to the console, also when nobody can any more."""

import argparse
import getpass
import sys

from edge.cli.options import add_config, settings_of, table
from edge.errors import ConfigError

ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its parts."""
    from edge.console.permissions import Role  # noqa: PLC0415 - only for this command

    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    listed = parts.add_parser("list", help="everybody, with role and cameras")
    listed.set_defaults(run=run_list)
    add = parts.add_parser("add", help="make a user; the password is asked for, or generated")
    add.set_defaults(run=run_add)
    passwd = parts.add_parser("passwd", help="give a new password; the user is signed out")
    passwd.set_defaults(run=run_passwd)
    role = parts.add_parser("role", help="change what a user may do; they are signed out")
    role.set_defaults(run=run_role)
    disable = parts.add_parser("disable", help="let a user in no more; their tokens are gone")
    disable.set_defaults(run=run_disable)
    enable = parts.add_parser("enable", help="let a user in again")
    enable.set_defaults(run=run_enable)
    for part in (add, passwd, role, disable, enable):
        part.add_argument("name", metavar="NAME")
    for part in (add, role):
        part.add_argument("--role", required=True, choices=[str(one) for one in Role])
        part.add_argument(
            "--camera",
            action="append",
            metavar="ID",
            help="the only cameras they see, once for each; default: all",
        )
    for part in (add, passwd):
        part.add_argument(
            "--generate", action="store_true", help="print a one-time password instead of asking"
        )
    for part in (listed, add, passwd, role, disable, enable):
        add_config(part)


def run_list(arguments: argparse.Namespace) -> int:
    """Print everybody."""
    from edge.bootstrap.web.people import accounts_of, actor  # noqa: PLC0415 - heavy

    with accounts_of(settings_of(arguments)) as accounts:
        accounts.audit(actor(), "user.list", "users", "ok")
        users = accounts.users()
    rows = [
        (
            one.name,
            one.role,
            ALL if one.cameras is None else ", ".join(sorted(one.cameras)) or "none",
            _state(disabled=one.disabled, must_change=one.must_change),
        )
        for one in users
    ]
    print(table(("name", "role", "cameras", "state"), rows))
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Make a user; whoever gave the password, the first login asks for another."""
    from edge.bootstrap.web.people import accounts_of, actor  # noqa: PLC0415 - heavy
    from edge.console.names import require_name  # noqa: PLC0415

    require_name(arguments.name)
    password = None if arguments.generate else _asked(arguments.name)
    with accounts_of(settings_of(arguments)) as accounts:
        made = accounts.add(
            arguments.name, arguments.role, _cameras(arguments), by=actor(), password=password
        )
    if arguments.generate:
        print(made)
    return 0


def run_passwd(arguments: argparse.Namespace) -> int:
    """Replace a password; the next login asks for another."""
    from edge.bootstrap.web.people import accounts_of, actor  # noqa: PLC0415 - heavy

    with accounts_of(settings_of(arguments)) as accounts:
        if arguments.generate:
            print(accounts.reset(arguments.name, by=actor()))
        else:
            password = _asked(arguments.name)
            accounts.set_password(arguments.name, password, must_change=True, by=actor())
    return 0


def run_role(arguments: argparse.Namespace) -> int:
    """Change role and cameras."""
    return _change(arguments, role=arguments.role, cameras=_cameras(arguments))


def run_disable(arguments: argparse.Namespace) -> int:
    """Let a user in no more."""
    return _change(arguments, disabled=True)


def run_enable(arguments: argparse.Namespace) -> int:
    """Let a user in again."""
    return _change(arguments, disabled=False)


def _change(
    arguments: argparse.Namespace,
    *,
    role: str | None = None,
    cameras: frozenset[str] | None = None,
    disabled: bool | None = None,
) -> int:
    from edge.bootstrap.web.people import accounts_of, actor  # noqa: PLC0415 - heavy

    with accounts_of(settings_of(arguments)) as accounts:
        before = accounts.find(arguments.name)
        if before is None:
            raise ConfigError(f"user {arguments.name!r} does not exist; see `gridwatch users list`")
        accounts.change(
            before.name,
            role=before.role if role is None else role,
            cameras=before.cameras if role is None else cameras,
            disabled=before.disabled if disabled is None else disabled,
            by=actor(),
        )
    return 0


def _cameras(arguments: argparse.Namespace) -> frozenset[str] | None:
    return None if arguments.camera is None else frozenset(arguments.camera)


def _state(*, disabled: bool, must_change: bool) -> str:
    if disabled:
        return "disabled"
    return "must change password" if must_change else ""


def _asked(name: str) -> str:
    """Return a password from the terminal, typed twice, or the first line of a pipe.

    Never an argument: those are in the shell's history and in every list of processes.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass(f"new password of {name}: ")
    if getpass.getpass("once more: ") != password:
        raise ConfigError("the two passwords differ; nothing was changed, try again")
    return password
