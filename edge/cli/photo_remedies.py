"""What to do about a photo that was not accepted, in the words that the console uses too."""

from functools import cache

from edge.console.texts import Language, Texts, load_texts
from edge.gallery.enrolment import PhotoVerdict


def told(verdict: PhotoVerdict) -> str:
    """Return a verdict with its remedy, as one line."""
    remedy = _texts().known(f"remedy.{verdict}")
    return str(verdict) if remedy is None else f"{verdict}; {remedy}"


@cache
def _texts() -> Texts:
    return load_texts()[Language.EN]
