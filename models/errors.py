"""Errors of the networks, each named after what its receiver does about it."""


class ModelFileError(Exception):
    """Pull the model again: its file is absent, truncated or not the one expected."""


class ModelLicenceError(Exception):
    """Tell the person: the model's licence asks for a consent the configuration lacks."""
