"""Moments as the databases write them: ISO 8601 with milliseconds; texts sort as times do."""

from datetime import datetime


def text_of(moment: datetime) -> str:
    """Return a moment as text; aware, in UTC."""
    return moment.isoformat(timespec="milliseconds")
