"""Errors of the service, each named after what its receiver does about it."""

from models.errors import ModelFileError, ModelLicenceError
from streams.errors import StreamError


class ConfigError(Exception):
    """Tell the person: something they wrote or set up must be changed.

    The text is one line that names the file or key and the remedy.
    """


class DeliveryError(Exception):
    """Keep the message and try again later: the platform could not be reached."""


class StoreError(Exception):
    """The box's own database cannot be used; the text says which file and what to do."""


EXIT_CODES: dict[type[Exception], int] = {
    ConfigError: 2,
    ModelLicenceError: 2,
    ModelFileError: 3,
    StreamError: 4,
    DeliveryError: 5,
    StoreError: 1,
}
"""What the process ends with; every error here is told as one line, without a traceback."""

TOLD = tuple(EXIT_CODES)


def exit_code(error: Exception) -> int:
    """Return the exit code of one of the ``TOLD`` errors."""
    return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
