"""Whose commands the box takes: the keys and limits of the configuration."""

from pathlib import Path

from edge.bootstrap import parts
from edge.commands.command import CommandName
from edge.commands.intake import Terms
from edge.errors import ConfigError
from edge.evidence.signing import Authenticator, open_authenticator
from edge.settings import Settings

WRITABLE_BY_OTHERS = 0o022


def terms_of(settings: Settings) -> Terms | None:
    """Return by what terms commands are taken, None if none are; raises ConfigError."""
    section = settings.commands
    if section is None:
        return None
    return Terms(
        box_id=settings.box.id,
        topic_root=parts.box_identity(settings, {}).topic_root,
        keys={name: _key(settings, name, path) for name, path in section.keys.items()},
        known=frozenset(CommandName),
        allowed=frozenset(section.allow),
        longest_validity_s=section.longest_validity,
        per_minute=section.per_minute,
    )


def inspect_commands(settings: Settings) -> str:
    """Return what is taken from the platform; raises ConfigError."""
    terms = terms_of(settings)
    if terms is None or settings.commands is None:
        return "none are taken"
    allowed = ", ".join(sorted(terms.allowed))
    keys = ", ".join(f"{name} ({key.fingerprint[:12]}…)" for name, key in terms.keys.items())
    open_files = [
        str(path)
        for path in map(settings.base.joinpath, settings.commands.keys.values())
        if path.stat().st_mode & WRITABLE_BY_OTHERS
    ]
    doubts = [f"{path} CAN BE WRITTEN BY OTHERS; run 'chmod go-w {path}'" for path in open_files]
    return "; ".join([f"{allowed}; signed by {keys}", *doubts])


def _key(settings: Settings, name: str, path: Path) -> Authenticator:
    try:
        return open_authenticator(settings.base / path)
    except ConfigError as error:
        where = settings.where("commands", "keys", name)
        raise ConfigError(
            f"{where}: {settings.base / path} is no Ed25519 public key in PEM form that can be "
            "read; ask the platform for its key"
        ) from error
