"""The configuration file: its keys, their limits, and errors a person can act on."""

from edge.settings.load import load_settings
from edge.settings.schema import Settings

__all__ = ["Settings", "load_settings"]
