"""What users and tokens may be called."""

import re

from edge.errors import ConfigError

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
LONGEST = 64


def require_name(name: str) -> None:
    """Raise ConfigError for a name that the console would refuse."""
    if len(name) > LONGEST or re.fullmatch(NAME, name) is None:
        raise ConfigError(
            f"{name!r} cannot be a name; use up to {LONGEST} letters, digits and . _ - and begin"
            " with a letter or digit"
        )
