"""Errors of the service, each named after what its receiver does about it."""


class ConfigError(Exception):
    """Tell the person: something they wrote or set up must be changed.

    The text is one line that names the file or key and the remedy.
    """


class DeliveryError(Exception):
    """Keep the message and try again later: the platform could not be reached."""


class StoreError(Exception):
    """The box's own database cannot be used; the text says which file and what to do."""
